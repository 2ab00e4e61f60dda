"""Last days of time limits, with every day that was left out and why.

Counting in Asia/Shanghai: the day of the event is not counted, the last day
ends at midnight, and where the rule says "roll" a last day of rest becomes the
next working day. Minutes and hours run from the instant, through days of rest,
unless the rule names the hours of a working day that count.

Source: 民法典 第二百条至第二百零四条 [S]; POLICIES.md (c), counting default.
"""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from casework.domain.calendar import WorkCalendar
from casework.domain.errors import DeadlineError

SHANGHAI = ZoneInfo("Asia/Shanghai")
VALUE_MAX = 100_000  # of any unit: more is a slip of the finger

# Keys of all clocks, in policy files and on the command line.
CLOCK_KEYS = (
    "first_contact",
    "accept",
    "hand_over",
    "assign",
    "return",
    "sign_in",
    "verify",
    "tell_result",
    "object",
    "review",
    "accident_entry",
    "accident_completion",
    "listing",
    "rectify",
    "recheck",
    "police_answer",
    "publish_penalty",
    "publish_decision",
    "retaliation_answer",
    "propose",
    "approve",
    "notify",
    "claim",
    "pay",
    "reward_review",
    "reward_object",
    # Ours, for what the sources leave open: closing a worked report, answering an order.
    "close",
    "order_reply",
    # Ours too: being there where lives are at stake, and protecting who suffers retaliation.
    "urgent",
    "protect",
)


class Unit(StrEnum):
    """What a limit is counted in."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"

    @property
    def timed(self) -> bool:
        """Whether the limit ends at a time of day, not with a day."""
        return self in (Unit.MINUTE, Unit.HOUR)


class End(StrEnum):
    """What happens when the last day is a day of rest."""

    ROLL = "roll"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which the clock stands still, first and last included.

    Attributes:
        first, last: civil days in Asia/Shanghai.
        reason: code of clock_reasons.PAUSE_REASONS; "" where it does not matter.
    """

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Working time of a working day, for limits in minutes and hours.

    Attributes:
        first, last: time of day in Asia/Shanghai, *last* not within the window any more.
        since, until: the part of the year it holds in, month and day, both included;
            "10-01" to "04-30" runs over the new year.
    """

    first: time
    last: time
    since: str = "01-01"
    until: str = "12-31"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that was left out; *why* is weekend, holiday or paused."""

    on: date
    why: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day (and for minutes and hours the moment) that is still on time.

    Attributes:
        due_at: with +08:00, for minutes and hours only.
        provisional: a counted day lies in a year whose calendar is not published.
        policy, clause: the rule, None when the limit was given by hand.
        limited_by: the hard ancestor policy that cut the limit short, or None.
    """

    due_on: date
    due_at: datetime | None
    provisional: bool
    policy: str | None = None
    clause: str | None = None
    skipped: tuple[Skipped, ...] = ()
    limited_by: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the answer of `tonggui deadline explain --json` (issue 4)."""
        return {
            "due_on": self.due_on.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "provisional": self.provisional,
            "policy": self.policy,
            "clause": self.clause,
            "skipped": [{"on": s.on.isoformat(), "why": s.why} for s in self.skipped],
            "limited_by": self.limited_by,
        }


def due(
    start: date | datetime,
    *,
    value: int,
    unit: Unit,
    calendar: WorkCalendar,
    end: End = End.ROLL,
    extend: int = 0,
    extend_unit: Unit | None = None,
    pauses: Sequence[Pause] = (),
    windows: Sequence[Window] = (),
) -> DueDate:
    """Return the last day of a limit.

    Day 1 is the day after *start*: 30 days from 1 March end on 31 March. A
    month ends on the same day number, or on the month's last day where there
    is none. An extension is counted from the original last day, before rolling.
    With windows, the answer is the first moment at which so much working time
    has passed: the end of a window, not the beginning of the next.

    Args:
        start: civil date of the event in Asia/Shanghai, or its instant (without a zone:
            Shanghai time). Minutes and hours from a bare date run from its 00:00,
            the strictest reading.
        value: how many of *unit*, 0 to VALUE_MAX.
        unit: minute, hour, day, working_day, month or year.
        calendar: working days.
        end: roll or keep; without effect on minutes and hours, and on a limit whose last
            day is a counted working day anyhow.
        extend: how many of *extend_unit* were granted on top.
        extend_unit: by default *unit*.
        pauses: days that do not count.
        windows: the hours of a working day that count, for minutes and hours only; a day
            may have several, a part of the year without any has no working time.

    Raises:
        DeadlineError: a number out of range, a pause that is reversed, overlaps another or
            begins before *start*, an extension in hours of a limit in days or the reverse,
            windows that are reversed, overlap or belong to a limit in days, or a last day
            beyond the year 9999.
    """
    more = extend_unit or unit
    begun = instant_of(start)
    _check(begun.date(), value, extend, unit.timed == more.timed, pauses)
    _check_windows(windows, unit)
    stops = sorted(pauses, key=lambda pause: pause.first)
    try:
        if not unit.timed:
            return _dated(begun.date(), _steps(value, unit, extend, more), end, stops, calendar)
        owed = _length(value, unit) + _length(extend, more)
        if windows:
            return _in_hours(begun, owed, stops, windows, calendar)
        return _timed(begun, owed, stops)
    except OverflowError:
        raise DeadlineError("value", "a last day before the year 10000") from None


def instant_of(start: date | datetime) -> datetime:
    """Return when the event was, in Asia/Shanghai; a bare date is its 00:00.

    Raises:
        DeadlineError: the instant lies outside the years 1 to 9999 in Shanghai.
    """
    if not isinstance(start, datetime):
        return _midnight(start)
    if start.tzinfo is None:
        return start.replace(tzinfo=SHANGHAI)
    try:
        return start.astimezone(SHANGHAI)
    except OverflowError:
        raise DeadlineError("start", "an instant in the years 1 to 9999") from None


def hours_of(day: date, windows: Sequence[Window]) -> list[tuple[datetime, datetime]]:
    """Return the working hours of a working day, in order, as instants in Asia/Shanghai."""
    of_year = f"{day:%m-%d}"
    found = [one for one in windows if _in_season(of_year, one)]
    return sorted(
        (datetime.combine(day, one.first, SHANGHAI), datetime.combine(day, one.last, SHANGHAI))
        for one in found
    )


def parse_start(text: str) -> date | datetime:
    """Return the event of `--start`: "2026-11-02" or "2026-11-02T22:30".

    Raises:
        DeadlineError: it is neither.
    """
    try:
        if "T" in text:
            return datetime.fromisoformat(text)
        return _day(text)
    except ValueError:
        raise DeadlineError("start", "a day or an instant, 2026-11-02[T22:30]") from None


def parse_pause(text: str) -> Pause:
    """Return the days of `--pause`: "2026-11-05..2026-11-09".

    Raises:
        DeadlineError: it is not two days with two dots between them.
    """
    first, dots, last = text.partition("..")
    try:
        return Pause(_day(first), _day(last if dots else ""))
    except ValueError:
        raise DeadlineError("pause", "two days, 2026-11-05..2026-11-09") from None


def parse_window(text: str) -> Window:
    """Return the hours of `--window`: "08:30-12:00", through the whole year.

    Raises:
        DeadlineError: it is not two times of day, the earlier one first.
    """
    first, _, last = text.partition("-")
    try:
        window = Window(_time(first), _time(last))
    except ValueError:
        raise DeadlineError("window", "two times of day, 08:30-12:00") from None
    _check_windows([window], Unit.HOUR)
    return window


def _day(text: str) -> date:
    """Take 2026-11-02 alone, not the other spellings that ISO 8601 knows."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def _time(text: str) -> time:
    at = time.fromisoformat(text)
    if f"{at:%H:%M}" != text:
        raise ValueError(text)
    return at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _check(start: date, value: int, extend: int, same_kind: bool, pauses: Sequence[Pause]) -> None:
    for name, number in (("value", value), ("extend", extend)):
        if not 0 <= number <= VALUE_MAX:
            raise DeadlineError(name, f"an integer from 0 to {VALUE_MAX:,}")
    if not same_kind:
        raise DeadlineError("extend", "an extension in days of a limit in days, in hours of hours")
    previous = None
    for pause in sorted(pauses, key=lambda pause: pause.first):
        if pause.last < pause.first:
            raise DeadlineError("pause", f"a last day from {pause.first} on")
        if pause.first < start:
            raise DeadlineError("pause", f"days from {start} on")
        if previous and pause.first <= previous.last:
            raise DeadlineError("pause", f"pauses that do not overlap {previous.first}")
        previous = pause


def _check_windows(windows: Sequence[Window], unit: Unit) -> None:
    if windows and not unit.timed:
        raise DeadlineError("window", "minutes or hours; other limits run through whole days")
    for number, window in enumerate(windows):
        if window.last <= window.first:
            raise DeadlineError("window", f"a last time after {window.first:%H:%M}")
        for other in windows[:number]:
            if _overlap(window, other):
                raise DeadlineError("window", f"hours that do not overlap {other.first:%H:%M}")


def _overlap(one: Window, other: Window) -> bool:
    """Tell whether two windows share an hour of some day of the year."""
    same_hours = one.first < other.last and other.first < one.last
    return same_hours and (_in_season(one.since, other) or _in_season(other.since, one))


def _in_season(of_year: str, window: Window) -> bool:
    """Tell whether a day of the year ("05-01") lies in the window's part of it."""
    if window.since <= window.until:
        return window.since <= of_year <= window.until
    return of_year >= window.since or of_year <= window.until


def _timed(begun: datetime, owed: timedelta, pauses: Sequence[Pause]) -> DueDate:
    due_at = begun + owed
    skipped: list[Skipped] = []
    for pause in pauses:
        stopped, resumed = _midnight(pause.first), _midnight(pause.last) + timedelta(days=1)
        if max(stopped, begun) < due_at:
            due_at += resumed - max(stopped, begun)
            skipped += _each_day(pause)
    return DueDate(due_at.date(), due_at, provisional=False, skipped=tuple(skipped))


def _in_hours(
    begun: datetime,
    owed: timedelta,
    pauses: Sequence[Pause],
    windows: Sequence[Window],
    calendar: WorkCalendar,
) -> DueDate:
    paused = _paused_days(pauses)
    skipped: list[Skipped] = []
    due_at, day = begun, begun.date()
    while owed:
        why = _why_left_out(day, paused, calendar)
        if why:
            skipped.append(Skipped(day, why))
        for opens, closes in [] if why else hours_of(day, windows):
            worked = min(owed, closes - max(opens, begun))
            if worked > timedelta():
                due_at, owed = max(opens, begun) + worked, owed - worked
        day += timedelta(days=1)
    # With nothing to count no calendar is asked.
    known = due_at == begun or _all_known(begun.date(), due_at.date(), calendar)
    return DueDate(due_at.date(), due_at, provisional=not known, skipped=tuple(skipped))


def _paused_days(pauses: Sequence[Pause]) -> set[date]:
    return {skip.on for pause in pauses for skip in _each_day(pause)}


def _all_known(first: date, last: date, calendar: WorkCalendar) -> bool:
    return all(calendar.is_known(year) for year in range(first.year, last.year + 1))


def _length(value: int, unit: Unit) -> timedelta:
    return timedelta(hours=value) if unit is Unit.HOUR else timedelta(minutes=value)


def _each_day(pause: Pause) -> list[Skipped]:
    days = (pause.last - pause.first).days + 1
    return [Skipped(pause.first + timedelta(days=n), "paused") for n in range(days)]


def _steps(value: int, unit: Unit, extend: int, more: Unit) -> list[tuple[int, Unit]]:
    """Count once where it can be: three months extended by three are six, clipped once."""
    first, then = _in_months(value, unit), _in_months(extend, more)
    if first[1] is then[1]:
        return [(first[0] + then[0], first[1])]
    return [first, then]


def _in_months(number: int, unit: Unit) -> tuple[int, Unit]:
    return (12 * number, Unit.MONTH) if unit is Unit.YEAR else (number, unit)


def _dated(
    start: date,
    steps: Sequence[tuple[int, Unit]],
    end: End,
    pauses: Sequence[Pause],
    calendar: WorkCalendar,
) -> DueDate:
    paused = _paused_days(pauses)
    skipped: list[Skipped] = []
    last = start
    for number, unit in steps:
        if unit is Unit.WORKING_DAY:
            last = _count_working(last, number, paused, calendar, skipped)
        else:
            last = _count_plain(last, number, unit, paused, skipped)
    if end is End.ROLL:
        last = _roll(last, paused, calendar, skipped)
    known = _all_known(min(start + timedelta(days=1), last), last, calendar)
    return DueDate(last, None, provisional=not known, skipped=tuple(skipped))


def _count_working(
    start: date, number: int, paused: set[date], calendar: WorkCalendar, skipped: list[Skipped]
) -> date:
    day = start
    while number:
        day += timedelta(days=1)
        why = _why_left_out(day, paused, calendar)
        if why:
            skipped.append(Skipped(day, why))
        else:
            number -= 1
    return day


def _why_left_out(day: date, paused: set[date], calendar: WorkCalendar) -> str:
    if not calendar.is_workday(day):
        return str(calendar.kind(day))
    return "paused" if day in paused else ""


def _count_plain(
    start: date, number: int, unit: Unit, paused: set[date], skipped: list[Skipped]
) -> date:
    last = start + timedelta(days=number) if unit is Unit.DAY else _add_months(start, number)
    left_out = sorted(day for day in paused if start < day <= last)
    skipped += [Skipped(day, "paused") for day in left_out]
    owed = len(left_out)
    while owed:
        last += timedelta(days=1)
        if last in paused:
            skipped.append(Skipped(last, "paused"))
        else:
            owed -= 1
    return last


def _add_months(start: date, number: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    if year > date.max.year:
        raise OverflowError
    days = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, days))


def _roll(last: date, paused: set[date], calendar: WorkCalendar, skipped: list[Skipped]) -> date:
    while why := _why_left_out(last, paused, calendar):
        skipped.append(Skipped(last, why))
        last += timedelta(days=1)
    return last
