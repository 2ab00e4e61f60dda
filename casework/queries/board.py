"""The board: how many cases and clocks stand how in each office, and which they are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from casework.clock import SHANGHAI
from casework.storage.board import CLOCK_FIRST, LEVELS, ClockPlace, Count, Level, PressedLine, Scope
from casework.storage.board import level_of as level_of
from casework.storage.unit_of_work import UnitOfWork, query
from casework.storage.waiting import FIRST as _WAITING_FIRST
from casework.storage.waiting import Place, WaitingLine

PAGE = 20
WaitingPlace = Place


@dataclass(frozen=True, slots=True)
class Row:
    """Counts by level, of the cases of an office or of its clocks of one key.

    Attributes:
        provisional: how many of them rest on a calendar that is not published; each of these
            is counted at its level too.
    """

    name: str
    numbers: dict[Level, int]
    provisional: int = 0

    @property
    def total(self) -> int:
        """All levels together."""
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True)
class OfficeRows:
    """One office: its cases, each by its worst clock, and its clocks by key."""

    office: str
    cases: Row
    clocks: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows.

    Attributes:
        offices: that lead a case with a running clock, by code.
        cases: all of them together.
        redone: offices with how often their cases were redone this year, by code.
    """

    offices: tuple[OfficeRows, ...]
    cases: Row = field(default_factory=lambda: _row("", ()))
    redone: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Some lines of what a number on the board stands for; `next` is None at the end."""

    lines: tuple[PressedLine, ...]
    next: ClockPlace | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Some lines of what waits for somebody; `next` is None at the end."""

    lines: tuple[WaitingLine, ...]
    next: WaitingPlace | None


@query
def board(
    uow: UnitOfWork,
    *,
    office: str,
    supervises: bool,
    now: datetime,
    hidden: Collection[str] = (),
) -> Board:
    """Return the counts of an office, and of those it supervises if *supervises*.

    Args:
        uow: the transaction.
        office: code of whose board it is.
        supervises: whether cases under its supervision count too.
        now: UTC instant.
        hidden: reports of which the reader must learn nothing: they are not counted.
    """
    today = now.astimezone(SHANGHAI).date()
    counts = uow.board.counts(Scope(office, supervises), now=now, today=today, hidden=hidden)
    offices = tuple(
        _office(code, [one for one in counts if one.lead == code])
        for code in sorted({one.lead for one in counts})
    )
    redone = uow.clocks.redone(
        office, supervises=supervises, since=today.replace(month=1, day=1), hidden=hidden
    )
    return Board(offices, _row("", [one for one in counts if not one.key]), redone)


@query
def at_level(
    uow: UnitOfWork,
    *,
    office: str,
    lead: str,
    level: Level | None,
    key: str = "",
    now: datetime,
    after: ClockPlace | None = None,
    limit: int = PAGE,
) -> BoardPage:
    """Return the cases, or clocks of one key, that a number on the board stands for.

    Args:
        uow: the transaction.
        office: whose board it is: of *lead*, or of the office that supervises the cases.
        lead: office that leads them.
        level: of the case or the clock; None: those that rest on an unpublished calendar.
        key: of the clocks; "" for cases.
        now: UTC instant.
        after: where the page begins.
        limit: lines at most.
    """
    today = now.astimezone(SHANGHAI).date()
    found = uow.board.at_level(
        lead,
        level,
        office=office,
        key=key,
        now=now,
        today=today,
        after=after or CLOCK_FIRST,
        limit=limit + 1,
    )
    lines = found[:limit]
    return BoardPage(lines, lines[-1].clock_place if len(found) > limit else None)


@query
def waits_for(
    uow: UnitOfWork,
    *,
    kind: str,
    office: str,
    role: str,
    of: Collection[str] | None = None,
    after: WaitingPlace | None = None,
    limit: int = PAGE,
) -> WaitingPage:
    """Return what waits for a role of an office: to decide, to confirm or to answer.

    What waits for a person by name is of no office and no role, and *of* that account.
    """
    found = uow.waiting.waits_for(
        kind, office=office, role=role, of=of, after=after or _WAITING_FIRST, limit=limit + 1
    )
    lines = found[:limit]
    return WaitingPage(lines, lines[-1].place if len(found) > limit else None)


def _office(code: str, counts: Iterable[Count]) -> OfficeRows:
    found = list(counts)
    keys = sorted({one.key for one in found if one.key})
    return OfficeRows(
        code,
        _row(code, [one for one in found if not one.key]),
        tuple(_row(key, [one for one in found if one.key == key]) for key in keys),
    )


def _row(name: str, counts: Iterable[Count]) -> Row:
    numbers, doubt = dict.fromkeys(LEVELS, 0), 0
    for one in counts:
        numbers[one.level] += one.number
        doubt += one.provisional
    return Row(name, numbers, doubt)
