"""What the auditor reads: events and ledger lines, no case text, no identity."""

from dataclasses import dataclass

from casework.queries.cases import TimelineLine
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.events import OFFICER, parse_event


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events outside reports by time, and where the next begin; None at the end."""

    lines: tuple[TimelineLine, ...]
    next: tuple[str, str] | None


@query
def outside_events(
    uow: UnitOfWork, *, after: tuple[str, str] = ("", ""), limit: int = 50
) -> EventPage:
    """Return events that belong to no report: money granted, key sets, people."""
    stored = uow.events.outside(after=after, limit=limit + 1)
    parsed = [(one, parse_event(one.body)) for one in stored[:limit]]
    lines = tuple(
        TimelineLine(
            kind=event.kind,
            at=event.at,
            actor=event.actor.removeprefix(OFFICER),
            facts=event.facts,
            event=one.id,
            objects=(),
        )
        for one, event in parsed
    )
    more = len(stored) > limit
    return EventPage(lines, (parsed[-1][1].at, parsed[-1][0].id) if more else None)
