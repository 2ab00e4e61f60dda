"""Asking to return a case, and deciding on it."""

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import choices
from admin.forms.words import TRANSFER_REASONS

CITATION_MAX: Final = 200  # characters, as the fact of the act
UPHOLD, OVERRULE = "uphold", "overrule"


class ReturnForm(ActForm):
    """Why it is not this office's duty, and whose it is."""

    reason_code = SelectField(
        _l("退回的理由"),
        choices=lambda: choices(TRANSFER_REASONS, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )
    citation = StringField(
        _l("法律或者职责依据"),
        description=_l("写明文件和条款，例如“伊安委〔2022〕6号第十八条”。不写举报的内容。"),
        validators=[
            DataRequired(_l("请写明依据：没有依据不能退回。")),
            Length(max=CITATION_MAX, message=_l("依据不能超过 200 字。")),
        ],
        render_kw={"autocomplete": "off"},
    )
    to = SelectField(_l("建议由哪个单位承办"), choices=[])


class RulingForm(ActForm):
    """Yes, and to whom; or no, and why."""

    decision = RadioField(
        _l("裁定"),
        choices=lambda: [
            (UPHOLD, _l("同意退回，改由下面的单位承办")),
            (OVERRULE, _l("不同意退回，仍由原单位承办")),
        ],
        validators=[DataRequired(_l("请选择是否同意退回。"))],
    )
    lead = SelectField(_l("改由哪个单位承办"), choices=[])
    ruling = TextAreaField(
        _l("不同意退回的理由"),
        description=_l("加密后存放，只有办理单位能看。不同意时必须写明依据。"),
        validators=[Length(max=TEXT_MAX)],
    )

    def validate_lead(self, field: SelectField) -> None:
        """Who is to have it, where it is returned.

        Raises:
            ValidationError: nobody was chosen.
        """
        if self.decision.data == UPHOLD and not field.data:
            raise ValidationError(_("请选择改由哪个单位承办。"))

    def validate_ruling(self, field: TextAreaField) -> None:
        """Why not, where it is not.

        Raises:
            ValidationError: nothing was written.
        """
        if self.decision.data == OVERRULE and not (field.data or "").strip():
            raise ValidationError(_("不同意退回须写明理由。"))
