"""Sealed objects, wraps, identity items with their pieces, sealed files.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_sealed"
down_revision = "0001_report"


def upgrade() -> None:
    create_sealed_object()
    create_key_wrap()
    create_identity_item()
    create_identity_piece()
    create_sealed_file()


def create_sealed_object() -> None:
    op.create_table(
        "sealed_object",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sending", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "id", "version", name="sealed_object_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="sealed_object_report_id_fkey"),
    )


def create_key_wrap() -> None:
    op.create_table(
        "key_wrap",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sending", sa.String(26), nullable=False),
        sa.Column("key_kind", sa.String(32), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("key_id", sa.LargeBinary(32), nullable=False),
        sa.Column("recipient_key", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "id", name="key_wrap_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="key_wrap_report_id_fkey"),
    )


def create_identity_item() -> None:
    op.create_table(
        "identity_item",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "id", "version", name="identity_item_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="identity_item_report_id_fkey"),
    )


def create_identity_piece() -> None:
    op.create_table(
        "identity_piece",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("item", sa.String(26), nullable=False),
        sa.Column("seat", sa.SmallInteger, nullable=False),
        sa.Column("seat_key", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "id", name="identity_piece_pkey"),
        sa.CheckConstraint("seat BETWEEN 1 AND 7", name="identity_piece_seat_range"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="identity_piece_report_id_fkey"),
    )


def create_sealed_file() -> None:
    op.create_table(
        "sealed_file",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sending", sa.String(26), nullable=False),
        sa.Column("blob_name", sa.String(64), nullable=False),
        sa.Column("stored_size", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "id", name="sealed_file_pkey"),
        sa.CheckConstraint("stored_size > 0", name="sealed_file_stored_size_positive"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="sealed_file_report_id_fkey"),
        sa.UniqueConstraint("blob_name", name="sealed_file_blob_name_key"),
    )


def downgrade() -> None:
    op.drop_table("sealed_file")
    op.drop_table("identity_piece")
    op.drop_table("identity_item")
    op.drop_table("key_wrap")
    op.drop_table("sealed_object")
