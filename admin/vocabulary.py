"""Which codes are called by a word that somebody typed: the index holds codes alone."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from admin.extensions import console
from admin.forms import words
from admin.forms.words import Words
from casework.domain.searching import SIGNS_MAX, Asked, asked_for, code

CODES_MAX: Final = 200  # for one word; a table may have thousands of rules
_WORDS: Final[tuple[tuple[str, Words], ...]] = (
    ("state", words.STATES),
    ("matter", words.MATTERS),
    ("finding", words.FINDINGS),
    ("reason", words.REFUSAL_REASONS),
)


def asked(text: str, *codes: str) -> Asked:
    """Return what *text* asks for, with the codes that are called so, and *codes* besides."""
    typed = [one for one in text[:SIGNS_MAX].split() if asked_for(one)]
    phrases = asked_for(text)
    parts = tuple(
        (phrase, tuple(dict.fromkeys(_called(plain(one))))[:CODES_MAX])
        for phrase, one in zip(phrases, typed, strict=False)
    )
    return Asked(parts, codes)


def _called(word: str) -> Iterator[str]:
    """Yield the codes whose name has *word* in it."""
    for kind, known in _WORDS:
        yield from (code(kind, one) for one, name in known.items() if word in plain(str(name)))
    routing = console().routing
    for sector in routing.sectors.values():
        if word in plain(f"{sector.name} {sector.name_en}"):
            yield code("sector", sector.code)
    for office in routing.departments.values():
        if word in plain(f"{office.name} {office.short}"):
            yield code("lead", office.code)
            yield code("co", office.code)
    yield from _regions(word)
    for rule in routing.rules.values():
        if word in plain(rule.reason):
            yield code("rule", rule.id)


def _regions(word: str) -> Iterator[str]:
    """Yield the regions that are called so, and all that lie in them."""
    regions = console().routing.regions.by_code
    called = {one.code for one in regions.values() if word in plain(one.name)}
    for region in regions.values():
        at, steps = region.code, 0
        while at and at not in called and steps < 4:
            above = regions.get(at)
            at, steps = (above.parent if above else ""), steps + 1
        if at in called:
            yield code("region", region.code)


def plain(text: str) -> str:
    """Return a text as it is compared: no wide forms, no capitals."""
    return unicodedata.normalize("NFKC", text).casefold()
