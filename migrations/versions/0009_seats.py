"""Building a lost custodian's seat anew: what the other seats contribute.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_seats"
down_revision = "0008_key_changes"


def upgrade() -> None:
    op.create_table(
        "seat_contribution",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("item", sa.String(26), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seat", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("giver", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("seat_key", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint(
            "report_id", "item", "version", "seat", "giver", "seat_key",
            name="seat_contribution_pkey",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="seat_contribution_report_id_fkey"
        ),
        sa.CheckConstraint(
            "seat BETWEEN 1 AND 7 AND giver BETWEEN 1 AND 7 AND seat <> giver",
            name="seat_contribution_seats_range",
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("seat_contribution")
