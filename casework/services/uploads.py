"""Uploads under way: begun, continued, named by a form, or swept after a day.

What arrives here is sealed; these functions know ids, boxes and names of blobs.
"""

from datetime import datetime, timedelta
from typing import Final

from casework.domain.errors import UploadsFullError
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from casework.storage.uploads import UploadRow

KEPT: Final = timedelta(days=1)  # what no form names
USED_KEPT: Final = timedelta(hours=1)  # as long as a form sent again gets the same answer
STORED_BYTES_MAX: Final = 20 * 1024**3  # of all uploads of a site together
BATCH: Final = 50


@use_case
def begin(uow: UnitOfWork, *, upload_id: bytes, box: bytes, now: datetime) -> bool:
    """Begin an upload; False if it has begun already.

    Raises:
        UploadsFullError: those under way take up all the room there is for them.
    """
    if uow.uploads.stored_bytes() >= STORED_BYTES_MAX:
        raise UploadsFullError
    return uow.uploads.insert(upload_id, box=box, expires_at=_hour_after(now + KEPT))


@query
def find(uow: UnitOfWork, *, upload_id: bytes, now: datetime) -> UploadRow | None:
    """Return an upload that has not expired."""
    return uow.uploads.get(upload_id, now=now)


@query
def parts(uow: UnitOfWork, *, upload_id: bytes) -> tuple[str, ...]:
    """Return where the parts of an upload lie, in order."""
    return uow.uploads.blob_names(upload_id)


@use_case
def add_part(
    uow: UnitOfWork, *, upload_id: bytes, number: int, blob_name: str, stored_size: int, box: bytes
) -> bool:
    """Add a part that is durable in the blob store; False if another request was faster.

    Raises:
        UploadsFullError: those under way take up all the room there is for them.
    """
    if uow.uploads.stored_bytes() + stored_size > STORED_BYTES_MAX:
        raise UploadsFullError
    return uow.uploads.add_part(
        upload_id, number=number, blob_name=blob_name, stored_size=stored_size, box=box
    )


@use_case
def note_used(uow: UnitOfWork, *, upload_id: bytes, box: bytes, now: datetime) -> None:
    """Keep an upload that a form named for as long as that form may be sent again."""
    uow.uploads.replace(upload_id, box=box, expires_at=_hour_after(now + USED_KEPT))


@use_case
def forget(uow: UnitOfWork, *, upload_id: bytes) -> tuple[str, ...]:
    """Forget an upload; return the blobs that the caller has to remove after that."""
    return uow.uploads.delete(upload_id)


@query
def _expired(uow: UnitOfWork, *, now: datetime) -> tuple[bytes, ...]:
    return uow.uploads.expired(now, limit=BATCH)


def sweep_uploads(store: Store, blobs: Blobs, *, now: datetime) -> int:
    """Delete uploads past their time, rows first; return how many.

    Killed between the two, it leaves blobs that nothing names: they are orphans.
    """
    swept = 0
    while batch := _expired(store, now=now):
        for one in batch:
            for name in forget(store, upload_id=one):
                blobs.delete(name)
            swept += 1
    return swept


def _hour_after(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
