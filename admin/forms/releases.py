"""Asking for an identity item, deciding on it, opening it once."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from admin.forms.rewards import DeedForm

VALID_HOURS = (24, 72, 168)


class RequestForm(DeedForm):
    """For how long custodians may decide and the cashier may look."""

    valid_hours = SelectField(
        _l("有效期"),
        choices=lambda: [
            ("24", _l("24 小时")),
            ("72", _l("3 天")),
            ("168", _l("7 天")),
        ],
        default="72",
        description=_l("过期后没有查看的，批准作废，须重新申请。"),
        validators=[InputRequired(_l("请选择有效期。"))],
    )


class DecideForm(DeedForm):
    """A custodian's yes or no."""

    decision = RadioField(
        _l("保管人意见"),
        choices=lambda: [
            ("approve", _l("批准：用本席位的密钥向申请人开放这一项")),
            ("refuse", _l("拒绝：本次申请到此为止")),
        ],
        validators=[InputRequired(_l("请选择意见。"))],
    )


class OpenForm(DeedForm):
    """The one look."""
