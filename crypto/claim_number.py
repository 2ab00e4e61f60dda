"""The one-time number that a reporter shows at the counter instead of the code.

16 decimal digits in four groups: 15 random and one check digit. The database
holds a hash keyed with the receipt pepper, which both sites have; without the
pepper nobody can test a guess.
"""

import secrets

from crypto.context import named_hash
from crypto.receipt_code import check_digit, read_digits

CLAIM_DIGITS = 16


def draw_claim_number() -> str:
    """Draw a number: 15 random digits (50 bits) and the check digit."""
    digits = f"{secrets.randbelow(10 ** (CLAIM_DIGITS - 1)):0{CLAIM_DIGITS - 1}d}"
    return digits + check_digit(digits)


def read_claim_number(typed: str) -> str:
    """Return the 16 digits of a typed number; spaces, hyphens, full-width digits are fine.

    Raises:
        CodeError: not 16 digits, or the check digit does not fit.
    """
    return read_digits(typed, CLAIM_DIGITS)


def claim_hash(number: str, *, pepper: bytes) -> str:
    """Return the hex by which a claim is found.

    Args:
        number: as `draw_claim_number` or `read_claim_number` returned it.
        pepper: the receipt pepper.
    """
    return named_hash("tg-claim-number", number.encode("ascii"), key=pepper).hex()
