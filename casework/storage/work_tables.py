"""Tables of work to be done: clocks, the outbox; and the rules it goes by."""

import sqlalchemy as sa

from casework.storage.schema import (
    CODE,
    HEX32,
    ID,
    INSTANT,
    SITE,
    WORD,
    metadata,
    partial_index,
    site_column,
)

clock = sa.Table(
    "clock",
    metadata,
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    sa.Column("key", CODE, primary_key=True),
    site_column(),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("next_on", sa.Date, nullable=False),  # the day the sweep has to look again
    sa.Column("state", WORD, nullable=False),
    sa.Column("stages", sa.Text, nullable=False),  # JSON list of the stages done
    sa.Column("stopped", sa.Boolean, nullable=False),
)
partial_index(
    "clock_due", clock.c.site, clock.c.next_on, clock.c.report_id, clock.c.key,
    where="NOT stopped",
)  # fmt: skip

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),  # JSON
    sa.Column("due_at", INSTANT, nullable=False),  # a claim moves it to the end of the lease
    sa.Column("attempts", sa.Integer, nullable=False),
)
sa.Index("outbox_due", outbox.c.site, outbox.c.due_at, outbox.c.id)

policy_activation = sa.Table(
    "policy_activation",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("policy", CODE, nullable=False),
    sa.Column("sha256", HEX32, nullable=False),
    sa.Column("active_from", sa.Date, nullable=False),
    sa.Column("event", HEX32, nullable=False),
)
sa.Index(
    "policy_activation_by_day",
    policy_activation.c.site,
    policy_activation.c.active_from,
    policy_activation.c.id,
)

calendar_day = sa.Table(
    "calendar_day",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("name", CODE, nullable=False),
    sa.Column("source", sa.String(128), nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
)
