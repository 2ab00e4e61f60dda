"""Proposing, approving and paying an award. No form has a field for its amount."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from admin.forms.base import BaseForm
from admin.forms.cases import ActForm
from admin.forms.sessions import PASSWORD_LENGTH_MAX


class DeedForm(ActForm):
    """Whatever the deed key signs asks for the password again."""

    password = PasswordField(
        _l("登录密码"),
        description=_l("再次填写密码，用您的签名密钥签署。"),
        validators=[DataRequired(_l("请填写密码以签名。")), Length(max=PASSWORD_LENGTH_MAX)],
        render_kw={"autocomplete": "current-password"},
    )


class ProposeForm(DeedForm):
    """The rules give the amount."""


class PayForm(DeedForm):
    """Booked once the transfer is made."""


class ClaimForm(BaseForm):
    """Which award waits at the counter; the number is all that the person shows."""

    claim_number = StringField(
        _l("领奖号"),
        description=_l("举报人在查询页取得的一次性号码，当面核对后输入。"),
        validators=[DataRequired(_l("请输入领奖号。")), Length(max=64)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class CounterPayForm(DeedForm):
    """Booked when the money is handed over at the counter."""

    claim_number = StringField(
        _l("领奖号"),
        description=_l("请举报人当面再报一遍，核对无误后付款。"),
        validators=[DataRequired(_l("请输入领奖号。")), Length(max=64)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
