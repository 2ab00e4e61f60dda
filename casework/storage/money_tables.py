"""Tables of the reward fund: maintained balances, append-only lines, proposals, awards."""

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
    sa.Column("pot", CODE),  # none: booked before there were several, from the first
    sa.Column("turn", sa.SmallInteger),  # none: the first time
    sa.UniqueConstraint("site", "year", "ordinal", name="ledger_entry_ordinal_key"),
    sa.CheckConstraint("amount_fen > 0", name="ledger_entry_amount_positive"),
    sa.CheckConstraint("account_from <> account_to", name="ledger_entry_moves"),
)
_c = ledger_entry.c
# One award is reserved, released and paid once a turn, whatever is retried.
partial_index(
    "ledger_entry_once", _c.site, _c.award, _c.kind,
    where="award <> '' AND turn IS NULL", unique=True,
)  # fmt: skip
partial_index(
    "ledger_entry_again", _c.site, _c.award, _c.kind, _c.turn,
    where="award <> '' AND turn IS NOT NULL", unique=True,
)  # fmt: skip

# What one pot of a year's fund stands at; the year's own row is the sum of its pots, where
# what is overdrawn counts as granted.
fund_part = sa.Table(
    "fund_part",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("pot", CODE, primary_key=True),
    sa.Column("appropriated_fen", sa.BigInteger, nullable=False),
    sa.Column("reserved_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_fen", sa.BigInteger, nullable=False),
    sa.Column("available_fen", sa.BigInteger, nullable=False),
    sa.Column("overdrawn_fen", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.CheckConstraint("appropriated_fen >= 0", name="fund_part_appropriated_not_negative"),
    sa.CheckConstraint("reserved_fen >= 0", name="fund_part_reserved_not_negative"),
    sa.CheckConstraint("paid_fen >= 0", name="fund_part_paid_not_negative"),
    sa.CheckConstraint("available_fen >= 0", name="fund_part_available_not_negative"),
    sa.CheckConstraint("overdrawn_fen >= 0", name="fund_part_overdrawn_not_negative"),
    sa.CheckConstraint(
        "appropriated_fen + overdrawn_fen = reserved_fen + paid_fen + available_fen",
        name="fund_part_adds_up",
    ),
)

# A move of money that one person proposed and another agrees to.
fund_proposal = sa.Table(
    "fund_proposal",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("event", HEX32, nullable=False),
    sa.Column("state", WORD, nullable=False),
    sa.Column("decided", HEX32, nullable=False),  # "" before
    sa.CheckConstraint(
        "state IN ('proposed', 'agreed', 'declined')", name="fund_proposal_state_known"
    ),
)
sa.Index("fund_proposal_by_year", fund_proposal.c.site, fund_proposal.c.year, fund_proposal.c.id)

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
    sa.CheckConstraint("amount_fen >= 0", name="award_amount_not_negative"),
)
sa.Index("award_by_report", award.c.report_id)
partial_index(
    "award_open", award.c.site, award.c.state, award.c.id,
    where="NOT settled",
)  # fmt: skip
