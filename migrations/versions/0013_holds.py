"""An index of the requests for holds, for the list of holds.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_holds"
down_revision = "0012_uploads"
HOLDS = "kind = 'hold.requested'"


def upgrade() -> None:
    op.create_index(
        "event_of_holds",
        "event",
        ["site", "at", "id"],
        sqlite_where=sa.text(HOLDS),
        postgresql_where=sa.text(HOLDS),
    )


def downgrade() -> None:
    op.drop_index("event_of_holds", "event")
