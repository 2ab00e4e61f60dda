"""Which days are working days. Our own table, so that a year nobody has published yet shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
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
    """

    on: date
    kind: DayKind
    provisional: bool = False


class WorkCalendar:
    """Working days and days of rest in China.

    Weekends are days of rest unless a row says WORKDAY. A year without any
    row, or with a provisional one, is provisional as a whole: what touches it
    may still move.

    Source: 全国年节及纪念日放假办法; the yearly notices of the State Council's office.
    """

    __slots__ = ("_known", "_rows")

    def __init__(self, rows: Iterable[CalendarRow]) -> None:
        """Take the rows of all years at hand.

        Raises:
            CalendarFileError: a day stands twice, or a row says WEEKEND.
        """
        self._rows: dict[date, DayKind] = {}
        provisional: set[int] = set()
        for row in rows:
            if row.kind is DayKind.WEEKEND:
                raise CalendarFileError("calendar", row.on.isoformat(), "holiday or workday")
            if row.on in self._rows:
                raise CalendarFileError("calendar", row.on.isoformat(), "each day once")
            self._rows[row.on] = row.kind
            if row.provisional:
                provisional.add(row.on.year)
        self._known = frozenset({day.year for day in self._rows} - provisional)

    def kind(self, day: date) -> DayKind:
        """Return what kind of day *day* is, by the rows and else by its weekday."""
        kind = self._rows.get(day)
        if kind is not None:
            return kind
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY

    def is_workday(self, day: date) -> bool:
        """Tell whether *day* is worked."""
        return self.kind(day) is DayKind.WORKDAY

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
