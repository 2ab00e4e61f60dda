"""Urging: the reporter of an open case may ask the office to hurry, once in seven days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from casework.domain.act_facts import civil_day, day_of
from casework.domain.case import Act, Case
from casework.domain.errors import BadActError, UrgedLatelyError

DAYS_BETWEEN: Final = 7  # ours, SCENARIOS.md S08; no source gives a figure


def next_urge_on(case: Case) -> date | None:
    """Return the first civil day on which the case may be urged again; None if never urged.

    Urged on 2 March, it may be urged again on 9 March, not on 8 March.
    """
    if not case.urged:
        return None
    return date.fromisoformat(case.urged[-1]) + timedelta(days=DAYS_BETWEEN)


def urge(case: Case, act: Act) -> Case:
    """Note that the reporter urged the case.

    Raises:
        BadActError: `urged_on` is not the civil day, in Asia/Shanghai, of the act itself.
        UrgedLatelyError: urged less than seven days before; it names the day when it may be.
    """
    urged_on = day_of(act, "urged_on")
    today = civil_day(act.at)
    if urged_on != today:
        raise BadActError("urged_on", today.isoformat())
    again_on = next_urge_on(case)
    if again_on is not None and urged_on < again_on:
        raise UrgedLatelyError(again_on)
    return replace(case, urged=(*case.urged, urged_on.isoformat()))
