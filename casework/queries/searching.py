"""Cases found by words and codes, the newest first; each is shown to whom it concerns alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import TamperedError, UnknownReportError
from casework.domain.searching import Asked, first_number
from casework.storage.searching import NEWEST
from casework.storage.unit_of_work import UnitOfWork, query

PAGE: Final = 20
ROUNDS_MAX: Final = 5  # of the index for one page, where much of what it finds is not to be seen
Sees = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """Some cases, and the place before which the next ones begin; 0 at the end."""

    cases: tuple[Case, ...]
    next: int


@query
def find(
    uow: UnitOfWork,
    *,
    office: str,
    asked: Asked,
    sees: Sees,
    since: date | None = None,
    until: date | None = None,
    before: int = 0,
    limit: int = PAGE,
) -> Found:
    """Return cases of an office that have everything asked for.

    The index is asked for the office's cases and no other's; then each case decides as it stands
    now whether the person may see it. Nothing tells how many there are, and a next page begins
    after a case that was shown, and where there is one more to show.

    Args:
        uow: the transaction.
        office: of who asks.
        asked: words and codes.
        sees: whether the person may see a case, as its page decides it.
        since: first day on which they came in.
        until: last day of it.
        before: where the page begins; 0 for the newest.
        limit: cases at most.
    """
    first = _place(since) if since else 0
    end = _place(until + timedelta(days=1)) if until and until < date.max else NEWEST
    at, last, cases = min(before or end, end), 0, list[Case]()
    for _round in range(ROUNDS_MAX):
        found = uow.search.find(office, asked, since=first, before=at, limit=limit + 1)
        for number, report_id in found:
            at = number
            case = _readable(uow, report_id)
            if case is None or not sees(case):
                continue
            if len(cases) == limit:
                return Found(tuple(cases), last)
            last = number
            cases.append(case)
        if len(found) <= limit:
            return Found(tuple(cases), 0)
    return Found(tuple(cases), at)


@query
def places(
    uow: UnitOfWork, *, office: str, asked: Asked, limit: int
) -> tuple[tuple[int, str], ...]:
    """Return places and ids as the index has them, the newest first; each is yet to be asked."""
    return uow.search.find(office, asked, limit=limit)


@query
def by_number(uow: UnitOfWork, *, case_number: str, sees: Sees) -> Case | None:
    """Return the case of a whole case number, though the index may not know it yet."""
    try:
        case = uow.reports.by_number(case_number)
    except (UnknownReportError, TamperedError):
        return None
    return case if sees(case) else None


def _place(day: date) -> int:
    """The lowest place of a day's cases; of a day of which the index counts none, its end."""
    return min(max(first_number(day), 0), NEWEST)


def _readable(uow: UnitOfWork, report_id: str) -> Case | None:
    try:
        return uow.reports.get(report_id)
    except (UnknownReportError, TamperedError):
        return None
