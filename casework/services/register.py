"""The public register: entries when an event is taken in, and their batches.

An entry waits in the database until the day of its batch, which chance makes up to a week
later than it could be. A batch holds whole days, an entry for the root of the audit tree, and
fillers, in random order; there is one whether anything happened or not, so that neither its
day nor its size tells more than its bracket.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.errors import CaseworkError
from casework.register import (
    PUBLIC_KINDS,
    SPREAD_DAYS,
    TOLD_BY,
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
    told = [one for stored in events if (one := _told(stored)) is not None]
    histories = _histories(uow, told)
    facts = []
    for event in told:
        earlier = [one for one in histories.get(event.report, ()) if one.ordinal < event.ordinal]
        try:
            fact = fact_of(event, earlier, trust)
        except (CaseworkError, KeyError, IndexError):
            continue  # the tree has it all the same, and verification names it
        if fact is not None:
            facts.append((event, fact))
    tags = uow.public_log.tags_of(sorted({fact.owner for _, fact in facts if fact.owner}))
    newest = uow.public_log.newest()
    rows = []
    for event, fact in facts:
        waits = timedelta(days=_RANDOM.randrange(SPREAD_DAYS))
        due_on = batch_day(day_of(event) + waits, every=batch_days)
        if newest is not None and due_on <= newest.day:
            due_on = batch_day(newest.day, every=batch_days)
        row = _entry(event, fact, tags)
        rows.append(replace(row, due_on=due_on, receipt=_receipt(event, row, log_key)))
    uow.public_log.add(rows)


def _told(stored: StoredEvent) -> Event | None:
    """Return an event of which the register may say something, if its signature holds."""
    if stored.kind not in PUBLIC_KINDS:
        return None
    try:
        event = parse_event(stored.body)
        check_signature(SignedEvent(event, stored.signature))
    except EventError:
        return None
    return event


def _histories(uow: UnitOfWork, told: Sequence[Event]) -> dict[str, list[Event]]:
    """Return what `public_fact` has to know of each case, in order."""
    later = sorted({event.report for event in told if event.ordinal > 1})
    found: dict[str, list[Event]] = {}
    for report, bodies in uow.public_log.histories(later, sorted(TOLD_BY)).items():
        try:
            found[report] = [parse_event(body) for body in bodies]
        except EventError:
            continue
    return found


def _receipt(event: Event, row: EntryRow, log_key: LogKey) -> str:
    if event.kind != "report.received":
        return ""
    day = str(event.facts["received_on"])
    return sign_receipt(Receipt(event.site, day, row.entry), key=log_key)


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


def _entry(event: Event, fact: PublicFact, tags: dict[str, str]) -> EntryRow:
    """Salt what is said of an event; a tag drawn here is noted in *tags*."""
    tag = fact.tag or (tags.setdefault(fact.owner, new_tag()) if fact.owner else new_tag())
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
