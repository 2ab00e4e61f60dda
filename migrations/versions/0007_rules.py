"""Policies in force and announced days of the calendar.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_rules"
down_revision = "0006_work"


def upgrade() -> None:
    create_policy_activation()
    create_calendar_day()


def create_policy_activation() -> None:
    op.create_table(
        "policy_activation",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("active_from", sa.Date, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="policy_activation_pkey"),
    )
    op.create_index("policy_activation_by_day", "policy_activation", ["site", "active_from", "id"])


def create_calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name="calendar_day_pkey"),
    )


def downgrade() -> None:
    op.drop_table("calendar_day")
    op.drop_table("policy_activation")
