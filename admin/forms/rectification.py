"""Ordering that what was found be put right."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.clocks import DOCUMENT_MAX
from admin.forms.fields import one_line


class RectificationForm(ActForm):
    """The paper that is served, by when, and what must be mended."""

    document = StringField(
        _l("责令整改文书的文号"),
        description=_l("例如：（伊）应急责改〔2026〕12号。"),
        validators=[
            DataRequired(_l("请填写文书的文号。")),
            Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    due_on = DateField(
        _l("文书写明的整改截止日"),
        description=_l("文书没有写的留空，按适用办法的整改期限计算。"),
        validators=[Optional()],
    )
    text = TextAreaField(
        _l("整改要求"),
        description=_l(
            "加密后存放，只有承办部门和上级督办能看。写明要整改什么，不要写举报人是谁。"
        ),
        validators=[DataRequired(_l("请写明要整改什么。")), Length(max=TEXT_MAX)],
    )
    today: date = date.min

    def validate_due_on(self, field: DateField) -> None:
        """Nobody is ordered to have done it already.

        Raises:
            ValidationError: the day is over.
        """
        if field.data and field.data < self.today:
            raise ValidationError(_("不能是已经过去的日子。"))
