"""Tables of the reward fund: maintained balance, append-only lines, awards."""

import sqlalchemy as sa

from casework.storage.schema import (
    CODE,
    HEX32,
    ID,
    SITE,
    WORD,
    metadata,
    partial_index,
    site_column,
)

fund_balance = sa.Table(
    "fund_balance",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("appropriated_fen", sa.BigInteger, nullable=False),
    sa.Column("reserved_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_fen", sa.BigInteger, nullable=False),
    sa.Column("available_fen", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),  # how many made this balance
    sa.CheckConstraint("appropriated_fen >= 0", name="fund_balance_appropriated_not_negative"),
    sa.CheckConstraint("reserved_fen >= 0", name="fund_balance_reserved_not_negative"),
    sa.CheckConstraint("paid_fen >= 0", name="fund_balance_paid_not_negative"),
    sa.CheckConstraint("available_fen >= 0", name="fund_balance_available_not_negative"),
    sa.CheckConstraint(
        "appropriated_fen = reserved_fen + paid_fen + available_fen", name="fund_balance_adds_up"
    ),
)

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("id", CODE, primary_key=True),
    site_column(),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("account_from", WORD, nullable=False),
    sa.Column("account_to", WORD, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),  # 1, 2, 3… in the year
    sa.Column("award", ID, nullable=False),  # "" for an appropriation
    sa.Column("event", HEX32, nullable=False),
    sa.UniqueConstraint("site", "year", "ordinal", name="ledger_entry_ordinal_key"),
    sa.CheckConstraint("amount_fen > 0", name="ledger_entry_amount_positive"),
    sa.CheckConstraint("account_from <> account_to", name="ledger_entry_moves"),
)
_c = ledger_entry.c
# One award is reserved once, released once and paid once, whatever is retried.
partial_index("ledger_entry_once", _c.site, _c.award, _c.kind, where="award <> ''", unique=True)

award = sa.Table(
    "award",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
    sa.Column("lead", CODE, nullable=False),
    sa.Column("state", WORD, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("proposer", ID, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),  # paid or rejected
    sa.CheckConstraint("amount_fen > 0", name="award_amount_positive"),
)
sa.Index("award_by_report", award.c.report_id)
partial_index(
    "award_open", award.c.site, award.c.state, award.c.id,
    where="NOT settled",
)  # fmt: skip
