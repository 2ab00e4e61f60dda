"""Withdrawals, holds and retention: what is to be erased, and when.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0010_erasing"
down_revision = "0009_seats"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
