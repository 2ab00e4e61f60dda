"""Keeping the search index: it follows the audit tree, event by event.

In the jobs process alone: no report that comes in waits for it (PERFORMANCE.md F19), and the
public site cannot read it. A change is found once the jobs process has taken its event in, within
seconds; what a person may see is decided by the case as it stands, never by the index.
"""

from typing import Final

from casework.domain.case import Case
from casework.domain.errors import TamperedError, UnknownReportError
from casework.domain.searching import number_of, offices_of, tokens_of
from casework.domain.trial import is_trial
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case

AT_ONCE: Final = 200  # events in one transaction


def follow(store: Store) -> int:
    """Index what has changed since the last time; return how many events that were."""
    done = 0
    while is_behind(store):
        done += index_next(store)
    return done


@query
def is_behind(uow: UnitOfWork) -> bool:
    """Tell whether an event was taken in that the index has not seen."""
    return bool(uow.search.leaves(uow.search.progress().position, 1))


@query
def behind(uow: UnitOfWork) -> int:
    """Return how many events of the audit tree the index has not seen."""
    head = uow.audit_log.newest()
    return max(head.size - uow.search.progress().position, 0) if head else 0


@use_case
def index_next(uow: UnitOfWork) -> int:
    """Index the cases of the next events of the audit tree; return how many events."""
    leaves = uow.search.leaves(uow.search.progress().position, AT_ONCE)
    if not leaves:
        return 0
    for report_id in dict.fromkeys(one for _position, one in leaves if one):
        try:
            index(uow, uow.reports.get(report_id))
        except (TamperedError, UnknownReportError):
            continue  # verification names it; the others are found all the same
    uow.search.go_on(leaves[-1][0] + 1)
    return len(leaves)


def index(uow: UnitOfWork, case: Case, published: tuple[str, ...] = ()) -> None:
    """Bring the entry of a case up to date.

    Args:
        uow: the transaction.
        case: where it stands.
        published: texts about it that anybody may read.
    """
    if is_trial(case):
        return
    number = number_of(case.received_on, case.report_id)
    uow.search.put(number, case.report_id, offices_of(case), tokens_of(case, published))
