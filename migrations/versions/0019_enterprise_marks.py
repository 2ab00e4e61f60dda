"""Which accepted reports name the same enterprise, as marks that nobody can read.

Expand step only: reports accepted before have no mark and no hints. Safe to run while the old
code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_enterprise_marks"
down_revision = "0018_waiting"


def upgrade() -> None:
    op.create_table(
        "enterprise_mark",
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("noted_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="enterprise_mark_report_id_fkey"
        ),
        sa.PrimaryKeyConstraint("report_id", name="enterprise_mark_pkey"),
    )
    op.create_index(
        "enterprise_mark_same", "enterprise_mark", ["site", "mark", "noted_on", "report_id"]
    )


def downgrade() -> None:
    op.drop_table("enterprise_mark")
