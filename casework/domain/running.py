"""The clocks of a case, computed from its events whenever somebody looks.

What lists and the sweep read from the database is made from this (`services/clock_rows.py`)
and decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from casework.domain.calendar import WorkCalendar
from casework.domain.case import AskState, Case, Mark
from casework.domain.clock_kinds import KINDS, Binds, ClockKind, instance_of
from casework.domain.deadline import SHANGHAI, DueDate, Pause
from casework.domain.extension import granted
from casework.domain.legal_clock import clock_due
from casework.domain.marks import ended_by
from casework.domain.policy_rules import ClockRule, Policy
from casework.domain.rectification import paper_day
from casework.domain.standstill import live, pauses_of

ONE_DAY = timedelta(days=1)


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"  # met, but after its end
    LAPSED = "lapsed"  # a right that was not used
    VOID = "void"  # ended without a verdict


ENDED = frozenset({ClockState.MET, ClockState.LATE, ClockState.LAPSED, ClockState.VOID})


@dataclass(frozen=True, slots=True)
class Running:
    """One clock of one case.

    Attributes:
        key, since: its key, and the ordinal of the act that started it.
        started: civil day or UTC instant of that.
        due: its end as of now; while it stands still, as if it ran on tomorrow.
        extended: granted so far, in the unit of the rule's extension.
        pauses: the days it stood still.
        office: code of the office that it binds; "" where it binds none.
        ended: the mark that ended it; None while it runs.
    """

    key: str
    since: int
    rule: ClockRule
    started: date | datetime
    due: DueDate
    state: ClockState
    extended: int
    pauses: tuple[Pause, ...]
    office: str
    ended: Mark | None

    @property
    def instance(self) -> str:
        """What the case's lists call it: "verify.3"."""
        return instance_of(self.key, self.since)

    @property
    def running(self) -> bool:
        """Whether it has not ended: it runs, stands still for a time, or is overdue."""
        return self.state not in ENDED

    @property
    def paused_days(self) -> int:
        """How many days it stood still: its own counter."""
        return sum((one.last - one.first).days + 1 for one in self.pauses)


def clocks_of(
    case: Case, policy: Policy, *, calendar: WorkCalendar, now: datetime
) -> tuple[Running, ...]:
    """Return every clock of *case*, in the order in which they started.

    Args:
        case: the case.
        policy: the one it pins; before acceptance the one in force where it was received.
        calendar: working days.
        now: UTC instant.

    A case whose contents were destroyed has none.
    """
    if case.destroyed:
        return ()
    found = [
        one
        for rule in policy.clocks.values()
        for one in _of_rule(case, policy, rule, calendar, now)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.key)))


def clock_of(clocks: tuple[Running, ...], key: str, since: int) -> Running | None:
    """Return one clock of several; None when it is not among them."""
    return next((one for one in clocks if (one.key, one.since) == (key, since)), None)


def end_of(due: DueDate) -> datetime:
    """Return the first instant (UTC) that is too late: a limit in days ends with its last day."""
    if due.due_at is not None:
        return due.due_at.astimezone(UTC) + timedelta(seconds=1)
    return midnight(due.due_on + ONE_DAY)


def midnight(day: date) -> datetime:
    """Return the instant (UTC) at which *day* begins in China."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def moment_of(at: str) -> date | datetime:
    """Return the day or the UTC instant that a mark holds."""
    if "T" not in at:
        return date.fromisoformat(at)
    return datetime.fromisoformat(at.replace("Z", "+00:00"))


def day_of_moment(at: date | datetime) -> date:
    """Return the civil day in China of a day or instant."""
    return at.astimezone(SHANGHAI).date() if isinstance(at, datetime) else at


def _of_rule(
    case: Case, policy: Policy, rule: ClockRule, calendar: WorkCalendar, now: datetime
) -> Iterator[Running]:
    kind = KINDS[rule.key]
    for mark in case.marks:
        if mark.name == rule.from_event:
            yield _one(case, policy, rule, kind, mark, calendar, now)


def _one(
    case: Case,
    policy: Policy,
    rule: ClockRule,
    kind: ClockKind,
    begun: Mark,
    calendar: WorkCalendar,
    now: datetime,
) -> Running:
    ended = ended_by(case, kind, begun)
    until = day_of_moment(moment_of(ended.at) if ended else now)
    pauses = pauses_of(case, rule.key, begun.ordinal, until)
    extended = sum(one.value for one in granted(case, rule.key, begun.ordinal))
    started = moment_of(begun.at)
    # What has ended is judged by the calendar of its end: no later change makes it late.
    known = calendar.as_of(_instant(moment_of(ended.at))) if ended else calendar
    due = clock_due(policy, rule.key, started, calendar=known, extend=extended, pauses=pauses)
    paper = paper_day(case, rule.key, begun.ordinal)
    if paper is not None:
        due = _by_paper(due, paper, is_moved=bool(extended or pauses))
    offices = {Binds.LEAD: case.lead, Binds.OUTSIDE: case.lead, Binds.SUPERVISOR: case.supervisor}
    return Running(
        key=rule.key,
        since=begun.ordinal,
        rule=rule,
        started=started,
        due=due,
        state=_state(case, kind, begun, rule.key, ended, due, now),
        extended=extended,
        pauses=pauses,
        office=offices.get(kind.binds, ""),
        ended=ended,
    )


def _by_paper(due: DueDate, paper: date, *, is_moved: bool) -> DueDate:
    """Return the end that a served paper gives: its day as it stands, rest day or not.

    What was granted since never ends before that day, and a hard limit never after its own.
    """
    if is_moved:
        return due if due.due_on > paper else replace(due, due_on=paper)
    if due.limited_by and due.due_on < paper:
        return due
    return replace(due, due_on=paper, provisional=False, skipped=())


def _state(
    case: Case,
    kind: ClockKind,
    begun: Mark,
    key: str,
    ended: Mark | None,
    due: DueDate,
    now: datetime,
) -> ClockState:
    end = end_of(due)
    if ended is not None:
        if ended.name in kind.voids:
            return ClockState.VOID
        if _instant(moment_of(ended.at)) < end:
            return ClockState.MET
        # Nobody is late with a right: what came after it was something else.
        return ClockState.LAPSED if kind.is_right else ClockState.LATE
    if now >= end:
        return ClockState.LAPSED if kind.is_right else ClockState.OVERDUE
    pause = live(case, key, begun.ordinal)
    if (
        pause is not None
        and pause.state is AskState.GRANTED
        and pause.first <= day_of_moment(now).isoformat() <= pause.until
    ):
        return ClockState.PAUSED
    return ClockState.RUNNING


def _instant(at: date | datetime) -> datetime:
    return at if isinstance(at, datetime) else midnight(at)
