"""Where each key of a TOML text stands, for refusals that name a line.

The standard parser gives values without places, and no library in reach does better: tomlkit
keeps the layout and no line numbers. So the text, already known to be TOML, is walked once
more for its keys alone.
"""

import bisect
import re
import tomllib
from typing import Final

_SPACE: Final = re.compile(r"[ \t]*")
_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_COMMA: Final = re.compile(r"[ \t,]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]*")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def key_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of every table, key and list item of a TOML text.

    Places are written as refusals write them: "policy.effective.from", "deadline[2]",
    "deadline[2].windows[1].first"; items are counted from 1.

    Args:
        text: valid TOML; of anything else the answer means nothing.
    """
    walk = _Walk(text)
    walk.document()
    return walk.lines


def line_of(lines: dict[str, int], place: str) -> int | None:
    """Return the line of *place*, or of the nearest table around it that stands in the text."""
    while place not in lines:
        cut = max(place.rfind("."), place.rfind("["))
        if cut < 0:
            return 1 if lines else None
        place = place[:cut]
    return lines[place]


class _Walk:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[str, int] = {}
        self._at = 0
        self._breaks = [place for place, letter in enumerate(text) if letter == "\n"]
        self._counts: dict[str, int] = {}  # how many items a list of tables has so far

    def document(self) -> None:
        inside = ""
        self._skip(_BLANK)
        while self._at < len(self.text):
            if self._next("["):
                inside = self._header()
            else:
                self._pair(inside)
            self._skip(_BLANK)

    def _header(self) -> str:
        """Take "[a.b]" or "[[a.b]]" and return the place of its table."""
        start = self._at
        several = self.text.startswith("[[", start)
        self._at += 2 if several else 1
        names = self._key()
        self._at += 2 if several else 1
        place = ""
        for number, name in enumerate(names, 1):
            place = f"{place}.{name}" if place else name
            self._note(place, start)
            if several and number == len(names):
                self._counts[place] = self._counts.get(place, 0) + 1
            if place in self._counts:
                place = f"{place}[{self._counts[place]}]"
        self.lines[place] = self._line(start)
        return place

    def _pair(self, inside: str) -> None:
        """Take "key = value"."""
        start, place = self._at, inside
        for name in self._key():
            place = f"{place}.{name}" if place else name
            self._note(place, start)
        self._at += 1  # the equals sign
        self._value(place)

    def _key(self) -> list[str]:
        """Take "a.'b'.c" with the blanks around it."""
        names = []
        while True:
            self._skip(_SPACE)
            quoted = self.text[self._at] in "\"'"
            name = self._skip(_STRING if quoted else _BARE_KEY)
            names.append(next(iter(tomllib.loads(f"{name} = 0"))) if quoted else name)
            self._skip(_SPACE)
            if not self._next("."):
                return names
            self._at += 1

    def _value(self, place: str) -> None:
        self._skip(_SPACE)
        if self._next("["):
            self._list(place)
        elif self._next("{"):
            self._at += 1
            self._skip(_SPACE)
            while not self._next("}"):
                self._pair(place)
                self._skip(_COMMA)
            self._at += 1
        elif self.text[self._at] in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_BARE_VALUE)

    def _list(self, place: str) -> None:
        self._at += 1
        number = 1
        self._skip(_BLANK)
        while not self._next("]"):
            self._note(f"{place}[{number}]", self._at)
            self._value(f"{place}[{number}]")
            number += 1
            self._skip(_BLANK)
            if self._next(","):
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _note(self, place: str, at: int) -> None:
        """Keep the line where a place is first named."""
        self.lines.setdefault(place, self._line(at))

    def _line(self, at: int) -> int:
        return bisect.bisect_left(self._breaks, at) + 1

    def _next(self, letter: str) -> bool:
        return self.text.startswith(letter, self._at)

    def _skip(self, what: re.Pattern[str]) -> str:
        found = what.match(self.text, self._at)
        if found is None:
            raise ValueError(f"no TOML at {self._at}")
        self._at = found.end()
        return found[0]
