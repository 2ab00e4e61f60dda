"""What of a case may be searched by everybody of its offices, and how it is cut into tokens.

Structured facts alone: codes, numbers of the case and of its papers, and texts that are published
anyway. Nothing sealed, nothing that a person typed into an event, no name. The words for codes
(行业, 状态…) are not in the index: whoever asks looks them up (`Asked.parts`), so that they may
change with routing table and language, and nothing is indexed anew.

Chinese text becomes pairs of neighbouring characters: most Chinese words have two, and neither
database finds those by its own means (DEPENDENCIES.md 1, 9).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from casework.domain.case import Case

TOKENS_MAX: Final = 12_000  # of one case; PostgreSQL counts places no further than 16,383
SIGNS_MAX: Final = 64  # of what is asked
PHRASES_MAX: Final = 6
_RUN = re.compile(r"[0-9a-z]+|[^0-9a-z]+")
_ODD = re.compile(r"[^0-9a-z_-]")
_LETTERS_END: Final = 0x2B820  # SQLite's own table of letters knows none above
_DAY_ZERO: Final = date(2000, 1, 1).toordinal()
_RANDOM_BITS: Final = 47
_SIGNS: Final = "abcdefghijklmnopqrstuvwxyz234567"  # of ids, five bits each
_SIGNS_USED: Final = 10
# Between two facts, so that no phrase reaches from one into the next.
BREAK: Final = "-"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand one after the other; of the last one it may be the beginning alone."""

    tokens: tuple[str, ...]
    open_end: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: every one of its parts must be there.

    Attributes:
        parts: for each word that was typed, the phrase, and codes that are called so.
        codes: codes that must be there besides, such as "state:closed".
    """

    parts: tuple[tuple[Phrase, tuple[str, ...]], ...]
    codes: tuple[str, ...] = ()


def code(kind: str, value: str) -> str:
    """Return the token of a code, such as "matter:violation"."""
    return f"{kind}:{_ODD.sub(_escaped, value)}"


def _escaped(odd: re.Match[str]) -> str:
    return f"_x{ord(odd[0]):x}_"


def number_of(received_on: date, report_id: str) -> int:
    """Return the place of a case among those found, the newest with the highest.

    The day, then chance: nothing here counts how many came in on a day, or tells their order.
    """
    drawn = 0
    for sign in report_id[:_SIGNS_USED]:
        drawn = drawn << 5 | _SIGNS.index(sign)
    day = received_on.toordinal() - _DAY_ZERO
    return day << _RANDOM_BITS | drawn >> (5 * _SIGNS_USED - _RANDOM_BITS)


def first_number(received_on: date) -> int:
    """Return the lowest place of the cases of a day."""
    return (received_on.toordinal() - _DAY_ZERO) << _RANDOM_BITS


def offices_of(case: Case) -> tuple[str, ...]:
    """Return the offices that may find a case: as on its page (admin/permissions.sees)."""
    return tuple(sorted({case.lead, case.supervisor, *case.offices} - case.kept_out - {""}))


def handlers_of(case: Case) -> frozenset[str]:
    """Return who of the offices has it in hand: drew, accepted or verified it; none recused."""
    drawn = (case.draws[-1].officer,) if case.draws else ()
    people = {case.accepted_by, *case.investigators, *drawn}
    return frozenset(people - case.recused - {""})


def tokens_of(case: Case, published: Iterable[str] = ()) -> list[str]:
    """Return the tokens under which a case is found, in their order.

    Args:
        case: where it stands.
        published: texts about it that anybody may read, such as a penalty decision.
    """
    found = [*_codes(case)]
    for text in (case.case_number, *_documents(case), *published):
        found += [BREAK, *cut(text)]
        if len(found) >= TOKENS_MAX:
            break
    return found[:TOKENS_MAX]


def cut(text: str) -> list[str]:
    """Cut a text into tokens: pairs of Chinese characters, whole numbers and Latin words.

    A run of Chinese ends with its last character by itself, so that "号" is found in "第12号".
    """
    return [token for run in _runs(text) for token in _tokens(run)]


def asked_for(text: str) -> tuple[Phrase, ...]:
    """Return the phrases of what somebody typed, one for each word between spaces."""
    phrases = (_phrase(word) for word in text[:SIGNS_MAX].split())
    return tuple([one for one in phrases if one is not None][:PHRASES_MAX])


def is_too_short(phrase: Phrase) -> bool:
    """Whether a phrase is one character alone, of which half of all cases have one."""
    return len(phrase.tokens) == 1 and len(phrase.tokens[0]) < 2


def _phrase(word: str) -> Phrase | None:
    runs = _runs(word)
    if not runs:
        return None
    *before, last = runs
    tokens = [token for run in before for token in _tokens(run)]
    if _is_latin(last) or len(last) == 1:
        return Phrase((*tokens, last), open_end=True)
    return Phrase((*tokens, *_pairs(last)), open_end=False)


def _runs(text: str) -> list[str]:
    signs = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(one if _is_letter(one) else " " for one in signs).split()
    return [run for word in words for run in _RUN.findall(word)]


def _is_letter(sign: str) -> bool:
    return sign.isalnum() and ord(sign) < _LETTERS_END


def _is_latin(run: str) -> bool:
    return run[0].isascii()


def _tokens(run: str) -> list[str]:
    return [run] if _is_latin(run) else [*_pairs(run), run[-1]]


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def _codes(case: Case) -> Iterator[str]:
    yield from (code("office", one) for one in offices_of(case))
    yield from (code("handler", one) for one in sorted(handlers_of(case)))
    yield code("region", case.region)
    yield code("sector", case.sector)
    yield code("matter", case.matter)
    yield code("state", str(case.state))
    yield code("lead", case.lead)
    yield from (code("co", one) for one in case.co_handlers)
    if case.rule:
        yield code("rule", case.rule)
    if case.finding:
        yield code("finding", str(case.finding))
    if case.reason_code:
        yield code("reason", case.reason_code)


def _documents(case: Case) -> Iterator[str]:
    """Numbers of papers that were served or issued; what else an officer wrote is left out."""
    numbers = [
        case.penalty_no,
        *(one.number for one in case.orders),
        *(one.document for one in case.rectifications),
        *(one.document for one in case.standstills),
        *(number for one in case.referrals for number in (one.document, one.answer)),
        *(one.document for one in case.protections),
        *(mark.document for mark in case.marks),
    ]
    yield from dict.fromkeys(one for one in numbers if one)
