"""A policy's clock applied to a case: its last day, within the hard limits above it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from casework.domain.calendar import WorkCalendar
from casework.domain.deadline import DueDate, Pause, Unit, due
from casework.domain.errors import DeadlineError, ExtensionError
from casework.domain.policy_rules import ClockRule, Policy


def clock_due(
    policy: Policy,
    key: str,
    start: date | datetime,
    *,
    calendar: WorkCalendar,
    extend: int = 0,
    pauses: Sequence[Pause] = (),
) -> DueDate:
    """Return the last day of the clock *key* under *policy*.

    A local limit is cut at every hard limit above it; with an extension, at
    that limit's own value plus all it may be extended by. A pause stops the
    local clock only: a hard limit runs on unless its own rule names pauses.

    Args:
        policy: the policy pinned to the case.
        key: one of deadline.CLOCK_KEYS.
        start: the event that starts the clock, civil date in Shanghai or instant.
        calendar: working days.
        extend: granted extension, in the unit of the rule's extension.
        pauses: days on which the clock stood still.

    Raises:
        UnknownClockError: the policy has no such clock.
        ExtensionError: more than the rule allows, or it allows none.
        DeadlineError: a pause that the rule does not know or that is too long, or values
            that no date can be computed from.

    Source: the citation of the rule, in the answer's *clause*.
    """
    rule = policy.clock(key)
    more = _extension_unit(rule, extend)
    _check_pauses(rule, pauses)
    answer = replace(
        due(
            start,
            value=rule.value,
            unit=rule.unit,
            calendar=calendar,
            end=rule.end,
            extend=extend,
            extend_unit=more,
            pauses=pauses,
        ),
        policy=policy.id,
        clause=rule.cite.shown,
    )
    for above in policy.hard_limits(key):
        limit = _hard_due(above, start, calendar=calendar, extended=extend > 0, pauses=pauses)
        if _end(limit) < _end(answer):
            answer = replace(
                limit, policy=policy.id, clause=rule.cite.shown, limited_by=above.policy_id
            )
    return answer


def reminder_days(start: date, due_on: date, stages: Sequence[str]) -> tuple[tuple[str, date], ...]:
    """Return the stages of a clock with the day of each, in order of days.

    "50%" is half of the way, rounded up to a day; "T-3" three days before the
    last day. Stages on or before *start* are left out.

    Raises:
        ValueError: a stage is neither.
    """
    days = []
    for stage in stages:
        if stage.endswith("%"):
            part = math.ceil((due_on - start).days * int(stage[:-1]) / 100)
            on = start + timedelta(days=part)
        elif stage.startswith("T-"):
            on = due_on - timedelta(days=int(stage[2:]))
        else:
            raise ValueError(f"no such stage: {stage}")
        if on > start:
            days.append((stage, on))
    return tuple(sorted(days, key=lambda item: item[1]))


def _extension_unit(rule: ClockRule, extend: int) -> Unit | None:
    if not extend:
        return None
    if rule.extend is None:
        raise ExtensionError("extend", f"none: {rule.policy_id} knows no extension of {rule.key}")
    most = rule.extend.max_times * rule.extend.max_value
    if extend > most or extend < 0:
        raise ExtensionError("extend", f"at most {most} {rule.extend.unit} by {rule.policy_id}")
    return rule.extend.unit


def _check_pauses(rule: ClockRule, pauses: Sequence[Pause]) -> None:
    if not pauses:
        return
    if rule.pause is None:
        raise DeadlineError("pause", f"none: {rule.policy_id} knows no pause of {rule.key}")
    days = sum((pause.last - pause.first).days + 1 for pause in pauses)
    if days > rule.pause.max_days:
        raise DeadlineError("pause", f"at most {rule.pause.max_days} days in all")


def _hard_due(
    rule: ClockRule,
    start: date | datetime,
    *,
    calendar: WorkCalendar,
    extended: bool,
    pauses: Sequence[Pause],
) -> DueDate:
    more = rule.extend if extended else None
    return due(
        start,
        value=rule.value,
        unit=rule.unit,
        calendar=calendar,
        end=rule.end,
        extend=more.max_times * more.max_value if more else 0,
        extend_unit=more.unit if more else None,
        pauses=pauses if rule.pause else (),
    )


def _end(answer: DueDate) -> tuple[date, float]:
    """Order by day, then by moment; a limit in days ends with the day."""
    return answer.due_on, answer.due_at.timestamp() if answer.due_at else math.inf
