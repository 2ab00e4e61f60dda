"""Declaring interests."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from admin.forms.base import BaseForm
from admin.forms.fields import choices, one_line

NAME_MAX = 100
DECLARE, WITHDRAW = "declare", "withdraw"
WHAT = {DECLARE: _l("申报"), WITHDRAW: _l("撤回以前的申报")}


class InterestForm(BaseForm):
    """The name of an enterprise, to declare an interest in it or to withdraw that."""

    name = StringField(
        _l("企业名称"),
        description=_l("您或者近亲属任职、持股、有债权债务或者其他利害关系的企业，一次填一个。"),
        validators=[
            DataRequired(_l("请填写企业名称。")),
            Length(max=NAME_MAX, message=_l("名称不能超过 100 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    what = RadioField(
        _l("要做什么"),
        choices=lambda: choices(WHAT),
        default=DECLARE,
        validators=[DataRequired(_l("请选择要做什么。"))],
    )
