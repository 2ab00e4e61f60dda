"""Lists of cases and what happened in one; never anything sealed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from casework.domain.case import Case
from casework.storage.board import PressedLine
from casework.storage.reports import ReportLine as CaseLine
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.events import OFFICER, SignedEvent

Cursor = tuple[date, str]
L = TypeVar("L")
PAGE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[L]):
    """Some lines of a list, and where the next ones begin; None at the end."""

    lines: tuple[L, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event of a case, in plain facts.

    Attributes:
        actor: account id, "reporter", "jobs" or "nobody".
        event: digest of the event, in hexadecimal.
        objects: ids of the sealed objects that came with it.
    """

    kind: str
    at: str
    actor: str
    facts: Mapping[str, object]
    event: str
    objects: tuple[str, ...]


@query
def case(uow: UnitOfWork, *, report: str) -> Case:
    """Return where a case stands.

    Raises:
        UnknownReportError: there is no such case.
    """
    return uow.reports.get(report)


@query
def several(uow: UnitOfWork, *, reports: Sequence[str]) -> dict[str, Case]:
    """Return where several cases stand, by the ids of their reports.

    Raises:
        UnknownReportError: one of them is not there.
    """
    return {one: uow.reports.get(one) for one in reports}


@query
def deemed_accepted(uow: UnitOfWork, *, reports: Collection[str]) -> frozenset[str]:
    """Return which of some reports count as accepted because nobody decided in time."""
    return uow.reports.deemed(reports)


@query
def case_by_number(uow: UnitOfWork, *, case_number: str) -> Case:
    """Return the case of a number as mails and papers give it.

    Raises:
        UnknownReportError: there is no such case.
    """
    return uow.reports.by_number(case_number)


@query
def inbox(
    uow: UnitOfWork, *, office: str, after: Cursor | None = None, limit: int = PAGE
) -> Page[PressedLine]:
    """Return cases that an office leads and that are not done, by their nearest clock.

    An open case of which no clock presses comes after all others; a closed one is listed as
    long as something is still to be done, such as publishing a penalty.
    """
    return _pressed(uow.board.pressed_of_lead(office, limit=limit + 1, **_after(after)), limit)


@query
def urgent(
    uow: UnitOfWork, *, office: str, supervises: bool, limit: int = PAGE
) -> tuple[CaseLine, ...]:
    """Return urgent cases that nobody has attended to: an office's own, and those it supervises.

    Args:
        uow: the transaction.
        office: code of the office.
        supervises: whether those under its supervision too.
        limit: cases of each kind at most.
    """
    found = uow.board.urgent(office, limit=limit)
    above = uow.board.urgent(office, above=True, limit=limit) if supervises else ()
    lines = {one.id: one.report for one in (*found, *above)}
    return tuple(sorted(lines.values(), key=lambda one: one.received_key))


@query
def to_close(
    uow: UnitOfWork, *, office: str, after: Cursor | None = None, limit: int = PAGE
) -> Page[PressedLine]:
    """Return cases of an office that have a finding and wait to be closed."""
    found = uow.reports.concluded_of_lead(office, limit=limit + 1, **_after(after))
    return _with_clocks(uow, _page(found, limit))


@query
def supervised(
    uow: UnitOfWork, *, office: str, after: Cursor | None = None, limit: int = PAGE
) -> Page[PressedLine]:
    """Return cases that an office supervises and that are not done, by their nearest clock."""
    found = uow.board.pressed_of_supervisor(office, limit=limit + 1, **_after(after))
    return _pressed(found, limit)


@query
def undetermined(
    uow: UnitOfWork, *, office: str = "", after: Cursor | None = None, limit: int = PAGE
) -> Page[PressedLine]:
    """Return open cases that no routing rule matched, the oldest first; of one office or all."""
    found = uow.reports.undetermined(office=office, limit=limit + 1, **_after(after))
    return _with_clocks(uow, _page(found, limit))


@query
def overdue(
    uow: UnitOfWork, *, today: date, after: Cursor | None = None, limit: int = PAGE
) -> Page[CaseLine]:
    """Return cases past their last day and without a finding, the longest first."""
    found = uow.reports.overdue(today, limit=limit + 1, **_after(after))
    lines = found[:limit]
    return Page(lines, lines[-1].due_key if len(found) > limit else None)


@query
def timeline(uow: UnitOfWork, *, report: str) -> tuple[TimelineLine, ...]:
    """Return what happened in a case, oldest first."""
    return tuple(line_of(one) for one in uow.events.of_report(report))


def line_of(signed: SignedEvent) -> TimelineLine:
    """Return a signed event in plain facts."""
    event = signed.event
    return TimelineLine(
        kind=event.kind,
        at=event.at,
        actor=event.actor.removeprefix(OFFICER),
        facts=event.facts,
        event=event.digest().hex(),
        objects=tuple(one.id for one in event.added if one.kind == "object"),
    )


def _after(cursor: Cursor | None) -> dict[str, Cursor]:
    return {} if cursor is None else {"after": cursor}


def _pressed(found: tuple[PressedLine, ...], limit: int) -> Page[PressedLine]:
    lines = found[:limit]
    return Page(lines, lines[-1].place if len(found) > limit else None)


def _with_clocks(uow: UnitOfWork, page: Page[CaseLine]) -> Page[PressedLine]:
    return Page(uow.board.nearest(page.lines), page.next)


def _page(found: tuple[CaseLine, ...], limit: int) -> Page[CaseLine]:
    lines = found[:limit]
    return Page(lines, lines[-1].inbox_key if len(found) > limit else None)
