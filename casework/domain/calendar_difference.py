"""What changes between two calendars, so that a person can compare it with the notice."""

from dataclasses import dataclass
from datetime import date

from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day of another kind than before."""

    on: date
    was: DayKind
    now: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new notice of a year changes.

    Attributes:
        year: of the notice.
        rows: the year's days off and days worked as they will stand.
        days: the days of another kind than before.
        workdays_before, workdays: working days of the year before and after.
        known_before, known: whether the year is published, before and after.
        first, last: the days between which last days may move or stop being provisional;
            None where nothing of that changes.
    """

    year: int
    rows: tuple[CalendarRow, ...]
    days: tuple[ChangedDay, ...]
    workdays_before: int
    workdays: int
    known_before: bool
    known: bool
    first: date | None
    last: date | None


def difference(before: WorkCalendar, after: WorkCalendar, year: int) -> Difference:
    """Return what differs between *before* and *after*, which changed by a notice of *year*."""
    days = _changed_days(before, after)
    touched = [one.on for one in days]
    for one in before.changed_years(after):
        if before.is_known(one) != after.is_known(one):
            touched += [date(one, 1, 1), date(one, 12, 31)]
    return Difference(
        year=year,
        rows=after.rows(year),
        days=days,
        workdays_before=before.workdays_of(year),
        workdays=after.workdays_of(year),
        known_before=before.is_known(year),
        known=after.is_known(year),
        first=min(touched, default=None),
        last=max(touched, default=None),
    )


def _changed_days(before: WorkCalendar, after: WorkCalendar) -> tuple[ChangedDay, ...]:
    days = {row.on for row in (*before.rows(), *after.rows())}
    return tuple(
        ChangedDay(on, before.kind(on), after.kind(on), after.name(on) or before.name(on))
        for on in sorted(days)
        if before.kind(on) != after.kind(on)
    )
