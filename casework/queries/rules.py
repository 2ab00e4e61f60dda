"""Which years of the calendar are missing, and how many running clocks wait for them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from casework.domain.calendar import WorkCalendar
from casework.storage.unit_of_work import UnitOfWork, query

NEXT_YEAR_FROM: Final = 11  # the notice of a year comes out in the autumn before


@dataclass(frozen=True, slots=True)
class MissingYear:
    """A year whose notice is not in the calendar, and the clocks that may still move by it."""

    year: int
    clocks: int


@query
def missing_years(uow: UnitOfWork, *, today: date) -> tuple[MissingYear, ...]:
    """Return the years that somebody has to put into the calendar, in order.

    This year, the next one from November on, and every year that a running clock reaches.
    """
    calendar = WorkCalendar(uow.calendar.rows())
    counts = Counter({today.year: 0})
    if today.month >= NEXT_YEAR_FROM:
        counts[today.year + 1] = 0
    for started_on, due_on, clocks in uow.rule_changes.provisional_spans():
        for year in range(started_on.year, due_on.year + 1):
            counts[year] += clocks
    return tuple(
        MissingYear(year, counts[year]) for year in sorted(counts) if not calendar.is_known(year)
    )
