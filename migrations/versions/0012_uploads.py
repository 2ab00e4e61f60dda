"""Uploads that are taken up again.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0012_uploads"
down_revision = "0011_log"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
