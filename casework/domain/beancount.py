"""The fund's books of a year as a Beancount file, which `bean-check` proves from outside.

Every line is a posting of its event's transaction; at the end stand the balances that the
system keeps, which the checker compares with what the postings add up to.
https://beancount.github.io/docs/beancount_language_syntax.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from casework.domain.ledger import Account, Balance, Line
from casework.domain.pots import parse_pot

CURRENCY: Final = "CNY"
_OF_POT: Final = {
    Account.AVAILABLE: "Assets:Fund:{pot}:Available",
    Account.RESERVED: "Assets:Fund:{pot}:Reserved",
    Account.PAID: "Expenses:Awards:{pot}",
    Account.BUDGET: "Equity:Treasury:{pot}",
    Account.CARRIED: "Equity:Carried:{pot}",
    Account.OVERDRAFT: "Liabilities:Overdraft:{pot}",
}
_TRANSIT: Final = "Equity:Transit"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9-]")


def beancount(
    year: int, lines: Iterable[tuple[Line, date]], parts: Mapping[str, Balance]
) -> Iterator[str]:
    """Yield the rows of the file.

    Args:
        year: budget year.
        lines: of the year, in their order, each with the day in China of its event.
        parts: the balance of each pot of the year as it is kept.
    """
    yield f'option "title" "Tonggui reward fund {year}"'
    yield f'option "operating_currency" "{CURRENCY}"'
    yield ""
    first = date(year - 1, 12, 31)
    for name in sorted(_names(parts)):
        yield f"{first.isoformat()} open {name} {CURRENCY}"
    last = first
    for event, group in groupby(lines, key=lambda one: one[0].event):
        of_event = list(group)
        day = of_event[0][1]
        last = max(last, day)
        yield ""
        yield from _transaction(event, day, [line for line, _day in of_event])
    yield ""
    yield from _balances(last + timedelta(days=1), parts)


def name_of(account: Account, pot: str) -> str:
    """Return what an account of a pot is called in the file."""
    if account is Account.TRANSIT:
        return _TRANSIT
    found = parse_pot(pot)
    # A balance takes in the accounts below: what is for all stands beside the offices' parts.
    office = _NOT_IN_NAMES.sub("-", found.office).capitalize() if found.office else "Shared"
    return _OF_POT[account].format(pot=f"{found.source.capitalize()}:{office}")


def _names(parts: Mapping[str, Balance]) -> set[str]:
    return {name_of(account, pot) for pot in parts for account in Account}


def _transaction(event: str, day: date, lines: list[Line]) -> Iterator[str]:
    kinds = " ".join(line.kind for line in lines)
    award = next((line.award for line in lines if line.award), "")
    yield f'{day.isoformat()} * "{kinds}" "{award}"'
    yield f'  event: "{event}"'
    for line in lines:
        for account, sign in ((line.account_from, "-"), (line.account_to, "")):
            yield f"  {name_of(account, line.pot)}  {sign}{_yuan(line.amount_fen)} {CURRENCY}"
            yield f'    line: "{line.id}"'


def _balances(day: date, parts: Mapping[str, Balance]) -> Iterator[str]:
    for pot, part in parts.items():
        for account, amount in (
            (Account.AVAILABLE, part.available_fen),
            (Account.RESERVED, part.reserved_fen),
            (Account.PAID, part.paid_fen),
            (Account.OVERDRAFT, -part.overdrawn_fen),
        ):
            yield f"{day.isoformat()} balance {name_of(account, pot)}  {_yuan(amount)} {CURRENCY}"
    yield f"{day.isoformat()} balance {_TRANSIT}  {_yuan(0)} {CURRENCY}"


def _yuan(amount_fen: int) -> str:
    sign, rest = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    return f"{sign}{rest // 100}.{rest % 100:02d}"
