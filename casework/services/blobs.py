"""Removing sealed files that nothing names: what a killed or refused sending left behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from casework.services.uploads import sweep_uploads
from casework.storage.blobs import Blobs
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query

ORPHAN_AGE: Final = timedelta(days=1)
BATCH: Final = 200


@query
def named(uow: UnitOfWork, *, names: Sequence[str]) -> frozenset[str]:
    """Return those of *names* that a report or an upload under way refers to."""
    return SealedVault(uow).known_blobs(names) | uow.uploads.known_blobs(names)


def sweep_orphans(store: Store, blobs: Blobs, *, now: datetime) -> int:
    """Delete files older than a day that nothing names; return how many.

    Younger ones may belong to a form that is being sent. Uploads that no form named
    in time are forgotten first.
    """
    sweep_uploads(store, blobs, now=now)
    before = now - ORPHAN_AGE
    deleted = 0
    batch: list[str] = []
    for name in (*blobs.names_older_than(before), ""):
        if name:
            batch.append(name)
        if batch and (len(batch) == BATCH or not name):
            known = named(store, names=batch)
            for orphan in (one for one in batch if one not in known):
                blobs.delete(orphan)
                deleted += 1
            batch = []
    return deleted + blobs.sweep_unfinished(before)
