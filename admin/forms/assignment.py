"""Who should lead a case of the pool, and who should help."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired

from admin.extensions import gettext as _
from admin.forms.cases import ActForm
from admin.forms.fields import OfficesField, choices
from admin.forms.words import LEAD_BASES


class ProposeLeadForm(ActForm):
    """Lead, co-handlers, and by which of the three rules."""

    lead = SelectField(_l("承办单位"), validators=[DataRequired(_l("请选择承办单位。"))])
    basis = RadioField(
        _l("按哪一条确定"),
        choices=lambda: choices(LEAD_BASES),
        description=_l("伊安委〔2022〕6号第8条：职责不清的，按这三条之一确定牵头单位。"),
        validators=[DataRequired(_l("请选择依据。"))],
    )
    co = OfficesField(_l("协办单位"), choices=[])

    def validate_co(self, field: OfficesField) -> None:
        """Nobody leads and helps at once.

        Raises:
            ValidationError: the lead is among them.
        """
        if self.lead.data in (field.data or []):
            raise ValidationError(_("承办单位不能同时协办。"))


class AssignForm(ActForm):
    """Nothing to fill in: the proposal stands as it is."""
