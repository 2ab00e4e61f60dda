"""The working-day calendar of the site, as the rules take it, and as it was before each change."""

from datetime import datetime

from casework.domain.calendar import WorkCalendar
from casework.storage.calendar import CalendarDay
from casework.storage.calendar_seed import seed_calendar
from casework.storage.unit_of_work import UnitOfWork, query, use_case


@query
def work_calendar(uow: UnitOfWork) -> WorkCalendar:
    """Return the calendar with every announced holiday and make-up working day.

    It knows the calendars of before, by which ended clocks are judged.
    """
    return calendars(uow)[-1]


def calendars(uow: UnitOfWork) -> tuple[WorkCalendar, ...]:
    """Return every calendar that was ever in force, the first one first, today's last.

    The n-th change of the calendar, counted from 1, made the n-th of the first n + 1. They are
    made by taking the changes back, one after the other, from the newest.

    Raises:
        CalendarFileError: what is stored of a change cannot have been one.
    """
    changes = uow.rule_changes.calendar_changes()
    rows = {one.day: one for one in uow.calendar.all()}
    tables = [tuple(rows.values())]
    for change in reversed(changes):
        for day in change.added:
            rows.pop(day.day, None)
        rows |= {day.day: day for day in change.removed}
        tables.append(tuple(rows.values()))
    return _dated(tables[::-1], [one.changed_at for one in changes])


def _dated(
    tables: list[tuple[CalendarDay, ...]], ended: list[datetime]
) -> tuple[WorkCalendar, ...]:
    made: list[WorkCalendar] = []
    for days in tables:
        earlier = tuple(zip(ended, made, strict=False))
        made.append(WorkCalendar((one.as_row() for one in days), earlier))
    return tuple(made)


@use_case
def seed(uow: UnitOfWork) -> int:
    """Fill an empty calendar with the notices of 2004 to 2026; return how many days."""
    return seed_calendar(uow)
