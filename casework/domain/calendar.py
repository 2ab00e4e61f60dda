"""Which days are working days. Our own table, so that a year nobody has published yet shows."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from casework.domain.errors import CalendarFileError


class DayKind(StrEnum):
    """What kind of day it is."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One day that differs from its weekday, as the State Council's notice says.

    Attributes:
        on: the day.
        kind: HOLIDAY (a day off within a holiday, weekends within it too) or
            WORKDAY (a weekend day that is worked instead).
        provisional: guessed before the notice was published.
        name: the holiday that it belongs to, or that it is worked for.
    """

    on: date
    kind: DayKind
    provisional: bool = False
    name: str = ""


# The last days of December belong to the next year's notice: New Year's Day of 2023 began
# on 31 December 2022, and 29 December 2018 was worked for that of 2019.
_NEXT_YEARS_FROM = 25


def notice_span(year: int) -> tuple[date, date]:
    """Return the first and last day that the notice of *year* decides on."""
    first = date(year - 1, 12, _NEXT_YEARS_FROM)
    return first, date(year, 12, _NEXT_YEARS_FROM - 1)


class WorkCalendar:
    """Working days and days of rest in China.

    Weekends are days of rest unless a row says WORKDAY. A year without any
    row of its own notice, or with a provisional one, is provisional as a whole:
    what touches it may still move.

    Source: 全国年节及纪念日放假办法; the yearly notices of the State Council's office.
    """

    __slots__ = ("_earlier", "_known", "_rows")

    def __init__(
        self,
        rows: Iterable[CalendarRow],
        earlier: Sequence[tuple[datetime, "WorkCalendar"]] = (),
    ) -> None:
        """Take the rows of all years at hand.

        Args:
            rows: the days that differ from their weekday.
            earlier: the calendars of before with the instant that ended each, the first one
                first: what ended under them is judged by them for ever.

        Raises:
            CalendarFileError: a day stands twice, or a row says WEEKEND.
        """
        self._rows: dict[date, CalendarRow] = {}
        known: set[int] = set()
        provisional: set[int] = set()
        for row in rows:
            if row.kind is DayKind.WEEKEND:
                raise CalendarFileError("calendar", row.on.isoformat(), "holiday or workday")
            if row.on in self._rows:
                raise CalendarFileError("calendar", row.on.isoformat(), "each day once")
            self._rows[row.on] = row
            if row.on <= notice_span(row.on.year)[1]:
                known.add(row.on.year)
            if row.provisional:
                provisional.add(row.on.year)
        self._known = frozenset(known - provisional)
        self._earlier = tuple(earlier)

    def as_of(self, at: datetime) -> "WorkCalendar":
        """Return the calendar that was in force at an instant."""
        return next((before for ended, before in self._earlier if at < ended), self)

    def kind(self, day: date) -> DayKind:
        """Return what kind of day *day* is, by the rows and else by its weekday."""
        row = self._rows.get(day)
        if row is not None:
            return row.kind
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY

    def is_workday(self, day: date) -> bool:
        """Tell whether *day* is worked."""
        return self.kind(day) is DayKind.WORKDAY

    def name(self, day: date) -> str:
        """Return the holiday that *day* belongs to or is worked for; "" for other days."""
        row = self._rows.get(day)
        return row.name if row is not None else ""

    def rows(self, year: int | None = None) -> tuple[CalendarRow, ...]:
        """Return the rows of a year, or of all years, by day."""
        found = (row for row in self._rows.values() if year in (None, row.on.year))
        return tuple(sorted(found, key=lambda row: row.on))

    def is_known(self, year: int) -> bool:
        """Tell whether the notice for *year* is in the table."""
        return year in self._known

    @property
    def known_years(self) -> tuple[int, ...]:
        """The years whose notice is in the table, in order."""
        return tuple(sorted(self._known))

    def workdays_between(self, after: date, until: date) -> int:
        """Return how many working days lie after *after*, up to and including *until*."""
        days = (until - after).days
        return sum(self.is_workday(after + timedelta(days=n)) for n in range(1, days + 1))

    def workdays_of(self, year: int) -> int:
        """Return how many working days *year* has."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        return self.is_workday(first) + self.workdays_between(first, last)

    def digest(self) -> str:
        """Return sha256 (hex) over all rows: two calendars are the same if theirs are."""
        rows = [[row.on.isoformat(), row.kind, row.provisional, row.name] for row in self.rows()]
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(b"tonggui-calendar\n" + text.encode()).hexdigest()

    def changed_years(self, other: "WorkCalendar") -> tuple[int, ...]:
        """Return the years in which last days may differ between this calendar and *other*.

        Names do not matter; whether a year is published does.
        """
        mine, theirs = ({(r.on, r.kind, r.provisional) for r in c.rows()} for c in (self, other))
        return tuple(sorted({on.year for on, _, _ in mine ^ theirs}))

    def with_notice(self, year: int, rows: Iterable[CalendarRow]) -> "WorkCalendar":
        """Return this calendar as it is once *rows* are the notice of *year*.

        Raises:
            CalendarFileError: a day stands twice among the rows.
        """
        new = tuple(rows)
        first, last = notice_span(year)
        gone = {row.on for row in new}
        kept = (row for row in self.rows() if row.on not in gone and not first <= row.on <= last)
        return WorkCalendar([*kept, *new])
