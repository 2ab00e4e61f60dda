"""The audit tree: every event gets a place in it within seconds, and its root is signed.

The leaf of an event is its digest and signature, so a changed signature shows as well. A
checkpoint says in an extension line when its events were taken in; it is kept in the database
and, so that nobody who writes there can go back behind it, in a folder beside it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from casework.clock import SHANGHAI
from casework.register import append_line, write_whole
from casework.services.code_changes import drop_replaced
from casework.services.notices import NOTICE
from casework.services.register import enter
from casework.services.trust import Trust
from casework.storage.events import StoredEvent
from casework.storage.log import HeadRow
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import ProofError
from crypto.merkle import leaf_hash
from crypto.notes import Checkpoint, LogKey, sign_note
from crypto.register import audit_origin
from crypto.tiles import append, root

PAGE: Final = 1000
ROOT_NOTICE: Final = "audit.root"
_TAKEN = re.compile(r"time ([1-9][0-9]{0,11})\Z")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What taking in goes by.

    Attributes:
        trust: whose signatures count.
        log_key: signs checkpoints and receipts.
        now: UTC instant.
        batch_days: every how many days the public register grows.
        witnesses: mail addresses to which each day's root goes.
    """

    trust: Trust
    log_key: LogKey
    now: datetime
    batch_days: int
    witnesses: tuple[str, ...] = ()


@query
def has_pending(uow: UnitOfWork) -> bool:
    """Tell whether an event waits to be taken in."""
    return bool(uow.events.pending(1))


@use_case
def take_in(uow: UnitOfWork, *, keeping: Keeping) -> int:
    """Give the events that wait their places, sign the new root; return how many there were.

    Raises:
        StaleActError: another process did the same at this moment; nothing is stored.
    """
    pending = uow.events.pending(PAGE)
    if not pending:
        return 0
    head = uow.audit_log.newest()
    first = head.size if head else 0
    size = first + len(pending)
    changed = append(
        uow.audit_log.tile, size=first, leaves=[leaf_of(one.id, one.signature) for one in pending]
    )
    uow.audit_log.append(first, [one.id for one in pending])
    uow.audit_log.put_tiles(changed)
    note = _signed(uow, size, changed, keeping)
    today = keeping.now.astimezone(SHANGHAI).date()
    uow.audit_log.put_head(HeadRow(size, today, note))
    uow.events.mark_logged([one.id for one in pending])
    drop_replaced(uow, pending)
    enter(
        uow,
        pending,
        trust=keeping.trust,
        log_key=keeping.log_key,
        batch_days=keeping.batch_days,
    )
    if head is not None and head.day < today:
        _tell_witnesses(uow, head, keeping)
    return len(pending)


def leaf_of(event_id: str, signature: bytes) -> bytes:
    """Return the leaf hash of the event whose digest, in hex, is *event_id*."""
    return leaf_hash(bytes.fromhex(event_id) + signature)


def taken_at(checkpoint: Checkpoint) -> datetime:
    """Return when the newest events of a checkpoint were taken in.

    Raises:
        ProofError: it does not say so.
    """
    match = _TAKEN.match(checkpoint.extensions[0]) if len(checkpoint.extensions) == 1 else None
    if match is None:
        raise ProofError("a checkpoint without its time")
    return datetime.fromtimestamp(int(match[1]), UTC)


def _signed(
    uow: UnitOfWork, size: int, changed: dict[tuple[int, int], bytes], keeping: Keeping
) -> str:
    def read(level: int, index: int, width: int) -> bytes:
        return changed.get((level, index)) or uow.audit_log.tile(level, index, width)

    origin = audit_origin(uow.site)
    when = f"time {int(keeping.now.timestamp())}"
    text = Checkpoint(origin, size, root(read, size), (when,)).text()
    return sign_note(text, name=origin, key=keeping.log_key)


def _tell_witnesses(uow: UnitOfWork, head: HeadRow, keeping: Keeping) -> None:
    """Queue the last root of a day that is over."""
    work = [
        (
            NOTICE,
            {
                "notice": ROOT_NOTICE,
                "office": f"mail:{address}",
                "case_number": head.note,
                "on": head.day.isoformat(),
            },
        )
        for address in keeping.witnesses
    ]
    if work:
        uow.outbox.add_all(work, due_at=keeping.now)


@query
def newest_audit(uow: UnitOfWork) -> HeadRow | None:
    """Return the newest signed root."""
    return uow.audit_log.newest()


@query
def late(uow: UnitOfWork, *, before: datetime) -> tuple[StoredEvent, ...]:
    """Return events that wait since before *before*; a whole day counts from its end."""
    day = before.astimezone(SHANGHAI).date().isoformat()
    instant = before.strftime("%Y-%m-%dT%H:%M:%SZ")
    pending = uow.events.pending(PAGE)
    return tuple(one for one in pending if one.at < (day if len(one.at) == 10 else instant))


class AuditFolder:
    """Where signed roots are kept outside the database: the newest, and all there were."""

    def __init__(self, path: Path) -> None:
        """Look at *path*, which need not exist yet."""
        self.path = path

    def keep(self, head: HeadRow) -> None:
        """Write down a new root, if it is newer than the one that is kept."""
        newest = self.newest()
        if newest == head.note:
            return
        append_line(self.path / "audit-history", json.dumps(head.note))
        write_whole(self.path / "audit-checkpoint", head.note.encode(), mode=0o600)

    def newest(self) -> str:
        """Return the newest signed root that was kept, "" for none."""
        try:
            return (self.path / "audit-checkpoint").read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def history(self) -> Iterator[str]:
        """Yield every signed root that was kept, the oldest first; "" for a broken line."""
        try:
            with (self.path / "audit-history").open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    yield _unquoted(line)
        except FileNotFoundError:
            return


def _unquoted(line: str) -> str:
    try:
        note = json.loads(line)
    except ValueError:
        return ""
    return note if isinstance(note, str) else ""
