"""Protecting a reporter from retaliation."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.clocks import DOCUMENT_MAX
from admin.forms.fields import choices, one_line
from admin.forms.words import MEASURES


class ProtectionForm(ActForm):
    """Which measure, on which paper, until when."""

    measure = RadioField(
        _l("采取哪一项措施"),
        choices=lambda: choices(MEASURES),
        validators=[DataRequired(_l("请选择采取哪一项措施。"))],
    )
    document = StringField(
        _l("依据文书的文号"),
        description=_l("例如：（伊）人社护〔2026〕1号。文书中不得有举报人的身份信息。"),
        validators=[
            DataRequired(_l("请填写文书的文号。")),
            Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    until = DateField(
        _l("到哪一日为止"), description=_l("没有期限的留空。"), validators=[Optional()]
    )
    today: date = date.min

    def validate_until(self, field: DateField) -> None:
        """Nobody is protected until a day that is over.

        Raises:
            ValidationError: the day is over.
        """
        if field.data and field.data < self.today:
            raise ValidationError(_("不能是已经过去的日子。"))


class NoProtectionForm(ActForm):
    """Why none is needed."""

    note = TextAreaField(
        _l("理由"),
        description=_l("举报人可以看到。写明核实了什么、为什么不需要，以后有变化可以再反映。"),
        validators=[DataRequired(_l("请写明理由。")), Length(max=TEXT_MAX)],
    )


class EndForm(ActForm):
    """A button alone."""
