"""Certifying a newcomer, proposing a key change, signing one."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from admin.extensions import gettext as _
from admin.forms.base import BaseForm
from admin.forms.sessions import PASSWORD_LENGTH_MAX

DIGITS = 24


class SignedForm(BaseForm):
    """Whatever the deed key signs asks for the password again."""

    password = PasswordField(
        _l("登录密码"),
        description=_l("再次填写密码，用您的签名密钥签署。"),
        validators=[DataRequired(_l("请填写密码以签名。")), Length(max=PASSWORD_LENGTH_MAX)],
        render_kw={"autocomplete": "current-password"},
    )


class CertifyForm(SignedForm):
    """The digits from the newcomer's own screen or slip, typed and never shown first."""

    fingerprint = StringField(
        _l("对方的 24 位指纹"),
        description=_l("请对方当面念出首次登录时抄下的数字。这里不会先显示给您看。"),
        validators=[DataRequired(_l("请填写对方念出的 24 位数字。")), Length(max=64)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )

    def validate_fingerprint(self, field: StringField) -> None:
        """Catch what cannot be one.

        Raises:
            ValidationError: not 24 digits.
        """
        found = len(re.sub(r"[^0-9]", "", field.data or ""))
        if found != DIGITS:
            raise ValidationError(_("应为 24 位数字，现在是 %(now)d 位。", now=found))


class Ticks(SelectMultipleField):
    """Any number of choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProposeChangeForm(BaseForm):
    """Who leaves, who joins, which keys are made anew, who sits where.

    The fields of the seats are added by `with_seats`, two a seat.
    """

    leaving = Ticks(_l("离开的人员"), validators=[Optional()])
    joining = Ticks(
        _l("没有同事认证、由本次变更加入的人员"),
        description=_l("只在本单位没有人能够认证时使用。指纹由保管人签署前当面核对。"),
        validators=[Optional()],
    )
    rotated = Ticks(
        _l("另外更换密钥的单位"),
        description=_l("有人离开或这样加入的单位一定更换，不必再选。每年应全部更换一次。"),
        validators=[Optional()],
    )
    reseated = Ticks(
        _l("另外更换密钥的席位"),
        description=_l("下面换了人的席位一定更换，不必再选。每年应全部更换一次，人可以不变。"),
        coerce=int,
        validators=[Optional()],
    )


def holder_of(number: int) -> str:
    """Name of the field with a seat's holder."""
    return f"holder_{number}"


def deputy_of(number: int) -> str:
    """Name of the field with a seat's deputy."""
    return f"deputy_{number}"


def with_seats(numbers: list[int]) -> type[ProposeChangeForm]:
    """Return the form with fields for the holder and the deputy of each seat."""
    fields = {}
    for number in numbers:
        fields[holder_of(number)] = SelectField(_l("保管人"), validators=[DataRequired()])
        fields[deputy_of(number)] = SelectField(_l("副手"), validators=[DataRequired()])
    return type("ProposeChangeWithSeats", (ProposeChangeForm,), fields)


class SignChangeForm(SignedForm):
    """A custodian's signature of exactly what the page showed."""

    digest = HiddenField(validators=[DataRequired()])


class PressForm(BaseForm):
    """A button."""
