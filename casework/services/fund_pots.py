"""Which pot of the fund an award is taken from."""

from casework.domain.errors import BudgetExceededError
from casework.domain.ledger import Balance
from casework.domain.pots import order_of, parse_pot


def pot_for(parts: dict[str, Balance], lead: str, amount_fen: int) -> str:
    """Return the pot that an award of an office's case is taken from.

    An office that has pots of its own in a year draws on these alone; the others draw on
    those that are for all. The first that has enough is taken, the nearest source first; no
    award is taken from two: finance moves money between pots before that.

    Args:
        parts: the balance of each pot of the year.
        lead: office that handles the case.
        amount_fen: of the award.

    Raises:
        BudgetExceededError: none has enough; it tells how much the fullest one lacks.
    """
    open_to = pots_of(parts, lead)
    for pot in open_to:
        if parts[pot].available_fen >= amount_fen:
            return pot
    raise BudgetExceededError(
        amount_fen - max((parts[pot].available_fen for pot in open_to), default=0)
    )


def pots_of(parts: dict[str, Balance], lead: str) -> tuple[str, ...]:
    """Return the pots that awards of an office's cases may be taken from, in their order."""
    own = [pot for pot in parts if parse_pot(pot).office == lead]
    shared = [pot for pot in parts if not parse_pot(pot).office]
    return tuple(sorted(own or shared, key=order_of))
