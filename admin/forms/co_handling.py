"""Who helps, and what they think."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import OfficesField


class CoHandlersForm(ActForm):
    """The offices that help from now on."""

    co = OfficesField(
        _l("协办单位"),
        choices=[],
        validators=[DataRequired(_l("请至少选择一个单位。"))],
    )


class OpinionForm(ActForm):
    """An opinion, for the offices alone."""

    text = TextAreaField(
        _l("协办意见"),
        description=_l("加密后存放，只有承办、督办和协办单位能看，举报人看不到。"),
        validators=[DataRequired(_l("请写意见。")), Length(max=TEXT_MAX)],
    )
