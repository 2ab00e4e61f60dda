"""Proposed key sets: what custodians sign before it is in force.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_key_changes"
down_revision = "0007_rules"


def upgrade() -> None:
    op.create_table(
        "key_change",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("wraps", sa.Text, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("proposer", sa.String(26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="key_change_pkey"),
        sa.CheckConstraint(
            "state IN ('proposed', 'in_force', 'withdrawn')", name="key_change_state_known"
        ),
    )
    op.create_index("key_change_by_time", "key_change", ["site", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("key_change")
