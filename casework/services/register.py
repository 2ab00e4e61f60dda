"""The public register: entries when an event is taken in, and their batches.

An entry waits in the database until the day of its batch. A batch holds whole days, an entry
for the root of the audit tree, and fillers, in random order; there is one whether anything
happened or not, so that neither its day nor its size tells more than its bracket.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.errors import CaseworkError
from casework.register import (
    PUBLIC_KINDS,
    PublicFact,
    batch_day,
    batch_size,
    day_of,
    public_fact,
)
from casework.services.acts import act_of
from casework.services.trust import Trust
from casework.storage.events import StoredEvent
from casework.storage.log import EntryRow, HeadRow
from casework.storage.unit_of_work import Store, UnitOfWork, use_case
from crypto.errors import EventError
from crypto.events import OFFICER, Event, SignedEvent, check_signature, parse_event
from crypto.merkle import leaf_hash
from crypto.notes import (
    Checkpoint,
    LogKey,
    note_text,
    parse_checkpoint,
    sign_note,
)
from crypto.register import (
    AUDIT_ROOT,
    Receipt,
    Record,
    entry_of,
    filler,
    new_salt,
    new_tag,
    office_hash,
    register_origin,
    sign_receipt,
)
from crypto.tiles import append, root

_RANDOM: Final = secrets.SystemRandom()
AT_ONCE_FILE: Final = "opened/at-once.json"


def enter(
    uow: UnitOfWork,
    events: Sequence[StoredEvent],
    *,
    trust: Trust,
    log_key: LogKey,
    batch_days: int,
) -> None:
    """Make the entries of events that the audit tree takes in, in the same transaction."""
    newest = uow.public_log.newest()
    for stored in events:
        fact_of = _fact(uow, stored, trust)
        if fact_of is None:
            continue
        event, fact = fact_of
        row = _entry(uow, event, fact)
        due_on = batch_day(day_of(event), every=batch_days)
        if newest is not None and due_on <= newest.day:
            due_on = batch_day(newest.day, every=batch_days)
        receipt = ""
        if event.kind == "report.received":
            day = str(event.facts["received_on"])
            receipt = sign_receipt(Receipt(uow.site, day, row.entry), key=log_key)
        uow.public_log.add([replace(row, due_on=due_on, receipt=receipt)])


def _fact(uow: UnitOfWork, stored: StoredEvent, trust: Trust) -> tuple[Event, PublicFact] | None:
    """Return what the register says of a stored event.

    What does not hold says nothing here: the tree has it, and verification names it.
    """
    if stored.kind not in PUBLIC_KINDS:
        return None
    try:
        event = parse_event(stored.body)
        check_signature(SignedEvent(event, stored.signature))
        earlier: tuple[Event, ...] = ()
        if event.ordinal > 1:
            told = uow.events.of_report(event.report)
            earlier = tuple(one.event for one in told if one.event.ordinal < event.ordinal)
        fact = fact_of(event, earlier, trust)
    except (EventError, CaseworkError, KeyError, IndexError):
        return None
    return None if fact is None else (event, fact)


def fact_of(event: Event, earlier: Sequence[Event], trust: Trust) -> PublicFact | None:
    """Return what the register says of *event*, with the office of who signed it looked up.

    Raises:
        UnknownSignerError: nobody whom the key set vouches for signed it.
    """
    if event.kind not in PUBLIC_KINDS:
        return None
    office = ""
    if event.actor.startswith(OFFICER):
        office = act_of(event, None, trust, past=True).office
    return public_fact(event, earlier, office=office)


def _entry(uow: UnitOfWork, event: Event, fact: PublicFact) -> EntryRow:
    tag = fact.tag or (uow.public_log.tag_of(fact.owner) if fact.owner else "") or new_tag()
    office_salt = new_salt() if fact.office else b""
    hashed = office_hash(fact.office, office_salt) if fact.office else ""
    record = Record(fact.kind, hashed, tag, fact.days_allowed, fact.days_used)
    row = _row(record, due_on=day_of(event))
    return replace(
        row,
        event=event.digest().hex(),
        report_id=event.report,
        owner=fact.owner,
        office=fact.office,
        office_salt=office_salt,
    )


def _row(record: Record, *, due_on: date) -> EntryRow:
    """Salt a record that stands for no event."""
    body, salt = record.encode(), new_salt()
    return EntryRow(
        entry=entry_of(body, salt),
        event=None,
        report_id="",
        owner="",
        tag=record.case,
        record=body,
        salt=salt,
        office="",
        office_salt=b"",
        receipt="",
        due_on=due_on,
    )


def batch(store: Store, *, log_key: LogKey, now: datetime, batch_days: int) -> int:
    """Make every batch that is due; return how many there were."""
    today, made = now.astimezone(SHANGHAI).date(), 0
    while make_batch(store, log_key=log_key, today=today, batch_days=batch_days):
        made += 1
    return made


@use_case
def make_batch(uow: UnitOfWork, *, log_key: LogKey, today: date, batch_days: int) -> bool:
    """Make the next batch if its day has come.

    Raises:
        StaleActError: another process did the same at this moment; nothing is stored.
    """
    head = uow.public_log.newest()
    day = batch_day(head.day, every=batch_days) if head else uow.public_log.first_due()
    if day is None or day > today:
        return False
    waiting = uow.public_log.waiting(until=day)
    extra = [_audit_root(uow, day)]
    while len(waiting) + len(extra) < batch_size(len(waiting) + 1):
        extra.append(_row(filler(), due_on=day))
    rows = [*waiting, *extra]
    _RANDOM.shuffle(rows)
    first = head.size if head else 0
    places = {row.entry: first + at for at, row in enumerate(rows)}
    uow.public_log.add([replace(row, position=places[row.entry]) for row in extra])
    uow.public_log.place({row.entry: places[row.entry] for row in waiting})
    note = _grow(uow, [row.entry for row in rows], first=first, log_key=log_key)
    uow.public_log.put_head(HeadRow(first + len(rows), day, note))
    return True


def _audit_root(uow: UnitOfWork, day: date) -> EntryRow:
    """Return the entry that ties the public log to the private tree."""
    head = uow.audit_log.newest()
    digest = parse_checkpoint(note_text(head.note)).root if head else bytes(32)
    return _row(Record(AUDIT_ROOT, "", digest.hex()), due_on=day)


def _grow(uow: UnitOfWork, entries: Sequence[bytes], *, first: int, log_key: LogKey) -> str:
    leaves = [leaf_hash(entry) for entry in entries]
    uow.public_log.put_tiles(append(uow.public_log.tile, size=first, leaves=leaves))
    size, origin = first + len(leaves), register_origin(uow.site)
    text = Checkpoint(origin, size, root(uow.public_log.tile, size)).text()
    return sign_note(text, name=origin, key=log_key)
