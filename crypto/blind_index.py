"""A keyed name for a reported enterprise: equal names meet, and no name can be read from it.

The key is the console's alone (SEALING.md 3). Who has the key can test guesses, so the marks are
as confidential as a list of reported enterprises; they are deleted with the case. Never made of
anything that identifies a reporter.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from crypto.context import lp, named_hash

MARK_SIZE: Final = 16  # bytes; a hint, not a signature
_LEGAL_FORMS: Final = (
    "集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司",
    "有限公司", "集团公司", "分公司", "公司", "集团",
)  # fmt: skip
# 河南省, 洛阳市, 伊川县 at the beginning, each once: what stands above a county is in no table.
_DISTRICT: Final = re.compile(
    r"(?:\w{2,3}省|\w{2,6}自治区)?(?:\w{2,3}[市州盟])?(?:\w{1,3}[县区旗])?", re.UNICODE
)
_SHORTEST: Final = 2  # characters that must be left: "伊川公司" is no name


def mark_of(name: str, *, key: bytes, site: str, places: Iterable[str] = ()) -> bytes:
    """Return the mark of an enterprise's name, 16 bytes; b"" where it holds no name.

    Args:
        name: as the reporter typed it.
        key: the console's blind-index key.
        site: code of the site; marks of two sites never meet.
        places: names of places that people write before a name or leave away: "河南省".
    """
    plain = plain_name(name, places)
    if not plain:
        return b""
    data = lp(site.encode()) + lp(plain.encode())
    return named_hash("tg-enterprise", data, key=key, size=MARK_SIZE)


def plain_name(name: str, places: Iterable[str] = ()) -> str:
    """Return what is compared: no spaces, marks, place before or legal form behind; "" if nothing.

    "河南省 伊川县（宏达）化工有限公司" and "伊川宏达化工" are one name where both places are known.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(one for one in folded if unicodedata.category(one)[0] in "LN")
    return _without_form(_without_places(_without_district(plain), tuple(_spellings(places))))


def _spellings(places: Iterable[str]) -> Iterable[str]:
    """Yield each place as it is and without its last character: 伊川县, 伊川."""
    for place in places:
        yield place
        if len(place) > _SHORTEST:
            yield place[:-1]


def _without_district(name: str) -> str:
    found = _DISTRICT.match(name)
    end = found.end() if found else 0
    return name[end:] if len(name) - end >= _SHORTEST else name


def _without_places(name: str, places: tuple[str, ...]) -> str:
    longest_first = sorted(places, key=len, reverse=True)
    while True:
        found = next((one for one in longest_first if name.startswith(one)), "")
        if not found or len(name) - len(found) < _SHORTEST:
            return name
        name = name[len(found) :]


def _without_form(name: str) -> str:
    for form in _LEGAL_FORMS:
        if name.endswith(form) and len(name) - len(form) >= _SHORTEST:
            return name[: -len(form)]
    return name
