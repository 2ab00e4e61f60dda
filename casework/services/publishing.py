"""The register's folder: tiles, checkpoint, witnesses' signatures, opened records.

Every file is made from the database alone, whole or not at all, so whatever was interrupted
is simply done again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.register import (
    ARRIVALS,
    AT_ONCE,
    FIGURES_FROZEN,
    QUARTERS_FILE,
    REPORTS_MIN,
    RegisterFolder,
    opens_on,
    quarter_of,
)
from casework.storage.log import EntryRow, HeadRow
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.errors import EventError, ProofError
from crypto.events import JOBS, Event, SignedEvent, parse_event, signing_bytes
from crypto.notes import (
    LogKey,
    check_cosignature,
    merge_signatures,
    note_text,
    parse_checkpoint,
    parse_verifier_key,
    verifier_key,
)
from crypto.register import OTHERS, OpenedFile, OpenedRecord, Record, register_origin
from crypto.tiles import WIDTH, bundle_path, pack_entries, tile_path, widths

AT_ONCE_FILE: Final = "opened/at-once.json"


@dataclass(frozen=True, slots=True)
class Published:
    """What a look at the folder did; `ahead` when it knows more than the database."""

    files: int = 0
    ahead: bool = False


def publish(store: Store, folder: RegisterFolder, *, log: bytes) -> Published:
    """Bring the folder up to the newest batch: tiles first, the checkpoint last.

    Args:
        store: the database.
        folder: the public files.
        log: the log's public key.

    A folder that is ahead of the database is left alone: somebody put old data back.
    """
    head = newest_head(store)
    if head is None:
        return Published()
    published = folder.read("checkpoint")
    done = _size_of(published)
    if done > head.size:
        return Published(ahead=True)
    files = 0
    for level, index, width in widths(head.size):
        # What ends before the published tree lies there already.
        if (index * WIDTH + width) << (8 * level) > done:
            files += _write_tile(store, folder, level, index, width)
    key = verifier_key(register_origin(store.site), log)
    for name, body in (("verifier-key", f"{key}\n".encode()), ("checkpoint", head.note.encode())):
        if folder.read(name) != body:
            folder.write(name, body)
            files += 1
    return Published(files=files)


def _write_tile(store: Store, folder: RegisterFolder, level: int, index: int, width: int) -> int:
    body = tile_of(store, level=level, index=index)[: width * 32]
    folder.write(tile_path(level, index, width), body)
    if level:
        return 1
    rows = placed(store, first=index * WIDTH, end=index * WIDTH + width)
    bundle = pack_entries([row.entry for row in rows])
    folder.write(bundle_path(index, width), bundle)
    return 2


def _size_of(note: bytes | None) -> int:
    if note is None:
        return 0
    try:
        return parse_checkpoint(note_text(note.decode())).size
    except (ProofError, UnicodeDecodeError):
        return 0  # a damaged file is written anew


@query
def newest_head(uow: UnitOfWork) -> HeadRow | None:
    """Return the head of the newest batch."""
    return uow.public_log.newest()


@query
def tile_of(uow: UnitOfWork, *, level: int, index: int) -> bytes:
    """Return a tile of the public log."""
    return uow.public_log.tile(level, index)


@query
def placed(uow: UnitOfWork, *, first: int, end: int) -> tuple[EntryRow, ...]:
    """Return the entries of the places *first* to before *end*."""
    return uow.public_log.placed(first=first, end=end, limit=end - first)


def merge_cosignatures(store: Store, folder: RegisterFolder, witnesses: Sequence[str]) -> int:
    """Add what witnesses signed to the checkpoint; return how many notes were merged.

    Args:
        store: the database.
        folder: holds the notes in `witness/`.
        witnesses: verifier keys of the witnesses that count.
    """
    keys = [parse_verifier_key(one) for one in witnesses]
    merged = 0
    for note in folder.cosignatures():
        for name, public, _kind in keys:
            try:
                check_cosignature(note, name=name, public=public)
                merged += add_cosignature(store, note=note)
            except ProofError:
                continue
    return merged


@use_case
def add_cosignature(uow: UnitOfWork, *, note: str) -> int:
    """Add the signatures of *note* to the newest checkpoint if it is a copy of that."""
    head = uow.public_log.newest()
    if head is None or note_text(head.note) != note_text(note):
        return 0
    merged = merge_signatures(head.note, note)
    if merged == head.note:
        return 0
    uow.public_log.put_note(head.size, merged)
    return 1


def publish_at_once(store: Store, folder: RegisterFolder) -> bool:
    """Open the entries of key sets and recoveries; return whether there were new ones."""
    records = tuple(opened(row, row.office) for row in outside_entries(store))
    shown = tuple(one for one in records if one.record.kind in AT_ONCE)
    if not shown:
        return False
    body = OpenedFile(store.site, "at-once", 0, 0, shown).encode()
    if folder.read(AT_ONCE_FILE) == body:
        return False
    folder.write(AT_ONCE_FILE, body)
    return True


def outside_entries(store: Store) -> list[EntryRow]:
    """Return the entries that stand for events outside cases; there are few."""
    found: list[EntryRow] = []
    after = b""
    while page := _outside_page(store, after=after):
        found += [row for row in page if row.event is not None]
        after = page[-1].entry
    return found


@query
def _outside_page(uow: UnitOfWork, *, after: bytes) -> tuple[EntryRow, ...]:
    return uow.public_log.outside(after=after)


def opened(row: EntryRow, office: str) -> OpenedRecord:
    """Return what opens an entry, telling *office* (a code, "others" or "")."""
    told = row.office_salt if office == row.office else b""
    return OpenedRecord(Record.parse(row.record), row.salt, office, told)


def file_digest(body: bytes) -> str:
    """Return the SHA-256 of a published file, in hex, as `sha256sum` prints it."""
    return hashlib.sha256(body).hexdigest()


# Quarters ---------------------------------------------------------------------------


def open_quarters(
    store: Store, folder: RegisterFolder, *, log_key: LogKey, now: datetime
) -> tuple[str, ...]:
    """Publish the records of every quarter whose day has come; return which were opened.

    A quarter's records are those of the batches made in it. One with fewer than five reports
    waits, and its records go with the next.
    """
    today, opened_now = now.astimezone(SHANGHAI).date(), []
    first = _opened_until(folder)
    for quarter, head in _due(heads(store), today):
        if head.size <= first:
            continue
        rows = _all_placed(store, first=first, end=head.size)
        if _reports(rows) < REPORTS_MIN:
            continue
        named, hidden = _labels(folder, first)
        told = offices_told(rows, hidden)
        records = tuple(opened(row, _shown(row, told, named, hidden)) for row in rows)
        body = OpenedFile(store.site, quarter, first, head.size, records).encode()
        freeze_figures(store, quarter=quarter, body=body, head=head, log_key=log_key, now=now)
        folder.write(f"opened/{quarter}.json", body)
        opened_now.append(quarter)
        first = head.size
    listed = "".join(f"{quarter}\n" for quarter in folder.quarters()).encode()
    if listed and folder.read(QUARTERS_FILE) != listed:
        folder.write(QUARTERS_FILE, listed)
    return tuple(opened_now)


def offices_told(rows: Iterable[EntryRow], hidden: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the offices that may be named: those to which five cases or more came.

    The rest are "others" together; were these fewer than five cases, their number would
    tell of one office, so the smallest that could be named goes with them.

    Args:
        rows: the entries that are opened together.
        hidden: tags that were opened as "others" before; they do not make an office large.
    """
    cases: dict[str, set[str]] = {}
    for row in rows:
        came = row.office and Record.parse(row.record).kind in ARRIVALS
        if came and row.tag not in hidden:
            cases.setdefault(row.office, set()).add(row.tag)
    ranked = sorted(cases, key=lambda office: (len(cases[office]), office))
    unnamed: set[str] = set()
    while ranked and (len(cases[ranked[0]]) < REPORTS_MIN or 0 < len(unnamed) < REPORTS_MIN):
        unnamed |= cases[ranked.pop(0)]
    return frozenset(ranked)


def _labels(
    folder: RegisterFolder, until: int
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Return what the files up to a place tell: tags with their office, and tags of "others"."""
    named: set[tuple[str, str]] = set()
    hidden: set[str] = set()
    for quarter in folder.quarters():
        try:
            read = OpenedFile.parse(folder.read(f"opened/{quarter}.json") or b"")
        except ProofError:
            break  # damaged: it and what follows is written anew
        if read.end > until:
            break
        hidden |= {one.record.case for one in read.records if one.office == OTHERS}
        named |= {
            (one.record.case, one.office) for one in read.records if one.office not in ("", OTHERS)
        }
    return frozenset(named), frozenset(hidden)


def _shown(
    row: EntryRow,
    told: frozenset[str],
    named: frozenset[tuple[str, str]],
    hidden: frozenset[str],
) -> str:
    """Return the office to tell: what was told of a case in an earlier quarter stays so.

    Its later records bear the same tag. Named once they could reach the office, they would
    name it for the quarter in which it was hidden as well.
    """
    if not row.office or (row.tag, row.office) in named:
        return row.office
    return row.office if row.office in told and row.tag not in hidden else OTHERS


def _reports(rows: Iterable[EntryRow]) -> int:
    return sum(Record.parse(row.record).kind == "report.received" for row in rows)


def _due(batches: Sequence[HeadRow], today: date) -> list[tuple[str, HeadRow]]:
    """Return the quarters that may be opened, each with the head of its last batch."""
    last = {quarter_of(head.day): head for head in batches}
    return [(quarter, last[quarter]) for quarter in sorted(last) if opens_on(quarter) <= today]


def _opened_until(folder: RegisterFolder) -> int:
    """Return how many entries the published files open."""
    until = 0
    for quarter in folder.quarters():
        try:
            read = OpenedFile.parse(folder.read(f"opened/{quarter}.json") or b"")
        except ProofError:
            break  # damaged: it and what follows is written anew
        until = read.end
    return until


def _all_placed(store: Store, *, first: int, end: int) -> list[EntryRow]:
    rows: list[EntryRow] = []
    for at in range(first, end, 1000):
        rows += placed(store, first=at, end=min(at + 1000, end))
    return rows


@query
def heads(uow: UnitOfWork) -> tuple[HeadRow, ...]:
    """Return the heads of all batches; one a week."""
    found: list[HeadRow] = []
    while page := uow.public_log.heads(after=found[-1].size if found else 0):
        found += page
    return tuple(found)


@use_case
def freeze_figures(
    uow: UnitOfWork, *, quarter: str, body: bytes, head: HeadRow, log_key: LogKey, now: datetime
) -> None:
    """Record that a quarter's figures stand: which file opens it, under which checkpoint."""
    if quarter in frozen(uow):
        return
    event = Event(
        site=uow.site,
        report="",
        kind=FIGURES_FROZEN,
        ordinal=0,
        at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=JOBS,
        signer=log_key.public.hex(),
        facts={
            "quarter": quarter,
            "digest": file_digest(body),
            "size": head.size,
            "root": parse_checkpoint(note_text(head.note)).root.hex(),
        },
    )
    uow.events.append(SignedEvent(event, log_key.sign(signing_bytes(event))))


@query
def frozen(uow: UnitOfWork) -> dict[str, str]:
    """Return the SHA-256 of the file that opens each quarter, as it was signed."""
    told, after = {}, ("", "")
    while page := uow.events.outside(after=after):
        after = (page[-1].at, page[-1].id)
        for stored in page:
            if stored.kind != FIGURES_FROZEN:
                continue
            try:
                facts = parse_event(stored.body).facts
                told[str(facts["quarter"])] = str(facts["digest"])
            except (EventError, KeyError):  # somebody wrote there: verification names it
                continue
    return told
