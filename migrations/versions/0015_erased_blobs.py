"""Files of what was erased, until the blob store has deleted them too.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_erased_blobs"
down_revision = "0014_pending"


def upgrade() -> None:
    op.create_table(
        "erased_blob",
        sa.Column("blob_name", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="erased_blob_report_id_fkey"),
        sa.PrimaryKeyConstraint("blob_name", name="erased_blob_pkey"),
    )
    op.create_index("erased_blob_by_report", "erased_blob", ["report_id"])


def downgrade() -> None:
    op.drop_table("erased_blob")
