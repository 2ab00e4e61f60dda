"""How a year's fund is used: month by month, and until when it will last at this rate.

The forecast is arithmetic that a reader can redo: what the cases that wait for an award will
probably take, at this year's average; then so much a day as was used a day until now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from casework.domain.ledger import MOVES, Account, Balance, LineKind


@dataclass(frozen=True, slots=True)
class Month:
    """What a month did to the fund, in fen.

    Attributes:
        reserved_fen: set aside, less what was released.
        paid_fen: paid out, less what came back.
        used_fen: reserved or paid at its end, from the year's first day on.
        granted_fen: what the fund had been given at its end.
    """

    month: int
    reserved_fen: int
    paid_fen: int
    used_fen: int
    granted_fen: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Until when the money lasts.

    Attributes:
        waiting: cases found true that no award was proposed for yet.
        average_fen: of this year's awards, 0 without any.
        expected_fen: what those cases will probably take.
        pace_fen: what was used a day, from the year's first day to today.
        left_fen: what is available, less what is expected; 0 when that is more.
        exhausted_on: the day on which nothing is left at this pace, None when the year ends
            first or nothing was used yet.
    """

    waiting: int
    average_fen: int
    expected_fen: int
    pace_fen: int
    left_fen: int
    exhausted_on: date | None


Moved = tuple[date, LineKind, int]  # what lines of a kind moved on a day, in fen


def by_month(moved: Iterable[Moved], year: int, until: date) -> tuple[Month, ...]:
    """Return the months of a year that have begun by a day, from January on.

    What moved before the year began counts in January, what moves after its end in December.
    """
    last = until.month if until.year == year else (12 if until.year > year else 0)
    sums: dict[tuple[int, str], int] = {}
    for day, kind, amount in moved:
        month = 1 if day.year < year else 12 if day.year > year else day.month
        for part in _parts(kind):
            place = month, part
            sums[place] = sums.get(place, 0) + _sign(kind, part) * amount
    found: list[Month] = []
    used = granted = 0
    for month in range(1, last + 1):
        used += sums.get((month, "used"), 0)
        granted += sums.get((month, "granted"), 0)
        taken, paid = sums.get((month, "used"), 0), sums.get((month, "paid"), 0)
        found.append(Month(month, taken, paid, used, granted))
    return tuple(found)


def _parts(kind: LineKind) -> tuple[str, ...]:
    return tuple(part for part in ("used", "paid", "granted") if _sign(kind, part))


def _sign(kind: LineKind, part: str) -> int:
    """Return whether a kind adds to a part (1), takes from it (-1), or neither."""
    source, target = MOVES[kind]
    held = {
        "used": {Account.RESERVED, Account.PAID},
        "paid": {Account.PAID},
        "granted": {Account.AVAILABLE, Account.RESERVED, Account.PAID},
    }[part]
    return (target in held) - (source in held)


def forecast(balance: Balance, *, awards: int, waiting: int, today: date, year: int) -> Forecast:
    """Return until when a year's fund lasts.

    Args:
        balance: of the year.
        awards: how many awards stand behind what is reserved and paid.
        waiting: cases found true that no award was proposed for yet.
        today: day in China.
        year: budget year.
    """
    average = balance.used_fen // awards if awards else 0
    expected = waiting * average
    left = max(0, balance.available_fen - balance.overdrawn_fen - expected)
    gone = (min(today, date(year, 12, 31)) - date(year, 1, 1)).days + 1
    pace = balance.used_fen // gone if gone > 0 else 0
    exhausted = None
    if pace > 0 and today.year == year:
        day = today + timedelta(days=min(left // pace, 3660))
        exhausted = day if day.year == year else None
    return Forecast(waiting, average, expected, pace, left, exhausted)
