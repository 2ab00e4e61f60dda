"""Tables of a report: the case, the reporter's mailbox, retry boxes and events."""

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

report = sa.Table(
    "report",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("case_number", CODE, nullable=False),
    sa.Column("region", WORD, nullable=False),
    sa.Column("sector", CODE, nullable=False),
    sa.Column("matter", WORD, nullable=False),
    sa.Column("lead", CODE, nullable=False),
    sa.Column("supervisor", CODE, nullable=False),
    sa.Column("undetermined", sa.Boolean, nullable=False),
    sa.Column("state", WORD, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    # What an inbox is sorted by: the day of receipt until acceptance, then the due day; a case
    # with a finding comes after all others.
    sa.Column("inbox_on", sa.Date, nullable=False),
    sa.Column("accepted_on", sa.Date),
    sa.Column("verify_due_on", sa.Date),
    sa.Column("finding", WORD),
    sa.Column("award_state", WORD),
    sa.Column("closed_on", sa.Date),  # refused cases are closed too
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("case_json", sa.Text, nullable=False),
    sa.UniqueConstraint("site", "case_number", name="report_case_number_key"),
    sa.CheckConstraint("events > 0", name="report_events_positive"),
)
_c = report.c
OPEN = "closed_on IS NULL"
LATE = "closed_on IS NULL AND finding IS NULL AND verify_due_on IS NOT NULL"
POOL = "closed_on IS NULL AND undetermined"
partial_index("report_open_by_lead", _c.site, _c.lead, _c.inbox_on, _c.id, where=OPEN)
partial_index("report_open_by_supervisor", _c.site, _c.supervisor, _c.inbox_on, _c.id, where=OPEN)
partial_index("report_undetermined", _c.site, _c.inbox_on, _c.id, where=POOL)
partial_index("report_unverified", _c.site, _c.verify_due_on, _c.id, where=LATE)
ENDED = "closed_on IS NOT NULL"
partial_index("report_ended_by_lead", _c.site, _c.lead, _c.state, _c.closed_on, _c.id, where=ENDED)
partial_index(
    "report_ended_by_supervisor", _c.site, _c.supervisor, _c.state, _c.closed_on, _c.id,
    where=ENDED,
)  # fmt: skip
sa.Index("report_by_lead", _c.site, _c.lead, _c.received_on, _c.id)

mailbox = sa.Table(
    "mailbox",
    metadata,
    sa.Column("locator", sa.LargeBinary(32), primary_key=True),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
    sa.Column("reporter_key", sa.LargeBinary(64), nullable=False),
    sa.UniqueConstraint("report_id", name="mailbox_report_id_key"),
)

retry_box = sa.Table(
    "retry_box",
    metadata,
    sa.Column("id", sa.LargeBinary(32), primary_key=True),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
)
sa.Index("retry_box_by_report", retry_box.c.report_id)
sa.Index("retry_box_by_expiry", retry_box.c.site, retry_box.c.expires_at)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", HEX32, primary_key=True),  # digest of the body
    sa.Column("site", SITE, nullable=False),
    sa.Column("report_id", ID, nullable=False),  # "" outside a report
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("kind", CODE, nullable=False),
    sa.Column("actor", CODE, nullable=False),
    sa.Column("at", sa.String(20), nullable=False),  # a day for the first, else an instant
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("logged", sa.Boolean, nullable=False),  # taken into the audit tree
)
_e = event.c
partial_index(
    "event_of_report", _e.site, _e.report_id, _e.ordinal, where="report_id <> ''", unique=True
)
partial_index("event_outside", _e.site, _e.at, _e.id, where="report_id = ''")
sa.Index("event_by_time", _e.site, _e.at, _e.id)
RELEASES = "kind >= 'release.' AND kind < 'release/'"
partial_index("event_of_releases", _e.site, _e.at, _e.id, where=RELEASES)
HOLDS = "kind = 'hold.requested'"
partial_index("event_of_holds", _e.site, _e.at, _e.id, where=HOLDS)
# `logged` is the same in every row of it: SQLite then takes it rather than event_by_time.
partial_index("event_pending", _e.site, _e.logged, _e.at, _e.id, where="NOT logged")
