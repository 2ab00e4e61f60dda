"""What may be done about the time limits of a case: links for its clocks, lists and buttons."""

from dataclasses import dataclass
from typing import Final

from flask import url_for

from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words, words
from admin.forms.words import word
from casework.domain import assignment, order, refusal, returning, standstill
from casework.domain.case import AskState, Case, Extension, Standstill
from casework.domain.clock_kinds import KINDS, Binds
from casework.domain.errors import CaseworkError
from casework.domain.extension import pending
from casework.domain.marks import last_mark
from casework.domain.milestone import Milestone, may_record
from casework.domain.roles import Role
from casework.domain.running import Running
from casework.domain.waiting import (
    ANSWER,
    ASSIGNMENT,
    CLOSING,
    COMPUTE,
    CONFIRM,
    COPY,
    DECIDE,
    DISCIPLINE,
    EXTENSION,
    HELP,
    INTERFERENCE,
    MALICE,
    OF_AWARD,
    REFUSAL,
    REFUSAL_ABOVE,
    RETURN,
    URGENT,
    Waiting,
    waiting_in,
)
from casework.services import extensions, standstills
from casework.services.clock_asks import decider_office

SIGNED_IN: Final = "signed_in"
REFUSALS: Final = (REFUSAL, REFUSAL_ABOVE)
_BY_ONE_ACT: Final = {
    REFUSAL: "report.refused",
    REFUSAL_ABOVE: "report.refused",
    CLOSING: "case.closed",
    MALICE: "malice.confirmed",
    ASSIGNMENT: "report.transferred",
    RETURN: "return.overruled",
}
# Acts that make a signature for the receipt of a case pointless.
_PAST_SIGNING: Final = (SIGNED_IN, "accepted", "refused", "concluded", "closed")


@dataclass(frozen=True, slots=True)
class Link:
    """One thing to do, in words."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits, for whom, and where the signed-in person may see to it."""

    words: str
    whom: str
    link: Link | None


def to_sign_in(case: Case) -> bool:
    """Whether the case was dispatched to its lead office and nobody signed for it."""
    sent = last_mark(case, "dispatched")
    if sent is None or current().office != case.lead:
        return False
    done = [last_mark(case, name) for name in _PAST_SIGNING]
    return all(mark is None or mark.ordinal < sent.ordinal for mark in done)


def to_record(case: Case) -> tuple[Milestone, ...]:
    """The milestones that the person's office could record now; what answers others first."""
    kinds = [one for one in may_record(case, current().office) if one.name != SIGNED_IN]
    return tuple(sorted(kinds, key=lambda one: not one.after))


def clock_links(case: Case, clock: Running, acts: frozenset[str]) -> list[Link]:
    """What the signed-in person may ask for on one running clock.

    Args:
        case: the case.
        clock: one of its clocks, as of now.
        acts: the kinds of act that the person may try now (`permissions.open_acts`).
    """
    if not clock.running or not KINDS[clock.key].may_be_longer:
        return []
    found = []
    if "extension.requested" in acts and _may_be_longer(case, clock):
        found.append(Link(_("申请延期"), _of_clock("clocks.extend", case, clock)))
    still = standstill.live(case, clock.key, clock.since)
    is_duty = KINDS[clock.key].binds is Binds.LEAD
    if "pause.requested" in acts and is_duty and still is None and _may_stand_still(case, clock):
        found.append(Link(_("申请暂停"), _of_clock("clocks.pause", case, clock)))
    if "pause.ended" in acts and still is not None and still.state is AskState.GRANTED:
        ends = url_for("clocks.end_pause", report_id=case.report_id, ordinal=still.ordinal)
        found.append(Link(_("恢复计时"), ends))
    return found


def waits(case: Case, acts: frozenset[str]) -> list[Wait]:
    """What waits for somebody in the case; with a link where it is for the signed-in person."""
    # Who helps, and who has a copy, stands among the facts of the case.
    waiting = [
        one
        for one in waiting_in(case)
        if one.kind not in (HELP, DISCIPLINE, COPY, INTERFERENCE, COMPUTE)
        and (one.kind, one.of) != (URGENT, "above")
        and (one.kind != DECIDE or one.of not in OF_AWARD)  # the award has a card of its own
    ]
    found = sorted(waiting, key=lambda one: (one.kind != URGENT, one.kind, one.sort_key, one.of))
    return [_wait(case, one, acts) for one in found]


def sees_orders(case: Case) -> bool:
    """Whether the person's office is one of the two between which orders go."""
    return current().office in (case.lead, case.supervisor)


def decides(case: Case, asked: Extension | Standstill) -> bool:
    """Whether the signed-in person may decide on a request that waits."""
    me = current()
    return (
        asked.state is AskState.REQUESTED
        and asked.requester != me.account
        and Role(asked.approver_role) in me.roles
        and me.office == decider_office(case, asked.approver_role)
    )


def _may_be_longer(case: Case, clock: Running) -> bool:
    """Whether a request for more time would come to something."""
    if pending(case, clock.key, clock.since) is not None:
        return False
    try:
        room = extensions.room_of(case, clock, console().clock.today())
    except CaseworkError:
        return False
    return bool(decider_office(case, room.rule.role_for(1, room.times)))


def _may_stand_still(case: Case, clock: Running) -> bool:
    """Whether a request for a pause would come to something."""
    try:
        room = standstills.room_of(clock)
    except CaseworkError:
        return False
    return bool(decider_office(case, room.rule.approver_role))


def _of_clock(page: str, case: Case, clock: Running) -> str:
    return url_for(page, report_id=case.report_id, key=clock.key, since=clock.since)


def _wait(case: Case, one: Waiting, acts: frozenset[str]) -> Wait:
    whom = f"{console().office_name(one.office)} {word(words.ROLES, one.role)}"
    told, link = _TOLD[one.kind](case, one)
    mine = one.office == current().office and Role(one.role) in current().roles
    if one.kind == DECIDE and one.of in _BY_ONE_ACT:
        mine = mine and _BY_ONE_ACT[one.of] in acts
    elif one.kind == DECIDE:
        mine = decides(case, _asked(case, one))
    return Wait(told, whom, link if mine and _ACTS[one.kind] & acts else None)


def _to_decide(case: Case, one: Waiting) -> tuple[str, Link]:
    if one.of in REFUSALS:
        return _to_confirm_refusal(case)
    if one.of == MALICE:
        url = url_for("malice.decide", report_id=case.report_id)
        return _("提出恶意举报认定"), Link(_("决定"), url)
    if one.of == ASSIGNMENT:
        return _to_assign(case)
    if one.of == RETURN:
        return _to_rule(case)
    if one.of == CLOSING:
        return _("提议办结"), Link(_("决定"), url_for("closing.close", report_id=case.report_id))
    clock, more = word(clock_words.CLOCKS, one.key), one.of == EXTENSION
    page = "clocks.decide_extension" if more else "clocks.decide_pause"
    url = url_for(page, report_id=case.report_id, ordinal=_asked(case, one).ordinal)
    told = _("%(clock)s：延期申请", clock=clock) if more else _("%(clock)s：暂停申请", clock=clock)
    return told, Link(_("决定"), url)


def _to_assign(case: Case) -> tuple[str, Link]:
    made = assignment.newest(case)
    assert made is not None  # or nothing would wait
    url = url_for("assignment.carry_out", report_id=case.report_id, ordinal=made.ordinal)
    return _("建议由%(office)s承办", office=console().office_name(made.lead)), Link(_("决定"), url)


def _to_rule(case: Case) -> tuple[str, Link]:
    asked = returning.pending(case)
    assert asked is not None  # or nothing would wait
    url = url_for("returning.decide", report_id=case.report_id, ordinal=asked.ordinal)
    return _("%(office)s申请退回", office=console().office_name(asked.office)), Link(_("决定"), url)


def _to_confirm_refusal(case: Case) -> tuple[str, Link]:
    asked = refusal.pending(case)
    assert asked is not None  # or nothing would wait
    url = url_for("refusals.read", report_id=case.report_id, ordinal=asked.ordinal)
    reason = word(words.REFUSAL_REASONS, asked.reason_code)
    return _("拟不予受理（%(reason)s），待另一人确认", reason=reason), Link(_("决定"), url)


def _to_see(case: Case, one: Waiting) -> tuple[str, Link]:
    clock, rung = word(clock_words.CLOCKS, one.key), word(clock_words.RUNGS, one.of)
    url = url_for(
        "clocks.acknowledge", report_id=case.report_id, key=one.key, since=one.since, rung=one.of
    )
    return _("%(clock)s超期，上报：%(rung)s", clock=clock, rung=rung), Link(_("阅知"), url)


def _to_answer(case: Case, one: Waiting) -> tuple[str, Link]:
    found = order.order_of(case, one.of)
    url = url_for("orders.answer", report_id=case.report_id, order_id=one.of)
    told = _("督办单 %(number)s", number=found.number if found else "")
    return told, Link(_("答复"), url)


def _to_attend(case: Case, _one: Waiting) -> tuple[str, Link]:
    url = url_for("clocks.record_milestone", report_id=case.report_id)
    return _("紧急：待到场处置"), Link(_("登记已到场"), url)


_TOLD: Final = {URGENT: _to_attend, DECIDE: _to_decide, CONFIRM: _to_see, ANSWER: _to_answer}
_ACTS: Final = {
    DECIDE: frozenset(
        {
            "extension.granted",
            "pause.granted",
            "report.refused",
            "case.closed",
            "malice.confirmed",
            "report.transferred",
            "return.overruled",
        }
    ),
    CONFIRM: frozenset({"step.acknowledged"}),
    ANSWER: frozenset({"order.answered"}),
    URGENT: frozenset({"milestone.recorded"}),
}


def _asked(case: Case, one: Waiting) -> Extension | Standstill:
    asked: list[Extension | Standstill] = [
        *(case.extensions if one.of == EXTENSION else case.standstills)
    ]
    return next(
        ask
        for ask in asked
        if (ask.clock, ask.since, ask.state) == (one.key, one.since, AskState.REQUESTED)
    )
