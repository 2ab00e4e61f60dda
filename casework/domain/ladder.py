"""The ladder that every clock climbs: remind, mark overdue, bring before the next level.

Which steps a clock has behind it stands in the case's events, so a sweep that runs twice,
late, or after a week of standstill does each step once and none in vain.

Source: POLICIES.md (c), "Escalation is one ladder for every clock".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casework.domain.calendar import WorkCalendar
from casework.domain.case import AskState, Case
from casework.domain.clock_kinds import KINDS
from casework.domain.deadline import End, Unit
from casework.domain.deadline import due as due_of
from casework.domain.legal_clock import reminder_days
from casework.domain.policy_rules import Rung
from casework.domain.running import (
    ONE_DAY,
    ClockState,
    Running,
    day_of_moment,
    end_of,
    midnight,
)
from casework.domain.standstill import live

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
DEEM_ACCEPTED = "deem_accepted"
# What stands on the supervision list already is not listed for its listing.
_NOT_LISTED = frozenset({"listing"})


@dataclass(frozen=True, slots=True)
class Step:
    """Something due: an event kind and those of its facts that are known here.

    "report.deemed_accepted" and "pause.ended" still need what the policy and calendar give.
    """

    kind: str
    facts: Mapping[str, str | int]


def next_step(
    case: Case,
    clock: Running,
    *,
    ladder: Sequence[Rung],
    calendar: WorkCalendar,
    now: datetime,
    superior: str = "",
) -> Step | None:
    """Return the next step of *clock* that is due by *now*, or None.

    Of several reminders missed only the latest is given: an old one tells nothing. Rungs
    that were missed are climbed one after the other.

    Args:
        case: where the case stands.
        clock: one of its clocks, as of *now*.
        ladder: the policy's.
        calendar: working days.
        now: UTC instant.
        superior: office above the supervising one, where it is in this system.
    """
    today = day_of_moment(now)
    facts: dict[str, str | int] = {"clock": clock.key, "since": clock.since}
    pause = live(case, clock.key, clock.since)
    if (
        pause
        and pause.state is AskState.GRANTED
        and (today.isoformat() > pause.until or not clock.running)
    ):
        return Step("pause.ended", {"asked": pause.ordinal, "on": today.isoformat()})
    if clock.state is ClockState.RUNNING:
        due = [stage for stage, at in _still_to_give(case, clock) if at <= now]
        if not due:
            return None
        return Step("clock.reminded", {**facts, "stage": due[-1], "on": today.isoformat()})
    if clock.state is not ClockState.OVERDUE:
        return None
    if clock.instance not in case.overdue:
        due_on = clock.due.due_on.isoformat()
        return Step("clock.overdue", {**facts, "due_on": due_on, "on": today.isoformat()})
    if clock.rule.on_breach == DEEM_ACCEPTED:
        return Step("report.deemed_accepted", {})
    for rung, at in rungs_of(case, clock, ladder, calendar):
        if at <= now:
            to = addressee(case, clock, rung.name, superior)
            told = {"rung": rung.name, "to": to, "on": today.isoformat()}
            return Step("case.escalated", {**facts, **told})
    return None


def next_at(
    case: Case,
    clock: Running,
    *,
    ladder: Sequence[Rung],
    calendar: WorkCalendar,
    now: datetime,
) -> datetime:
    """Return the instant from which `next_step` has something to say; NEVER when it has nothing.

    While a clock stands still its end moves with every day: it is looked at daily.
    """
    pause = live(case, clock.key, clock.since)
    if pause and pause.state is AskState.GRANTED:
        today = day_of_moment(now)
        over = today.isoformat() > pause.until or not clock.running
        return now if over else midnight(today + ONE_DAY)
    if clock.state is ClockState.RUNNING:
        if KINDS[clock.key].is_right:
            return min((at for _, at in _still_to_give(case, clock)), default=NEVER)
        return min((at for _, at in _still_to_give(case, clock)), default=end_of(clock.due))
    if clock.state is not ClockState.OVERDUE:
        return NEVER
    if clock.instance not in case.overdue or clock.rule.on_breach == DEEM_ACCEPTED:
        return end_of(clock.due)
    return min((at for _, at in rungs_of(case, clock, ladder, calendar)), default=NEVER)


def rungs_of(
    case: Case, clock: Running, ladder: Sequence[Rung], calendar: WorkCalendar
) -> tuple[tuple[Rung, datetime], ...]:
    """Return the rungs that an overdue clock has still to climb, with the instant of each."""
    return tuple(
        (rung, rung_at(clock, rung, calendar))
        for rung in ladder
        if f"{clock.instance}/{rung.name}" not in case.escalated
        and not (rung.name == "listing" and _is_not_listed(case, clock))
    )


def _is_not_listed(case: Case, clock: Running) -> bool:
    """Whether nobody is above to list it, or it stands on the list already."""
    return clock.key in _NOT_LISTED or case.lead == case.supervisor


def rung_at(clock: Running, rung: Rung, calendar: WorkCalendar) -> datetime:
    """Return the instant from which a rung is due: so long after the clock's end."""
    if rung.unit is Unit.HOUR:
        return end_of(clock.due) + timedelta(hours=rung.after)
    last = clock.due.due_on
    return midnight(
        due_of(last, value=rung.after, unit=rung.unit, calendar=calendar, end=End.KEEP).due_on
    )


def addressee(case: Case, clock: Running, rung: str, superior: str = "") -> str:
    """Return the office before which a rung brings the case.

    The head is that of the office which the clock binds; what follows is for the office
    above it, and the last two rungs for the one above that, where it is in this system and
    may learn of the case.
    """
    bound = clock.office or case.lead
    if rung == "head":
        return bound
    above = case.supervisor or case.lead
    if rung in ("committee", "assessment") or bound == above:
        return superior if superior and superior not in case.kept_out else above
    return above


def _still_to_give(case: Case, clock: Running) -> list[tuple[str, datetime]]:
    """Return the reminders after the latest one given, by time."""
    moments = _reminders(clock)
    given = [at for stage, at in moments if f"{clock.instance}/{stage}" in case.reminded]
    latest = max(given, default=datetime.min.replace(tzinfo=UTC))
    return [(stage, at) for stage, at in moments if latest < at < end_of(clock.due)]


def _reminders(clock: Running) -> list[tuple[str, datetime]]:
    stages = clock.rule.remind_at
    if clock.due.due_at is None:
        days = reminder_days(day_of_moment(clock.started), clock.due.due_on, stages)
        return [(stage, midnight(day)) for stage, day in days]
    begun, end = _begun(clock.started), clock.due.due_at.astimezone(UTC)
    parts = [(stage, int(stage[:-1])) for stage in stages if stage.endswith("%")]
    seconds = (end - begun).total_seconds()
    moments = [
        (stage, begun + timedelta(seconds=math.ceil(seconds * part / 100))) for stage, part in parts
    ]
    return sorted(moments, key=lambda one: one[1])


def _begun(started: date | datetime) -> datetime:
    return started if isinstance(started, datetime) else midnight(started)
