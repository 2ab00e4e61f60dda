"""Copies of a case: to whom the order's facts go, who signs, what the discipline body writes."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.clocks import DOCUMENT_MAX
from admin.forms.fields import OfficesField, one_line


class CopiesForm(ActForm):
    """Who gets the facts of the order."""

    copies = OfficesField(
        _l("抄送单位"), choices=[], validators=[DataRequired(_l("请至少选择一个单位。"))]
    )


class ReceiptForm(ActForm):
    """A button alone."""


class DisciplineAnswerForm(ActForm):
    """What the discipline body writes back, and on which paper."""

    document = StringField(
        _l("文书的文号"),
        validators=[
            DataRequired(_l("请填写文书的文号。")),
            Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    text = TextAreaField(
        _l("回复内容"),
        description=_l("加密后存放，只有承办、督办和协办单位能看，举报人看不到。"),
        validators=[DataRequired(_l("请写回复内容。")), Length(max=TEXT_MAX)],
    )


class ObservationForm(ActForm):
    """What a body near the place saw."""

    text = TextAreaField(
        _l("看到的情况"),
        description=_l("加密后存放，只有承办、督办和协办单位能看。不要写猜测是谁举报的话。"),
        validators=[DataRequired(_l("请写看到的情况。")), Length(max=TEXT_MAX)],
    )
