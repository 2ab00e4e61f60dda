"""The fund's books: double entry, append-only, integer fen, one line a movement.

Four accounts a year. Money enters from "budget" (the county's grant) into
"available", is set aside in "reserved" for one award, and leaves as "paid",
or goes back. A line is never changed; its id follows from the event that
made it, so booking one event twice is impossible.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from casework.domain.case import Award
from casework.domain.errors import BadActError, BudgetExceededError, LedgerError
from casework.domain.fact_forms import is_whole
from casework.domain.money import FEN_MAX


class Account(StrEnum):
    """Where money stands."""

    BUDGET = "budget"
    AVAILABLE = "available"
    RESERVED = "reserved"
    PAID = "paid"


class LineKind(StrEnum):
    """What a line does."""

    APPROPRIATION = "APPROPRIATION"
    RESERVATION = "RESERVATION"
    RELEASE = "RELEASE"
    DISBURSEMENT = "DISBURSEMENT"


MOVES: Mapping[LineKind, tuple[Account, Account]] = {
    LineKind.APPROPRIATION: (Account.BUDGET, Account.AVAILABLE),
    LineKind.RESERVATION: (Account.AVAILABLE, Account.RESERVED),
    LineKind.RELEASE: (Account.RESERVED, Account.AVAILABLE),
    LineKind.DISBURSEMENT: (Account.RESERVED, Account.PAID),
}

# Kinds of events that move money, and the one line each makes.
LINE_OF: Mapping[str, LineKind] = {
    "fund.appropriated": LineKind.APPROPRIATION,
    "reward.reserved": LineKind.RESERVATION,
    "reward.rejected": LineKind.RELEASE,
    "reward.paid": LineKind.DISBURSEMENT,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of money.

    Attributes:
        id: 26 characters that follow from *event*.
        amount_fen: above 0.
        year: budget year.
        award: id of the award, "" for an appropriation.
        event: digest of the signed event, hexadecimal.
    """

    id: str
    kind: LineKind
    account_from: Account
    account_to: Account
    amount_fen: int
    year: int
    award: str
    event: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What a year's fund stands at, in fen; available = appropriated - reserved - paid."""

    appropriated_fen: int = 0
    reserved_fen: int = 0
    paid_fen: int = 0
    available_fen: int = 0

    def __post_init__(self) -> None:
        """Refuse books that do not balance or stand below zero.

        Raises:
            LedgerError: one of the two.
        """
        parts = (self.appropriated_fen, self.reserved_fen, self.paid_fen, self.available_fen)
        if min(parts) < 0 or parts[0] != sum(parts[1:]):
            raise LedgerError(balance=parts)

    def as_json(self, year: int) -> dict[str, int]:
        """Return the answer of `tonggui fund show --json` (issue 6)."""
        return {
            "year": year,
            "appropriated_fen": self.appropriated_fen,
            "reserved_fen": self.reserved_fen,
            "paid_fen": self.paid_fen,
            "available_fen": self.available_fen,
        }


def lines_of(
    kind: str, facts: Mapping[str, object], event: str, *, award: Award | None = None
) -> tuple[Line, ...]:
    """Return exactly the lines that one event makes; none for an event that moves no money.

    Args:
        kind: of the event.
        facts: of the event; amount_fen, year and award where they are in it.
        event: digest of the event, hexadecimal.
        award: the award before the event; needed (and read) only for reward.rejected,
            whose facts name just its id.

    Raises:
        LedgerError: an amount or year is missing or no positive integer, or the award is
            not the one that the event rejects.
    """
    line_kind = LINE_OF.get(kind)
    if line_kind is None:
        return ()
    amount, year, award_id = facts.get("amount_fen"), facts.get("year"), facts.get("award", "")
    if line_kind is LineKind.RELEASE:
        if award is None or award.id != award_id:
            raise LedgerError(kind=kind, award=award_id)
        amount, year = award.amount_fen, award.year
    if not (is_whole(amount, 1, FEN_MAX) and is_whole(year, 2000, 2200)):
        raise LedgerError(kind=kind, amount_fen=amount, year=year)
    assert isinstance(amount, int)
    assert isinstance(year, int)
    source, target = MOVES[line_kind]
    line_id = _line_id(event, 0)
    return (Line(line_id, line_kind, source, target, amount, year, str(award_id), event),)


def _line_id(event: str, number: int) -> str:
    hashed = hashlib.sha256(f"tg-ledger-line:{event}:{number}".encode()).digest()
    return base64.b32encode(hashed[:16]).decode("ascii").rstrip("=").lower()


def apply(balance: Balance, line: Line) -> Balance:
    """Return the balance after one line of its year.

    Raises:
        BudgetExceededError: more is reserved than is available.
        LedgerError: the amount is not positive, the accounts are not those of the kind, or
            more is released or paid than is reserved.
    """
    if (line.account_from, line.account_to) != MOVES[line.kind] or line.amount_fen <= 0:
        raise LedgerError(line=line.id)
    amount = line.amount_fen
    if line.kind is LineKind.APPROPRIATION:
        return appropriate(balance, amount)
    if line.kind is LineKind.RESERVATION:
        return reserve(balance, amount)
    if line.kind is LineKind.RELEASE:
        return release(balance, amount)
    return disburse(balance, amount)


def balance(lines: Iterable[Line]) -> Balance:
    """Return what lines of one year add up to, in their order.

    Raises:
        LedgerError: lines of two years, an id twice, or a line that breaks the books.
        BudgetExceededError: a reservation of more than was available.
    """
    standing, years, seen = Balance(), set(), set()
    for line in lines:
        years.add(line.year)
        if line.id in seen or len(years) > 1:
            raise LedgerError(line=line.id, year=line.year)
        seen.add(line.id)
        standing = apply(standing, line)
    return standing


def balances(lines: Iterable[Line]) -> dict[int, Balance]:
    """Return the balance of each year that *lines* touch.

    Raises:
        LedgerError, BudgetExceededError: as for `balance`.
    """
    by_year: dict[int, list[Line]] = {}
    for line in lines:
        by_year.setdefault(line.year, []).append(line)
    return {year: balance(of_year) for year, of_year in sorted(by_year.items())}


def appropriate(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after money was granted.

    Raises:
        BadActError: the amount is not positive.
    """
    _check_positive(amount_fen)
    return replace(
        before,
        appropriated_fen=before.appropriated_fen + amount_fen,
        available_fen=before.available_fen + amount_fen,
    )


def reserve(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after money was set aside for an award.

    The last fen may be taken, one more may not.

    Raises:
        BudgetExceededError: less is available; it tells how much is missing.
        BadActError: the amount is not positive.
    """
    _check_positive(amount_fen)
    shortfall = amount_fen - before.available_fen
    if shortfall > 0:
        raise BudgetExceededError(shortfall)
    return replace(
        before,
        reserved_fen=before.reserved_fen + amount_fen,
        available_fen=before.available_fen - amount_fen,
    )


def release(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after a reservation was given back.

    Raises:
        LedgerError: less is reserved.
        BadActError: the amount is not positive.
    """
    _check_reserved(before, amount_fen)
    return replace(
        before,
        reserved_fen=before.reserved_fen - amount_fen,
        available_fen=before.available_fen + amount_fen,
    )


def disburse(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after a reservation was paid out.

    Raises:
        LedgerError: less is reserved.
        BadActError: the amount is not positive.
    """
    _check_reserved(before, amount_fen)
    return replace(
        before,
        reserved_fen=before.reserved_fen - amount_fen,
        paid_fen=before.paid_fen + amount_fen,
    )


def _check_positive(amount_fen: int) -> None:
    if amount_fen <= 0:
        raise BadActError("amount_fen", "fen, an integer above 0")


def _check_reserved(before: Balance, amount_fen: int) -> None:
    _check_positive(amount_fen)
    if amount_fen > before.reserved_fen:
        raise LedgerError(amount_fen=amount_fen, reserved_fen=before.reserved_fen)
