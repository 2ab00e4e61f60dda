"""Bringing a database to the newest schema."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from casework.domain.errors import StorageUnavailableError
from casework.storage import engine as engines
from casework.storage.group_commit import file_lock
from casework.storage.separation import separate

TRIES = 10  # PostgreSQL gives up after a second where live transactions are in the way
PAUSE_SECONDS = 1.0

Progress = Callable[[str], None]
_alembic = threading.Lock()  # its environment is a module-level variable


def upgrade(database_url: str, progress: Progress = lambda _line: None) -> str:
    """Apply what is missing and return the revision reached.

    Args:
        database_url: as in the setting TONGGUI_DATABASE_URL.
        progress: is told one line for every revision that is applied.

    Raises:
        StorageUnavailableError: the database is away, or its tables stay in use.
    """
    return _to("head", database_url, progress)


def move(database_url: str, revision: str, progress: Progress = lambda _line: None) -> str:
    """Go up or down to *revision* ("base" for an empty database), for tests and recovery."""
    return _to(revision, database_url, progress)


def head() -> str:
    """Return the newest revision that this program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def revisions() -> tuple[str, ...]:
    """Return all revisions, the first one first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([script.revision for script in scripts]))


def current(database_url: str) -> str | None:
    """Return the revision that a database is at, None for an empty one."""
    url = engines.database_url(database_url)
    if url.get_backend_name() == "sqlite" and not engines.sqlite_path(url).exists():
        return None
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
            return None if row is None else str(row[0])
    except sa.exc.DBAPIError as error:
        raise _told(error) from error
    finally:
        engine.dispose()


def _to(revision: str, database_url: str, progress: Progress) -> str:
    url = engines.database_url(database_url)
    lock: AbstractContextManager[None] = nullcontext()
    if url.get_backend_name() == "sqlite":
        path = engines.sqlite_path(url)
        lock = file_lock(path.with_name(f"{path.name}.lock"))
    engine = _engine(url)
    try:
        with _alembic, lock:
            _run(revision, engine, progress)
            if url.get_backend_name() == "postgresql" and revision in ("head", head()):
                _separate(engine, progress)
    except OSError as error:
        raise StorageUnavailableError(reason=f"errno {error.errno}") from error
    finally:
        engine.dispose()
    return current(database_url) or ""


def _run(revision: str, engine: sa.Engine, progress: Progress) -> None:
    for left in reversed(range(TRIES)):
        try:
            with engine.connect() as connection:
                config = _config()
                config.attributes["connection"] = connection
                config.attributes["progress"] = progress
                if revision == "head" or revision in _above(connection):
                    command.upgrade(config, revision)
                else:
                    command.downgrade(config, revision)
                return
        except sa.exc.DBAPIError as error:
            if not engines.is_away(error):
                raise
            if not left or engines.reason(error) != "55P03":
                raise _told(error) from error
            progress("waiting for the tables to become free")
            time.sleep(PAUSE_SECONDS)


def _separate(engine: sa.Engine, progress: Progress) -> None:
    """Give every process's role its rights on the tables as they are now."""
    try:
        with engine.begin() as connection:
            told = separate(connection)
    except sa.exc.DBAPIError as error:
        if not engines.is_away(error):
            raise
        raise _told(error) from error
    if told:
        progress(told)


def _above(connection: sa.Connection) -> frozenset[str]:
    """Return the revisions that the database does not have yet."""
    found = None
    if sa.inspect(connection).has_table("alembic_version"):
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    connection.rollback()
    known = revisions()
    return frozenset(known[known.index(found) + 1 :] if found else known)


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        # A migration may build a table anew, which its references must survive.
        return engines.sqlite_engine(url, writer=True, foreign_keys=False)
    return engines.postgresql_engine(url)


def _config() -> Config:
    config = Config()
    # By package, so that it is found in a checkout and in an installed wheel alike.
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config


def _told(error: sa.exc.DBAPIError) -> StorageUnavailableError:
    return StorageUnavailableError(reason=engines.reason(error))
