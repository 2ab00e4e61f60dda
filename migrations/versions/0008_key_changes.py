"""Proposed key sets: what custodians sign before it is in force.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0008_key_changes"
down_revision = "0007_rules"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
