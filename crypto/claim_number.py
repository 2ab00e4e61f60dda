"""The one-time numbers that a reporter shows at the counter instead of the code.

The claim number, 16 decimal digits in four groups: 15 random and one check digit; whoever pays
finds the claim by it. The confirmation, 8 digits in two: 7 random and one check digit; a second
officer asks for it. The database holds hashes keyed with the receipt pepper, which both sites
have; without the pepper nobody can test a guess.
"""

import secrets

from crypto.context import lp, named_hash
from crypto.receipt_code import check_digit, read_digits

CLAIM_DIGITS = 16
CONFIRM_DIGITS = 8


def draw_claim_number() -> str:
    """Draw a number: 15 random digits (50 bits) and the check digit."""
    return _draw(CLAIM_DIGITS)


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


def draw_confirmation() -> str:
    """Draw a confirmation: 7 random digits (23 bits) and the check digit.

    It opens nothing by itself, and every try at it is signed by an officer.
    """
    return _draw(CONFIRM_DIGITS)


def read_confirmation(typed: str) -> str:
    """Return the 8 digits of a typed confirmation; spaces, hyphens, full-width digits are fine.

    Raises:
        CodeError: not 8 digits, or the check digit does not fit.
    """
    return read_digits(typed, CONFIRM_DIGITS)


def confirm_hash(confirmation: str, claimed: str, *, pepper: bytes) -> str:
    """Return the hex that stands for a confirmation beside its claim.

    Args:
        confirmation: as `draw_confirmation` or `read_confirmation` returned it.
        claimed: `claim_hash` of the number that it was drawn with: so the same eight digits look
            different at another claim, and whoever checks them need not know the number.
        pepper: the receipt pepper.
    """
    told = lp(bytes.fromhex(claimed), confirmation.encode("ascii"))
    return named_hash("tg-claim-confirm", told, key=pepper).hex()


def _draw(count: int) -> str:
    digits = f"{secrets.randbelow(10 ** (count - 1)):0{count - 1}d}"
    return digits + check_digit(digits)
