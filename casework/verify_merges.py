"""The merges' part of `tonggui register verify`: what two cases say of each other, and the rank.

A case is replayed from its own events alone; that the other one says the same, and that the
place which gives the rank is the log's, is looked at here.
"""

from collections.abc import Iterator, Sequence

from casework.storage.unit_of_work import UnitOfWork
from casework.verify_rows import Problem
from crypto.errors import EventError
from crypto.events import Event, SignedEvent, parse_event

# Of an act in the one case, what the act beside it in the other is called, and which facts name
# the other case; then the facts that both must tell alike.
_TWINS = {
    "case.merged": ("merge.joined", "into", "report", ("rank", "kind")),
    "merge.joined": ("case.merged", "report", "into", ("rank", "kind")),
    "merge.undone": ("merge.left", "from", "report", ()),
    "merge.left": ("merge.undone", "report", "from", ()),
    "case.redone": ("review.decided", "report", "into", ("asked",)),
    "review.decided": ("case.redone", "into", "report", ("asked",)),
}
KIND = "merge"


def check_merges(
    uow: UnitOfWork, report_id: str, signed: Sequence[SignedEvent]
) -> Iterator[Problem]:
    """Yield what is wrong with the merges that the events of a report tell of."""
    for one in signed:
        event = one.event
        if event.kind not in _TWINS or _TWINS[event.kind][1] not in event.facts:
            continue
        digest = event.digest().hex()
        other = str(event.facts[_TWINS[event.kind][1]])
        if not any(_are_twins(event, found) for found in _events(uow, other)):
            yield Problem(KIND, digest, "the other case does not say so")
        if event.kind == "merge.joined":
            yield from _check_place(uow, event, digest, signed[0].event)


def _are_twins(event: Event, found: Event) -> bool:
    kind, _mine, theirs, same = _TWINS[event.kind]
    return (
        found.kind == kind
        and found.facts.get(theirs) == event.report
        and (found.actor, found.signer) == (event.actor, event.signer)
        and all(found.facts.get(name) == event.facts[name] for name in same)
    )


def _check_place(uow: UnitOfWork, event: Event, digest: str, first: Event) -> Iterator[Problem]:
    """Yield what is wrong with the place that a rank rests on."""
    begun = next(iter(_events(uow, str(event.facts["report"]))), None)
    mine = first.digest().hex()
    theirs = begun.digest().hex() if begun is not None else ""
    places = uow.audit_log.places([mine, theirs])
    if places.get(theirs) != event.facts["place"]:
        yield Problem(KIND, digest, "the log has its report in another place")
    elif places.get(mine, places[theirs]) >= places[theirs]:
        yield Problem(KIND, digest, "its report came in before the one that leads")


def _events(uow: UnitOfWork, report: str) -> Iterator[Event]:
    """Yield the events of another report; what cannot be read, its own check names."""
    for stored in uow.events.stored_of_report(report):
        try:
            yield parse_event(stored.body)
        except EventError:
            continue
