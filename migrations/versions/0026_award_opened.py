"""A claim stands open before any sum is known, and a paid award is looked at until it is closed."""

import sqlalchemy as sa
from alembic import op

revision = "0026_award_opened"
down_revision = "0025_fund_parts"


def upgrade() -> None:
    change("award_amount_positive", "award_amount_not_negative", "amount_fen >= 0")
    op.execute("UPDATE award SET settled = (state IN ('closed', 'rejected', 'lapsed', 'recalled'))")


def downgrade() -> None:
    op.execute("DELETE FROM award WHERE amount_fen = 0")
    change("award_amount_not_negative", "award_amount_positive", "amount_fen > 0")
    op.execute("UPDATE award SET settled = (state IN ('paid', 'rejected'))")


def change(old: str, new: str, rule: str) -> None:
    """Put one check in the place of another; SQLite takes a new table for it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(old, "award", type_="check")
        op.create_check_constraint(new, "award", rule)
        return
    # Not `batch_alter_table`: its copy takes the old check along.
    for index in ("award_by_report", "award_open"):
        op.drop_index(index, "award")
    op.rename_table("award", "award_before")
    create_award(sa.CheckConstraint(rule, name=new))
    op.execute("INSERT INTO award SELECT * FROM award_before")
    op.drop_table("award_before")


def create_award(check: sa.CheckConstraint) -> None:
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
        check,
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="award_report_id_fkey"),
    )
    op.create_index("award_by_report", "award", ["report_id"])
    columns = ["site", "state", "id"]
    op.create_index("award_open", "award", columns, sqlite_where=sa.text("NOT settled"))
