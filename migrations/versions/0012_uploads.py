"""Uploads that are taken up again.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_uploads"
down_revision = "0011_log"


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("stored_size", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="upload_pkey"),
    )
    op.create_index("upload_expires", "upload", ["site", "expires_at"])
    op.create_table(
        "upload_part",
        sa.Column("upload", sa.LargeBinary(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("blob_name", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("upload", "number", name="upload_part_pkey"),
        sa.ForeignKeyConstraint(["upload"], ["upload.id"], name="upload_part_upload_fkey"),
        sa.UniqueConstraint("blob_name", name="upload_part_blob_name_key"),
    )


def downgrade() -> None:
    op.drop_table("upload_part")
    op.drop_table("upload")
