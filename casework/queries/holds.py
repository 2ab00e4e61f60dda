"""Holds that stand or wait for custodians, over all cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from casework.domain.case import Case, Hold, HoldState
from casework.domain.hold import DAYS_MAX
from casework.storage.unit_of_work import UnitOfWork, query

PAGE: Final = 200
# Nothing asked for earlier can stand today; a day more for the time zone.
LOOK_BACK: Final = timedelta(days=DAYS_MAX + 1)


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold, and the case that it keeps from being erased."""

    case: Case
    hold: Hold


@query
def running_holds(uow: UnitOfWork, *, today: date) -> tuple[HoldLine, ...]:
    """Return the holds that wait for custodians or stand on *today*, the newest first.

    What was asked for and not agreed to by its last day is over.
    """
    found = []
    for report_id in _reports(uow, (today - LOOK_BACK).isoformat()):
        case = uow.reports.get(report_id)
        running = (one for one in case.holds.values() if one.state is not HoldState.LIFTED)
        found += [HoldLine(case, one) for one in running if today.isoformat() <= one.until]
    return tuple(sorted(found, key=lambda line: line.hold.requested_at, reverse=True))


def _reports(uow: UnitOfWork, since: str) -> Iterator[str]:
    """Yield each report for which a hold was asked for since a day, once."""
    seen: set[str] = set()
    page = uow.events.newest("holds", limit=PAGE)
    while page:
        for one in page:
            if one.at < since:
                return
            if one.report_id not in seen:
                seen.add(one.report_id)
                yield one.report_id
        page = uow.events.newest("holds", before=(page[-1].at, page[-1].id), limit=PAGE)
