"""What the jobs process does when a clock runs low or out. Each step once: a sweep may repeat."""

from dataclasses import replace

from casework.domain.act_facts import day_of, text_of
from casework.domain.case import Act, Case, State
from casework.domain.deadline import CLOCK_KEYS
from casework.domain.errors import AlreadyDoneError, BadActError, WrongStateError


def remind(case: Case, act: Act) -> Case:
    """Note that a reminder for a stage ("50%", "T-3") of a clock went out.

    Raises:
        AlreadyDoneError: it went out before.
    """
    clock = _running_clock(case, act)
    return replace(case, reminded=_once(case.reminded, f"{clock}/{text_of(act, 'stage')}"))


def mark_overdue(case: Case, act: Act) -> Case:
    """Note that a clock ran out.

    Raises:
        AlreadyDoneError: it is marked already.
        BadActError: the verification clock's last day is not over yet.
    """
    clock, on = _running_clock(case, act), day_of(act, "on")
    if clock == "verify" and (case.verify_due_on is None or on <= case.verify_due_on):
        raise BadActError("on", f"a day after {case.verify_due_on}")
    return replace(case, overdue=_once(case.overdue, clock))


def escalate(case: Case, act: Act) -> Case:
    """Note that an overdue clock was brought before the next level.

    Raises:
        AlreadyDoneError: it was brought there before.
        WrongStateError: the clock is not overdue.
    """
    clock = _running_clock(case, act)
    if clock not in case.overdue:
        raise WrongStateError(kind=act.kind, clock=clock, state="not overdue")
    return replace(case, escalated=_once(case.escalated, f"{clock}/{text_of(act, 'to')}"))


def _running_clock(case: Case, act: Act) -> str:
    clock = text_of(act, "clock")
    if clock not in CLOCK_KEYS:
        raise BadActError("clock", f"one of {', '.join(CLOCK_KEYS)}")
    if clock == "verify" and case.state is not State.ACCEPTED:
        raise WrongStateError(kind=act.kind, clock=clock, state=case.state)
    return clock


def _once(done: tuple[str, ...], step: str) -> tuple[str, ...]:
    if step in done:
        raise AlreadyDoneError(step=step)
    return (*done, step)
