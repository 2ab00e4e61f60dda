"""What the jobs process notes when a clock runs low or out, and how it is acknowledged.

Each step once: a sweep may repeat.
"""

from dataclasses import replace

from casework.domain.act_facts import day_of, number_of, text_of
from casework.domain.case import Act, Case
from casework.domain.clock_kinds import KINDS, Binds, instance_of
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.extension import with_last_day
from casework.domain.marks import runs
from casework.domain.policy_rules import RUNGS
from casework.domain.roles import Role

HEAD, VERIFY = "head", "verify"


def remind(case: Case, act: Act) -> Case:
    """Note that a reminder for a stage ("50%", "T-3") of a clock went out.

    Raises:
        AlreadyDoneError: it went out before.
        WrongStateError: the clock does not run.
    """
    clock = _running(case, act)
    return replace(case, reminded=_once(case.reminded, f"{clock}/{text_of(act, 'stage')}"))


def mark_overdue(case: Case, act: Act) -> Case:
    """Note that a clock ran out.

    Raises:
        AlreadyDoneError: it is marked already.
        BadActError: its last day is not over yet.
        WrongStateError: the clock does not run.
    """
    clock, on, due_on = _running(case, act), day_of(act, "on"), day_of(act, "due_on")
    # A limit in hours may run out on its last day.
    if on < due_on or (act.facts["clock"] == VERIFY and on == due_on):
        raise BadActError("on", f"a day after {due_on}")
    return replace(case, overdue=_once(case.overdue, clock))


def escalate(case: Case, act: Act) -> Case:
    """Note that an overdue clock was brought to the next rung of the ladder.

    Raises:
        AlreadyDoneError: it was brought there before.
        BadActError: no such rung.
        WrongStateError: the clock does not run, or is not overdue.
    """
    clock, rung = _running(case, act), text_of(act, "rung")
    if rung not in RUNGS:
        raise BadActError("rung", f"one of {', '.join(RUNGS)}")
    if clock not in case.overdue:
        raise WrongStateError(kind=act.kind, clock=clock, state="not overdue")
    return replace(case, escalated=_once(case.escalated, f"{clock}/{rung}"))


def acknowledge(case: Case, act: Act) -> Case:
    """Note that the addressee of a rung has seen it; the clock and the ladder run on.

    Raises:
        WrongStateError: the clock was never brought there.
        AlreadyDoneError: it is acknowledged already.
        NotPermittedError: for the head of the bound office, or for the office above, to do.
    """
    step = f"{_clock(act)}/{text_of(act, 'rung')}"
    if step not in case.escalated:
        raise WrongStateError(kind=act.kind, clock=step, state="not brought there")
    above = Role.SUPERVISOR in act.roles and act.office == case.supervisor
    binds_above = KINDS[text_of(act, "clock")].binds is Binds.SUPERVISOR
    head = above if binds_above else _heads(case, act)
    if not (head if step.endswith(f"/{HEAD}") else above):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    return replace(case, acknowledged=_once(case.acknowledged, step))


def recompute(case: Case, act: Act) -> Case:
    """Note that a changed calendar moved the last day of a running clock.

    Raises:
        BadActError: the old last day is not the promised one, or the new one is the same.
        WrongStateError: the clock does not run: what has ended is never judged anew.
    """
    clock, was, due_on = text_of(act, "clock"), day_of(act, "was"), day_of(act, "due_on")
    _running(case, act)
    if due_on == was:
        raise BadActError("due_on", f"another day than {was}")
    moved = with_last_day(case, clock, number_of(act, "since"), due_on)
    if clock != VERIFY:
        return moved
    if was != case.verify_due_on:
        raise BadActError("was", str(case.verify_due_on))
    return replace(moved, verify_due_on=due_on)


def _heads(case: Case, act: Act) -> bool:
    """Whether the actor heads the lead office; one that supervises too may have no leader."""
    heads = {Role.LEADER, Role.SUPERVISOR} if case.lead == case.supervisor else {Role.LEADER}
    return act.office == case.lead and not heads.isdisjoint(act.roles)


def _clock(act: Act) -> str:
    clock = text_of(act, "clock")
    if clock not in KINDS:
        raise BadActError("clock", f"one of {', '.join(KINDS)}")
    return instance_of(clock, number_of(act, "since"))


def _running(case: Case, act: Act) -> str:
    clock = _clock(act)
    if not runs(case, text_of(act, "clock"), number_of(act, "since")):
        raise WrongStateError(kind=act.kind, clock=clock, state="not running")
    return clock


def _once(done: tuple[str, ...], step: str) -> tuple[str, ...]:
    if step in done:
        raise AlreadyDoneError(step=step)
    return (*done, step)
