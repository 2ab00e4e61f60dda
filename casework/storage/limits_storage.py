"""Rate limits in a small SQLite file that all processes of a machine share.

Importing this module makes the `limits` package know sqlite:// URLs. What is
counted is a keyed hash, never an address; the file is not backed up.
"""

import os
import sqlite3
import threading
import time
from pathlib import Path

from limits.storage import Storage

WAIT_SECONDS = 5.0
SWEEP_EVERY = 1000  # counted hits

_CREATE = (
    "CREATE TABLE IF NOT EXISTS hits"
    " (key TEXT PRIMARY KEY, amount INTEGER NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID"
)
_INDEX = "CREATE INDEX IF NOT EXISTS hits_by_expiry ON hits (expires_at)"
# A window begins with its first hit and is not prolonged by later ones.
_HIT = (
    "INSERT INTO hits (key, amount, expires_at) VALUES (:key, :amount, :expires_at)"
    " ON CONFLICT (key) DO UPDATE SET"
    " amount = CASE WHEN expires_at <= :now THEN excluded.amount"
    " ELSE amount + excluded.amount END,"
    " expires_at = CASE WHEN expires_at <= :now THEN excluded.expires_at ELSE expires_at END"
    " RETURNING amount"
)
_GET = "SELECT amount, expires_at FROM hits WHERE key = ? AND expires_at > ?"
_SWEEP = "DELETE FROM hits WHERE expires_at <= ?"


class SqliteStorage(Storage):
    """Counters for fixed windows, each hit one statement."""

    STORAGE_SCHEME = ["sqlite"]  # noqa: RUF012 -- the base class declares it so

    def __init__(
        self, uri: str, wrap_exceptions: bool = False, **_options: float | str | bool
    ) -> None:
        """Count in the file of *uri*, sqlite:////full/path."""
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._path = Path(uri.removeprefix("sqlite:///"))
        if not self._path.is_absolute():
            raise ValueError("write the limits file as sqlite:////full/path")
        self._local = threading.local()
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What the `limits` package may wrap."""
        return (sqlite3.Error, OSError)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count *amount* hits of *key* and return how many its window has."""
        now = time.time()
        self._hits += 1
        if self._hits % SWEEP_EVERY == 0:
            self._connection().execute(_SWEEP, (now,))
        values = {"key": key, "amount": amount, "expires_at": now + expiry, "now": now}
        # All rows are fetched, or the statement would keep the file locked.
        [(count,)] = self._connection().execute(_HIT, values).fetchall()
        return int(count)

    def get(self, key: str) -> int:
        """Return how many hits the window of *key* has."""
        return int(self._window(key)[0])

    def get_expiry(self, key: str) -> float:
        """Return when the window of *key* ends; now, if none is open."""
        return float(self._window(key)[1])

    def check(self) -> bool:
        """Say whether the file can be used."""
        try:
            self._connection().execute("SELECT 1 FROM hits LIMIT 1").fetchall()
        except (sqlite3.Error, OSError):
            return False
        return True

    def reset(self) -> int | None:
        """Forget all windows; return how many there were."""
        return self._connection().execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        """Forget the window of *key*."""
        self._connection().execute("DELETE FROM hits WHERE key = ?", (key,))

    def _window(self, key: str) -> tuple[float, float]:
        now = time.time()
        found = self._connection().execute(_GET, (key, now)).fetchall()
        return found[0] if found else (0, now)

    def _connection(self) -> sqlite3.Connection:
        # One a thread, and new ones in a forked process.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.inherited = getattr(self._local, "connection", None)
            self._local.connection = self._connect()
            self._local.pid = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        # Counters need not survive a power cut; what they counted must not stay on the disk.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(_CREATE)
        connection.execute(_INDEX)
        return connection
