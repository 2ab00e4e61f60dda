"""Making the running database forget what was deleted (SEALING.md 9).

SQLite keeps deleted bytes in the write-ahead log until it is truncated, which
works only while nobody reads an older state. PostgreSQL keeps dead rows until a
VACUUM that meets no older snapshot. Either may be refused; then it is tried again.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

BUSY_SECONDS: Final = 5.0
TABLES: Final = (
    "identity_item", "identity_piece", "sealed_object", "key_wrap", "sealed_file",
    "release_approval", "release_reason", "seat_contribution", "retry_box", "member_wrap",
)  # fmt: skip

# The transaction id is drawn after the deletion was committed: who sees nothing older than it
# cannot see what was deleted.
_NOW_ID = sa.text("SELECT pg_current_xact_id()::text")
_OLDER_VIEWS = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
    # Who looks at another database holds up no vacuum here; a standby, of no database, does.
    " AND (datname IS NULL OR datname = current_database())"
    " AND age(backend_xmin) > age(CAST(:drawn AS xid))"
)
_CLOCK = sa.text("SELECT clock_timestamp()")
_NOT_VACUUMED = sa.text(
    "SELECT count(*) FROM pg_stat_user_tables"
    " WHERE schemaname = current_schema() AND relname = ANY(:tables)"
    " AND (last_vacuum IS NULL OR last_vacuum < :begun)"
)


def forget_in_sqlite(path: Path) -> bool:
    """Write the log back and truncate it; False where a reader or writer was in the way."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as raw:
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(busy == 0)


def forget_in_postgresql(engine: Engine) -> bool:
    """Vacuum the sealed tables; False where an older snapshot, or a missing right, was in the way.

    A role without the right to vacuum a table gets a warning, no error: so it is
    looked up afterwards whether every table was done.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        drawn = int(connection.execute(_NOW_ID).scalar_one()) % 2**32
        if connection.execute(_OLDER_VIEWS, {"drawn": str(drawn)}).scalar_one():
            return False
        begun = connection.execute(_CLOCK).scalar_one()
        connection.exec_driver_sql(f"VACUUM {', '.join(TABLES)}")
        values = {"tables": list(TABLES), "begun": begun}
        return bool(connection.execute(_NOT_VACUUMED, values).scalar_one() == 0)
