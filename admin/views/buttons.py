"""The buttons of a case: what the signed-in person may do with it now, the next step first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from admin.auth import current
from admin.extensions import console
from admin.views.claim_lines import OFFERED, offers
from admin.views.clock_buttons import to_record, to_sign_in
from admin.views.handing import copy_receivers
from casework.domain import returning, visit
from casework.domain.assignment import in_pool
from casework.domain.award_claim import COMPARE
from casework.domain.award_values import AGREED, PAID_OUT, UNDECIDED
from casework.domain.case import AwardState, Case, Release, ReleaseState
from casework.domain.copies import receipt_of
from casework.domain.disclosure import COMPARE_PAYEE
from casework.domain.phoning import PHONED
from casework.domain.roles import Role
from casework.services.objections import to_phone
from casework.services.returning import return_clock

# Act, page and words of each button: first what brings the case on, then what may be done beside.
BUTTONS: Final[tuple[tuple[str, str, LazyString], ...]] = (
    ("report.accepted", "cases.accept", _l("受理")),
    ("finding.recorded", "verification.finding", _l("登记核查结论")),
    ("reward.reserved", "rewards.propose", _l("拟定奖励")),
    ("reward.proposed", "rewards.propose", _l("拟定奖励")),
    ("reward.approved", "rewards.approve", _l("审批奖励")),
    ("reward.funded", "rewards.approve", _l("确认资金")),
    ("reward.notified", "claims.notify", _l("登记领奖通知")),
    ("reward.reviewed", "claims.review", _l("复核奖励异议")),
    ("release.requested", "releases.ask", _l("申请查看身份信息")),
    ("reward.paid", "counter.pay", _l("发放奖金")),
    ("reward.identified", "counter.identify", _l("凭身份证领取")),
    ("reward.stopped", "stopping.stop", _l("停止发放")),
    ("reward.returned", "counter.returned", _l("登记银行退款")),
    ("visit.signed", "visit.sign", _l("核对并签字")),
    ("visit.recorded", "visit.record", _l("登记现场核查")),
    ("visit.planned", "visit.plan", _l("安排现场核查")),
    ("visit.dropped", "visit.drop", _l("取消现场核查")),
    ("rectification.ordered", "rectification.order", _l("责令整改")),
    ("protection.ordered", "protection.order", _l("采取保护措施")),
    ("protection.declined", "protection.decline", _l("无需保护措施")),
    ("case.closed", "closing.close", _l("办结")),
    ("closing.proposed", "closing.propose", _l("提议办结")),
    ("review.decided", "objections.decide", _l("复核异议")),
    ("callback.phoned", "phoning.note", _l("电话回访")),
    ("malice.confirmed", "malice.decide", _l("恶意举报认定")),
    ("opinion.given", "co_handling.advise", _l("提出协办意见")),
    ("copy.acknowledged", "copies.acknowledge", _l("签收抄送件")),
    ("discipline.answered", "copies.answer", _l("书面回复")),
    ("milestone.recorded", "clocks.sign_in", _l("签收")),
    ("message.sent", "cases.reply", _l("回复举报人")),
    ("milestone.recorded", "clocks.record_milestone", _l("登记办理节点")),
    ("referral.made", "referral.make", _l("移送")),
    ("order.issued", "orders.issue", _l("下达督办单")),
    ("assignment.proposed", "assignment.propose", _l("建议承办单位")),
    ("report.transferred", "cases.transfer", _l("转办")),
    ("return.requested", "returning.ask", _l("申请退回")),
    ("assignment.drawn", "drawing.draw_officer", _l("随机抽取承办人员")),
    ("assignment.handed", "cover.hand", _l("移交承办人员")),
    ("cohandlers.named", "co_handling.name", _l("指定协办单位")),
    ("copy.sent", "copies.send", _l("抄送")),
    ("recusal.noted", "recusal.note", _l("回避")),
    ("interference.noted", "interference.note", _l("记录干预")),
    ("refusal.proposed", "refusals.propose", _l("不予受理")),
    ("case.merged", "merging.merge", _l("并案")),
    ("malice.proposed", "malice.propose", _l("提出恶意举报认定")),
    ("hold.requested", "holds.index", _l("暂缓删除")),
    ("destruction.requested", "erasing.ask", _l("申请提前销毁")),
    ("destruction.confirmed", "erasing.confirm", _l("确认提前销毁")),
)
BESIDE: Final = frozenset(
    {
        "case.merged", "recusal.noted", "copy.sent", "interference.noted",
        "assignment.proposed", "assignment.drawn", "assignment.handed", "return.requested",
        "cohandlers.named",
        "rectification.ordered", "referral.made", "visit.planned", "visit.dropped",
        "malice.proposed", "malice.confirmed", "protection.ordered", "protection.declined",
        "message.sent", "report.transferred", "refusal.proposed", "hold.requested",
        "destruction.requested", "destruction.confirmed", "milestone.recorded", "order.issued",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that the signed-in person may do now."""

    label: LazyString
    url: str
    is_main: bool


def buttons(case: Case, acts: frozenset[str]) -> list[Button]:
    """The buttons for the acts that would come to something."""
    offered = [
        one
        for one in BUTTONS
        if one[0] in acts and is_timely(one[0], case) and _is_sensible(one[1], case)
    ]
    # A finding that stands may be corrected, but what follows from it comes first; and a finding
    # cannot be recorded while a visit is open.
    has_to_wait = case.finding is not None or visit.is_open(case)
    offered.sort(key=lambda one: one[0] == "finding.recorded" and has_to_wait)
    return [
        Button(
            _l("指定承办单位") if kind == "report.transferred" and in_pool(case) else label,
            url_for(endpoint, report_id=case.report_id),
            is_main=number == 0 and kind not in BESIDE,
        )
        for number, (kind, endpoint, label) in enumerate(offered)
    ]


def is_timely(kind: str, case: Case) -> bool:
    """Whether an act that the person may try would come to something by the case's facts."""
    with_item = any(one.state is AwardState.CLAIMED and one.item for one in case.awards)
    if kind == "finding.recorded":
        return case.live_award is None or case.live_award.state in UNDECIDED | AGREED
    if kind in OFFERED:
        return offers(kind, case)
    if kind == "release.requested":
        pays = Role.CASHIER in current().roles
        return pays and with_item and not _running(case)
    if kind in _PAYING:
        return _PAYING[kind](case)
    if kind == PHONED:
        return to_phone(console().store, report=case.report_id) is not None
    if kind == "report.transferred":
        return _may_hand_over(case)
    if kind == "return.requested":
        now = console().clock.now()
        return return_clock(console().store, report=case.report_id, now=now) is not None
    if kind == "order.issued":
        return case.lead != case.supervisor  # nobody orders oneself
    return True


def _may_pay(case: Case) -> bool:
    """Whether an award is claimed at the counter, or to an account that this person has opened."""
    claimed = [one for one in case.awards if one.state is AwardState.CLAIMED]
    has_opened = any(map(_opened_by_me, case.releases.values()))
    return any(one.how != "account" or has_opened for one in claimed)


def _may_identify(case: Case) -> bool:
    return any(map(_compared_by_me, case.releases.values()))


def _may_stop(case: Case) -> bool:
    """Whether this person has opened what an award that is claimed is paid by."""
    items = {one.item for one in case.awards if one.state is AwardState.CLAIMED and one.item}
    opened = [one for one in case.releases.values() if _opened_by_me(one)]
    return any(one.item in items or one.purpose in (COMPARE, COMPARE_PAYEE) for one in opened)


def _may_come_back(case: Case) -> bool:
    return any(one.means == "transfer" and one.state in PAID_OUT for one in case.awards)


_PAYING: Final[Mapping[str, Callable[[Case], bool]]] = {
    "reward.paid": _may_pay,
    "reward.identified": _may_identify,
    "reward.stopped": _may_stop,
    "reward.returned": _may_come_back,
}


def _is_sensible(endpoint: str, case: Case) -> bool:
    """Whether a page that several acts share has something for this case."""
    if endpoint == "clocks.sign_in":
        return to_sign_in(case)
    if endpoint == "copies.acknowledge":
        return receipt_of(case, current().office) is None
    if endpoint == "copies.send":
        return bool(copy_receivers(case))
    return endpoint != "clocks.record_milestone" or bool(to_record(case))


def _may_hand_over(case: Case) -> bool:
    """Whether it is not decided with a return, which has a page of its own."""
    me = current()
    above = me.office == case.supervisor != case.lead
    is_head = above and Role.SUPERVISOR not in me.roles
    return not returning.is_asked(case) and not is_head


def _running(case: Case) -> bool:
    return any(one.running for one in case.releases.values())


def _compared_by_me(release: Release) -> bool:
    return _opened_by_me(release) and release.purpose == COMPARE


def _opened_by_me(release: Release) -> bool:
    return release.state == ReleaseState.OPENED and release.requester == current().account
