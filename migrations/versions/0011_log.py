"""The audit tree and the public register.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_log"
down_revision = "0010_erasing"


def upgrade() -> None:
    op.create_table(
        "log_leaf",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("site", "position", name="log_leaf_pkey"),
        sa.UniqueConstraint("site", "event", name="log_leaf_event_key"),
    )
    op.create_table(
        "log_tile",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("tree", sa.String(32), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("site", "tree", "level", "position", name="log_tile_pkey"),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("tree", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "tree", "size", name="log_checkpoint_pkey"),
        sa.CheckConstraint("tree IN ('audit', 'register')", name="log_checkpoint_tree_known"),
    )
    op.create_table(
        "register_entry",
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("event", sa.String(64)),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("office_salt", sa.LargeBinary, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("position", sa.BigInteger),
        sa.PrimaryKeyConstraint("entry", name="register_entry_pkey"),
        sa.UniqueConstraint("site", "event", name="register_entry_event_key"),
        sa.UniqueConstraint("site", "position", name="register_entry_position_key"),
    )
    op.create_index("register_entry_by_report", "register_entry", ["site", "report_id"])
    op.create_index("register_entry_by_owner", "register_entry", ["site", "owner"])
    op.create_index(
        "register_entry_waiting",
        "register_entry",
        ["site", "due_on"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("register_entry")
    op.drop_table("log_checkpoint")
    op.drop_table("log_tile")
    op.drop_table("log_leaf")
