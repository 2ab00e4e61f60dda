"""Several pots of money in a year's fund, and moves that two persons sign.

Lines that are there stay as they are: they belong to the first pot. Its balance of each year
is copied from the year's. The old code books no pot: let nobody book while it still runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025_fund_parts"
down_revision = "0024_cover"
PARTS = ("appropriated", "reserved", "paid", "available", "overdrawn")
ONCE = ("ledger_entry_once", "ledger_entry", ["site", "award", "kind"])


def upgrade() -> None:
    create_fund_part()
    create_fund_proposal()
    op.execute(
        "INSERT INTO fund_part (site, year, pot, appropriated_fen, reserved_fen, paid_fen,"
        " available_fen, overdrawn_fen, lines) SELECT site, year, 'county', appropriated_fen,"
        " reserved_fen, paid_fen, available_fen, 0, lines FROM fund_balance"
    )
    op.add_column("ledger_entry", sa.Column("pot", sa.String(64)))
    op.add_column("ledger_entry", sa.Column("turn", sa.SmallInteger))
    op.drop_index("ledger_entry_once", "ledger_entry")
    unique_where(*ONCE, where="award <> '' AND turn IS NULL")
    columns = ["site", "award", "kind", "turn"]
    where = "award <> '' AND turn IS NOT NULL"
    unique_where("ledger_entry_again", "ledger_entry", columns, where=where)


def create_fund_part() -> None:
    amounts = [sa.Column(f"{one}_fen", sa.BigInteger, nullable=False) for one in PARTS]
    checks = [
        sa.CheckConstraint(f"{one}_fen >= 0", name=f"fund_part_{one}_not_negative") for one in PARTS
    ]
    op.create_table(
        "fund_part",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("year", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("pot", sa.String(64), nullable=False),
        *amounts,
        sa.Column("lines", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "year", "pot", name="fund_part_pkey"),
        *checks,
        sa.CheckConstraint(
            "appropriated_fen + overdrawn_fen = reserved_fen + paid_fen + available_fen",
            name="fund_part_adds_up",
        ),
    )


def create_fund_proposal() -> None:
    op.create_table(
        "fund_proposal",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("year", sa.SmallInteger, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="fund_proposal_pkey"),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'declined')", name="fund_proposal_state_known"
        ),
    )
    op.create_index("fund_proposal_by_year", "fund_proposal", ["site", "year", "id"])


def unique_where(name: str, table: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    op.drop_index("ledger_entry_again", "ledger_entry")
    op.drop_index("ledger_entry_once", "ledger_entry")
    op.drop_column("ledger_entry", "turn")
    op.drop_column("ledger_entry", "pot")
    unique_where(*ONCE, where="award <> ''")
    op.drop_table("fund_proposal")
    op.drop_table("fund_part")
