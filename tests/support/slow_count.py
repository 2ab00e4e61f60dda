"""Last days counted the slow way, day by day and minute by minute.

Written from the law's words alone, to compare `casework.domain.deadline` with.
It takes nothing from there: days are days of `datetime`, minutes are integers,
the calendar is two sets of days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
MINUTES = 24 * 60


@dataclass(frozen=True)
class Days:
    """Which days are off though a weekday, which worked though a weekend, which years known."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def rest(self, day: date) -> str:
        """Say why nobody works on *day*; "" when they do."""
        if day in self.off:
            return "holiday"
        return "weekend" if day.isoweekday() > 5 and day not in self.worked else ""


@dataclass(frozen=True)
class Limit:
    """What is asked, in plain values; windows in minutes of the day with months of the year."""

    start: date | datetime
    value: int
    unit: str
    rolls: bool = True
    extend: int = 0
    extend_unit: str = ""
    pauses: tuple[tuple[date, date], ...] = ()
    windows: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def begun(self) -> datetime:
        """The event by the clocks of Shanghai, without a zone."""
        if not isinstance(self.start, datetime):
            return datetime(self.start.year, self.start.month, self.start.day)  # noqa: DTZ001
        if self.start.tzinfo is None:
            return self.start
        return self.start.astimezone(CHINA).replace(tzinfo=None)

    def paused(self, day: date) -> bool:
        """Say whether the clock stands still on *day*."""
        return any(first <= day <= last for first, last in self.pauses)


@dataclass
class Count:
    """Where the count stands, and what it left out."""

    last: date
    left_out: dict[date, str] = field(default_factory=dict)


def count(limit: Limit, days: Days) -> tuple[date, datetime | None, list[tuple[date, str]], bool]:
    """Return last day, moment (hours and minutes only), days left out, and whether provisional."""
    if limit.unit in ("minute", "hour"):
        return _by_the_minute(limit, days)
    started = limit.begun.date()
    now = Count(started)
    for number, unit in _parts(limit):
        walk = {"working_day": _working, "day": _plain}.get(unit, _monthly)
        walk(now, limit, days, number if unit != "year" else 12 * number)
    if limit.rolls:
        while days.rest(now.last) or limit.paused(now.last):
            now.left_out[now.last] = days.rest(now.last) or "paused"
            now.last += DAY
    asked = {(started + DAY).year, now.last.year} if now.last > started else {started.year}
    provisional = any(year not in days.years for year in range(min(asked), max(asked) + 1))
    return now.last, None, sorted(now.left_out.items()), provisional


def _parts(limit: Limit) -> list[tuple[int, str]]:
    more = limit.extend_unit or limit.unit
    months = {"month": 1, "year": 12}
    if limit.unit in months and more in months:
        together = limit.value * months[limit.unit] + limit.extend * months[more]
        return [(together, "month")]
    return [(limit.value, limit.unit), (limit.extend, more)]


def _working(now: Count, limit: Limit, days: Days, number: int) -> None:
    for _ in range(number):
        now.last += DAY
        while days.rest(now.last) or limit.paused(now.last):
            now.left_out[now.last] = days.rest(now.last) or "paused"
            now.last += DAY


def _plain(now: Count, limit: Limit, days: Days, number: int) -> None:
    for _ in range(number):
        now.last += DAY
        while limit.paused(now.last):
            now.left_out[now.last] = "paused"
            now.last += DAY


def _monthly(now: Count, limit: Limit, days: Days, number: int) -> None:
    """Walk to the same day *number* months on, then once more for every day that was paused."""
    begun, walked, months = now.last, 0, 0
    day = begun
    while months < number:
        day, walked = day + DAY, walked + 1
        months += day.day == 1
    # Now the first of the right month: on to the same day, or to the last there is.
    while number and day.day < begun.day and (day + DAY).month == day.month:
        day, walked = day + DAY, walked + 1
    _plain(now, limit, days, walked)


def _by_the_minute(
    limit: Limit, days: Days
) -> tuple[date, datetime | None, list[tuple[date, str]], bool]:
    lengths = {"minute": 1, "hour": 60}
    owed = limit.value * lengths[limit.unit]
    owed += limit.extend * lengths[limit.extend_unit or limit.unit]
    begun, left_out = limit.begun, {}
    day, minute = begun.date(), begun.hour * 60 + begun.minute
    ends = begun
    nothing = owed == 0
    while owed:
        why = "paused" if limit.paused(day) else ""
        if limit.windows:
            why = days.rest(day) or why
        if why:
            left_out[day] = why
            minute = MINUTES
        for at in (m for m in _open(limit.windows, day.month) if m >= minute):
            owed -= 1
            ends = datetime(day.year, day.month, day.day) + timedelta(minutes=at + 1)  # noqa: DTZ001
            if not owed:
                break
        day, minute = day + DAY, 0
    years = range(begun.year, ends.year + 1)
    provisional = bool(limit.windows) and not nothing and any(y not in days.years for y in years)
    return ends.date(), ends.replace(tzinfo=CHINA), sorted(left_out.items()), provisional


@lru_cache
def _open(windows: tuple[tuple[int, int, int, int], ...], month: int) -> tuple[int, ...]:
    """Return the minutes of a day in *month* that count."""
    return tuple(
        minute
        for minute in range(MINUTES)
        if not windows
        or any(
            first <= minute < last and _in_months(month, since, until)
            for first, last, since, until in windows
        )
    )


def _in_months(month: int, since: int, until: int) -> bool:
    wraps = since > until
    return (month >= since or month <= until) if wraps else since <= month <= until


def days_of(holidays: Sequence[date], workdays: Sequence[date], years: Sequence[int]) -> Days:
    """Make the calendar from its two lists."""
    return Days(frozenset(holidays), frozenset(workdays), frozenset(years))
