"""Work that waits for the jobs process, taken with a lease and done at least once."""

from datetime import datetime
from typing import Final

from casework.storage.outbox import Job
from casework.storage.unit_of_work import UnitOfWork, use_case

LEASE_SECONDS: Final = 120


@use_case
def claim(uow: UnitOfWork, *, limit: int, now: datetime) -> tuple[Job, ...]:
    """Take up to *limit* pieces of due work that nobody else has."""
    return uow.outbox.claim(limit, lease_seconds=LEASE_SECONDS, now=now)


@use_case
def done(uow: UnitOfWork, *, job: str) -> None:
    """Forget work that was done."""
    uow.outbox.done(job)


@use_case
def failed(uow: UnitOfWork, *, job: str, next_at: datetime) -> None:
    """Have work tried again at *next_at*."""
    uow.outbox.failed(job, next_at=next_at)
