"""`tonggui register verify`: every row against the signed events that must have made it.

Each case is replayed from its events under the rules, and what is stored beside them has to
agree: the case, its sealed rows, wraps, files, money and lists. Whoever can write to the
database but cannot sign is found out here.
"""

from collections.abc import Iterator

from casework.domain.errors import CaseworkError
from casework.domain.ledger import Line
from casework.domain.ledger_lines import lines_of
from casework.services.acts import act_of
from casework.services.trust import Trust
from casework.storage.blobs import BlobMissingError, Blobs
from casework.storage.events import StoredEvent, stored_event
from casework.storage.strays import Strays
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_cases import check_cases, check_event, why
from casework.verify_fund import check_ledger, check_moves
from casework.verify_keys import check_keys
from casework.verify_log import Outside, check_audit
from casework.verify_register import check_outside_entries, check_register
from casework.verify_rows import Problem as Problem
from casework.verify_rules import check_rules
from crypto.errors import EventError
from crypto.events import (
    Event,
    SealedFile,
    SignedEvent,
)

BATCH = 500


def verify(
    store: Store,
    blobs: Blobs,
    trust: Trust,
    outside: Outside | None = None,
    *,
    processes: int = 1,
) -> Iterator[Problem | str]:
    """Yield each problem found; between them the id of each report that was looked at.

    The ids let the caller show progress; nothing is held in memory but ledger lines.

    Args:
        store: the database.
        blobs: the sealed files.
        trust: the chain of key sets.
        outside: what the jobs process keeps and publishes outside the database; None to
            look at the database alone.
        processes: how many replay cases at the same time.
    """
    lines: dict[str, Line] = {}
    now = outside.now if outside else None
    for checked in check_cases(store, trust, processes=processes, now=now):
        yield from checked.problems
        lines |= {line.id: line for line in checked.lines}
        for file in checked.files:
            yield from _check_blob(blobs, file)
        yield from checked.reports
    yield from _lost(store)
    yield from _outside(store, trust, lines)
    yield from check_ledger(store, lines=lines)
    yield from check_moves(store, trust)
    yield from check_keys(store, trust)
    yield from check_rules(store, trust, outside.founding if outside else None)
    yield from check_audit(store, trust, outside)
    yield from check_register(store, trust, outside)
    yield from check_outside_entries(store, trust)


def _check_blob(blobs: Blobs, file: SealedFile) -> Iterator[Problem]:
    try:
        if not file.holds(blobs.read(file.blob_name)):
            yield Problem("file", file.id, "changed")
    except (BlobMissingError, ValueError):
        yield Problem("file", file.id, "missing")


@query
def _lost(uow: UnitOfWork) -> list[Problem]:
    strays = Strays(uow)
    return [
        *(Problem(kind, one, "of a report that is not there") for kind, one in strays.of_reports()),
        *(
            Problem(kind, one, "of a release that is not there")
            for kind, one in strays.of_releases()
        ),
    ]


def _outside(store: Store, trust: Trust, lines: dict[str, Line]) -> Iterator[Problem]:
    """Check the events of no report, their names and their signatures."""
    after = ("", "")
    while page := _events(store, after=after):
        for stored in page:
            event, problem = stored_event(stored)
            if event is not None and not problem:
                problem = _check_outside(event, stored.signature, store.site, trust, lines)
            if problem:
                yield Problem("event", stored.id, problem)
        after = (page[-1].at, page[-1].id)


@query
def _events(uow: UnitOfWork, *, after: tuple[str, str]) -> tuple[StoredEvent, ...]:
    return uow.events.outside(after=after, limit=BATCH)


def _check_outside(
    event: Event, signature: bytes, site: str, trust: Trust, lines: dict[str, Line]
) -> str:
    try:
        check_event(SignedEvent(event, signature), "", site)
        act_of(event, None, trust, past=True)
        made = lines_of(event.kind, event.facts, event.digest().hex())
    except (EventError, CaseworkError) as refusal:
        return f"refused: {why(refusal)}"
    lines |= {line.id: line for line in made}
    return ""
