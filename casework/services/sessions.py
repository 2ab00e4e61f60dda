"""Sessions of both sites: sealed boxes that only the cookie's token opens."""

from datetime import datetime

from casework.storage.sessions import Kind
from casework.storage.unit_of_work import UnitOfWork, query, use_case


@use_case
def save_session(
    uow: UnitOfWork, *, session_id: bytes, kind: Kind, box: bytes, sweep_after: datetime
) -> None:
    """Store a new session."""
    uow.sessions.insert(session_id, kind=kind, box=box, sweep_after=sweep_after)


@use_case
def renew_session(
    uow: UnitOfWork, *, session_id: bytes, kind: Kind, box: bytes, sweep_after: datetime
) -> bool:
    """Put a new box into a session; False when it ended meanwhile."""
    return uow.sessions.replace(session_id, kind=kind, box=box, sweep_after=sweep_after)


@query
def find_session(uow: UnitOfWork, *, session_id: bytes, kind: Kind) -> bytes | None:
    """Return the box of a session."""
    return uow.sessions.get(session_id, kind=kind)


@use_case
def end_session(uow: UnitOfWork, *, session_id: bytes, kind: Kind) -> None:
    """End a session, if it is there."""
    uow.sessions.delete(session_id, kind=kind)
