"""Where money comes from and for whom it is meant: a pot is a source, perhaps one office's part.

"county" is what everybody draws on; "city:410329-yjj" is money from the city that only this
office's cases may use. What was booked before there were several stands in "county".

Source: POLICIES.md (a5), budget: same-level finance, a city's or province's pool.
"""

from dataclasses import dataclass
from typing import Final

from casework.domain.errors import BadActError
from casework.domain.fact_forms import TOKEN

SOURCES: Final = ("county", "city", "province", "nation")  # the nearest first
FIRST: Final = "county"


@dataclass(frozen=True, slots=True)
class Pot:
    """A source of money, and the only office that may use it; "" for all."""

    source: str
    office: str = ""

    def __str__(self) -> str:
        """Return it as it stands in events and rows: "county" or "county:410329-yjj"."""
        return f"{self.source}:{self.office}" if self.office else self.source


def parse_pot(text: str) -> Pot:
    """Return the pot that *text* names.

    Raises:
        BadActError: there can be none of this name.
    """
    source, parted, office = text.partition(":")
    if source not in SOURCES or bool(parted) != bool(office) or not TOKEN.test(text):
        raise BadActError("pot", f"one of {', '.join(SOURCES)}, with :office or without")
    return Pot(source, office)


def is_pot(value: object) -> bool:
    """Tell whether *value* names a pot."""
    if not isinstance(value, str):
        return False
    try:
        parse_pot(value)
    except BadActError:
        return False
    return True


def order_of(pot: str) -> tuple[int, str]:
    """Return where a pot stands in lists, and in the search for one that has enough."""
    found = parse_pot(pot)
    return SOURCES.index(found.source), found.office
