"""Stopping a payment: one listed reason, no free words."""

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired

from admin.forms.rewards import DeedForm
from admin.forms.words import Words

STOPPED: Final[Words] = {
    "name_differs": _l("收款人不是举报人本人"),
    "relation_differs": _l("与举报人申报的关系不符"),
    "prior_differs": _l("与举报人申报的已得奖励不符"),
    "duplicate": _l("同一举报已经奖励过"),
    "fraud": _l("有骗取奖励的嫌疑"),
}


class StopForm(DeedForm):
    """Why the payment is stopped."""

    reason_code = RadioField(
        _l("停止发放的理由"),
        choices=lambda: list(STOPPED.items()),
        validators=[DataRequired(_l("请选择理由。"))],
    )
