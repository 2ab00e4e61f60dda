"""Leaves, and handing a case over for one."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired

from admin.extensions import gettext as _
from admin.forms.base import BaseForm
from admin.forms.cases import ActForm


class CoverForm(BaseForm):
    """Who is away from when until when, and who covers."""

    account = SelectField(_l("请假人"), validators=[InputRequired(_l("请选择请假人。"))])
    first = DateField(_l("请假第一日"), validators=[InputRequired(_l("请填写日期。"))])
    last = DateField(_l("请假最后一日"), validators=[InputRequired(_l("请填写日期。"))])
    deputy = SelectField(
        _l("代办人"),
        description=_l("同一单位的承办人。代办人看得到请假人名下的举报，期限提醒也由代办人处理。"),
        validators=[InputRequired(_l("请选择代办人。"))],
    )

    def validate_last(self, field: DateField) -> None:
        """The days are in order.

        Raises:
            ValidationError: they are not.
        """
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("最后一日不能早于第一日。"))


class LeaveForm(BaseForm):
    """One leave that is noted: to end it, or to hand over all that is assigned to who is away."""

    account = HiddenField()
    first = HiddenField()

    @property
    def first_day(self) -> date | None:
        """The first day of the leave; None for none."""
        try:
            return date.fromisoformat(self.first.data or "")
        except ValueError:
            return None


class HandForm(ActForm):
    """Nothing to fill in: the leave says who takes the case, or the draw who gets it back."""
