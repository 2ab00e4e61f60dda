"""The ladder that every clock climbs: remind, mark overdue, bring before the next level.

Which steps a case has behind it stands in its events, so a sweep that runs twice, late,
or after a week of standstill does each step once and none in vain.

Source: POLICIES.md (c), "Escalation is one ladder for every clock".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.domain.case import Case, State
from casework.domain.legal_clock import reminder_days

VERIFY = "verify"
NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Step:
    """Something due: an event kind and its facts."""

    kind: str
    facts: Mapping[str, str]


def next_step(case: Case, today: date, *, stages: Sequence[str]) -> Step | None:
    """Return the next step of the verification clock that is due by *today*, or None.

    Of several reminders missed only the latest is given: an old one tells nothing.

    Args:
        case: where the case stands.
        today: civil date in Asia/Shanghai.
        stages: the clock's reminders in the policy, such as "50%" and "T-3".
    """
    if case.state is not State.ACCEPTED or case.verify_due_on is None:
        return None
    on = today.isoformat()
    if today <= case.verify_due_on:
        due = [stage for stage, day in _still_to_give(case, stages) if day <= today]
        if not due:
            return None
        return Step("clock.reminded", {"clock": VERIFY, "stage": due[-1], "on": on})
    if VERIFY not in case.overdue:
        return Step("clock.overdue", {"clock": VERIFY, "on": on})
    above = case.supervisor or case.lead
    if f"{VERIFY}/{above}" not in case.escalated:
        return Step("case.escalated", {"clock": VERIFY, "to": above, "on": on})
    return None


def next_look(case: Case, *, stages: Sequence[str]) -> date:
    """Return the day from which `next_step` has something to say; NEVER when it has nothing.

    Args:
        case: where the case stands.
        stages: as for `next_step`.
    """
    if case.state is not State.ACCEPTED or case.verify_due_on is None:
        return NEVER
    days = [day for _stage, day in _still_to_give(case, stages)]
    overdue_on = case.verify_due_on + timedelta(days=1)
    if days and VERIFY not in case.overdue:
        return min(days)
    return overdue_on if next_step(case, overdue_on, stages=stages) else NEVER


def _still_to_give(case: Case, stages: Sequence[str]) -> list[tuple[str, date]]:
    """Return the reminders after the latest one given, by day."""
    assert case.accepted_on is not None
    assert case.verify_due_on is not None
    days = reminder_days(case.accepted_on, case.verify_due_on, stages)
    given = [day for stage, day in days if f"{VERIFY}/{stage}" in case.reminded]
    latest = max(given, default=case.accepted_on)
    return [(stage, day) for stage, day in days if latest < day <= case.verify_due_on]
