"""Lists of the cases that are done, by office, state and day.

Expand step only: two indexes. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_ended"
down_revision = "0020_declared_interest"

_WHERE = sa.text("closed_on IS NOT NULL")
_PLACE = ["state", "closed_on", "id"]


def upgrade() -> None:
    for office in ("lead", "supervisor"):
        op.create_index(
            f"report_ended_by_{office}",
            "report",
            ["site", office, *_PLACE],
            sqlite_where=_WHERE,
            postgresql_where=_WHERE,
        )


def downgrade() -> None:
    for office in ("supervisor", "lead"):
        op.drop_index(f"report_ended_by_{office}", "report")
