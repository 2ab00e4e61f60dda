"""Words about an award, as its reporter reads them."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

# Why nothing is due.
REFUSED: Final[Mapping[str, Any]] = {
    "anonymous": _l("奖励办法只奖励留了姓名的举报人"),
    "relation": _l("奖励办法不奖励有这种关系的举报人"),
    "duty_holder": _l("举报这类事情是您的本职工作"),
    "injured_party": _l("您是事情的当事人或者受害人，应当通过其他途径解决"),
    "offender": _l("您参与了被举报的违法行为"),
    "paid_by_competitor": _l("举报是受他人雇用或者指使的"),
    "already_known": _l("举报以前，有关部门已经掌握了这件事"),
    "from_media": _l("举报的内容，媒体已经公开报道过"),
    "duplicate": _l("同一件事，别人已经先举报了"),
    "withdrawn": _l("您撤回了领奖需要的信息"),
    "no_rule": _l("奖励办法没有规定奖励这一类事情"),
}
# Why the bank did not pay, or sent the money back.
BANK: Final[Mapping[str, Any]] = {
    "account_unknown": _l("没有这个账号"),
    "name_differs": _l("户名和账号对不上"),
    "account_closed": _l("账户已经注销或者不能收款"),
    "not_sent": _l("付款指令没有送到银行"),
    "other": _l("银行没有说明原因"),
}
REOPENED: Final[Mapping[str, Any]] = {
    "illness": _l("因病没能按时领取"),
    "away": _l("人在外地没能按时领取"),
    "not_told": _l("没有收到通知"),
    "disaster": _l("遇到不可抗力"),
    "lost_code": _l("查询码丢失"),
}
RECALLED: Final[Mapping[str, Any]] = {
    "fraud": _l("骗取奖励"),
    "collusion": _l("与工作人员串通"),
    "mistake": _l("发放有误"),
    "penalty_annulled": _l("处罚决定被撤销"),
}
OUTCOMES: Final[Mapping[str, Any]] = {
    "kept": _l("维持原来的决定"),
    "redo": _l("重新核定，不会比原来少"),
}
# Why no sum stands yet.
WAITS: Final[Mapping[str, Any]] = {
    "short": _l("奖励资金暂时不够，有了资金马上继续办理，先后次序不变。"),
    "manual": _l("奖励办法没有写数额，由审批人说明理由决定。"),
    "review": _l("复核决定补发的部分，正在核定。"),
    "not_substantiated": _l("举报的结论有变化，正在重新核定。"),
}
REASONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "reward.rejected": REFUSED,
    "reward.undone": BANK,
    "reward.returned": BANK,
    "reward.reopened": REOPENED,
    "reward.recalled": RECALLED,
}
