"""Routing tables, each proposed by one person and put in force by another.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022_routing_table"
down_revision = "0021_ended"
STATES = "state IN ('proposed', 'in_force', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "routing_table",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("active_from", sa.Date, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("activated", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="routing_table_pkey"),
        sa.CheckConstraint(STATES, name="routing_table_state_known"),
        sa.UniqueConstraint("site", "number", name="routing_table_number_key"),
    )
    op.create_index("routing_table_by_time", "routing_table", ["site", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("routing_table")
