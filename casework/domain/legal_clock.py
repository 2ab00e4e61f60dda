"""A policy's clock applied to a case: its last day, within the hard limits above it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from casework.domain.calendar import WorkCalendar
from casework.domain.day_count import DayLine, days_of
from casework.domain.deadline import DueDate, Pause, due
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
    local clock only: a hard limit runs on, unless its own rule knows the reason,
    and after as many days as that rule allows.

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
    _check_extension(rule, extend)
    _check_pauses(rule, pauses)
    found = _rule_due(rule, start, calendar=calendar, extend=extend, pauses=pauses)
    shown = replace(found, policy=policy.id, clause=rule.cite.shown)
    for above in policy.hard_limits(key):
        limit = _rule_due(
            above,
            start,
            calendar=calendar,
            extend=above.extend.total if extend and above.extend else 0,
            pauses=_known_pauses(above, pauses),
        )
        shown = _stricter(shown, limit, above.policy_id, calendar)
    return shown


def binding_rule(policy: Policy, key: str, answer: DueDate) -> ClockRule:
    """Return the rule that made *answer*: the policy's own, or the hard one that cut it short.

    Raises:
        UnknownClockError: the policy has no such clock.
    """
    above = {rule.policy_id: rule for rule in policy.hard_limits(key)}
    return above.get(answer.limited_by or "") or policy.clock(key)


def clock_days(
    policy: Policy,
    key: str,
    start: date | datetime,
    answer: DueDate,
    *,
    calendar: WorkCalendar,
    extend: int = 0,
) -> tuple[DayLine, ...]:
    """Return every day of a clock, counted or left out, for the panel that explains *answer*.

    Args:
        policy: as it was given to `clock_due`, and likewise the next two.
        key: one of deadline.CLOCK_KEYS.
        start: the event that started the clock.
        answer: what `clock_due` returned; pauses are among its days left out.
        calendar: working days, as they were given to `clock_due`.
        extend: granted extension, as it was given to `clock_due`.

    Raises:
        UnknownClockError: the policy has no such clock.
    """
    rule = binding_rule(policy, key, answer)
    more = rule.extend.unit if extend and rule.extend else None
    return days_of(
        start, answer, unit=rule.unit, extend_unit=more, calendar=calendar, windows=rule.windows
    )


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


def _check_extension(rule: ClockRule, extend: int) -> None:
    if not extend:
        return
    if rule.extend is None:
        raise ExtensionError("extend", f"none: {rule.policy_id} knows no extension of {rule.key}")
    if not 0 < extend <= rule.extend.total:
        most = f"at most {rule.extend.total} {rule.extend.unit}"
        raise ExtensionError("extend", f"{most} by {rule.policy_id}")


def _check_pauses(rule: ClockRule, pauses: Sequence[Pause]) -> None:
    if not pauses:
        return
    if rule.pause is None:
        raise DeadlineError("pause", f"none: {rule.policy_id} knows no pause of {rule.key}")
    if any(pause.reason and pause.reason not in rule.pause.reasons for pause in pauses):
        raise DeadlineError("pause", f"a reason among {', '.join(rule.pause.reasons)}")
    days = sum((pause.last - pause.first).days + 1 for pause in pauses)
    if days > rule.pause.max_days:
        raise DeadlineError("pause", f"at most {rule.pause.max_days} days in all")


def _known_pauses(rule: ClockRule, pauses: Sequence[Pause]) -> list[Pause]:
    """Return what a hard limit lets stand still of the days that the local clock did."""
    if rule.pause is None:
        return []
    known: list[Pause] = []
    left = rule.pause.max_days
    for pause in sorted(pauses, key=lambda pause: pause.first):
        if left and (not pause.reason or pause.reason in rule.pause.reasons):
            last = min(pause.last, pause.first + timedelta(days=left - 1))
            known.append(Pause(pause.first, last, pause.reason))
            left -= (last - pause.first).days + 1
    return known


def _rule_due(
    rule: ClockRule,
    start: date | datetime,
    *,
    calendar: WorkCalendar,
    extend: int,
    pauses: Sequence[Pause],
) -> DueDate:
    return due(
        start,
        value=rule.value,
        unit=rule.unit,
        calendar=calendar,
        end=rule.end,
        extend=extend,
        extend_unit=rule.extend.unit if rule.extend and extend else None,
        pauses=pauses,
        windows=rule.windows,
    )


def _stricter(answer: DueDate, limit: DueDate, by: str, calendar: WorkCalendar) -> DueDate:
    """Return the earlier of an answer and a hard limit.

    Which one is earlier stays open as long as either may move: a date in a year that is
    published can not be overtaken any more, one in a later year can.
    """
    earlier = answer
    if _end(limit) < _end(answer):
        earlier = replace(limit, policy=answer.policy, clause=answer.clause, limited_by=by)
    open_still = (answer.provisional or limit.provisional) and not calendar.is_known(
        earlier.due_on.year
    )
    return replace(earlier, provisional=earlier.provisional or open_still)


def _end(answer: DueDate) -> tuple[date, float]:
    """Order by day, then by moment; a limit in days ends with the day."""
    return answer.due_on, answer.due_at.timestamp() if answer.due_at else math.inf
