"""The reward fund of a year: money granted, and what is left of it, in all and by pot.

What finance books alone is here; what a second person has to agree to, in fund_moves.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.domain.act_facts import civil_day
from casework.domain.errors import FundMoveError, NotPermittedError
from casework.domain.fund_moves import ALONE, APPROPRIATED, COVERED, SUPPLEMENTED, check_alone
from casework.domain.fund_use import Forecast, Month, by_month, forecast
from casework.domain.ledger import Balance, Line, LineKind, apply
from casework.domain.ledger_lines import lines_of
from casework.services.acts import act_of, check_act
from casework.services.fund_queue import tell_ready
from casework.services.trust import Trust
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import SignedEvent

__all__ = ["APPROPRIATED", "COVERED", "SUPPLEMENTED"]


PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Books:
    """A year's fund: in all, and by pot, the nearest source first."""

    year: int
    balance: Balance
    parts: dict[str, Balance]


@use_case
def appropriate(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Balance:
    """Book money that was granted or added, or that covers what was overdrawn.

    Raises:
        NotPermittedError: the act is another.
        FundMoveError: the signer is not of finance; or the year has nothing to add to, or
            nothing overdrawn to cover.
        CaseworkError: as for every act, see `acts.record`.
    """
    check_act(act, site=uow.site, now=now)
    event = act.event
    signed = act_of(event, None, trust)
    if event.kind not in ALONE or event.report:
        raise NotPermittedError(kind=event.kind)
    check_alone(signed)
    lines = lines_of(event.kind, event.facts, event.digest().hex())
    _check_standing(uow, lines[0])
    uow.events.append(act)
    uow.ledger.append(lines)
    tell_ready(uow, lines[0].year, now)
    return uow.ledger.balance(lines[0].year)


def _check_standing(uow: UnitOfWork, line: Line) -> None:
    if line.kind is LineKind.APPROPRIATION:
        return
    before = uow.ledger.lock_balance(line.year)
    part = uow.ledger.parts(line.year).get(line.pot)
    if line.kind is LineKind.SUPPLEMENT and before == Balance():
        raise FundMoveError("nothing_granted")
    if line.kind is LineKind.COVER:
        if part is None or part.overdrawn_fen < line.amount_fen:
            raise FundMoveError("not_overdrawn")
        apply(part, line)


@query
def fund_balance(uow: UnitOfWork, *, year: int) -> Balance:
    """Return what a year's fund holds; all zero when nothing was granted."""
    return uow.ledger.balance(year)


@query
def fund_books(uow: UnitOfWork, *, year: int) -> Books:
    """Return what a year's fund holds, in all and by pot."""
    return Books(year, uow.ledger.balance(year), uow.ledger.parts(year))


@query
def fund_lines(uow: UnitOfWork, *, year: int) -> tuple[Line, ...]:
    """Return the ledger lines of a year."""
    return tuple(uow.ledger.for_year(year))


def dated_lines(store: Store, *, year: int) -> Iterator[tuple[Line, date]]:
    """Yield the ledger lines of a year, each with the day in China of its event.

    Lines are read a page at a time: they are never taken back, so none is missed.
    """
    seen = 0
    while page := _dated(store, year=year, after=seen):
        for line, at in page:
            yield line, civil_day(at)
        seen += len(page)


@query
def _dated(uow: UnitOfWork, *, year: int, after: int) -> tuple[tuple[Line, str], ...]:
    return uow.ledger.dated(year, after=after)


@dataclass(frozen=True, slots=True)
class Use:
    """How a year's fund is used, month by month, and until when it lasts."""

    months: tuple[Month, ...]
    forecast: Forecast


@query
def fund_use(uow: UnitOfWork, *, year: int, today: date) -> Use:
    """Return how a year's fund is used until *today*, a day in China."""
    moved = [
        (civil_day(f"{hour}:00:00Z"), kind, fen, lines)
        for hour, kind, fen, lines in uow.ledger.use(year)
    ]
    counted = {LineKind.RESERVATION: 1, LineKind.RELEASE: -1}
    awards = sum(counted.get(kind, 0) * lines for _day, kind, _fen, lines in moved)
    balance = uow.ledger.balance(year)
    waiting = uow.clocks.running("propose")
    return Use(
        by_month([one[:3] for one in moved], year, today),
        forecast(balance, awards=awards, waiting=waiting, today=today, year=year),
    )


@query
def fund_page(uow: UnitOfWork, *, year: int, after: int = 0) -> tuple[Line, ...]:
    """Return a page of the ledger lines of a year, without the first *after*."""
    return uow.ledger.page(year, after=after, limit=PAGE)
