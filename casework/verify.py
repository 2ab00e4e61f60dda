"""`tonggui register verify`: every row against the signed events that must have made it.

Each case is replayed from its events under the rules, and what is stored beside them has to
agree: the case, its sealed rows, wraps, files, money and lists. Whoever can write to the
database but cannot sign is found out here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from casework.domain.ledger import Line, LineKind, balance, lines_of
from casework.domain.report import RECEIVED_KIND, advance, open_case
from casework.services.acts import act_of
from casework.services.code_changes import CHANGED
from casework.services.disclosure import box_rows
from casework.services.trust import Trust
from casework.storage.blobs import BlobMissingError, Blobs
from casework.storage.events import StoredEvent
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_keys import check_keys
from casework.verify_log import Outside, check_audit
from casework.verify_register import check_entries, check_outside_entries, check_register
from casework.verify_rows import Problem as Problem
from crypto.errors import EventError
from crypto.events import (
    Event,
    Named,
    Record,
    SealedFile,
    SignedEvent,
    check_signature,
    event_digest,
    names_in,
    parse_event,
)

BATCH = 500
SEALED_TABLES = ("sealed_object", "key_wrap", "identity_item", "identity_piece", "sealed_file")


@dataclass(frozen=True, slots=True)
class _Report:
    """One report as it was replayed: the problems, the ledger lines it makes, its files."""

    problems: tuple[Problem, ...]
    lines: tuple[Line, ...]
    files: tuple[SealedFile, ...]


def verify(
    store: Store, blobs: Blobs, trust: Trust, outside: Outside | None = None
) -> Iterator[Problem | str]:
    """Yield each problem found; between them the id of each report that was looked at.

    The ids let the caller show progress; nothing is held in memory but ledger lines.

    Args:
        store: the database.
        blobs: the sealed files.
        trust: the chain of key sets.
        outside: what the jobs process keeps and publishes outside the database; None to
            look at the database alone.
    """
    lines: dict[str, Line] = {}
    after = ""
    while page := _report_ids(store, after=after):
        for report_id in page:
            checked = _check_report(store, report_id=report_id, trust=trust)
            yield from checked.problems
            lines |= {line.id: line for line in checked.lines}
            for file in checked.files:
                yield from _check_blob(blobs, file)
            yield report_id
        after = page[-1]
    yield from _strays(store)
    yield from _outside(store, trust, lines)
    yield from _check_ledger(store, lines=lines)
    yield from check_keys(store, trust)
    yield from check_audit(store, trust, outside)
    yield from check_register(store, trust, outside)
    yield from check_outside_entries(store, trust)


@query
def _report_ids(uow: UnitOfWork, *, after: str) -> tuple[str, ...]:
    return uow.reports.ids(after=after, limit=BATCH)


@query
def _check_report(uow: UnitOfWork, *, report_id: str, trust: Trust) -> _Report:
    try:
        signed = uow.events.of_report(report_id)
    except EventError:
        return _Report((Problem("event", report_id, "an event cannot be read"),), (), ())
    case, lines, problems = _replay(signed, report_id, uow.site, trust)
    vault = SealedVault(uow)
    files = vault.files(report_id)
    if case is None:
        return _Report((*problems, Problem("case", report_id, "cannot be replayed")), lines, files)
    problems += _check_rows(uow, vault, case, signed, files)
    problems += _check_projections(uow, case)
    problems += check_entries(uow, report_id, signed, trust)
    return _Report(tuple(problems), lines, files)


def _replay(
    signed: tuple[SignedEvent, ...], report_id: str, site: str, trust: Trust
) -> tuple[Case | None, tuple[Line, ...], list[Problem]]:
    case: Case | None = None
    lines: list[Line] = []
    for one in signed:
        event = one.event
        digest = event.digest().hex()
        try:
            _check_event(one, report_id, site)
            act = act_of(event, case, trust, past=True)
            before = case.award if case else None
            if case is None:
                if event.kind != RECEIVED_KIND:
                    raise EventError("the first event is another")
                case = open_case(event.facts, report_id=report_id)
            else:
                case = advance(case, act)
            lines += lines_of(event.kind, event.facts, digest, award=before)
        except (EventError, CaseworkError) as refusal:
            return None, tuple(lines), [Problem("event", digest, f"refused: {_why(refusal)}")]
    return case, tuple(lines), []


def _check_event(signed: SignedEvent, report_id: str, site: str) -> None:
    check_signature(signed)
    if (signed.event.site, signed.event.report) != (site, report_id):
        raise EventError("of another site or report")


def _check_rows(
    uow: UnitOfWork,
    vault: SealedVault,
    case: Case,
    signed: Sequence[SignedEvent],
    files: tuple[SealedFile, ...],
) -> list[Problem]:
    """Compare the sealed rows of a case with what its events name."""
    report_id = case.report_id
    rows: list[Record] = [
        *vault.objects(report_id),
        *vault.wraps(report_id),
        *vault.items(report_id),
        *vault.pieces(report_id),
        *files,
    ]
    rows += box_rows(uow, case)
    rows += [one.record for one in uow.seats.contributions(report_id)]
    standing = names_in(one.event for one in signed)
    expected = {name: digest for name, digest in standing.items() if not _is_spent(name, case)}
    going = _going(uow, signed)
    found = [
        (row.named.kind, row.named.id, row.named.digest) for row in rows if row.named not in going
    ]
    count = Counter((kind, row_id) for kind, row_id, _ in found)
    problems = [
        Problem(kind, row_id, "changed" if (kind, row_id) in expected else "not named by an event")
        for kind, row_id, digest in found
        if expected.get((kind, row_id)) != digest
    ]
    problems += [
        Problem(kind, row_id, "stands twice") for (kind, row_id), n in count.items() if n > 1
    ]
    return problems + [
        Problem(kind, row_id, "missing") for kind, row_id in expected if (kind, row_id) not in count
    ]


def _going(uow: UnitOfWork, signed: Sequence[SignedEvent]) -> frozenset[Named]:
    """Return what a change of code has replaced, until the jobs process takes the change in."""
    changes = {
        one.event.digest().hex(): one.event.removed for one in signed if one.event.kind == CHANGED
    }
    waiting = changes.keys() - uow.audit_log.taken(list(changes))
    return frozenset(name for event_id in waiting for name in changes[event_id])


def _is_spent(name: tuple[str, str], case: Case) -> bool:
    """Whether an approval is gone as it should be: its release is opened, refused or expired."""
    kind, row_id = name
    release = case.releases.get(row_id.partition(".")[0])
    return kind == "object" and "." in row_id and release is not None and not release.running


def _check_projections(uow: UnitOfWork, case: Case) -> list[Problem]:
    """Compare what lists are made from with the case that the events give."""
    problems = []
    if not uow.reports.agrees(case):
        problems.append(Problem("case", case.report_id, "does not agree with its events"))
    box = uow.mailboxes.of_report(case.report_id)
    keys = bytes.fromhex(case.reporter_box + case.reporter_sign)
    if box is None or box.reporter_key != keys:
        problems.append(Problem("mailbox", case.report_id, "missing" if box is None else "changed"))
    agreeing = {
        "award": uow.awards.agrees(case),
        "release": uow.releases.agrees(case),
        "clock": uow.clocks.agrees(case),
        "keeping": uow.keeping.agrees(case),
    }
    problems += [
        Problem(kind, case.report_id, "does not agree with its events")
        for kind, agrees in agreeing.items()
        if not agrees
    ]
    return problems


def _check_blob(blobs: Blobs, file: SealedFile) -> Iterator[Problem]:
    try:
        if not file.holds(blobs.read(file.blob_name)):
            yield Problem("file", file.id, "changed")
    except (BlobMissingError, ValueError):
        yield Problem("file", file.id, "missing")


def _strays(store: Store) -> Iterator[Problem]:
    """Yield sealed rows whose report is not there."""
    for table in SEALED_TABLES:
        after = ("", "")
        while page := _owners(store, table=table, after=after):
            known = _known(store, ids=sorted({report_id for report_id, _ in page}))
            for report_id, row_id in page:
                if report_id not in known:
                    yield Problem(table, row_id, "of a report that is not there")
            after = page[-1]


@query
def _owners(uow: UnitOfWork, *, table: str, after: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return SealedVault(uow).walk(table, after=after, limit=BATCH)


@query
def _known(uow: UnitOfWork, *, ids: Sequence[str]) -> frozenset[str]:
    return uow.audit_log.known_reports(ids)


def _outside(store: Store, trust: Trust, lines: dict[str, Line]) -> Iterator[Problem]:
    """Check every stored event's name, and the signatures of those outside reports."""
    after = ""
    while page := _events(store, after=after):
        for stored in page:
            problem = _check_stored(stored, store.site, trust, lines)
            if problem:
                yield Problem("event", stored.id, problem)
        after = page[-1].id


@query
def _events(uow: UnitOfWork, *, after: str) -> tuple[StoredEvent, ...]:
    return uow.events.all(after=after, limit=BATCH)


def _check_stored(stored: StoredEvent, site: str, trust: Trust, lines: dict[str, Line]) -> str:
    if event_digest(stored.body).hex() != stored.id:
        return "changed"
    try:
        event = parse_event(stored.body)
    except EventError:
        return "cannot be read"
    told = (stored.report_id, stored.ordinal, stored.kind, stored.actor, stored.at)
    if (event.report, event.ordinal, event.kind, event.actor, event.at) != told:
        return "its row tells something else"
    if event.report:
        return ""
    return _check_outside(event, stored.signature, site, trust, lines)


def _check_outside(
    event: Event, signature: bytes, site: str, trust: Trust, lines: dict[str, Line]
) -> str:
    try:
        _check_event(SignedEvent(event, signature), "", site)
        act_of(event, None, trust, past=True)
        made = lines_of(event.kind, event.facts, event.digest().hex())
    except (EventError, CaseworkError) as refusal:
        return f"refused: {_why(refusal)}"
    lines |= {line.id: line for line in made}
    return ""


@query
def _check_ledger(uow: UnitOfWork, *, lines: Mapping[str, Line]) -> list[Problem]:
    problems = []
    for year in {line.year for line in lines.values()} | set(uow.ledger.years()):
        told = [line for line in lines.values() if line.year == year]
        problems += _check_year(uow, year, {line.id: line for line in told})
    return problems


def _check_year(uow: UnitOfWork, year: int, told: Mapping[str, Line]) -> list[Problem]:
    try:
        stored = {line.id: line for line in uow.ledger.for_year(year)}
    except ValueError:  # a kind or an account that does not exist
        return [Problem("ledger", str(year), "a line cannot be read")]
    problems = [
        Problem("ledger", row_id, "missing" if row_id not in stored else "not named by an event")
        for row_id in set(told) ^ set(stored)
    ]
    problems += [
        Problem("ledger", row_id, "changed")
        for row_id in set(told) & set(stored)
        if told[row_id] != stored[row_id]
    ]
    # What comes in before what goes out: the order of events is not that of their ids.
    in_order = sorted(told.values(), key=lambda line: list(LineKind).index(line.kind))
    try:
        agrees = uow.ledger.agrees(year, balance(in_order), len(told))
    except CaseworkError:
        agrees = False
    if not agrees:
        problems.append(Problem("balance", str(year), "is not the sum of its lines"))
    return problems


def _why(refusal: Exception) -> str:
    name = type(refusal).__name__.removesuffix("Error")
    return f"{name} {refusal}".strip()
