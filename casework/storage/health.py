"""Reads about the state of an instance, for `tonggui doctor`."""

from datetime import date, datetime

import sqlalchemy as sa

from casework.storage.log_tables import register_entry
from casework.storage.repositories import UnitOfWork
from casework.storage.work_tables import outbox

_NOW = sa.text("SELECT clock_timestamp()")
_TRIED = (
    sa.select(sa.func.count())
    .select_from(outbox)
    .where(outbox.c.site == sa.bindparam("site"), outbox.c.attempts >= sa.bindparam("tries"))
)
_e = register_entry.c
_WAITING = sa.select(sa.func.min(_e.due_on)).where(
    _e.site == sa.bindparam("site"), _e.position.is_(None)
)


def database_time(uow: UnitOfWork) -> datetime:
    """Return what time it is for PostgreSQL."""
    found: datetime = uow.connection.execute(_NOW).scalar_one()
    return found


def mail_tried(uow: UnitOfWork, tries: int) -> int:
    """Return how many pieces of work were tried *tries* times or more."""
    found: int = uow.connection.execute(_TRIED, {"site": uow.site, "tries": tries}).scalar_one()
    return found


def first_waiting_batch(uow: UnitOfWork) -> date | None:
    """Return the day of the oldest batch of the register whose entries still wait."""
    found: date | None = uow.connection.execute(_WAITING, {"site": uow.site}).scalar()
    return found
