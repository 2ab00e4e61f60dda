"""The working-day calendar of the site, as the rules take it."""

from casework.domain.calendar import WorkCalendar
from casework.storage.calendar_seed import seed_calendar
from casework.storage.unit_of_work import UnitOfWork, query, use_case


@query
def work_calendar(uow: UnitOfWork) -> WorkCalendar:
    """Return the calendar with every announced holiday and make-up working day."""
    return WorkCalendar(uow.calendar.rows())


@use_case
def seed(uow: UnitOfWork) -> int:
    """Fill an empty calendar with the notices of 2004 to 2026; return how many days."""
    return seed_calendar(uow)
