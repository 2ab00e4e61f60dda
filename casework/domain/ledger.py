"""The fund's books: double entry, append-only, integer fen, one line a movement.

Money enters a year's pot from outside ("budget", "transit", "carried", "overdraft") into
"available", is set aside in "reserved" for one award, and leaves as "paid", or goes back.
What each kind of line moves stands in one table. A line is never changed; its id follows
from the event that made it, so booking one event twice is impossible. Which event makes
which lines: ledger_lines.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from casework.domain.errors import BadActError, BudgetExceededError, LedgerError
from casework.domain.pots import FIRST


class Account(StrEnum):
    """Where money stands."""

    BUDGET = "budget"  # the treasury
    TRANSIT = "transit"  # between two pots of one year; empty after every act
    CARRIED = "carried"  # between two years; empty after every act
    OVERDRAFT = "overdraft"  # not granted yet; two named persons answer for it
    AVAILABLE = "available"
    RESERVED = "reserved"
    PAID = "paid"


class LineKind(StrEnum):
    """What a line does."""

    APPROPRIATION = "APPROPRIATION"
    SUPPLEMENT = "SUPPLEMENT"
    CARRY_IN = "CARRY_IN"
    VIREMENT_IN = "VIREMENT_IN"
    OVERDRAFT = "OVERDRAFT"
    RESERVATION = "RESERVATION"
    RELEASE = "RELEASE"
    DISBURSEMENT = "DISBURSEMENT"
    RETURN = "RETURN"
    CLAWBACK = "CLAWBACK"
    COVER = "COVER"
    VIREMENT_OUT = "VIREMENT_OUT"
    CARRY_OUT = "CARRY_OUT"
    LAPSE = "LAPSE"


MOVES: Mapping[LineKind, tuple[Account, Account]] = {
    LineKind.APPROPRIATION: (Account.BUDGET, Account.AVAILABLE),
    LineKind.SUPPLEMENT: (Account.BUDGET, Account.AVAILABLE),
    LineKind.CARRY_IN: (Account.CARRIED, Account.AVAILABLE),
    LineKind.VIREMENT_IN: (Account.TRANSIT, Account.AVAILABLE),
    LineKind.OVERDRAFT: (Account.OVERDRAFT, Account.AVAILABLE),
    LineKind.RESERVATION: (Account.AVAILABLE, Account.RESERVED),
    LineKind.RELEASE: (Account.RESERVED, Account.AVAILABLE),
    LineKind.DISBURSEMENT: (Account.RESERVED, Account.PAID),
    LineKind.RETURN: (Account.PAID, Account.RESERVED),  # the bank sent it back
    LineKind.CLAWBACK: (Account.PAID, Account.AVAILABLE),
    LineKind.COVER: (Account.AVAILABLE, Account.OVERDRAFT),
    LineKind.VIREMENT_OUT: (Account.AVAILABLE, Account.TRANSIT),
    LineKind.CARRY_OUT: (Account.AVAILABLE, Account.CARRIED),
    LineKind.LAPSE: (Account.AVAILABLE, Account.BUDGET),
}
# What a pot was given, less what it gave away, is counted over these.
OUTSIDE: Final = frozenset({Account.BUDGET, Account.TRANSIT, Account.CARRIED})


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of money.

    Attributes:
        id: 26 characters that follow from *event*.
        amount_fen: above 0.
        year: budget year.
        award: id of the award, "" for what belongs to none.
        event: digest of the signed event, hexadecimal.
        pot: where the money comes from, as `pots.Pot` is written.
        turn: 1; one more each time that the same is done again for an award, such as a
            second payment after the bank sent the first one back.
    """

    id: str
    kind: LineKind
    account_from: Account
    account_to: Account
    amount_fen: int
    year: int
    award: str
    event: str
    pot: str = FIRST
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Balance:
    """What a year's fund, or one pot of it, stands at, in fen.

    available = appropriated + overdrawn - reserved - paid.

    Attributes:
        appropriated_fen: what was put in, less what was given away, lapsed or carried on.
        overdrawn_fen: what two persons let be used before it was granted, not covered yet.
    """

    appropriated_fen: int = 0
    reserved_fen: int = 0
    paid_fen: int = 0
    available_fen: int = 0
    overdrawn_fen: int = 0

    def __post_init__(self) -> None:
        """Refuse books that do not balance or stand below zero.

        Raises:
            LedgerError: one of the two.
        """
        parts = (self.appropriated_fen, self.reserved_fen, self.paid_fen, self.available_fen)
        every = (*parts, self.overdrawn_fen)
        if min(every) < 0 or parts[0] + self.overdrawn_fen != sum(parts[1:]):
            raise LedgerError(balance=every)

    @property
    def used_fen(self) -> int:
        """What is reserved or paid."""
        return self.reserved_fen + self.paid_fen

    def as_json(self, year: int) -> dict[str, int]:
        """Return the answer of `tonggui fund show --json` (issue 6).

        What is overdrawn counts against what is available, which may be below zero then.
        """
        return {
            "year": year,
            "appropriated_fen": self.appropriated_fen,
            "reserved_fen": self.reserved_fen,
            "paid_fen": self.paid_fen,
            "available_fen": self.available_fen - self.overdrawn_fen,
        }


def moved(line: Line) -> dict[str, int]:
    """Return by how much a line changes each part of a balance, by the part's name.

    Raises:
        LedgerError: the amount is not positive, or the accounts are not those of the kind.
    """
    if (line.account_from, line.account_to) != MOVES[line.kind] or line.amount_fen <= 0:
        raise LedgerError(line=line.id)
    by = dict.fromkeys(("appropriated", "reserved", "paid", "available", "overdrawn"), 0)
    for account, sign in ((line.account_from, -1), (line.account_to, 1)):
        # What stands outside is counted as what the fund has had of it.
        if account in OUTSIDE:
            by["appropriated"] -= sign * line.amount_fen
        elif account is Account.OVERDRAFT:
            by["overdrawn"] -= sign * line.amount_fen
        else:
            by[str(account)] += sign * line.amount_fen
    return by


def apply(balance: Balance, line: Line) -> Balance:
    """Return the balance after one line of its year.

    The last fen may be taken, one more may not.

    Raises:
        BudgetExceededError: more is taken than is available; it tells how much is missing.
        LedgerError: the amount is not positive, the accounts are not those of the kind, or
            more is released, paid or sent back than there is.
    """
    by = moved(line)
    if line.account_from is Account.AVAILABLE and line.amount_fen > balance.available_fen:
        raise BudgetExceededError(line.amount_fen - balance.available_fen)
    return Balance(
        appropriated_fen=balance.appropriated_fen + by["appropriated"],
        reserved_fen=balance.reserved_fen + by["reserved"],
        paid_fen=balance.paid_fen + by["paid"],
        available_fen=balance.available_fen + by["available"],
        overdrawn_fen=balance.overdrawn_fen + by["overdrawn"],
    )


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


def by_pot(lines: Iterable[Line]) -> dict[str, tuple[Line, ...]]:
    """Return lines by the pot that they move, in their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.pot, []).append(line)
    return {pot: tuple(of_pot) for pot, of_pot in sorted(found.items())}


def appropriate(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after money was granted.

    Raises:
        BadActError: the amount is not positive.
    """
    return _move(before, LineKind.APPROPRIATION, amount_fen)


def reserve(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after money was set aside for an award.

    Raises:
        BudgetExceededError: less is available; it tells how much is missing.
        BadActError: the amount is not positive.
    """
    return _move(before, LineKind.RESERVATION, amount_fen)


def release(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after a reservation was given back.

    Raises:
        LedgerError: less is reserved.
        BadActError: the amount is not positive.
    """
    return _move(before, LineKind.RELEASE, amount_fen)


def disburse(before: Balance, amount_fen: int) -> Balance:
    """Return the balance after a reservation was paid out.

    Raises:
        LedgerError: less is reserved.
        BadActError: the amount is not positive.
    """
    return _move(before, LineKind.DISBURSEMENT, amount_fen)


def _move(before: Balance, kind: LineKind, amount_fen: int) -> Balance:
    if amount_fen <= 0:
        raise BadActError("amount_fen", "fen, an integer above 0")
    return apply(before, Line("", kind, *MOVES[kind], amount_fen, 0, "", ""))
