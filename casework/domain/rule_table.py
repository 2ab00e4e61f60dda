"""Reads one table of a rule file strictly: each key once asked for, none left over."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Protocol

from casework.domain.errors import RuleFileError
from casework.domain.money import FEN_MAX
from casework.domain.toml_lines import key_lines, line_of

RATE_MIN = Decimal("0.000001")
RATE_DIGITS_MAX = 20
_LINE = re.compile(r"line (\d+)")
_LONG_NUMBER = re.compile(r"[0-9A-Za-z_]{4000}")


class Refusal(Protocol):
    """The class of refusal of one kind of file."""

    def __call__(
        self, file: str, key: str, expected: str, *, line: int | None = None
    ) -> RuleFileError:
        """Return the refusal."""


def open_rules(file: str, body: bytes, refusal: Refusal) -> "RuleTable":
    """Return the table that is a whole file of rules; shares are read exactly, as decimals.

    Raises:
        RuleFileError: of the class *refusal*: no UTF-8 text, or no TOML, with its line.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise refusal(file, "file", "UTF-8 text", line=line) from None
    try:
        data = tomllib.loads(text, parse_float=_exact)
        lines = key_lines(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as problem:
        found = _LINE.search(str(problem))
        line = int(found[1]) if found else text.count("\n") + 1
        raise refusal(file, "file", f"TOML ({problem})", line=line) from None
    except ValueError:
        # Python reads no longer numbers, and the parser lets that refusal through.
        found = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise refusal(file, "file", "TOML with numbers of a few digits", line=line) from None
    except RecursionError:
        raise refusal(file, "file", "TOML of a few levels", line=1) from None
    return RuleTable(file, "", data, refusal, lines)


def _exact(number: str) -> Decimal:
    """Return a decimal number as it is written; no number where it is out of all bounds."""
    try:
        return Decimal(number)
    except InvalidOperation:
        return Decimal("nan")


class RuleTable:
    """A table of a TOML file: values by key; refusals name file, line, key, what was expected."""

    def __init__(
        self,
        file: str,
        path: str,
        data: object,
        refusal: Refusal,
        lines: dict[str, int] | None = None,
    ) -> None:
        """Take the table at *path* ("deadline[2]") of *file*; refuse what is no table.

        *lines* tells where the keys of the file stand (`toml_lines.key_lines`).
        """
        self.file = file
        self.path = path
        self._refusal = refusal
        self._lines = lines or {}
        if not isinstance(data, Mapping):
            raise self._refuse_at(path or "file", "a table")
        self._left: dict[str, Any] = dict(data)

    def refuse(self, key: str, expected: str, *, told: str = "") -> RuleFileError:
        """Return the refusal of *key* in this table, under the name *told* if given."""
        return self._refuse_at(self._place(key), expected, told)

    def _place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _refuse_at(self, place: str, expected: str, told: str = "") -> RuleFileError:
        line = line_of(self._lines, place)
        return self._refusal(self.file, told or place, expected, line=line)

    def has(self, key: str) -> bool:
        """Tell whether *key* stands in the table and nobody took it yet."""
        return key in self._left

    def done(self) -> None:
        """Refuse the first key that nobody asked for."""
        for key in self._left:
            raise self.refuse(key, "no such key")

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text that is not empty, unless *default* is given and it is left out."""
        if default is not None and key not in self._left:
            return default
        value = self._left.pop(key, None)
        if not isinstance(value, str) or not (value.strip() or default == ""):
            raise self.refuse(key, "a text")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """Take one of *choices*."""
        if default is not None and key not in self._left:
            return default
        value = self._left.pop(key, None)
        if value not in choices:
            raise self.refuse(key, f"one of {', '.join(choices)}")
        return str(value)

    def texts(self, key: str, choices: Sequence[str] | None = None) -> tuple[str, ...]:
        """Take a list of different texts, each of *choices* if given; left out: none."""
        value = self._left.pop(key, [])
        among = f", each of {', '.join(choices)}" if choices is not None else ""
        expected = f"a list of different texts{among}"
        if not isinstance(value, list) or len(set(map(str, value))) != len(value):
            raise self.refuse(key, expected)
        for item in value:
            if not isinstance(item, str) or (choices is not None and item not in choices):
                raise self.refuse(key, expected)
        return tuple(value)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Take an integer from *low* to *high*."""
        if default is not None and key not in self._left:
            return default
        value = self._left.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refuse(key, f"an integer from {low:,} to {high:,}")
        return value

    def wholes(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """Take a list of integers from *low* to *high*; left out: none."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(
            isinstance(item, int) and not isinstance(item, bool) and low <= item <= high
            for item in value
        ):
            raise self.refuse(key, f"a list of integers from {low:,} to {high:,}")
        return tuple(value)

    def fen(self, key: str) -> int:
        """Take an amount in fen, above 0."""
        return self.whole(key, 1, FEN_MAX)

    def fen_or_none(self, key: str) -> int | None:
        """Take an amount in fen, above 0, or nothing."""
        return self.fen(key) if key in self._left else None

    def rate(self, key: str) -> Fraction:
        """Take a share above 0, such as 0.15 (read exactly, never as a binary fraction)."""
        value = self._left.pop(key, None)
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        # What is no number is in no order, and tiny ones take minutes to make a fraction of.
        if (
            not isinstance(value, Decimal)
            or not value.is_finite()
            or not RATE_MIN <= value <= 10
            or len(value.as_tuple().digits) > RATE_DIGITS_MAX
        ):
            raise self.refuse(key, "a share such as 0.15")
        return Fraction(value)

    def truth(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def day(self, key: str) -> date:
        """Take a day."""
        value = self._left.pop(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(key, "a day, 2022-04-25")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Take a day, or nothing."""
        return self.day(key) if key in self._left else None

    def table(self, key: str) -> "RuleTable":
        """Take a table."""
        data = self._left.pop(key, None)
        return RuleTable(self.file, self._place(key), data, self._refusal, self._lines)

    def table_or_none(self, key: str) -> "RuleTable | None":
        """Take a table, or nothing."""
        return self.table(key) if key in self._left else None

    def tables(self, key: str) -> tuple["RuleTable", ...]:
        """Take a list of tables; left out: none."""
        value = self._left.pop(key, [])
        path = self._place(key)
        if not isinstance(value, list):
            raise self._refuse_at(path, "a list of tables")
        return tuple(
            RuleTable(self.file, f"{path}[{number}]", item, self._refusal, self._lines)
            for number, item in enumerate(value, 1)
        )

    def anything(self, key: str) -> object:
        """Take a value of any kind, for notes that no rule reads."""
        return self._left.pop(key, None)
