"""Looking for words in what reporters wrote: in one's own cases alone, opened one by one.

There is no index of sealed text, and none is made: every report is opened with the officer's own
keys, as on its page, and that it was read is recorded first, as there. Of the text nothing is
kept; the answer tells in which parts the words stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from admin import reading
from admin.auth import current
from admin.errors import Refusal
from admin.extensions import console
from admin.permissions import open_acts, sees
from admin.reading import OpenedReport
from admin.vocabulary import plain
from casework.domain.case import Case
from casework.domain.searching import Asked, code, handlers_of
from casework.queries.cases import case as find_case
from casework.queries.searching import places

AT_ONCE: Final = 20  # reports opened for one answer
OWN_MAX: Final = 1_000
FILES: Final = "files"
READ: Final = "report.read"


@dataclass(frozen=True, slots=True)
class Hit:
    """A case in which all the words stand, and in which kinds of its parts."""

    case: Case
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one answer gave.

    Attributes:
        done, total: how many of the officer's cases were looked at so far, and how many there are.
        unopened: how many of this step's could not be opened.
        next: place before which the next step begins, 0 at the end.
    """

    done: int
    total: int
    hits: tuple[Hit, ...]
    unopened: int
    next: int


def own_cases() -> tuple[tuple[int, str], ...]:
    """Return places and ids of the cases that the signed-in person has in hand, newest first.

    Those that they accepted, verify or were drawn for, at the office that they sit in now.
    """
    session = current()
    asked = Asked((), (code("handler", session.account),))
    return places(console().store, office=session.office, asked=asked, limit=OWN_MAX)


def look(words: Sequence[str], *, before: int) -> Step:
    """Open the next of one's own cases, and tell in which of them all *words* stand.

    Args:
        words: as they were typed.
        before: where to go on, 0 for the newest.
    """
    listed = own_cases()
    rest = [one for one in listed if not before or one[0] < before]
    wanted = [plain(one) for one in words]
    may_see, hits, unopened = sees(), list[Hit](), 0
    for _number, report_id in rest[:AT_ONCE]:
        case = find_case(console().store, report=report_id)
        if not may_see(case) or current().account not in handlers_of(case) or case.destroyed:
            continue
        opened = _opened(case)
        if opened is None:
            unopened += 1
        elif where := _where(opened, wanted):
            hits.append(Hit(opened.case, where))
    looked = rest[:AT_ONCE]
    return Step(
        done=len(listed) - len(rest) + len(looked),
        total=len(listed),
        hits=tuple(hits),
        unopened=unopened,
        next=looked[-1][0] if len(rest) > AT_ONCE else 0,
    )


def _opened(case: Case) -> OpenedReport | None:
    if READ not in open_acts(case):
        return None
    try:
        return reading.open_report(case.report_id)
    except Refusal:
        return None


def _where(opened: OpenedReport, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of parts with one of the words, none unless every word stands somewhere."""
    parts = [(one.kind, plain(one.text)) for one in (*opened.parts, *opened.messages)]
    parts += [(FILES, plain(one.name)) for one in opened.files]
    if not all(any(word in text for _kind, text in parts) for word in wanted):
        return ()
    found = [kind for kind, text in parts if any(word in text for word in wanted)]
    return tuple(dict.fromkeys(found))
