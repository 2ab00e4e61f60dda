"""Database roles of the processes, on PostgreSQL.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

revision = "0013_roles"
down_revision = "0012_uploads"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
