"""What the reporter said on the telephone."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from admin.forms.cases import ActForm
from admin.forms.fields import choices
from admin.forms.words import PHONED


class PhoneForm(ActForm):
    """The answer, or that nobody was reached; never what else was said."""

    answer = RadioField(
        _l("问题解决了吗"),
        choices=lambda: choices(PHONED),
        description=_l("“没有解决”会由上级督办复核；“没有联系上”的，举报人仍可以在信箱里回答。"),
        validators=[InputRequired(_l("请选择回访的结果。"))],
    )
