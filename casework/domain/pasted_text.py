"""Text that somebody pasted, made even, with every character's place in what was pasted."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from casework.domain.errors import CalendarFileError

TEXT_MAX = 20_000  # characters; a notice has about one thousand
_SHOWN_MAX = 60
_ENDS = "。;"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
# One sign where people type several: a full stop, and what stands between two dates.
_EVEN = {".": "。", "｡": "。", "—": "至", "–": "至", "-": "至", "~": "至", "－": "至"}


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text in half width and without blanks or line breaks.

    Attributes:
        text: the even text.
        file: what a refusal calls it.
        places: for each character of *text* its place in *original*.
        original: what was pasted.
    """

    text: str
    file: str
    places: tuple[int, ...]
    original: str

    @classmethod
    def of(cls, original: str, file: str) -> "Pasted":
        """Make *original* even.

        Raises:
            CalendarFileError: it is longer than TEXT_MAX.
        """
        if len(original) > TEXT_MAX:
            raise CalendarFileError(file, "text", f"at most {TEXT_MAX:,} characters")
        even: list[str] = []
        places: list[int] = []
        for place, character in enumerate(original):
            for one in unicodedata.normalize("NFKC", character):
                sign = _EVEN.get(one, one)
                repeated = sign == "至" and even[-1:] == ["至"]
                if not sign.isspace() and sign not in _INVISIBLE and not repeated:
                    even.append(sign)
                    places.append(place)
        return cls("".join(even), file, tuple(places), original)

    def line(self, at: int) -> int:
        """Return the line (from 1) of the character at *at* in what was pasted."""
        return self.original.count("\n", 0, self.places[at]) + 1

    def starts(self, at: int) -> bool:
        """Tell whether a sentence or a line begins at *at*."""
        if at == 0 or self.text[at - 1] in f"{_ENDS}:":
            return True
        return "\n" in self.original[self.places[at - 1] : self.places[at]]

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where each sentence begins and ends, without its full stop."""
        return self._parts(start, end, _ENDS)

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where each piece between commas begins and ends."""
        return self._parts(start, end, ",")

    def refuse(self, key: str, expected: str, at: tuple[int, int]) -> CalendarFileError:
        """Return the refusal that names line and words at *at*, and what was expected there."""
        first, last = at
        words = self.original[self.places[first] : self.places[last - 1] + 1]
        words = " ".join(words.split())
        shown = words if len(words) <= _SHOWN_MAX else f"{words[:_SHOWN_MAX]}…"
        told = f"{expected}，而不是「{shown}」"
        return CalendarFileError(self.file, key, told, line=self.line(first))

    def _parts(self, start: int, end: int, signs: str) -> Iterator[tuple[int, int]]:
        begun = start
        for at in range(start, end + 1):
            if at == end or self.text[at] in signs:
                if at > begun:
                    yield begun, at
                begun = at + 1
