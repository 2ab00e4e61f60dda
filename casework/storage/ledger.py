"""The reward fund: append-only lines, and a balance that moves with them.

The balance is a row a year (a sum over a million lines costs a hundred times as
much); constraints keep it from going below zero, and verification proves it
equal to the sum of the lines.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from casework.domain.errors import AlreadyDoneError, LedgerError
from casework.domain.ledger import Account, Balance, Line, LineKind
from casework.storage.money_tables import fund_balance, ledger_entry
from casework.storage.rows import InsertRows, Lines, Repository

_b, _e = fund_balance.c, ledger_entry.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_YEAR: sa.BindParameter[Any] = sa.bindparam("of_year")
_BALANCE = sa.select(_b.appropriated_fen, _b.reserved_fen, _b.paid_fen, _b.available_fen).where(
    _b.site == _SITE, _b.year == _YEAR
)
_ROW = sa.select(_b.lines).where(_b.site == _SITE, _b.year == _YEAR)
_ORDINALS = sa.select(_e.ordinal).where(_e.site == _SITE, _e.year == _YEAR).order_by(_e.ordinal)
_LOCK = _BALANCE.with_for_update()
_OPEN_YEAR = sa.text(
    "INSERT INTO fund_balance"
    " (site, year, appropriated_fen, reserved_fen, paid_fen, available_fen, lines)"
    " VALUES (:of_site, :of_year, 0, 0, 0, 0, 0) ON CONFLICT (site, year) DO NOTHING"
)
_MOVE = (
    sa.update(fund_balance)
    .where(_b.site == _SITE, _b.year == _YEAR)
    .values(
        appropriated_fen=_b.appropriated_fen + sa.bindparam("budget"),
        available_fen=_b.available_fen + sa.bindparam("available"),
        reserved_fen=_b.reserved_fen + sa.bindparam("reserved"),
        paid_fen=_b.paid_fen + sa.bindparam("paid"),
        lines=_b.lines + sa.bindparam("added"),
    )
    .returning(_b.lines)
)
_INSERT = InsertRows(ledger_entry)
_LINE = sa.select(
    _e.id, _e.kind, _e.account_from, _e.account_to, _e.amount_fen, _e.year, _e.award, _e.event
).where(_e.site == _SITE)
_FOR_YEAR = _LINE.where(_e.year == _YEAR).order_by(_e.ordinal)
_PAGE = _FOR_YEAR.where(_e.ordinal > sa.bindparam("after")).limit(sa.bindparam("limit"))
_OF_AWARD = _LINE.where(
    _e.award == sa.bindparam("award"), _e.award != sa.literal_column("''")
).order_by(_e.year, _e.ordinal)
_YEARS = sa.select(_b.year).where(_b.site == _SITE).order_by(_b.year)


class Ledger(Repository):
    """The fund's lines and balances, a budget year each."""

    def balance(self, year: int) -> Balance:
        """Return the balance of a year; all zero where no money was granted."""
        return self._balance(_BALANCE, year)

    def lock_balance(self, year: int) -> Balance:
        """Return the balance of a year, which nobody else moves until this transaction ends."""
        return self._balance(_LOCK, year)

    def append(self, lines: Iterable[Line]) -> None:
        """Write lines and move the balance by them.

        Raises:
            AlreadyDoneError: the award was reserved, released or paid before.
            LedgerError: the balance would go below zero, or a line moves nothing we know.
        """
        by_year: dict[int, list[Line]] = {}
        for line in lines:
            by_year.setdefault(line.year, []).append(line)
        for year, of_year in sorted(by_year.items()):
            first = self._move(year, of_year)
            rows = [self._row(line, ordinal) for ordinal, line in enumerate(of_year, first)]
            try:
                _INSERT(self._connection, rows)
            except sa.exc.IntegrityError as error:
                if not _is_repeated(error):
                    raise
                raise AlreadyDoneError(award=of_year[-1].award) from error

    def for_year(self, year: int) -> tuple[Line, ...]:
        """Return all lines of a year, in the order in which they moved the balance."""
        return self._lines(_FOR_YEAR, of_year=year)

    def page(self, year: int, *, after: int = 0, limit: int = 1000) -> tuple[Line, ...]:
        """Return lines of a year in their order, without the first *after*."""
        return self._lines(_PAGE, of_year=year, after=after, limit=limit)

    def of_award(self, award: str) -> tuple[Line, ...]:
        """Return the lines of one award."""
        return self._lines(_OF_AWARD, award=award)

    def years(self) -> tuple[int, ...]:
        """Return the years that have a balance."""
        return tuple(self._connection.execute(_YEARS, {"of_site": self._site}).scalars())

    def agrees(self, year: int, told: Balance, lines: int) -> bool:
        """Say whether the balance row of a year is *told*, made by as many *lines* in order."""
        place = {"of_site": self._site, "of_year": year}
        row = self._connection.execute(_ROW, place).first()
        ordinals = self._connection.execute(_ORDINALS, place).scalars().all()
        count = 0 if row is None else row.lines
        return (
            count == lines
            and list(ordinals) == list(range(1, lines + 1))
            and (self.balance(year) == told)
        )

    def _move(self, year: int, lines: Sequence[Line]) -> int:
        """Move the balance by *lines* and return the ordinal of the first of them."""
        by = Counter(dict.fromkeys(("budget", "available", "reserved", "paid"), 0))
        for line in lines:
            # The grant is counted upwards, the three accounts by what they hold.
            by[line.account_from] += line.amount_fen * (1 if line.account_from == "budget" else -1)
            by[line.account_to] += line.amount_fen * (-1 if line.account_to == "budget" else 1)
        place = {"of_site": self._site, "of_year": year}
        if by["budget"] > 0:
            self._connection.execute(_OPEN_YEAR, place)
        try:
            last = self._connection.execute(_MOVE, {**place, **by, "added": len(lines)}).scalar()
        except sa.exc.IntegrityError as error:
            raise LedgerError(year=year) from error
        if last is None:
            raise LedgerError(year=year)
        return int(last) - len(lines) + 1

    def _balance(self, statement: Lines, year: int) -> Balance:
        row = self._connection.execute(statement, {"of_site": self._site, "of_year": year}).first()
        appropriated, reserved, paid, available = row or (0, 0, 0, 0)
        return Balance(
            appropriated_fen=appropriated,
            reserved_fen=reserved,
            paid_fen=paid,
            available_fen=available,
        )

    def _lines(self, statement: Lines, **values: object) -> tuple[Line, ...]:
        found = self._connection.execute(statement, {"of_site": self._site, **values})
        return tuple(_line(row) for row in found)

    def _row(self, line: Line, ordinal: int) -> dict[str, object]:
        return {
            "id": line.id,
            "site": self._site,
            "kind": str(line.kind),
            "account_from": str(line.account_from),
            "account_to": str(line.account_to),
            "amount_fen": line.amount_fen,
            "year": line.year,
            "ordinal": ordinal,
            "award": line.award,
            "event": line.event,
        }


def _line(row: sa.Row[*tuple[Any, ...]]) -> Line:
    return Line(
        id=row.id,
        kind=LineKind(row.kind),
        account_from=Account(row.account_from),
        account_to=Account(row.account_to),
        amount_fen=row.amount_fen,
        year=row.year,
        award=row.award,
        event=row.event,
    )


def _is_repeated(error: sa.exc.IntegrityError) -> bool:
    text = str(error.orig)
    return "ledger_entry_once" in text or "ledger_entry.award, ledger_entry.kind" in text
