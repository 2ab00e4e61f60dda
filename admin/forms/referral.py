"""Referring a case to a body outside, and what it writes back."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import ActForm
from admin.forms.clocks import DOCUMENT_MAX
from admin.forms.fields import choices, one_line
from admin.forms.words import REFERRED_TO

_DOCUMENT = [
    DataRequired(_l("请填写文书的文号。")),
    Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")),
    one_line,
]


class ReferralForm(ActForm):
    """To whom, and on which paper."""

    to = RadioField(
        _l("移送给"),
        choices=lambda: choices(REFERRED_TO),
        validators=[DataRequired(_l("请选择移送给谁。"))],
    )
    document = StringField(
        _l("移送文书的文号"),
        description=_l("例如：（伊）应急移〔2026〕1号。移送材料中不得有举报人的身份信息。"),
        validators=_DOCUMENT,
        render_kw={"autocomplete": "off"},
    )


class AcknowledgementForm(ActForm):
    """The paper that came back."""

    document = StringField(
        _l("回执或者答复的文号"), validators=_DOCUMENT, render_kw={"autocomplete": "off"}
    )
