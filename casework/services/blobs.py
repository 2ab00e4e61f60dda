"""Removing sealed files that no report names: what a killed or refused sending left behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from casework.storage.blobs import Blobs
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query

ORPHAN_AGE: Final = timedelta(days=1)
BATCH: Final = 200


@query
def named_by_reports(uow: UnitOfWork, *, names: Sequence[str]) -> frozenset[str]:
    """Return those of *names* that a report refers to."""
    return SealedVault(uow).known_blobs(names)


def sweep_orphans(store: Store, blobs: Blobs, *, now: datetime) -> int:
    """Delete files older than a day that no report names; return how many.

    Younger ones may belong to a form that is being sent.
    """
    before = now - ORPHAN_AGE
    deleted = 0
    batch: list[str] = []
    for name in (*blobs.names_older_than(before), ""):
        if name:
            batch.append(name)
        if batch and (len(batch) == BATCH or not name):
            known = named_by_reports(store, names=batch)
            for orphan in (one for one in batch if one not in known):
                blobs.delete(orphan)
                deleted += 1
            batch = []
    return deleted + blobs.sweep_unfinished(before)
