"""Tables of proposals: policies and routing tables to be put in force, changes of the calendar."""

import sqlalchemy as sa

from casework.storage.schema import CODE, HEX32, ID, INSTANT, WORD, metadata, site_column

STATES = "state IN ('proposed', 'in_force', 'withdrawn')"

# A policy that one person wants in force, and what the dry run over all worked cases gave.
policy_proposal = sa.Table(
    "policy_proposal",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("policy", CODE, nullable=False),
    sa.Column("sha256", HEX32, nullable=False),
    sa.Column("active_from", sa.Date, nullable=False),
    sa.Column("event", HEX32, nullable=False),  # digest of policy.proposed
    sa.Column("state", WORD, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("after", ID, nullable=False),  # the last report that the dry run has looked at
    sa.Column("progress", sa.Text, nullable=False),  # JSON: what it has found so far
    sa.Column("result", sa.Text, nullable=False),  # JSON, "" until it is done
    sa.Column("tried", HEX32, nullable=False),  # digest of policy.tried, "" until it is done
    sa.CheckConstraint(STATES, name="policy_proposal_state_known"),
)
sa.Index(
    "policy_proposal_by_time",
    policy_proposal.c.site,
    policy_proposal.c.created_at,
    policy_proposal.c.id,
)

# The notice of a year. In force it has a number, and what it took away and added, from which
# the calendar of any earlier moment can be made again.
calendar_proposal = sa.Table(
    "calendar_proposal",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("days", sa.Text, nullable=False),  # JSON: the notice's days
    sa.Column("before", HEX32, nullable=False),  # digest of the calendar that it changes
    sa.Column("digest", HEX32, nullable=False),  # of the calendar that it makes
    sa.Column("source", sa.String(128), nullable=False),
    sa.Column("event", HEX32, nullable=False),  # digest of calendar.proposed
    sa.Column("state", WORD, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("number", sa.Integer),  # 1, 2, 3… of the changes in force
    sa.Column("changed_at", INSTANT),
    sa.Column("removed", sa.Text, nullable=False),  # JSON: days that went with it
    sa.Column("added", sa.Text, nullable=False),  # JSON: days that came with it
    sa.Column("after", ID, nullable=False),  # the last report whose clocks were worked out anew
    sa.Column("recomputed", sa.Boolean, nullable=False),
    sa.CheckConstraint(STATES, name="calendar_proposal_state_known"),
    # Two changes confirmed at one moment: the second finds its number taken.
    sa.UniqueConstraint("site", "number", name="calendar_proposal_number_key"),
)
sa.Index(
    "calendar_proposal_by_time",
    calendar_proposal.c.site,
    calendar_proposal.c.created_at,
    calendar_proposal.c.id,
)

# A routing table that one person wants in force, whole. In force it has a number: the table
# of a day is the one of the highest number whose first day is not after it.
routing_table = sa.Table(
    "routing_table",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("body", sa.LargeBinary, nullable=False),  # TOML, as it was signed
    sa.Column("sha256", HEX32, nullable=False),  # of the body
    sa.Column("before", HEX32, nullable=False),  # of the table that it takes the place of
    sa.Column("active_from", sa.Date, nullable=False),
    sa.Column("event", HEX32, nullable=False),  # digest of routing.proposed
    sa.Column("state", WORD, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("number", sa.Integer),  # 1, 2, 3… of the tables put in force
    sa.Column("activated", HEX32, nullable=False),  # digest of routing.activated, "" before
    sa.CheckConstraint(STATES, name="routing_table_state_known"),
    # Two tables confirmed at one moment: the second finds its number taken.
    sa.UniqueConstraint("site", "number", name="routing_table_number_key"),
)
sa.Index(
    "routing_table_by_time", routing_table.c.site, routing_table.c.created_at, routing_table.c.id
)
