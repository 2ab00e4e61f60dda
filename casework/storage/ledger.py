"""The reward fund: append-only lines, and balances that move with them.

A balance is a row a year and a row a pot of it (a sum over a million lines costs a hundred
times as much); constraints keep them from going below zero, and verification proves them
equal to the sums of the lines. The year's row is moved first: whoever moves it next waits.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from casework.domain.errors import AlreadyDoneError, LedgerError
from casework.domain.ledger import OUTSIDE, Account, Balance, Line, LineKind, by_pot, moved
from casework.domain.pots import FIRST, SOURCES, is_pot, order_of
from casework.storage.money_tables import fund_balance, fund_part, ledger_entry
from casework.storage.report_tables import event
from casework.storage.rows import InsertRows, Lines, Repository

_b, _p, _e = fund_balance.c, fund_part.c, ledger_entry.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_YEAR: sa.BindParameter[Any] = sa.bindparam("of_year")
_POT: sa.BindParameter[Any] = sa.bindparam("of_pot")
_OVERDRAWN = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(_p.overdrawn_fen), 0), sa.BigInteger))
    .where(_p.site == _SITE, _p.year == _YEAR)
    .scalar_subquery()
)
# What is overdrawn counts as granted in the year's row.
_BALANCE = sa.select(
    (_b.appropriated_fen - _OVERDRAWN).label("appropriated_fen"),
    _b.reserved_fen,
    _b.paid_fen,
    _b.available_fen,
    _OVERDRAWN.label("overdrawn_fen"),
).where(_b.site == _SITE, _b.year == _YEAR)
_LOCK = _BALANCE.with_for_update(of=fund_balance)
_PARTS = sa.select(
    _p.pot, _p.appropriated_fen, _p.reserved_fen, _p.paid_fen, _p.available_fen,
    _p.overdrawn_fen, _p.lines,
).where(_p.site == _SITE, _p.year == _YEAR)  # fmt: skip
_ROW = sa.select(_b.lines).where(_b.site == _SITE, _b.year == _YEAR)
_ORDINALS = sa.select(_e.ordinal).where(_e.site == _SITE, _e.year == _YEAR).order_by(_e.ordinal)
_OPEN_YEAR = sa.text(
    "INSERT INTO fund_balance"
    " (site, year, appropriated_fen, reserved_fen, paid_fen, available_fen, lines)"
    " VALUES (:of_site, :of_year, 0, 0, 0, 0, 0) ON CONFLICT (site, year) DO NOTHING"
)
_OPEN_PART = sa.text(
    "INSERT INTO fund_part (site, year, pot, appropriated_fen, reserved_fen, paid_fen,"
    " available_fen, overdrawn_fen, lines) VALUES (:of_site, :of_year, :of_pot, 0, 0, 0, 0, 0, 0)"
    " ON CONFLICT (site, year, pot) DO NOTHING"
)
_MOVE = (
    sa.update(fund_balance)
    .where(_b.site == _SITE, _b.year == _YEAR)
    .values(
        appropriated_fen=_b.appropriated_fen
        + sa.bindparam("appropriated")
        + sa.bindparam("overdrawn"),
        available_fen=_b.available_fen + sa.bindparam("available"),
        reserved_fen=_b.reserved_fen + sa.bindparam("reserved"),
        paid_fen=_b.paid_fen + sa.bindparam("paid"),
        lines=_b.lines + sa.bindparam("added"),
    )
    .returning(_b.lines)
)
_MOVE_PART = (
    sa.update(fund_part)
    .where(_p.site == _SITE, _p.year == _YEAR, _p.pot == _POT)
    .values(
        appropriated_fen=_p.appropriated_fen + sa.bindparam("appropriated"),
        overdrawn_fen=_p.overdrawn_fen + sa.bindparam("overdrawn"),
        available_fen=_p.available_fen + sa.bindparam("available"),
        reserved_fen=_p.reserved_fen + sa.bindparam("reserved"),
        paid_fen=_p.paid_fen + sa.bindparam("paid"),
        lines=_p.lines + sa.bindparam("added"),
    )
    .returning(_p.lines)
)
_INSERT = InsertRows(ledger_entry)
_LINE = sa.select(
    _e.id, _e.kind, _e.account_from, _e.account_to, _e.amount_fen, _e.year, _e.award, _e.event,
    _e.pot, _e.turn,
).where(_e.site == _SITE)  # fmt: skip
_ONE = _LINE.where(_e.id == sa.bindparam("of_id"))
_FOR_YEAR = _LINE.where(_e.year == _YEAR).order_by(_e.ordinal)
_PAGE = _FOR_YEAR.where(_e.ordinal > sa.bindparam("after")).limit(sa.bindparam("limit"))
_DATED = (
    _LINE.add_columns(_e.ordinal, event.c.at)
    .join(event, event.c.id == _e.event)
    .where(_e.year == _YEAR, _e.ordinal > sa.bindparam("after"))
    .order_by(_e.ordinal)
    .limit(sa.bindparam("limit"))
)
# By the hour, which the caller counts to a day in China.
_HOUR = sa.func.substr(event.c.at, 1, 13)
_MOVED = sa.cast(sa.func.sum(_e.amount_fen), sa.BigInteger)
_USE = (
    sa.select(
        _HOUR.label("hour"), _e.kind, _MOVED.label("fen"), sa.func.count().label("lines")
    )
    .join(event, event.c.id == _e.event)
    .where(_e.site == _SITE, _e.year == _YEAR)
    .group_by(_HOUR, _e.kind)
)  # fmt: skip
_OF_AWARD = _LINE.where(
    _e.award == sa.bindparam("award"), _e.award != sa.literal_column("''")
).order_by(_e.year, _e.ordinal)
_YEARS = sa.union(
    sa.select(_b.year).where(_b.site == _SITE), sa.select(_p.year).where(_p.site == _SITE)
)
_BRINGING: Final = OUTSIDE | {Account.OVERDRAFT}
_PARTS_OF: Final = ("appropriated", "reserved", "paid", "available", "overdrawn")


class Ledger(Repository):
    """The fund's lines and balances, a budget year each."""

    def balance(self, year: int) -> Balance:
        """Return the balance of a year; all zero where no money was granted."""
        return self._balance(_BALANCE, year)

    def lock_balance(self, year: int) -> Balance:
        """Return the balance of a year, which nobody else moves until this transaction ends."""
        return self._balance(_LOCK, year)

    def append(self, lines: Iterable[Line]) -> None:
        """Write lines, and move the balances of their years and pots by them.

        Raises:
            AlreadyDoneError: the award was reserved, released or paid before.
            LedgerError: a balance would go below zero, or a line moves nothing we know.
        """
        by_year: dict[int, list[Line]] = {}
        for line in lines:
            by_year.setdefault(line.year, []).append(line)
        for year, of_year in sorted(by_year.items()):
            first = self._move(_MOVE, _OPEN_YEAR, of_year, of_year=year)
            for pot, of_pot in by_pot(of_year).items():
                self._move(_MOVE_PART, _OPEN_PART, of_pot, of_year=year, of_pot=pot)
            rows = [self._row(line, ordinal) for ordinal, line in enumerate(of_year, first)]
            try:
                _INSERT(self._connection, rows)
            except sa.exc.IntegrityError as error:
                if not _is_repeated(error):
                    raise
                raise AlreadyDoneError(award=of_year[-1].award) from error

    def parts(self, year: int) -> dict[str, Balance]:
        """Return the balance of each pot of a year, the nearest source first."""
        return {pot: balance for pot, (balance, _lines) in self.told_parts(year).items()}

    def told_parts(self, year: int) -> dict[str, tuple[Balance, int]]:
        """Return the balance of each pot of a year, and how many lines made it."""
        rows = self._connection.execute(_PARTS, {"of_site": self._site, "of_year": year}).all()
        return {
            row.pot: (_balance(row), row.lines) for row in sorted(rows, key=lambda r: _place(r.pot))
        }

    def one(self, line: str) -> Line | None:
        """Return the line of this id, None where there is none."""
        return next(iter(self._lines(_ONE, of_id=line)), None)

    def for_year(self, year: int) -> tuple[Line, ...]:
        """Return all lines of a year, in the order in which they moved the balance."""
        return self._lines(_FOR_YEAR, of_year=year)

    def page(self, year: int, *, after: int = 0, limit: int = 1000) -> tuple[Line, ...]:
        """Return lines of a year in their order, without the first *after*."""
        return self._lines(_PAGE, of_year=year, after=after, limit=limit)

    def dated(
        self, year: int, *, after: int = 0, limit: int = 1000
    ) -> tuple[tuple[Line, str], ...]:
        """Return lines of a year in their order, each with when its event was signed (UTC)."""
        values = {"of_site": self._site, "of_year": year, "after": after, "limit": limit}
        return tuple((_line(row), row.at) for row in self._connection.execute(_DATED, values))

    def use(self, year: int) -> tuple[tuple[str, LineKind, int, int], ...]:
        """Return, for each hour (UTC, "YYYY-MM-DDTHH") and kind, the fen moved and the lines."""
        rows = self._connection.execute(_USE, {"of_site": self._site, "of_year": year})
        return tuple((row.hour, LineKind(row.kind), int(row.fen), row.lines) for row in rows)

    def of_award(self, award: str) -> tuple[Line, ...]:
        """Return the lines of one award."""
        return self._lines(_OF_AWARD, award=award)

    def years(self) -> tuple[int, ...]:
        """Return the years that have a balance."""
        return tuple(sorted(self._connection.execute(_YEARS, {"of_site": self._site}).scalars()))

    def agrees(self, year: int, told: Balance, lines: int) -> bool:
        """Say whether the balance row of a year is *told*, made by as many *lines* in order."""
        place = {"of_site": self._site, "of_year": year}
        row = self._connection.execute(_ROW, place).first()
        ordinals = self._connection.execute(_ORDINALS, place).scalars().all()
        count = 0 if row is None else row.lines
        return (
            count == lines
            and list(ordinals) == list(range(1, lines + 1))
            and self.balance(year) == told
        )

    def _move(
        self,
        statement: sa.Executable,
        opening: sa.TextClause,
        lines: Sequence[Line],
        **place: object,
    ) -> int:
        """Move a balance by *lines* and return the ordinal of the first of them in it."""
        by: Counter[str] = Counter(dict.fromkeys(_PARTS_OF, 0))
        for line in lines:
            for part, amount in moved(line).items():
                by[part] += amount
        given = {"of_site": self._site, **place}
        if any(line.account_from in _BRINGING for line in lines):
            self._connection.execute(opening, given)
        try:
            last = self._connection.execute(
                statement, {**given, **by, "added": len(lines)}
            ).scalar()
        except sa.exc.IntegrityError as error:
            raise LedgerError(**place) from error
        if last is None:
            raise LedgerError(**place)
        return int(last) - len(lines) + 1

    def _balance(self, statement: Lines, year: int) -> Balance:
        row = self._connection.execute(statement, {"of_site": self._site, "of_year": year}).first()
        return Balance() if row is None else _balance(row)

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
            "pot": line.pot,
            "turn": line.turn if line.turn > 1 else None,
        }


def _balance(row: sa.Row[*tuple[Any, ...]]) -> Balance:
    return Balance(
        appropriated_fen=row.appropriated_fen,
        reserved_fen=row.reserved_fen,
        paid_fen=row.paid_fen,
        available_fen=row.available_fen,
        overdrawn_fen=int(row.overdrawn_fen),
    )


def _place(pot: str) -> tuple[int, str]:
    """Where a pot stands; one that cannot be stands last, for verification to name it."""
    return order_of(pot) if is_pot(pot) else (len(SOURCES), pot)


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
        pot=row.pot or FIRST,
        turn=row.turn or 1,
    )


def _is_repeated(error: sa.exc.IntegrityError) -> bool:
    text = str(error.orig)
    names = ("ledger_entry_once", "ledger_entry_again", "ledger_entry.award, ledger_entry.kind")
    return any(name in text for name in names)
