"""Reports, mailboxes, retry boxes and signed events.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_report"
down_revision = None


def upgrade() -> None:
    create_report()
    create_mailbox()
    create_retry_box()
    create_event()


def create_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("sector", sa.String(64), nullable=False),
        sa.Column("matter", sa.String(32), nullable=False),
        sa.Column("lead", sa.String(64), nullable=False),
        sa.Column("supervisor", sa.String(64), nullable=False),
        sa.Column("undetermined", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("inbox_on", sa.Date, nullable=False),
        sa.Column("accepted_on", sa.Date),
        sa.Column("verify_due_on", sa.Date),
        sa.Column("finding", sa.String(32)),
        sa.Column("award_state", sa.String(32)),
        sa.Column("closed_on", sa.Date),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("case_json", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="report_pkey"),
        sa.CheckConstraint("events > 0", name="report_events_positive"),
        sa.UniqueConstraint("site", "case_number", name="report_case_number_key"),
    )
    op.create_index("report_by_lead", "report", ["site", "lead", "received_on", "id"])
    op.create_index(
        "report_open_by_lead",
        "report",
        ["site", "lead", "inbox_on", "id"],
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index(
        "report_open_by_supervisor",
        "report",
        ["site", "supervisor", "inbox_on", "id"],
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index(
        "report_undetermined",
        "report",
        ["site", "inbox_on", "id"],
        sqlite_where=sa.text("closed_on IS NULL AND undetermined"),
        postgresql_where=sa.text("closed_on IS NULL AND undetermined"),
    )
    op.create_index(
        "report_unverified",
        "report",
        ["site", "verify_due_on", "id"],
        sqlite_where=sa.text("closed_on IS NULL AND finding IS NULL AND verify_due_on IS NOT NULL"),
        postgresql_where=sa.text(
            "closed_on IS NULL AND finding IS NULL AND verify_due_on IS NOT NULL"
        ),
    )


def create_mailbox() -> None:
    op.create_table(
        "mailbox",
        sa.Column("locator", sa.LargeBinary(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("reporter_key", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("locator", name="mailbox_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="mailbox_report_id_fkey"),
        sa.UniqueConstraint("report_id", name="mailbox_report_id_key"),
    )


def create_retry_box() -> None:
    op.create_table(
        "retry_box",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="retry_box_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="retry_box_report_id_fkey"),
    )
    op.create_index("retry_box_by_expiry", "retry_box", ["site", "expires_at"])
    op.create_index("retry_box_by_report", "retry_box", ["report_id"])


def create_event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("logged", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="event_pkey"),
    )
    op.create_index(
        "event_of_report",
        "event",
        ["site", "report_id", "ordinal"],
        unique=True,
        sqlite_where=sa.text("report_id <> ''"),
        postgresql_where=sa.text("report_id <> ''"),
    )
    op.create_index(
        "event_outside",
        "event",
        ["site", "at", "id"],
        sqlite_where=sa.text("report_id = ''"),
        postgresql_where=sa.text("report_id = ''"),
    )
    op.create_index(
        "event_pending",
        "event",
        ["site", "at", "id"],
        sqlite_where=sa.text("NOT logged"),
        postgresql_where=sa.text("NOT logged"),
    )


def downgrade() -> None:
    op.drop_table("event")
    op.drop_table("retry_box")
    op.drop_table("mailbox")
    op.drop_table("report")
