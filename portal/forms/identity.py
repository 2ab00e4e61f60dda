"""Checks of what names a person. Lenient: a slip is told, an unusual form is let through."""

import re
from datetime import date
from typing import Final

ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK: Final = "10X98765432"
ID_FORM: Final = re.compile(r"[1-9][0-9]{16}[0-9X]\Z")
MOBILE: Final = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}\Z")
LANDLINE: Final = re.compile(r"0[0-9]{2,3}[2-9][0-9]{6,7}\Z")
ABROAD: Final = re.compile(r"(?:\+|00)[1-9][0-9]{6,14}\Z")
NOISE: Final = re.compile(r"[\s\-()（）.]+")


def id_number(typed: str) -> str:
    """Write an ID card number the one way: no spaces, capital X."""
    return NOISE.sub("", typed).upper()


def is_id_number(number: str) -> bool:
    """Check form, birthday and check digit of an 18-digit Chinese ID number.

    The region part is not looked at: counties come and go, cards stay.
    """
    if not ID_FORM.match(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    if born.year < 1890:
        return False
    total = sum(int(sign) * weight for sign, weight in zip(number[:17], ID_WEIGHTS, strict=True))
    return ID_CHECK[total % 11] == number[17]


def phone(typed: str) -> str:
    """Write a telephone number the one way: digits, and a plus if there was one."""
    return NOISE.sub("", typed)


def is_phone(number: str) -> bool:
    """Tell whether the digits can be a mobile, a landline or a number abroad."""
    return any(form.match(number) for form in (MOBILE, LANDLINE, ABROAD))


def is_card_number(number: str) -> bool:
    """Check the Luhn digit of a bank card number."""
    total = 0
    for place, sign in enumerate(reversed(number)):
        digit = int(sign) * (1 + place % 2)
        total += digit - 9 * (digit > 9)
    return total % 10 == 0
