"""What waits for people in a case: requests to decide, steps to confirm, orders to answer.

Expand step only; no data is moved: nothing of the kind was ever recorded before. Safe to run
while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_waiting"
down_revision = "0017_rule_changes"


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("of", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("sort_key", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="waiting_report_id_fkey"),
        sa.PrimaryKeyConstraint(
            "site", "report_id", "kind", "key", "since", "of", name="waiting_pkey"
        ),
    )
    place = ["sort_key", "report_id", "key", "since", "of"]
    op.create_index("waiting_for", "waiting", ["site", "office", "role", "kind", *place])


def downgrade() -> None:
    op.drop_table("waiting")
