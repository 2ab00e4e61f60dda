"""Throw-away databases, one for every server of a run."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

BACKENDS: Final = ("sqlite", "postgresql")
SUPPORT: Final = Path(__file__).resolve().parents[1] / "tests" / "support"
# The tests switch these off to save time. A receipt is a promise: measure what keeps it.
DURABLE: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, slots=True)
class Databases:
    """Where the databases are, all of one kind.

    Attributes:
        ours: for the instance.
        without_codes: for the instance whose codes cost next to nothing.
        bare: for the denominator.
        server: process id of the database server; None for SQLite, or one not ours.
    """

    ours: str
    without_codes: str
    bare: str
    server: int | None = None


@contextmanager
def databases(
    folder: Path, backend: str, *, commit_delay_ms: int = 0, durable: bool = True
) -> Iterator[Databases]:
    """Make empty databases of the kind *backend*, and take them away at the end.

    Args:
        folder: where SQLite's lie.
        backend: one of BACKENDS.
        commit_delay_ms: how long PostgreSQL waits before it writes out what was committed,
            as if its disk were slow.
        durable: False where no time is measured that a disk takes.
    """
    if backend == "sqlite":
        names = ("ours", "without_codes", "bare")
        for name in names:
            (folder / name).mkdir(mode=0o700)
        ours, without_codes, bare = (f"sqlite:///{folder / name / 'db.sqlite'}" for name in names)
        yield Databases(ours, without_codes, bare)
        return
    with _postgresql(commit_delay_ms, durable=durable) as found:
        yield found


@contextmanager
def _postgresql(commit_delay_ms: int, *, durable: bool) -> Iterator[Databases]:
    # The tests know how to start one without Debian's packages, also as root.
    sys.path.insert(0, str(SUPPORT))
    import postgres_server

    delay = {"commit_delay": str(commit_delay_ms * 1000), "commit_siblings": "0"}
    postgres_server.SETTINGS.update((DURABLE if durable else {}) | delay)
    # Databases are called after it, and roles after them: a longer name would have no room.
    shared = Path(tempfile.mkdtemp(prefix="tonggui-pg-"))
    shared.chmod(0o755)  # root's PostgreSQL runs as another user
    try:
        server = postgres_server.start(shared)
        ours, without_codes, bare = (server.create_database() for _ in range(3))
        yield Databases(ours, without_codes, bare, _server_pid(shared))
    finally:
        postgres_server.stop(shared)
        shutil.rmtree(shared, ignore_errors=True)


def _server_pid(shared: Path) -> int | None:
    file = shared / "postgres" / "data" / "postmaster.pid"
    if os.environ.get("TEST_DATABASE_URL") or not file.exists():
        return None
    return int(file.read_text().partition("\n")[0])


def count_reports(database_url: str) -> int:
    """Return how many reports are stored: those that were acknowledged, if all is well."""
    statement = "SELECT count(*) FROM report"
    if database_url.startswith("sqlite"):
        path = urlsplit(database_url).path[1:]
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            return int(file.execute(statement).fetchone()[0])
    with psycopg.connect(database_url) as connection:
        row = connection.execute(statement).fetchone()
        return int(row[0]) if row else 0
