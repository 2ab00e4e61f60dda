"""The reward fund: balances with their constraints, append-only lines; awards.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_money"
down_revision = "0004_custody"


def upgrade() -> None:
    create_fund_balance()
    create_ledger_entry()
    create_award()


def create_fund_balance() -> None:
    op.create_table(
        "fund_balance",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("year", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("appropriated_fen", sa.BigInteger, nullable=False),
        sa.Column("reserved_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.Column("available_fen", sa.BigInteger, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "year", name="fund_balance_pkey"),
        sa.CheckConstraint(
            "appropriated_fen = reserved_fen + paid_fen + available_fen",
            name="fund_balance_adds_up",
        ),
        sa.CheckConstraint("appropriated_fen >= 0", name="fund_balance_appropriated_not_negative"),
        sa.CheckConstraint("available_fen >= 0", name="fund_balance_available_not_negative"),
        sa.CheckConstraint("paid_fen >= 0", name="fund_balance_paid_not_negative"),
        sa.CheckConstraint("reserved_fen >= 0", name="fund_balance_reserved_not_negative"),
    )


def create_ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("account_from", sa.String(32), nullable=False),
        sa.Column("account_to", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("year", sa.SmallInteger, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("award", sa.String(26), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_entry_pkey"),
        sa.CheckConstraint("amount_fen > 0", name="ledger_entry_amount_positive"),
        sa.CheckConstraint("account_from <> account_to", name="ledger_entry_moves"),
        sa.UniqueConstraint("site", "year", "ordinal", name="ledger_entry_ordinal_key"),
    )
    op.create_index(
        "ledger_entry_once",
        "ledger_entry",
        ["site", "award", "kind"],
        unique=True,
        sqlite_where=sa.text("award <> ''"),
        postgresql_where=sa.text("award <> ''"),
    )


def create_award() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("lead", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("year", sa.SmallInteger, nullable=False),
        sa.Column("proposer", sa.String(26), nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="award_pkey"),
        sa.CheckConstraint("amount_fen > 0", name="award_amount_positive"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="award_report_id_fkey"),
    )
    op.create_index("award_by_report", "award", ["report_id"])
    op.create_index(
        "award_open",
        "award",
        ["site", "state", "id"],
        sqlite_where=sa.text("NOT settled"),
        postgresql_where=sa.text("NOT settled"),
    )


def downgrade() -> None:
    op.drop_table("award")
    op.drop_table("ledger_entry")
    op.drop_table("fund_balance")
