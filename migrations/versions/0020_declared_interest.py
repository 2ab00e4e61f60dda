"""Interests that staff declare, as marks of enterprises' names that nobody can read.

Expand step only. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020_declared_interest"
down_revision = "0019_enterprise_marks"


def upgrade() -> None:
    op.create_table(
        "declared_interest",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("declared_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("site", "account", "mark", name="declared_interest_pkey"),
    )


def downgrade() -> None:
    op.drop_table("declared_interest")
