"""Random names: nothing here counts up, so nothing tells how many came in between."""

import re
import secrets
from collections.abc import Callable

IDS_AT_ONCE = 32
ID_LENGTH = 26  # characters
_SIGN_OF_BYTE = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[byte & 31] for byte in range(256))
CASE_NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, without 0 O 1 I
CASE_NUMBER_SIGNS = 8

_ORDER_NUMBER = re.compile(r"[^\s〔〕]{1,12}督〔[0-9]{4}〕[2-9A-HJ-NP-Z]{8}号\Z", re.ASCII)
_ID = re.compile(r"[a-z2-7]{26}\Z", re.ASCII)
_CASE_NUMBER = re.compile(r"[0-9]{6}-[0-9]{4}-[2-9A-HJ-NP-Z]{8}\Z", re.ASCII)

RandomBytes = Callable[[int], bytes]


def new_id(random: RandomBytes = secrets.token_bytes) -> str:
    """Return a new id: 26 signs of lower-case base32, 130 random bits."""
    return random(ID_LENGTH).translate(_SIGN_OF_BYTE).decode("ascii")


class IdSource:
    """New ids for one request, out of randomness that is drawn in one go.

    A draw from the system costs more than all else about an id, and a sending needs
    thirty. Never shared between requests, threads or processes: a fork would copy what
    is left.
    """

    __slots__ = ("_left", "_random")

    def __init__(self, random: RandomBytes = secrets.token_bytes) -> None:
        """Draw from *random* when needed."""
        self._random = random
        self._left = b""

    def __call__(self) -> str:
        """Return a new id."""
        if not self._left:
            self._left = self._random(ID_LENGTH * IDS_AT_ONCE)
        drawn, self._left = self._left[:ID_LENGTH], self._left[ID_LENGTH:]
        return new_id(lambda _size: drawn)


def is_id(text: str) -> bool:
    """Tell whether *text* has the form of an id."""
    return _ID.match(text) is not None


def new_case_number(region: str, year: int, random: RandomBytes = secrets.token_bytes) -> str:
    """Return a case number such as "410329-2026-K7M2Q9XR".

    The eight signs carry 40 random bits: the number may stand in mails and on
    paper, names no day and is no counter. A clash (one in a million after some
    1,500 cases a year) is refused by the table's unique key; draw again.

    Args:
        region: county code of GB/T 2260, six digits (a longer one is cut to its county).
        year: year in which the report was received, four digits.
        random: source of random bytes.

    Raises:
        ValueError: the region has fewer than six digits, or the year not four.
    """
    county = region[:6]
    number = f"{county}-{year}-{''.join(CASE_NUMBER_ALPHABET[b & 31] for b in random(8))}"
    if not is_case_number(number):
        raise ValueError(f"not a region and year: {region!r}, {year}")
    return number


def is_case_number(text: str) -> bool:
    """Tell whether *text* has the form of a case number."""
    return _CASE_NUMBER.match(text) is not None


def new_order_number(place: str, year: int, random: RandomBytes = secrets.token_bytes) -> str:
    """Return the number of a supervision order such as "伊督〔2026〕K7M2Q9XR号".

    As little a counter as a case number: it tells nobody how many orders there were.

    Args:
        place: short name of the place whose office issues it, without spaces.
        year: year of issue in Asia/Shanghai, four digits.
        random: source of random bytes.

    Raises:
        ValueError: the place has no sign or more than twelve, or the year not four digits.
    """
    signs = "".join(CASE_NUMBER_ALPHABET[b & 31] for b in random(CASE_NUMBER_SIGNS))
    number = f"{place}督〔{year}〕{signs}号"
    if not is_order_number(number):
        raise ValueError(f"not a place and year: {place!r}, {year}")
    return number


def is_order_number(text: str) -> bool:
    """Tell whether *text* has the form of an order's number."""
    return _ORDER_NUMBER.match(text) is not None
