"""Drawing an officer for a case."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired

from admin.forms.cases import ActForm
from admin.forms.fields import choices
from admin.forms.words import DRAW_REASONS


class DrawForm(ActForm):
    """Nothing to choose the first time; a reason to draw anew."""

    reason_code = SelectField(
        _l("重新抽取的理由"),
        choices=lambda: choices(DRAW_REASONS, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )
