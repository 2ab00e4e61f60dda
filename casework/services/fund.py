"""The reward fund of a year: money granted, and what is left of it."""

from datetime import datetime

from casework.domain.errors import NotPermittedError
from casework.domain.ledger import Balance, Line, lines_of
from casework.domain.roles import Role
from casework.services.acts import act_of, check_act
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent

APPROPRIATED = "fund.appropriated"


@use_case
def appropriate(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Balance:
    """Book money that was granted for a budget year.

    Raises:
        NotPermittedError: the signer is not of finance, or the act is another.
        CaseworkError: as for every act, see `acts.record`.
    """
    check_act(act, site=uow.site, now=now)
    event = act.event
    signed = act_of(event, None, trust)
    if event.kind != APPROPRIATED or event.report or Role.FINANCE not in signed.roles:
        raise NotPermittedError(kind=event.kind)
    lines = lines_of(event.kind, event.facts, event.digest().hex())
    uow.events.append(act)
    uow.ledger.append(lines)
    return uow.ledger.balance(lines[0].year)


@query
def fund_balance(uow: UnitOfWork, *, year: int) -> Balance:
    """Return what a year's fund holds; all zero when nothing was granted."""
    return uow.ledger.balance(year)


@query
def fund_lines(uow: UnitOfWork, *, year: int) -> tuple[Line, ...]:
    """Return the ledger lines of a year."""
    return tuple(uow.ledger.for_year(year))
