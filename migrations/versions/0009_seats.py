"""Handing a custodian's seat over, and building a lost one anew.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0009_seats"
down_revision = "0008_key_changes"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
