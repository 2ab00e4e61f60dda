"""Pauses of a clock: what the pinned policy allows, asked for, decided and ended.

The domain sees to it that nobody stops their own clock (`domain/standstill.py`); here stand
the reasons and the days of the policy.

Source: POLICIES.md (c), last line; SCENARIOS.md S25.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.domain.case import AskState, Case, Standstill
from casework.domain.errors import PauseRefusedError, UnknownAskError
from casework.domain.policy_rules import PauseRule
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
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent


@dataclass(frozen=True, slots=True)
class PauseRoom:
    """For how long a running clock could stand still.

    Attributes:
        left: days that all pauses of this clock together have left, at least 1.
    """

    clock: Running
    rule: PauseRule
    left: int

    def latest(self, first: date) -> date:
        """Return the last day of the longest pause that begins on *first*."""
        return first + timedelta(days=self.left - 1)


@dataclass(frozen=True, slots=True)
class PauseProposal:
    """A pause that is asked for, lasts or is over, with its clock as of now.

    Attributes:
        due_if_ended: the clock's last day if the pause ended today, or did.
    """

    asked: Standstill
    clock: Running
    due_if_ended: date


def room_of(clock: Running) -> PauseRoom:
    """Return for how long *clock* could stand still.

    Raises:
        PauseRefusedError: the policy knows no pause of it, its days are used up, or it is overdue.
    """
    rule = clock.rule.pause
    if rule is None:
        raise PauseRefusedError("no_rule")
    if clock.state is ClockState.OVERDUE:
        raise PauseRefusedError("overdue")
    left = rule.max_days - clock.paused_days
    if left <= 0:
        raise PauseRefusedError("used_up")
    return PauseRoom(clock, rule, left)


@query
def pause_room(uow: UnitOfWork, *, report: str, clock: str, since: int, now: datetime) -> PauseRoom:
    """Return for how long a clock of a case could stand still.

    Raises:
        ClockNotRunningError: the case has no such clock, or it has ended.
        PauseRefusedError: as for `room_of`.
    """
    case, book = uow.reports.get(report), rulebook_of(uow)
    return room_of(running_clock(book, case, clock, since, now))


@query
def pause_proposal(uow: UnitOfWork, *, report: str, ordinal: int, now: datetime) -> PauseProposal:
    """Return a pause of a case, by the ordinal of the act that asked for it.

    Raises:
        UnknownAskError: the case has none such.
        ClockNotRunningError: its clock is gone.
    """
    case, book = uow.reports.get(report), rulebook_of(uow)
    asked = _asked(case, ordinal)
    clock = named_clock(book, case, asked.clock, asked.since, now)
    lasts = asked.state is AskState.GRANTED
    due = book.due_after_pause(case, ordinal, now) if lasts else clock.due
    return PauseProposal(asked, clock, due.due_on)


@use_case
def request_pause(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask the office above for a pause; it is told.

    Raises:
        ClockNotRunningError: the case has no such clock, or it has ended.
        PauseRefusedError: the pinned policy allows no such pause.
        BadActError: the approver is not the policy's, or the days have passed.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "pause.requested")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    facts = act.event.facts
    room = room_of(clock_named_by(rulebook_of(uow), before, facts, now))
    _check_days(room, facts)
    if facts["reason_code"] not in room.rule.reasons:
        raise PauseRefusedError("reason_code")
    must_be(facts, "approver_role", room.rule.approver_role)
    office = decider_office(case, room.rule.approver_role)
    if not office:
        raise PauseRefusedError("nobody")
    notify(uow, "pause.requested", case=case, office=office, now=now)
    return case


@use_case
def decide_pause(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Grant or refuse a pause as the office above.

    Raises:
        ClockNotRunningError: the clock that would stand still has ended.
        PauseRefusedError: it is overdue by now, or the days asked for are over.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "pause.granted", "pause.refused")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    if act.event.kind == "pause.granted":
        asked = _asked(before, int(str(act.event.facts["asked"])))
        room_of(running_clock(rulebook_of(uow), before, asked.clock, asked.since, now))
        if asked.until < day_in_china(now).isoformat():
            raise PauseRefusedError("over")
    notify(uow, act.event.kind, case=case, office=case.lead, now=now)
    return case


@use_case
def end_pause(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """End a pause today: this day counts again.

    Raises:
        BadActError: the last day is not the one that the rules give.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "pause.ended")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    asked = _asked(before, int(str(act.event.facts["asked"])))
    due = rulebook_of(uow).due_after_pause(before, asked.ordinal, now)
    must_be(act.event.facts, "due_on", due.due_on.isoformat())
    return case


def _check_days(room: PauseRoom, facts: Mapping[str, object]) -> None:
    first, until = (date.fromisoformat(str(facts[name])) for name in ("first", "until"))
    if first > room.clock.due.due_on:
        raise PauseRefusedError("first")
    if until > room.latest(first):
        raise PauseRefusedError("days", most=room.left)


def _asked(case: Case, ordinal: int) -> Standstill:
    for one in case.standstills:
        if one.ordinal == ordinal:
            return one
    raise UnknownAskError(report=case.report_id, ordinal=ordinal)
