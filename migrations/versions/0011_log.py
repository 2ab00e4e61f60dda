"""The audit tree and the public register.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0011_log"
down_revision = "0010_erasing"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
