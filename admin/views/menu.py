"""The main menu: what a person's roles let them reach."""

from dataclasses import dataclass
from typing import Final

from flask import request, url_for

from admin import auth
from admin.extensions import gettext as _
from admin.permissions import may

# Pages of their own under the entry of another.
PARTS: Final[dict[str, str]] = {
    "calendar": "rules",
    "duties": "rules",
    "routing": "rules",
    "bank_answers": "bank",
    "bank_cover": "bank",
    "reconciling": "bank",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    label: str
    url: str
    here: bool


def menu() -> list[Entry]:
    """The entries for the signed-in person."""
    if auth.session() is None:
        return []
    places = [
        ("worklist.view", "worklist.index", _("台账")),
        ("board.view", "board.show_board", _("看板")),
        ("search.use", "searching.index", _("查找")),
        ("release.list", "releases.index", _("身份申请")),
        ("hold.list", "holds.find", _("暂缓删除")),
        ("keeping.view", "erasing.index", _("到期销毁")),
        ("seat.keep", "seats.index", _("保管席位")),
        ("bank.view", "bank.index", _("银行转账")),
        ("fund.view", "fund.show_fund", _("专项资金")),
        ("fund.decide", "fund_moves.index", _("资金调整")),
        ("audit.view", "audit.index", _("操作留痕")),
        ("rules.view", "rules.index", _("规则")),
        ("cover.view", "cover.index", _("请假代办")),
        ("interest.declare", "interests.declare", _("利害关系申报")),
        ("keys.view", "keys.index", _("人员与密钥")),
    ]
    here = (request.endpoint or "").partition(".")[0]
    here = PARTS.get(here, here)
    # What is done with a case belongs to the worklist it was opened from.
    if here not in {endpoint.partition(".")[0] for _permission, endpoint, _label in places}:
        here = "worklist"
    return [
        Entry(label, url_for(endpoint), endpoint.partition(".")[0] == here)
        for permission, endpoint, label in places
        if may(permission)
    ]
