"""What a change of code leaves behind: thread keys wrapped to the reporter's old key.

The public site can delete no sealed row. Its signed event names the rows as removed, from then
on every reader leaves them out, and the jobs process deletes them when it takes the event into
the audit tree.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from casework.storage.erasing import Erasing
from casework.storage.events import StoredEvent
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork
from crypto.errors import EventError
from crypto.events import RECEIVED, REPORTER, Named, SignedEvent, check_signature

CHANGED: Final = "code.changed"


def drop_replaced(uow: UnitOfWork, taken: Iterable[StoredEvent]) -> None:
    """Delete the wraps that changes of code among the events *taken* have replaced.

    A change that the reporter's key of its time did not sign deletes nothing.
    """
    for stored in taken:
        if stored.kind != CHANGED or not stored.report_id:
            continue
        try:
            named = replaced_by(uow.events.of_report(stored.report_id), stored.id)
        except EventError:  # somebody wrote there: verification names it
            continue
        rows = SealedVault(uow).wraps(stored.report_id)
        gone = [one.id for one in rows if one.recipient == REPORTER and one.named in named]
        Erasing(uow).wraps_of_reporter(stored.report_id, gone)


def replaced_by(events: Sequence[SignedEvent], changed: str) -> frozenset[Named]:
    """Return the names of what one change of code has replaced.

    Args:
        events: the events of one report in their order.
        changed: digest of the change, in hexadecimal.

    Raises:
        EventError: it, or a change before it, is not signed by the reporter's key of its time.
    """
    key = ""
    for one in events:
        event = one.event
        if event.kind == RECEIVED:
            key = str(event.facts.get("reporter_sign", ""))
        elif event.kind == CHANGED:
            check_signature(one)
            if (event.actor, event.signer) != (REPORTER, key):
                raise EventError("not signed by the reporter")
            if event.digest().hex() == changed:
                return frozenset(event.removed)
            key = str(event.facts.get("reporter_sign", ""))
    return frozenset()
