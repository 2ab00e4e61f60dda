"""More time on a clock: what the pinned policy allows, asked for and decided.

The domain keeps the order of the acts (`domain/extension.py`); here stand the figures of the
policy and the new last day, which the act signs and the rules compute again.

Source: POLICIES.md (c), row 6; SCENARIOS.md S24.
"""

from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.act_facts import civil_day
from casework.domain.case import AskState, Case
from casework.domain.case import Extension as Asked
from casework.domain.clock_reasons import usual_codes
from casework.domain.deadline import DueDate
from casework.domain.errors import (
    BadActError,
    ExtensionRefusedError,
    ExtensionTooLateError,
    UnknownAskError,
)
from casework.domain.extension import granted
from casework.domain.legal_clock import clock_due
from casework.domain.policy_rules import Extension
from casework.domain.running import ClockState, Running
from casework.services.acts import by_officer, record
from casework.services.clock_asks import (
    clock_named_by,
    day_in_china,
    decider_office,
    must_be,
    named_clock,
    running_clock,
)
from casework.services.notices import notify
from casework.services.rulebook import Rulebook, rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent


@dataclass(frozen=True, slots=True)
class ExtensionRoom:
    """How far a running clock could be lengthened now.

    Attributes:
        clock: as of now.
        rule: of the pinned policy.
        times: how often it was lengthened already.
        most: the most that could be asked for now, in the rule's unit.
    """

    clock: Running
    rule: Extension
    times: int
    most: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes of the reasons that may be given."""
        return self.rule.reasons or usual_codes(self.clock.key)


@dataclass(frozen=True, slots=True)
class ExtensionProposal:
    """A request for more time, with what granting it would do.

    Attributes:
        asked: the request, and what became of it.
        clock: as of now.
        new: the end that it would give; the clock's present one once it is decided.
        must_tell: whether the reporter must be told the reason.
    """

    asked: Asked
    clock: Running
    new: DueDate
    must_tell: bool


def room_of(case: Case, clock: Running, today: date) -> ExtensionRoom:
    """Return how far *clock* could be lengthened.

    Raises:
        ExtensionRefusedError: the policy knows no extension of it, or it is used up.
        ExtensionTooLateError: its last day has come.
    """
    rule = clock.rule.extend
    if rule is None:
        raise ExtensionRefusedError("no_rule")
    if today >= clock.due.due_on:
        raise ExtensionTooLateError(due_on=clock.due.due_on.isoformat())
    times, left = len(granted(case, clock.key, clock.since)), rule.total - clock.extended
    if times >= rule.max_times or left <= 0:
        raise ExtensionRefusedError("times", most=rule.max_times)
    return ExtensionRoom(clock, rule, times, min(rule.max_value, left))


@query
def extension_room(
    uow: UnitOfWork, *, report: str, clock: str, since: int, now: datetime
) -> ExtensionRoom:
    """Return how far a clock of a case could be lengthened now.

    Raises:
        ClockNotRunningError: the case has no such clock, or it has ended.
        ExtensionRefusedError, ExtensionTooLateError: as for `room_of`.
    """
    case, book = uow.reports.get(report), rulebook_of(uow)
    return room_of(case, running_clock(book, case, clock, since, now), day_in_china(now))


@query
def extension_proposal(
    uow: UnitOfWork, *, report: str, ordinal: int, now: datetime
) -> ExtensionProposal:
    """Return a request for more time, by the ordinal of its act.

    Raises:
        UnknownAskError: the case has none such.
        ClockNotRunningError: its clock is gone.
    """
    case, book = uow.reports.get(report), rulebook_of(uow)
    asked = _asked(case, ordinal)
    clock = named_clock(book, case, asked.clock, asked.since, now)
    waits = asked.state is AskState.REQUESTED and clock.running
    new = longer(book, case, clock, asked.value) if waits else clock.due
    rule = clock.rule.extend
    return ExtensionProposal(asked, clock, new, rule is not None and rule.must_tell_reporter)


@use_case
def request_extension(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask for more time on a clock; who decides is told.

    Raises:
        ClockNotRunningError: the case has no such clock, or it has ended.
        ExtensionTooLateError: the last day has come.
        ExtensionRefusedError: the pinned policy allows no such extension, or it would change
            nothing.
        BadActError: unit, approver or present last day are not those of the policy.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "extension.requested")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    book, facts = rulebook_of(uow), act.event.facts
    clock = clock_named_by(book, before, facts, now)
    room = room_of(before, clock, civil_day(act.event.at))
    value = int(str(facts["value"]))
    _check_value(room, value)
    if facts["reason_code"] not in room.reasons:
        raise ExtensionRefusedError("reason_code")
    must_be(facts, "unit", str(room.rule.unit))
    must_be(facts, "approver_role", room.rule.role_for(value, room.times))
    must_be(facts, "was", clock.due.due_on.isoformat())
    _check_moves(clock, longer(book, before, clock, value))
    office = decider_office(case, str(facts["approver_role"]))
    if not office:
        raise ExtensionRefusedError("nobody")
    notify(uow, "extension.requested", case=case, office=office, now=now)
    return case


@use_case
def decide_extension(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    message: SealedObject | None,
    trust: Trust,
    now: datetime,
) -> Case:
    """Grant or refuse more time; the reporter finds a reason in the mailbox.

    Raises:
        ClockNotRunningError: the clock that would be lengthened has ended.
        ExtensionTooLateError: it has run out.
        ExtensionRefusedError: nothing for the reporter, whom the policy wants told; or it
            would change nothing any more.
        BadActError: the new last day is not the one that the rules give.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "extension.granted", "extension.refused")
    sealed = [message] if message else []
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=sealed)
    asked = _asked(before, int(str(act.event.facts["asked"])))
    if act.event.kind == "extension.granted":
        _check_grant(rulebook_of(uow), before, asked, act, message, now)
    uow.sealed.add_objects(case.report_id, sealed)
    notify(uow, act.event.kind, case=case, office=case.lead, now=now)
    return case


def longer(book: Rulebook, case: Case, clock: Running, value: int) -> DueDate:
    """Return the end that *clock* would have with *value* more, within the hard limits above.

    Raises:
        ExtensionError: more than the policy allows in all.
    """
    return clock_due(
        book.policy_of(case),
        clock.key,
        clock.started,
        calendar=book.calendar,
        extend=clock.extended + value,
        pauses=clock.pauses,
    )


def _check_value(room: ExtensionRoom, value: int) -> None:
    if value > room.rule.max_value:
        raise ExtensionRefusedError("value", most=room.rule.max_value)
    if value > room.most:
        raise ExtensionRefusedError("total", most=room.most)


def _check_moves(clock: Running, new: DueDate) -> None:
    moves = (new.due_at > clock.due.due_at) if new.due_at and clock.due.due_at else False
    if moves or new.due_on > clock.due.due_on:
        return
    if new.limited_by:
        raise ExtensionRefusedError("limited", limited_by=new.limited_by)
    raise ExtensionRefusedError("nothing")


def _check_grant(
    book: Rulebook,
    before: Case,
    asked: Asked,
    act: SignedEvent,
    message: SealedObject | None,
    now: datetime,
) -> None:
    clock = running_clock(book, before, asked.clock, asked.since, now)
    rule = clock.rule.extend
    if clock.state is ClockState.OVERDUE:
        raise ExtensionTooLateError(due_on=clock.due.due_on.isoformat())
    if rule is None:
        raise ExtensionRefusedError("no_rule")
    if rule.must_tell_reporter and message is None:
        raise ExtensionRefusedError("no_reason")
    if message is not None and message.kind != "reason":
        raise BadActError("added", "a reason for the reporter")
    new = longer(book, before, clock, asked.value)
    _check_moves(clock, new)
    must_be(act.event.facts, "due_on", new.due_on.isoformat())


def _asked(case: Case, ordinal: int) -> Asked:
    for one in case.extensions:
        if one.ordinal == ordinal:
            return one
    raise UnknownAskError(report=case.report_id, ordinal=ordinal)
