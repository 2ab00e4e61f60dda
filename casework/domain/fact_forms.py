"""How one fact of an act may look: the plain forms that act_facts.py puts together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.money import FEN_MAX

Test = Callable[[object], bool]

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:%+-]{0,63}\Z", re.ASCII)
_HEX = re.compile(r"([0-9a-f]{2}){16,64}\Z", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """How one fact must look: the test, and the words for the refusal."""

    expected: str
    test: Test
    optional: bool = False


def is_day(value: object) -> bool:
    """Tell whether *value* is a real day written "YYYY-MM-DD"."""
    if not (isinstance(value, str) and _DAY.match(value)):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_instant(value: object) -> bool:
    """Tell whether *value* is a UTC instant written "YYYY-MM-DDTHH:MM:SSZ"."""
    return (
        isinstance(value, str)
        and _INSTANT.match(value) is not None
        and is_day(value[:10])
        and value[11:13] < "24"
        and max(value[14:16], value[17:19]) < "60"
    )


def is_whole(value: object, low: int, high: int) -> bool:
    """Tell whether *value* is an integer (no bool) from *low* to *high*."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def matches(pattern: re.Pattern[str]) -> Test:
    """Return a test for text that *pattern* matches."""
    return lambda value: isinstance(value, str) and pattern.match(value) is not None


def one_of(*choices: str) -> Form:
    """Return the form of a fact that is one of some words."""
    return Form(f"one of {', '.join(choices)}", lambda value: value in choices)


def is_list(value: object, each: Test) -> bool:
    """Tell whether *value* is a list of what *each* accepts."""
    return isinstance(value, list | tuple) and all(each(item) for item in value)


def is_plain(value: object) -> bool:
    """Tell whether canonical JSON could hold *value* (no floats)."""
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and is_plain(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, str | int)


TOKEN = Form("a code or id of 1 to 64 letters, digits, or _.:%+-", matches(_TOKEN))
HEX = Form("lower-case hexadecimal", matches(_HEX))
SHA256 = Form("64 lower-case hexadecimal digits", matches(_SHA256))
DAY = Form("a day, YYYY-MM-DD", is_day)
INSTANT = Form("a UTC instant, YYYY-MM-DDTHH:MM:SSZ", is_instant)
AMOUNT = Form("fen, an integer above 0", lambda value: is_whole(value, 1, FEN_MAX))
YEAR = Form("a year from 2000 to 2200", lambda value: is_whole(value, 2000, 2200))
SEAT = Form("the number of a seat, 1 to 7", lambda value: is_whole(value, 1, 7))
COUNT = Form("an integer from 1 to 1,000", lambda value: is_whole(value, 1, 1000))
# Acts of a case are as many as people make: whoever opens a report often enough counts it up.
ORDINAL = Form("the ordinal of an act, from 1 on", lambda value: is_whole(value, 1, 2**31 - 1))
TEXT = Form("text of at most 200 characters", lambda v: isinstance(v, str) and len(v) <= 200)
TOKENS = Form(
    "a list of different codes",
    lambda value: (
        isinstance(value, list | tuple)
        and is_list(value, TOKEN.test)
        and 0 < len(set(value)) == len(value)
    ),
)
