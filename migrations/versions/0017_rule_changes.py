"""Proposals of policies to be put in force and of changes of the calendar.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_rule_changes"
down_revision = "0016_clocks"
STATES = "state IN ('proposed', 'in_force', 'withdrawn')"


def upgrade() -> None:
    create_policy_proposal()
    create_calendar_proposal()


def create_policy_proposal() -> None:
    op.create_table(
        "policy_proposal",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("active_from", sa.Date, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.String(26), nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("tried", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="policy_proposal_pkey"),
        sa.CheckConstraint(STATES, name="policy_proposal_state_known"),
    )
    op.create_index("policy_proposal_by_time", "policy_proposal", ["site", "created_at", "id"])


def create_calendar_proposal() -> None:
    op.create_table(
        "calendar_proposal",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("days", sa.Text, nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("removed", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("after", sa.String(26), nullable=False),
        sa.Column("recomputed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="calendar_proposal_pkey"),
        sa.UniqueConstraint("site", "number", name="calendar_proposal_number_key"),
        sa.CheckConstraint(STATES, name="calendar_proposal_state_known"),
    )
    op.create_index("calendar_proposal_by_time", "calendar_proposal", ["site", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("calendar_proposal")
    op.drop_table("policy_proposal")
