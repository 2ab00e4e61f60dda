"""Leaves of officers and who covers for them.

Expand step only. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_cover"
down_revision = "0023_searching"


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("deputy", sa.String(26), nullable=False),
        sa.Column("noted_by", sa.String(26), nullable=False),
        sa.Column("noted_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("site", "account", "first", name="cover_pkey"),
        sa.CheckConstraint("first <= last", name="cover_days_in_order"),
    )
    op.create_index("cover_of_office", "cover", ["site", "office", "last"])


def downgrade() -> None:
    op.drop_table("cover")
