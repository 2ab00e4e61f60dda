"""Objections to a result, answers to call-backs, and the review by people one level up.

What the domain cannot know stands here: until when the right lasts by the pinned policy, and
the last day of a verification that begins anew.

Source: POLICIES.md (c), rows 10 and 11; SCENARIOS.md S09.
"""

from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.case import Case
from casework.domain.deadline import DueDate
from casework.domain.errors import (
    BadActError,
    ClockNotRunningError,
    PolicyPinError,
    UnknownPolicyError,
)
from casework.domain.legal_clock import clock_due
from casework.domain.objection import OBJECT, REDO, VERIFY
from casework.domain.phoning import PHONED
from casework.domain.policy_rules import ClockRule
from casework.domain.running import Running, clock_of
from casework.domain.satisfaction import NOT_SOLVED
from casework.services.acts import by_officer
from casework.services.acts import record as record_act
from casework.services.clock_asks import day_in_china, must_be
from casework.services.interests import check_disinterested
from casework.services.mailbox import record_by_reporter
from casework.services.notices import notify
from casework.services.rulebook import Rulebook, rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent

MESSAGE, REASON = "message", "reason"
FILED, ANSWERED, DECIDED = "objection.filed", "satisfaction.given", "review.decided"


@dataclass(frozen=True, slots=True)
class Right:
    """The right to object to a result, as the pinned policy gives it.

    Attributes:
        since: ordinal of the act that told the result.
        until: its last day.
        rule: of the policy, with its source.
    """

    since: int
    until: date
    rule: ClockRule


def right_of(rules: Rulebook, case: Case, now: datetime) -> Right | None:
    """Return the right to object to what was told last; None where no policy gives one."""
    try:
        clocks = rules.clocks(case, now)
    except (UnknownPolicyError, PolicyPinError):
        return None
    mine = [one for one in clocks if one.key == OBJECT]
    return _right(mine[-1]) if mine else None


@use_case
def file_objection(
    uow: UnitOfWork, *, act: SignedEvent, message: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store the reporter's objection; who reviews it and who handles the case are told.

    Raises:
        ObjectionTooLateError, ObjectionOpenError, WrongStateError: as for `objection.file`.
        ClockNotRunningError: the policy gives no such right.
        BadActError: its last day is another, or the reason is no message.
        CaseworkError: as for every act, see `acts.record`.
    """
    before = uow.reports.lock(act.event.report)
    case = record_by_reporter(uow, act, FILED, trust, now, [message])
    _check_message(message)
    facts = act.event.facts
    since = int(str(facts["since"]))
    clock = clock_of(rulebook_of(uow).clocks(before, now), OBJECT, since)
    if clock is None:
        raise ClockNotRunningError(clock=OBJECT, since=since)
    must_be(facts, "until", clock.due.due_on.isoformat())
    uow.sealed.add_objects(case.report_id, [message])
    _tell_of_review(uow, case, now)
    return case


@use_case
def give_satisfaction(
    uow: UnitOfWork, *, act: SignedEvent, message: SealedObject | None, trust: Trust, now: datetime
) -> Case:
    """Store the reporter's answer; one that is not satisfied says why, and has it reviewed.

    Raises:
        AlreadyDoneError, WrongStateError: nothing is asked, or it is answered.
        BadActError: not solved and no reason, or the reason is no message.
        CaseworkError: as for every act, see `acts.record`.
    """
    before = uow.reports.lock(act.event.report)
    sealed = [message] if message else []
    case = record_by_reporter(uow, act, ANSWERED, trust, now, sealed)
    if message is not None:
        _check_message(message)
    elif act.event.facts["answer"] == NOT_SOLVED:
        raise BadActError("added", "a reason why it is not solved")
    uow.sealed.add_objects(case.report_id, sealed)
    names = [mark.name for mark in case.marks[len(before.marks) :]]
    if "objection_received" in names:
        _tell_of_review(uow, case, now)
    return case


@use_case
def note_call(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note what the reporter said on the telephone; who is not satisfied has it reviewed.

    Raises:
        WrongStateError: no question waits.
        PhoningRefusedError: by somebody who has not opened the contact item for it.
        SeparationError: by somebody with an interest in the enterprise.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, PHONED)
    check_disinterested(uow, act, trust)
    before = uow.reports.lock(act.event.report)
    case = record_act(uow, act=act, trust=trust, now=now)
    names = [mark.name for mark in case.marks[len(before.marks) :]]
    if "objection_received" in names:
        _tell_of_review(uow, case, now)
    return case


@query
def redo_until(uow: UnitOfWork, *, report: str, now: datetime) -> DueDate:
    """Return the last day that verification would have if it began anew today.

    Raises:
        UnknownPolicyError, PolicyPinError: nobody can say how long it is.
    """
    return _redo_due(rulebook_of(uow), uow.reports.get(report), now)


@use_case
def decide_review(
    uow: UnitOfWork, *, act: SignedEvent, reason: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Keep the result or have it redone, with a reason that the reporter finds in the mailbox.

    Raises:
        WrongStateError: no such review waits.
        SeparationError: by somebody who did something in the case.
        RedoBlockedError: an award rests on the finding.
        BadActError: no reason, or the new last day is not the one that the rules give.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, DECIDED)
    case = record_act(uow, act=act, trust=trust, now=now, records=[reason])
    if reason.kind != REASON:
        raise BadActError("added", "a reason for the reporter")
    if act.event.facts["outcome"] == REDO:
        due = _redo_due(rulebook_of(uow), case, now)
        must_be(act.event.facts, "verify_due_on", due.due_on.isoformat())
    uow.sealed.add_objects(case.report_id, [reason])
    notify(uow, DECIDED, case=case, office=case.lead, now=now)
    return case


def _right(clock: Running) -> Right:
    return Right(clock.since, clock.due.due_on, clock.rule)


def _redo_due(rules: Rulebook, case: Case, now: datetime) -> DueDate:
    """By the policy that the case pins: what was accepted under it is redone under it."""
    today = day_in_china(now)
    return clock_due(rules.policy_of(case), VERIFY, today, calendar=rules.calendar)


def _check_message(message: SealedObject) -> None:
    if message.kind != MESSAGE:
        raise BadActError("added", "a message")


def _tell_of_review(uow: UnitOfWork, case: Case, now: datetime) -> None:
    for office in _offices(case):
        notify(uow, FILED, case=case, office=office, now=now)


def _offices(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in (case.supervisor, case.lead) if one))
