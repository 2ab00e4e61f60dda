"""Objections to a result, answers to call-backs, and the review by people one level up.

What the domain cannot know stands here: until when the right lasts by the pinned policy, and
the last day of a verification that begins anew.

Source: POLICIES.md (c), rows 10 and 11; SCENARIOS.md S09.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.case import Case, State
from casework.domain.case_turns import Callback
from casework.domain.deadline import DueDate
from casework.domain.errors import (
    BadActError,
    ClockNotRunningError,
    PolicyPinError,
    SeparationError,
    UnknownPolicyError,
    WrongStateError,
)
from casework.domain.legal_clock import clock_due
from casework.domain.objection import OBJECT, REDO, VERIFY, handlers
from casework.domain.phoning import PHONED, asked
from casework.domain.policy_rules import ClockRule
from casework.domain.running import Running, clock_of
from casework.domain.satisfaction import NOT_SOLVED
from casework.services.acts import by_officer
from casework.services.acts import record as record_act
from casework.services.clock_asks import day_in_china, must_be
from casework.services.interests import check_disinterested
from casework.services.mailbox import record_by_reporter
from casework.services.merging import check_twins, leading, lock_both
from casework.services.notices import notify
from casework.services.rulebook import Rulebook, rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent

MESSAGE, REASON = "message", "reason"
FILED, ANSWERED, DECIDED = "objection.filed", "satisfaction.given", "review.decided"
REDONE = "case.redone"


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
    _check_lead_closed(uow, before, ANSWERED)
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
        WrongStateError: no question waits, or the case that it joined is not closed.
        PhoningRefusedError: by somebody who has not opened the contact item for it.
        SeparationError: by somebody with an interest in the enterprise.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, PHONED)
    check_disinterested(uow, act, trust)
    before = uow.reports.lock(act.event.report)
    _check_lead_closed(uow, before, PHONED)
    case = record_act(uow, act=act, trust=trust, now=now)
    names = [mark.name for mark in case.marks[len(before.marks) :]]
    if "objection_received" in names:
        _tell_of_review(uow, case, now)
    return case


@query
def to_phone(uow: UnitOfWork, *, report: str) -> Callback | None:
    """Return the question of a call-back by telephone; None where none waits.

    Of a case that has joined another one: none while that one is not closed, or not any more.
    """
    case = uow.reports.get(report)
    return asked(case) if _is_lead_closed(uow, case) else None


@query
def redo_until(uow: UnitOfWork, *, report: str, now: datetime) -> DueDate:
    """Return the last day that verification would have if it began anew today.

    Raises:
        UnknownPolicyError, PolicyPinError: nobody can say how long it is.
    """
    return _redo_due(rulebook_of(uow), uow.reports.get(report), now)


@use_case
def decide_review(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    reason: SealedObject,
    trust: Trust,
    now: datetime,
    redone: SignedEvent | None = None,
) -> Case:
    """Keep the result or have it redone, with a reason that the reporter finds in the mailbox.

    Args:
        uow: the transaction.
        act: review.decided.
        reason: for the reporter.
        trust: whose signatures count.
        now: UTC instant.
        redone: case.redone in the case that the reporter's has joined, if it is redone and
            nothing has had it verified anew before; else None.

    Raises:
        WrongStateError: no such review waits.
        SeparationError: by somebody who did something in the case, or in the one it joined.
        RedoBlockedError: an award rests on the finding.
        BadActError: no reason, or the new last day is not the one that the rules give.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, DECIDED)
    lead = _lock_lead(uow, act.event.report)
    case = record_act(uow, act=act, trust=trust, now=now, records=[reason])
    if reason.kind != REASON:
        raise BadActError("added", "a reason for the reporter")
    if lead is not None:
        _review_in(uow, lead, act, redone, trust, now)
    elif redone is not None:
        raise BadActError("into", "nothing: the case has joined none")
    elif act.event.facts["outcome"] == REDO:
        due = _redo_due(rulebook_of(uow), case, now)
        must_be(act.event.facts, "verify_due_on", due.due_on.isoformat())
    uow.sealed.add_objects(case.report_id, [reason])
    notify(uow, DECIDED, case=case, office=case.lead, now=now)
    return case


def needs_redoing(lead: Case, facts: Mapping[str, object]) -> bool:
    """Whether a review of a case that has joined *lead* has that one verified anew.

    Where it is being verified already, what is found next answers every reporter of the matter.
    """
    return facts.get("outcome") == REDO and lead.state in (State.CONCLUDED, State.CLOSED)


def _lock_lead(uow: UnitOfWork, report: str) -> Case | None:
    """Lock a case and the one that it has joined; return the latter, None where there is none."""
    lead = leading(uow, uow.reports.get(report))
    if lead is not None:
        lock_both(uow, lead.report_id, report)
    return lead


def _review_in(
    uow: UnitOfWork,
    lead: Case,
    act: SignedEvent,
    redone: SignedEvent | None,
    trust: Trust,
    now: datetime,
) -> None:
    """Check who reviews what was found in another case, and have that one redone if need be."""
    actor, facts = trust.signer(act.event.signer).account, act.event.facts
    if actor in handlers(lead):
        raise SeparationError("handled", actor=actor, kind=DECIDED)
    if actor in lead.recused:
        raise SeparationError("recused", actor=actor, kind=DECIDED)
    wanted = lead.report_id if needs_redoing(lead, facts) else None
    if facts.get("into") != wanted or (redone is not None) != (wanted is not None):
        raise BadActError("into", wanted or "nothing: no case is redone")
    if redone is None:
        return
    by_officer(redone, trust, REDONE)
    check_twins(act, redone, {"into": redone.event.report}, {"report": act.event.report}, "asked")
    before = record_act(uow, act=redone, trust=trust, now=now)
    due = _redo_due(rulebook_of(uow), before, now)
    must_be(redone.event.facts, "verify_due_on", due.due_on.isoformat())
    notify(uow, DECIDED, case=before, office=before.lead, now=now)


def _right(clock: Running) -> Right:
    return Right(clock.since, clock.due.due_on, clock.rule)


def _redo_due(rules: Rulebook, case: Case, now: datetime) -> DueDate:
    """By the policy that the case pins: what was accepted under it is redone under it."""
    today = day_in_china(now)
    return clock_due(rules.policy_of(case), VERIFY, today, calendar=rules.calendar)


def _check_message(message: SealedObject) -> None:
    if message.kind != MESSAGE:
        raise BadActError("added", "a message")


def _check_lead_closed(uow: UnitOfWork, case: Case, kind: str) -> None:
    if not _is_lead_closed(uow, case):
        raise WrongStateError(kind=kind, state="the case that it joined is not closed")


def _is_lead_closed(uow: UnitOfWork, case: Case) -> bool:
    """Whether the case that one has joined is closed, or there is none."""
    lead = leading(uow, case)
    return lead is None or lead.state is State.CLOSED


def _tell_of_review(uow: UnitOfWork, case: Case, now: datetime) -> None:
    for office in _offices(case):
        notify(uow, FILED, case=case, office=office, now=now)


def _offices(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in (case.supervisor, case.lead) if one))
