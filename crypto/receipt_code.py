"""The receipt code as people read and type it: 24 digits in six groups of four."""

import secrets
from collections.abc import Callable

from crypto.errors import CodeError

RANDOM_DIGITS = 23
CODE_DIGITS = RANDOM_DIGITS + 1
_CODES = 10**RANDOM_DIGITS
_DRAW_BYTES = 10
# Draws at or above this are thrown away, so that every code is equally likely.
_DRAW_LIMIT = 256**_DRAW_BYTES - 256**_DRAW_BYTES % _CODES

_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
_SPACES = " \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000"
_HYPHENS = "-_\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\ufe63\uff0d"
_MEANT = {ord(one): "" for one in _SPACES + _HYPHENS} | _FULL_WIDTH
_DIGITS = frozenset("0123456789")


def check_digit(digits: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit of ASCII *digits*."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def draw_code(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Draw a code: 23 digits without bias (76 bits) and the check digit.

    Args:
        random: returns so many random bytes.
    """
    while True:
        drawn = int.from_bytes(random(_DRAW_BYTES), "big")
        if drawn < _DRAW_LIMIT:
            digits = f"{drawn % _CODES:0{RANDOM_DIGITS}d}"
            return digits + check_digit(digits)


def group(code: str) -> str:
    """Return *code* as it is shown: "1234 5678 ..."."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(typed: str) -> str:
    """Return the 24 digits of a typed code.

    Spaces, hyphens and full-width digits are taken as meant.

    Raises:
        CodeError: not 24 digits, or the check digit does not fit.
    """
    return read_digits(typed, CODE_DIGITS)


def read_digits(typed: str, count: int) -> str:
    """Return *count* typed digits, of which the last one checks the others.

    Spaces, hyphens and full-width digits are taken as meant.

    Raises:
        CodeError: not so many digits, or the check digit does not fit.
    """
    digits = typed.translate(_MEANT)
    if len(digits) != count or not _DIGITS.issuperset(digits):
        raise CodeError(f"there must be {count} digits")
    if check_digit(digits[:-1]) != digits[-1]:
        raise CodeError("the check digit does not fit")
    return digits
