"""A report comes in: one transaction, or nothing of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case
from casework.domain.copies import is_discipline
from casework.domain.errors import BadActError, SignatureRefusedError
from casework.domain.report import RECEIVED_KIND, open_case
from casework.services.notices import notify
from casework.storage.mailboxes import LocatorTakenError as LocatorTakenError
from casework.storage.retries import FormTakenError as FormTakenError
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import (
    NOBODY,
    Event,
    IdentityItem,
    IdentityPiece,
    KeyWrap,
    Record,
    SealedFile,
    SealedObject,
    SignedEvent,
    check_signature,
)

URGENT_NOTICE, COPIED_NOTICE = "report.urgent", "report.copied"


@dataclass(frozen=True, slots=True)
class NewReport:
    """A composed report: its first event and every sealed row that the event names.

    Attributes:
        event: report.received, unsigned.
        objects: sealed texts, the manifest among them.
        locator: 32 bytes, where the receipt code leads.
        reporter_key: the reporter's public keys, 64 bytes.
        retry_id: finds the box when the same form is sent again; b"" for none.
        retry_box: the receipt code, sealed under what was typed.
        retry_expires_at: when the box is forgotten at the latest.
    """

    event: Event
    objects: tuple[SealedObject, ...]
    wraps: tuple[KeyWrap, ...]
    items: tuple[IdentityItem, ...]
    pieces: tuple[IdentityPiece, ...]
    files: tuple[SealedFile, ...]
    locator: bytes
    reporter_key: bytes
    retry_id: bytes
    retry_box: bytes
    retry_expires_at: datetime


def submit_report(store: Store, *, new: NewReport, now: datetime) -> Case:
    """Store a report. When this returns, it is on the disk and nobody can make it vanish.

    Raises:
        LocatorTakenError: another report has this code; draw another one.
        FormTakenError: the same form was stored already; `find_retry` has its answer.
        BadActError: event and rows do not belong together.
    """
    # Checked here and not in the transaction: on SQLite all transactions share one thread.
    return _store_report(store, new=new, case=_opened(new), now=now)


@use_case
def _store_report(uow: UnitOfWork, *, new: NewReport, case: Case, now: datetime) -> Case:
    uow.reports.insert(case)
    uow.mailboxes.insert(new.locator, case.report_id, new.reporter_key)
    uow.sealed.add_objects(case.report_id, new.objects)
    uow.sealed.add_wraps(case.report_id, new.wraps)
    uow.sealed.add_items(case.report_id, new.items)
    uow.sealed.add_pieces(case.report_id, new.pieces)
    uow.sealed.add_files(case.report_id, new.files)
    uow.events.append(SignedEvent(new.event, b""))
    uow.clocks.insert_new(case)
    if new.retry_id:
        uow.retries.insert(
            new.retry_id,
            report_id=case.report_id,
            box=new.retry_box,
            expires_at=new.retry_expires_at,
        )
    _tell(uow, case, now)
    return case


def _tell(uow: UnitOfWork, case: Case, now: datetime) -> None:
    """Tell the lead office; of an urgent report, which goes first, the one above too (S03).

    The discipline body, where it has a copy, is told that.
    """
    has_copy = is_discipline(case, case.discipline)
    if case.urgent or has_copy:
        uow.waiting.open(case)
    if has_copy:
        notify(uow, COPIED_NOTICE, case=case, office=case.discipline, now=now)
    if not case.urgent:
        notify(uow, RECEIVED_KIND, case=case, office=case.lead, now=now)
        return
    for office in dict.fromkeys((case.lead, case.supervisor)):
        notify(uow, URGENT_NOTICE, case=case, office=office, now=now)


def _opened(new: NewReport) -> Case:
    event = new.event
    if event.kind != RECEIVED_KIND or event.actor != NOBODY:
        raise BadActError("kind", RECEIVED_KIND)
    try:
        check_signature(SignedEvent(event, b""))
    except EventError as problem:
        raise SignatureRefusedError(kind=event.kind) from problem
    records: tuple[Record, ...] = (*new.objects, *new.wraps, *new.items, *new.pieces, *new.files)
    if Counter(one.named for one in records) != Counter(event.added):
        raise BadActError("added", "exactly the rows that came with the report")
    return open_case(event.facts, report_id=event.report)


@query
def find_retry(uow: UnitOfWork, *, retry_id: bytes, now: datetime) -> bytes | None:
    """Return the sealed code of a form that was stored already; b"" once it is not shown again.

    None means that the form is new.
    """
    return uow.retries.get(retry_id, now=now)
