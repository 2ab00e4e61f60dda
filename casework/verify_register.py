"""The public register's part of `tonggui register verify`: entries, batches, published files.

What a case's events must have made public is worked out anew; the log is rebuilt from the
entries; and the files that everybody sees have to be those of the database.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from casework.domain.errors import CaseworkError
from casework.instance import BATCH_DAYS_MAX
from casework.register import AT_ONCE, PublicFact, RegisterFolder, day_of
from casework.services.publishing import AT_ONCE_FILE, file_digest, frozen, opened, outside_entries
from casework.services.register import fact_of
from casework.services.reward_figures import digest_of, path_of, told_rewards
from casework.services.trust import Trust
from casework.storage.events import StoredEvent
from casework.storage.log import AUDIT, REGISTER, EntryRow, HeadRow
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_log import PAGE, Edge, Outside, checkpoint_of, heads, tile_of
from casework.verify_rows import Problem
from crypto.errors import EventError, ProofError
from crypto.events import Event, SignedEvent, parse_event
from crypto.merkle import leaf_hash
from crypto.notes import Checkpoint, note_text, parse_checkpoint
from crypto.register import (
    AUDIT_ROOT,
    FILLER,
    OpenedFile,
    OpenedRecord,
    Record,
    entry_of,
    office_hash,
    open_receipt,
    register_origin,
)
from crypto.tiles import WIDTH, bundle_path, pack_entries, tile_path, widths


def check_entries(
    uow: UnitOfWork,
    report_id: str,
    signed: Sequence[SignedEvent],
    trust: Trust,
    newest: HeadRow | None,
) -> list[Problem]:
    """Compare a case's entries of the register with the events that must have made them.

    Args:
        uow: the transaction.
        report_id: the case, whose events were replayed without a refusal.
        signed: its events.
        trust: the chain.
        newest: head of the public log.
    """
    events = [one.event for one in signed]
    told: dict[str | None, tuple[Event, PublicFact]] = {}
    for at, event in enumerate(events):
        fact = fact_of(event, events[:at], trust)
        if fact is not None:
            told[event.digest().hex()] = (event, fact)
    rows = uow.public_log.of_report(report_id)
    found = {row.event for row in rows}
    problems = [
        Problem("register", event_id, "missing")
        for event_id in sorted(uow.audit_log.taken([str(one) for one in told.keys() - found]))
    ]
    tags: dict[str, str] = {}
    for row in rows:
        problem = _salted_problem(row)
        if row.event not in told:
            problem = problem or "not named by an event"
        elif tags.setdefault(row.owner, row.tag) != row.tag:
            problem = problem or "has another tag than the case"
        else:
            event, fact = told[row.event]
            problem = (
                problem
                or _fact_problem(row, fact)
                or _day_problem(row, event, newest)
                or _receipt_problem(row, event, trust)
            )
        if problem:
            problems.append(Problem("register", row.event or row.entry.hex(), problem))
    return problems


def _fact_problem(row: EntryRow, fact: PublicFact) -> str:
    hashed = office_hash(fact.office, row.office_salt) if fact.office else ""
    record = Record(fact.kind, hashed, row.tag, fact.days_allowed, fact.days_used)
    told = (row.record, row.office, row.owner)
    agrees = told == (record.encode(), fact.office, fact.owner)
    return "" if agrees else "does not agree with its event"


def _day_problem(row: EntryRow, event: Event, newest: HeadRow | None) -> str:
    if row.due_on <= day_of(event):
        return "its batch is before its event"
    if row.position is None and newest is not None and row.due_on <= newest.day:
        return "left out of its batch"
    begun = max(day_of(event), newest.day) if newest is not None else day_of(event)
    if row.position is None and row.due_on > begun + timedelta(days=BATCH_DAYS_MAX):
        return "its batch is too late"
    return ""


def _salted_problem(row: EntryRow) -> str:
    try:
        if Record.parse(row.record).case != row.tag:
            return "its row tells something else"
        return "" if entry_of(row.record, row.salt) == row.entry else "changed"
    except ProofError:
        return "cannot be read"


def _receipt_problem(row: EntryRow, event: Event, trust: Trust) -> str:
    if event.kind != "report.received":
        return "a receipt of something else" if row.receipt else ""
    site, day = trust.keyset.site, event.facts["received_on"]
    for link in reversed(trust.chain):
        try:
            receipt = open_receipt(row.receipt, site=site, public=link.keyset.log)
        except ProofError:
            continue
        return "" if (receipt.day, receipt.entry) == (day, row.entry) else "a receipt of another"
    return "its receipt is not signed by the log"


def check_register(store: Store, trust: Trust, outside: Outside | None) -> Iterator[Problem]:
    """Yield each problem of the public register: its tree, and the files that were published."""
    edge, previous = Edge(REGISTER, store), None
    roots: set[str] = set()
    folder = outside.register if outside else None
    published = _published(folder, register_origin(store.site), trust)
    if isinstance(published, Problem):
        yield published
        published = None
    for head in heads(store, REGISTER):
        first = edge.size
        yield from _grow_register(store, edge, head, previous, roots)
        try:
            signed = checkpoint_of(head.note, register_origin(store.site), trust)
        except ProofError as problem:
            yield Problem("checkpoint", f"{REGISTER}/{head.size}", f"forged: {problem}")
            break
        if edge.size == first or (signed.size, signed.root) != (head.size, edge.root()):
            yield Problem("checkpoint", f"{REGISTER}/{head.size}", "not the root of the entries")
            break
        if published is not None and published.size == head.size and published.root != signed.root:
            yield Problem("checkpoint", "register/checkpoint", "published with another root")
        previous = head
    for row in _placed(store, first=edge.size, end=edge.size + PAGE):
        yield Problem("register", row.entry.hex(), "has a place without a signed checkpoint")
    yield from edge.finish()
    yield from _unknown_roots(store, roots)
    if folder is not None and previous is not None:
        yield from _check_folder(store, folder, edge.size, published, trust)


def _grow_register(
    store: Store, edge: Edge, head: HeadRow, previous: HeadRow | None, roots: set[str]
) -> Iterator[Problem]:
    while edge.size < head.size:
        rows = _placed(store, first=edge.size, end=min(edge.size + PAGE, head.size))
        for at, row in enumerate(rows):
            if row.position != edge.size + at:
                rows = rows[:at]
                break
            problem = _own_problem(row, roots) or _batch_problem(row, head, previous)
            if problem:
                yield Problem("register", row.entry.hex(), problem)
        yield from edge.add([leaf_hash(row.entry) for row in rows])
        if not rows:
            yield Problem("register", f"{REGISTER}/{edge.size}", "dropped from the register")
            return


def _batch_problem(row: EntryRow, head: HeadRow, previous: HeadRow | None) -> str:
    """Return whether an entry stands in another batch than that of its day."""
    early = previous is not None and row.due_on <= previous.day
    own = row.event is None and row.due_on != head.day
    return "in another batch" if early or own or row.due_on > head.day else ""


def _own_problem(row: EntryRow, roots: set[str]) -> str:
    """Return what is wrong with an entry that stands for no event; others are their case's."""
    if row.event is not None:
        return _salted_problem(row)
    problem = _salted_problem(row)
    if problem:
        return problem
    record = Record.parse(row.record)
    if record.kind == AUDIT_ROOT:
        roots.add(record.case)
    plain = Record(record.kind, "", record.case)
    told = (row.report_id, row.owner, row.office, row.office_salt, row.receipt)
    if record.kind not in (FILLER, AUDIT_ROOT) or record != plain or any(told):
        return "not named by an event"
    return ""


def _unknown_roots(store: Store, roots: set[str]) -> Iterator[Problem]:
    """Name roots in the register that the audit tree never had."""
    roots.discard(bytes(32).hex())
    for head in heads(store, AUDIT):
        try:
            roots.discard(parse_checkpoint(note_text(head.note)).root.hex())
        except ProofError:
            continue
    for one in sorted(roots):
        yield Problem("register", one, "not a root of the audit tree")


@query
def _placed(uow: UnitOfWork, *, first: int, end: int) -> tuple[EntryRow, ...]:
    return uow.public_log.placed(first=first, end=end, limit=end - first)


def check_outside_entries(store: Store, trust: Trust) -> Iterator[Problem]:
    """Compare the entries that belong to no case with the events outside cases."""
    rows = {row.event: row for row in outside_entries(store)}
    after = ("", "")
    while page := _outside_events(store, after=after):
        after = (page[-1].at, page[-1].id)
        for stored in page:
            try:
                event = parse_event(stored.body)
                fact = fact_of(event, (), trust)
            except (EventError, CaseworkError, KeyError):
                continue  # named where the events are checked
            row = rows.pop(stored.id, None)
            problem = _outside_problem(store, stored.id, row, fact)
            if row is not None and not problem and row.due_on <= day_of(event):
                problem = "its batch is before its event"
            if problem:
                yield Problem("register", stored.id, problem)
    for event_id in rows:
        yield Problem("register", str(event_id), "not named by an event")


def _outside_problem(
    store: Store, event_id: str, row: EntryRow | None, fact: PublicFact | None
) -> str:
    if fact is None:
        return "not named by an event" if row else ""
    if row is None:
        return "missing" if _taken(store, event_id) else ""
    record = Record(fact.kind, "", fact.tag or row.tag)
    told = (row.record, row.office, row.owner, row.receipt)
    agrees = told == (record.encode(), "", "", "")
    return _salted_problem(row) or ("" if agrees else "does not agree with its event")


@query
def _outside_events(uow: UnitOfWork, *, after: tuple[str, str]) -> tuple[StoredEvent, ...]:
    return uow.events.outside(after=after)


@query
def _taken(uow: UnitOfWork, event_id: str) -> bool:
    return bool(uow.audit_log.taken([event_id]))


def _published(
    folder: RegisterFolder | None, origin: str, trust: Trust
) -> Checkpoint | Problem | None:
    body = folder.read("checkpoint") if folder else None
    if body is None:
        return None
    try:
        return checkpoint_of(body.decode(), origin, trust)
    except (ProofError, UnicodeDecodeError):
        return Problem("checkpoint", "register/checkpoint", "forged")


def _check_folder(
    store: Store, folder: RegisterFolder, size: int, published: Checkpoint | None, trust: Trust
) -> Iterator[Problem]:
    if published is None:
        return
    if published.size > size:
        yield Problem("checkpoint", "register/checkpoint", "the database is older than that")
        return
    for level, index, width in widths(published.size):
        expected = tile_of(store, tree=REGISTER, level=level, index=index)
        for one in (*folder.narrower(tile_path(level, index), width), width):
            yield from _compare_file(folder, tile_path(level, index, one), expected[: one * 32])
        if level == 0:
            rows = _placed(store, first=index * WIDTH, end=index * WIDTH + width)
            # Whoever has an older checkpoint reads the narrower files of its time.
            for one in (*folder.narrower(bundle_path(index), width), width):
                bundle = pack_entries([row.entry for row in rows[:one]])
                yield from _compare_file(folder, bundle_path(index, one), bundle)
    yield from _check_opened(store, folder)
    yield from _check_rewards(store, folder, trust)


def _compare_file(folder: RegisterFolder, path: str, expected: bytes) -> Iterator[Problem]:
    found = folder.read(path)
    if found != expected:
        yield Problem("register file", path, "missing" if found is None else "changed")


def _check_opened(store: Store, folder: RegisterFolder) -> Iterator[Problem]:
    """Compare the opened quarters with what was signed when they were frozen."""
    told = frozen(store)
    for quarter, digest in sorted(told.items()):
        body = folder.read(f"opened/{quarter}.json")
        if body is None or file_digest(body) != digest:
            what = "missing" if body is None else "changed"
            yield Problem("register file", f"opened/{quarter}.json", what)
    for quarter in folder.quarters():
        if quarter not in told:
            path = f"opened/{quarter}.json"
            yield Problem("register file", path, "not named by an event")
    shown = _shown_at_once(outside_entries(store))
    if shown:
        body = OpenedFile(store.site, "at-once", 0, 0, shown).encode()
        yield from _compare_file(folder, AT_ONCE_FILE, body)


def _check_rewards(store: Store, folder: RegisterFolder, trust: Trust) -> Iterator[Problem]:
    """Compare the figures of rewards with what was signed."""
    told = told_rewards(store, trust=trust)
    vouched = (folder.read(AT_ONCE_FILE) or b"").decode(errors="replace")
    for quarter, body in sorted(told.items()):
        if digest_of(body) in vouched:
            yield from _compare_file(folder, path_of(quarter), body)
    for quarter in folder.quarters("rewards"):
        if quarter not in told:
            yield Problem("register file", path_of(quarter), "not named by an event")


def _shown_at_once(rows: Iterable[EntryRow]) -> tuple[OpenedRecord, ...]:
    try:
        found = tuple(opened(row, row.office) for row in rows)
    except (ProofError, EventError):
        return ()  # named already
    return tuple(one for one in found if one.record.kind in AT_ONCE)
