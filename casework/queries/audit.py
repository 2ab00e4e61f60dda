"""What the auditor reads: every signed act, the newest first; no case text, no identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from casework.domain.errors import UnknownReportError
from casework.queries.cases import TimelineLine
from casework.storage.events import LAST, StoredEvent
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.errors import EventError
from crypto.events import OFFICER, parse_event

FILTERS: Final = ("", "releases", "outside")
ATTEMPTED: Final = "release.attempted"
UNREADABLE: Final = "event.unreadable"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act, and the case that it belongs to; both "" outside a report."""

    line: TimelineLine
    report_id: str
    case_number: str

    @property
    def alarms(self) -> bool:
        """Whether it is a refused try, which the auditor was told of."""
        return self.line.kind == ATTEMPTED


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Acts by time, the newest first, and where the older ones begin; None at the end."""

    lines: tuple[AuditLine, ...]
    next: tuple[str, str] | None


@query
def acts(
    uow: UnitOfWork, *, which: str = "", before: tuple[str, str] = ("", ""), limit: int = 50
) -> AuditPage:
    """Return acts of the whole site.

    Args:
        uow: the transaction.
        which: one of `FILTERS`; an unknown one means all.
        before: time and id of the last line of the page before; empty for the first page.
        limit: how many at most.
    """
    start = before if before[0] else LAST
    found = uow.events.newest(which if which in FILTERS else "", before=start, limit=limit + 1)
    numbers: dict[str, str] = {}
    lines = tuple(_line(uow, one, numbers) for one in found[:limit])
    more = len(found) > limit
    return AuditPage(lines, (found[limit - 1].at, found[limit - 1].id) if more else None)


def _line(uow: UnitOfWork, stored: StoredEvent, numbers: dict[str, str]) -> AuditLine:
    kind, facts = stored.kind, cast("Mapping[str, object]", {})
    try:
        facts = parse_event(stored.body).facts
    except EventError:  # somebody wrote there: verification names it, the row is shown
        kind = UNREADABLE
    line = TimelineLine(
        kind=kind,
        at=stored.at,
        actor=stored.actor.removeprefix(OFFICER),
        facts=facts,
        event=stored.id,
        objects=(),
    )
    return AuditLine(line, stored.report_id, _number(uow, stored.report_id, numbers))


def _number(uow: UnitOfWork, report_id: str, numbers: dict[str, str]) -> str:
    if not report_id:
        return ""
    if report_id not in numbers:
        try:
            numbers[report_id] = uow.reports.get(report_id).case_number
        except UnknownReportError:
            numbers[report_id] = report_id
    return numbers[report_id]
