"""Lists of awards and releases that somebody has to act on."""

from collections.abc import Collection

from casework.domain.case import AwardState
from casework.storage.awards import AwardLine as AwardLine
from casework.storage.releases import ReleaseLine as ReleaseLine
from casework.storage.unit_of_work import UnitOfWork, query

PAGE = 50


@query
def awards(
    uow: UnitOfWork, *, state: AwardState, after: str = "", limit: int = PAGE
) -> tuple[AwardLine, ...]:
    """Return awards at *state*: reserved ones for approvers, claimed ones for cashiers."""
    return uow.awards.open(state, after=after, limit=limit)


@query
def office_awards(
    uow: UnitOfWork,
    *,
    lead: str,
    states: Collection[AwardState],
    after: str = "",
    limit: int = PAGE,
) -> tuple[AwardLine, ...]:
    """Return awards of an office's cases that its officers have to bring on."""
    return uow.awards.open_in(lead, states, after=after, limit=limit)


@query
def releases(uow: UnitOfWork, *, after: str = "", limit: int = PAGE) -> tuple[ReleaseLine, ...]:
    """Return releases that custodians or requesters still have to act on."""
    return uow.releases.open(after=after, limit=limit)


@query
def approved_seats(uow: UnitOfWork, *, release: str) -> frozenset[int]:
    """Return the seats that have agreed to a release."""
    return frozenset(one.seat for one in uow.releases.approvals(release))


@query
def at_counter(uow: UnitOfWork) -> tuple[AwardLine, ...]:
    """Return the awards that are claimed, to an account or at the counter, the oldest first."""
    found: list[AwardLine] = []
    after = ""
    while page := uow.awards.open(AwardState.CLAIMED, after=after, limit=PAGE):
        found += page
        after = page[-1].id
    return tuple(found)


@query
def find_claim(uow: UnitOfWork, *, claim_hash: str) -> AwardLine | None:
    """Return the award that waits at the counter under this claim number, or None."""
    after = ""
    while page := uow.awards.open(AwardState.CLAIMED, after=after, limit=PAGE):
        for line in page:
            award = uow.reports.get(line.report_id).award_called(line.id)
            if award is not None and award.claim_hash == claim_hash:
                return line
        after = page[-1].id
    return None
