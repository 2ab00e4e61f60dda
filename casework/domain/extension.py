"""More time on a clock: asked for before its last day, decided by whom the policy names.

Which role that is, and the new last day, depend on the policy and the calendar: the service
checks both (`services/extensions.py`). Here stands what no policy changes.

Source: POLICIES.md (c), row 6; SCENARIOS.md S24.
"""

from dataclasses import replace
from datetime import date

from casework.domain.act_facts import civil_day, day_of, number_of, text_of
from casework.domain.case import Act, AskState, Case, Extension, State
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ExtensionTooLateError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.marks import runs
from casework.domain.roles import Role

APPROVERS = (Role.LEADER, Role.SUPERVISOR)
# The work is done; an award of the case may still be claimed.
_OVER = frozenset({State.CLOSED, State.MERGED})


def request(case: Case, act: Act) -> Case:
    """Ask for more time.

    Raises:
        BadActError: no such clock, or one that neither binds the lead office nor is a right
            that may be lengthened for cause.
        ExtensionTooLateError: not before the last day.
        WrongStateError: the clock does not run.
        AlreadyDoneError: another request for this clock waits for its answer.
    """
    clock, since = text_of(act, "clock"), number_of(act, "since")
    if clock not in KINDS or not KINDS[clock].may_be_longer:
        raise BadActError("clock", "a clock that binds the lead office, or may be longer for cause")
    over = case.state in _OVER and not KINDS[clock].for_cause
    if over or not runs(case, clock, since):
        raise WrongStateError(kind=act.kind, clock=clock, state="not running")
    was = day_of(act, "was")
    if civil_day(act.at) >= was:
        raise ExtensionTooLateError(due_on=was.isoformat())
    if pending(case, clock, since) is not None:
        raise AlreadyDoneError(step=act.kind)
    asked = Extension(
        clock=clock,
        since=since,
        ordinal=act.ordinal,
        value=number_of(act, "value"),
        unit=text_of(act, "unit"),
        reason_code=text_of(act, "reason_code"),
        approver_role=text_of(act, "approver_role"),
        requester=act.actor,
        was=was.isoformat(),
    )
    return replace(case, extensions=(*case.extensions, asked))


def grant(case: Case, act: Act) -> Case:
    """Grant what was asked for; the clock ends on the new last day.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        ExtensionTooLateError: the last day is over: what was not decided is refused.
        NotPermittedError, SeparationError: by the wrong role or office, or by who asked.
        BadActError: the new last day is not later.
    """
    asked = _decided_by(case, act)
    due_on = day_of(act, "due_on")
    if civil_day(act.at).isoformat() > asked.was and not _stands_still(case, asked):
        raise ExtensionTooLateError(due_on=asked.was)
    if due_on.isoformat() < asked.was:
        raise BadActError("due_on", f"not before {asked.was}")
    done = replace(asked, state=AskState.GRANTED, decider=act.actor, due_on=due_on.isoformat())
    moved = replace(case, verify_due_on=due_on) if asked.clock == "verify" else case
    return _with(moved, done)


def refuse(case: Case, act: Act) -> Case:
    """Refuse it: the last day stands.

    Raises:
        WrongStateError: nothing of this ordinal waits.
        NotPermittedError, SeparationError: by the wrong role or office, or by who asked.
    """
    asked = _decided_by(case, act)
    return _with(case, replace(asked, state=AskState.REFUSED, decider=act.actor))


def is_asked(case: Case) -> bool:
    """Whether a request waits for its answer."""
    return any(one.state is AskState.REQUESTED for one in case.extensions)


def pending(case: Case, clock: str, since: int) -> Extension | None:
    """Return the request for a clock that waits for its answer."""
    return next(
        (
            one
            for one in case.extensions
            if (one.clock, one.since, one.state) == (clock, since, AskState.REQUESTED)
        ),
        None,
    )


def granted(case: Case, clock: str, since: int) -> tuple[Extension, ...]:
    """Return what a clock was lengthened by."""
    return tuple(
        one
        for one in case.extensions
        if (one.clock, one.since, one.state) == (clock, since, AskState.GRANTED)
    )


def check_decider(case: Case, act: Act, *, role: str, requester: str, bound: str) -> None:
    """Refuse who may not decide: another role or office than the policy names, or the asker.

    Args:
        case: the case.
        act: the decision.
        role: leader (of the office that is bound) or supervisor (of the one above it).
        requester: who asked.
        bound: the office that the clock binds.

    Raises:
        NotPermittedError: another role or office.
        SeparationError: the asker.
    """
    if act.actor == requester:
        raise SeparationError("asked", actor=act.actor, kind=act.kind)
    own_head = role == Role.LEADER and act.office == bound
    above = role == Role.SUPERVISOR and act.office == case.supervisor and act.office != bound
    if role not in act.roles or not (own_head or above):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))


def with_last_day(case: Case, clock: str, since: int, due_on: date) -> Case:
    """Move the day by which what is asked for a clock has to be decided: its last day moved."""
    asked = pending(case, clock, since)
    return case if asked is None else _with(case, replace(asked, was=due_on.isoformat()))


def _stands_still(case: Case, asked: Extension) -> bool:
    """Whether a pause lasts: the last day then moves on with every day."""
    return any(
        (one.clock, one.since, one.state) == (asked.clock, asked.since, AskState.GRANTED)
        for one in case.standstills
    )


def _decided_by(case: Case, act: Act) -> Extension:
    ordinal = number_of(act, "asked")
    asked = next((one for one in case.extensions if one.ordinal == ordinal), None)
    if asked is None or asked.state is not AskState.REQUESTED:
        raise WrongStateError(kind=act.kind, state="nothing asked")
    check_decider(case, act, role=asked.approver_role, requester=asked.requester, bound=case.lead)
    return asked


def _with(case: Case, changed: Extension) -> Case:
    return replace(
        case,
        extensions=tuple(
            changed if one.ordinal == changed.ordinal else one for one in case.extensions
        ),
    )
