"""Cases of an office that are done, which no worklist shows any more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from casework.domain.case import Case, State
from casework.queries.cases import Cursor, Page
from casework.storage.ended import ENDED, FIRST_DAY, LAST, place_of
from casework.storage.reports import ReportLine
from casework.storage.unit_of_work import UnitOfWork, query

PAGE: Final = 20
ROUNDS_MAX: Final = 50  # of the list for one page, where much of it is not to be seen
STATES: Final = ENDED
_AFTER_ALL_IDS: Final = ""  # the day after the last one begins with it


@query
def ended(
    uow: UnitOfWork,
    *,
    office: str,
    sees: Callable[[Case], bool],
    above: bool = False,
    state: State | None = None,
    since: date | None = None,
    until: date | None = None,
    before: Cursor | None = None,
    limit: int = PAGE,
) -> Page[ReportLine]:
    """Return cases that were closed, not accepted or joined to another, the last first.

    What the person may not see is passed over and its page filled up: neither a number, nor the
    length of a page, nor where the next one begins tells that it is there.

    Args:
        uow: the transaction.
        office: code of the office that led them, or supervised them if *above*.
        sees: whether the person who asks may see a case, as its page decides it.
        above: which of the two.
        state: one of STATES; None for all.
        since: first day on which they ended; None leaves it open.
        until: last day of it.
        before: where the page begins.
        limit: lines at most.
    """
    last = (until + timedelta(days=1), _AFTER_ALL_IDS) if until and until < date.max else LAST
    at, shown = min(before or LAST, last), list[ReportLine]()
    for _round in range(ROUNDS_MAX):
        found = uow.ended.of_office(
            office,
            above=above,
            states=STATES if state is None else (state,),
            since=since or FIRST_DAY,
            before=at,
            limit=limit + 1,
        )
        for line in found:
            at = place_of(line)
            if not sees(uow.reports.get(line.id)):
                continue
            if len(shown) == limit:
                return Page(tuple(shown), place_of(shown[-1]))
            shown.append(line)
        if len(found) <= limit:
            return Page(tuple(shown), None)
    return Page(tuple(shown), at)
