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
    """Put one check in the place of another; SQLite copies the table for it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(old, "award", type_="check")
        op.create_check_constraint(new, "award", rule)
        return
    # The copy takes the indexes along, and no check of the old table.
    with op.batch_alter_table("award", recreate="always") as copy:
        copy.create_check_constraint(new, sa.text(rule))
