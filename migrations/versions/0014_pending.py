"""The index of events that wait for the audit tree, so that SQLite takes it again.

With an index of all events by time it had the choice of two, took that one, and looked
at every event there is to find that none waits. One more column decides it.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_pending"
down_revision = "0013_holds"


def upgrade() -> None:
    op.drop_index("event_pending", "event")
    _create("logged")


def downgrade() -> None:
    op.drop_index("event_pending", "event")
    _create()


def _create(*more: str) -> None:
    op.create_index(
        "event_pending",
        "event",
        ["site", *more, "at", "id"],
        sqlite_where=sa.text("NOT logged"),
        postgresql_where=sa.text("NOT logged"),
    )
