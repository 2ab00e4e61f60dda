"""Connections to the two databases, and which of their errors mean "not reachable"."""

import os
import sqlite3
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import URL, Engine, ExceptionContext, make_url
from sqlalchemy.pool import QueuePool

from casework.domain.errors import StorageUnavailableError

SQLITE_WAIT_MS = 30_000  # writers queue on a file lock; this is for whoever does not
PG_CONNECT_SECONDS = 5
# No compiling of plans: the inbox of a large office reads 21 rows, but is guessed to cost so much
# that each of its pages would be compiled first.
PG_OPTIONS = (
    "-c jit=off"
    " -c lock_timeout=15s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
)
POOL_SIZE = 12  # connections a process; an overflow would connect anew for every use
POOL_WAIT_SECONDS = 15
READERS_MAX = 64

READ_ONLY = {"SQLITE_READONLY", "25006"}  # codes for a write on a connection that only reads
_RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
# Connection, resources, operator intervention, system: classes of SQLSTATE.
_AWAY_CLASSES = ("08", "53", "57", "58", "55", "25")
_SQLITE_OWN_FAULTS = {"SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_MISUSE"}


def database_url(text: str) -> URL:
    """Return *text* with the driver we use: sqlite:///… or postgresql://…."""
    url = make_url(text)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise ValueError("a database is sqlite:////full/path or postgresql://host/name")


def sqlite_path(url: URL) -> Path:
    """Return the database file of a SQLite URL."""
    assert url.database is not None
    return Path(url.database)


def sqlite_engine(url: URL, *, writer: bool, foreign_keys: bool = True) -> Engine:
    """Return an engine on a SQLite file: one writing connection, or several that only read."""
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=1 if writer else READERS_MAX,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_reset_on_return="rollback",
        connect_args={
            "check_same_thread": False,  # the pool lends a connection to one thread at a time
            "timeout": SQLITE_WAIT_MS / 1000,
            "isolation_level": None,  # BEGIN is ours, see below
        },
    )
    path = sqlite_path(url)

    @event.listens_for(engine, "do_connect")
    def create(*_: object) -> None:
        _create_private(path)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        set_pragmas(connection, writer=writer)
        if not foreign_keys:
            connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        raw_sqlite(connection).execute("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, which would let others read it."""
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StorageUnavailableError(reason=f"errno {error.errno}") from error


def set_pragmas(connection: sqlite3.Connection, *, writer: bool) -> None:
    """Make one SQLite connection durable, forgetful of what is deleted, and strict."""
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: what was acknowledged survives a power cut, not only a crash.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    # A savepoint's journal holds old pages: never in a file outside the home.
    connection.execute("PRAGMA temp_store=MEMORY")
    if not writer:
        connection.execute("PRAGMA query_only=ON")


def raw_sqlite(connection: sa.Connection) -> sqlite3.Connection:
    """Return the driver's connection below *connection*."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def postgresql_engine(url: URL) -> Engine:
    """Return a pool of PostgreSQL connections."""
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_recycle=1800,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": PG_CONNECT_SECONDS,
            "options": PG_OPTIONS,
            "application_name": "tonggui",
            # A server that went silent is given up, not waited for.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 15_000,
        },
    )
    event.listen(engine, "handle_error", _hide_values)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Keep values out of an error's text: PostgreSQL quotes the row that it refused."""
    told = context.original_exception
    if not isinstance(told, psycopg.Error) or told.sqlstate is None:
        return
    text = f"{told.sqlstate} {told.diag.constraint_name or ''}".rstrip()
    told.args = (text,)
    ours = context.sqlalchemy_exception
    if ours is not None:
        ours.args = (f"({type(told).__name__}) {text}",)


def may_succeed_again(error: BaseException) -> bool:
    """Say whether trying the same transaction once more is worth it, and safe.

    True where the database asks for it, and where a connection of the pool
    turned out to be dead: nothing of the transaction was stored.
    """
    dead = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    return dead or is_refused_commit(error)


def is_refused_commit(error: BaseException) -> bool:
    """Say whether the database itself undid the transaction and asks for another try."""
    return _sqlstate(error) in _RETRIED


def reason(error: BaseException) -> str:
    """Return the error's code, for logs: no text, which might hold values."""
    orig = getattr(error, "orig", None) or error
    code = getattr(orig, "sqlite_errorname", None) or _sqlstate(error)
    return str(code or type(orig).__name__)


def is_away(error: BaseException) -> bool:
    """Say whether *error* is the database's state (away, full, locked) and not our mistake."""
    if isinstance(error, exc.TimeoutError):  # no connection became free
        return True
    if isinstance(error, exc.DBAPIError):
        if error.connection_invalidated:
            return True
        return error.orig is not None and is_away(error.orig)
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        own = any(name.startswith(fault) for fault in _SQLITE_OWN_FAULTS)
        return isinstance(error, sqlite3.DatabaseError) and bool(name) and not own
    state = _sqlstate(error)
    if state is None:
        return type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
    return state in _RETRIED or state.startswith(_AWAY_CLASSES)


def _sqlstate(error: BaseException) -> str | None:
    orig = getattr(error, "orig", None) or error
    state = getattr(orig, "sqlstate", None)
    return state if isinstance(state, str) else None
