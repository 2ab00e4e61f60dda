"""Releases of identity items and custodians' approvals.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_custody"
down_revision = "0003_staff"


def upgrade() -> None:
    create_release()
    create_release_approval()


def create_release() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("item", sa.String(26), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("requester", sa.String(26), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="release_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="release_report_id_fkey"),
    )
    op.create_index("release_by_report", "release", ["report_id"])
    op.create_index(
        "release_open",
        "release",
        ["site", "expires_at", "id"],
        sqlite_where=sa.text("NOT closed"),
        postgresql_where=sa.text("NOT closed"),
    )


def create_release_approval() -> None:
    op.create_table(
        "release_approval",
        sa.Column("release", sa.String(26), nullable=False),
        sa.Column("seat", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("release", "seat", name="release_approval_pkey"),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name="release_approval_release_fkey"),
        sa.UniqueConstraint("release", "account", name="release_approval_account_key"),
    )


def downgrade() -> None:
    op.drop_table("release_approval")
    op.drop_table("release")
