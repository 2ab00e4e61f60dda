"""Clocks and the outbox of the jobs process.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_work"
down_revision = "0005_money"


def upgrade() -> None:
    create_clock()
    create_outbox()


def create_clock() -> None:
    op.create_table(
        "clock",
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("stages", sa.Text, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "key", name="clock_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="clock_report_id_fkey"),
    )
    op.create_index(
        "clock_due",
        "clock",
        ["site", "next_on", "report_id", "key"],
        sqlite_where=sa.text("NOT stopped"),
        postgresql_where=sa.text("NOT stopped"),
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
    )
    op.create_index("outbox_due", "outbox", ["site", "due_at", "id"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("clock")
