"""The reward fund."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import DataRequired, NumberRange

from admin.forms.fields import YuanField
from admin.forms.rewards import DeedForm


class AppropriateForm(DeedForm):
    """Money granted for a budget year."""

    year = IntegerField(
        _l("预算年度"),
        validators=[
            DataRequired(_l("请填写年度。")),
            NumberRange(2000, 2200, _l("请填写四位数的年份。")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    amount_yuan = YuanField(
        _l("金额（元）"),
        validators=[DataRequired(_l("请填写金额。"))],
        render_kw={"inputmode": "decimal"},
    )
