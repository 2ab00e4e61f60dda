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

# Made from the cases (`services/clock_rows.py`); NEW_KEY: a report whose clocks nobody has worked
# out yet.
clock = sa.Table(
    "clock",
    metadata,
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    sa.Column("key", CODE, primary_key=True),
    sa.Column("since", sa.Integer, primary_key=True),  # ordinal of the act that started it
    site_column(),
    sa.Column("office", CODE, nullable=False),  # that it binds; "" where it binds none
    sa.Column("lead", CODE, nullable=False),
    sa.Column("supervisor", CODE, nullable=False),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("due_at", INSTANT),  # of a limit in minutes or hours
    sa.Column("next_at", INSTANT, nullable=False),  # from when on the sweep has to look again
    sa.Column("state", WORD, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("stages", sa.Text, nullable=False),  # JSON list of the steps done
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("as_of", INSTANT, nullable=False),  # when this was worked out
)
_INSTANCE = (clock.c.report_id, clock.c.key, clock.c.since)
partial_index("clock_due", clock.c.site, clock.c.next_at, *_INSTANCE, where="NOT stopped")
partial_index(
    "clock_of_lead", clock.c.site, clock.c.lead, clock.c.due_on, *_INSTANCE, where="NOT stopped"
)
partial_index(
    "clock_of_supervisor", clock.c.site, clock.c.supervisor, clock.c.due_on, *_INSTANCE,
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

# Made from the cases (`domain/waiting.py`).
waiting = sa.Table(
    "waiting",
    metadata,
    # First in the key: SQLite would else look for a case's rows by waiting_for, among all.
    sa.Column("site", SITE, primary_key=True),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    sa.Column("kind", WORD, primary_key=True),  # decide, confirm or answer
    sa.Column("key", CODE, primary_key=True),  # of the clock that it is about
    sa.Column("since", sa.Integer, primary_key=True),
    sa.Column("of", CODE, primary_key=True),
    sa.Column("office", CODE, nullable=False),
    sa.Column("role", WORD, nullable=False),
    sa.Column("sort_key", WORD, nullable=False),
)
_w = waiting.c
sa.Index(
    "waiting_for", _w.site, _w.office, _w.role, _w.kind,
    _w.sort_key, _w.report_id, _w.key, _w.since, _w.of,
)  # fmt: skip

# Which enterprise an accepted report names, as a mark that nobody can read (crypto/blind_index).
enterprise_mark = sa.Table(
    "enterprise_mark",
    metadata,
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    site_column(),
    sa.Column("mark", HEX32, nullable=False),
    sa.Column("noted_on", sa.Date, nullable=False),
)
_m = enterprise_mark.c
sa.Index("enterprise_mark_same", _m.site, _m.mark, _m.noted_on, _m.report_id)

# In which enterprises staff have an interest, as such marks.
declared_interest = sa.Table(
    "declared_interest",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("account", ID, primary_key=True),
    sa.Column("mark", HEX32, primary_key=True),
    sa.Column("declared_on", sa.Date, nullable=False),
)

# Drawn anew with every change of what the rules rest on, so that a process sees it cheaply.
rule_version = sa.Table(
    "rule_version",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("policies", sa.BigInteger, nullable=False),
    sa.Column("calendar", sa.BigInteger, nullable=False),
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
