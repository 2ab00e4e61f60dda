"""Every clock of a case as a row of its own, with the instant at which to look again.

The table is only a projection: its old rows are dropped and made again from the cases. Every
report gets the row that the public site writes for a new one, by which the jobs process knows
that its clocks are to be worked out. What the rules of the site rest on gets a version, so that
a process sees at little cost whether they changed.

Not for a site whose old code still runs: it knows no such rows.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0016_clocks"
down_revision = "0015_erased_blobs"

RUNNING = "NOT stopped"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.drop_table("clock")
    create_clock()
    op.create_table(
        "rule_version",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("policies", sa.BigInteger, nullable=False),
        sa.Column("calendar", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", name="rule_version_pkey"),
    )
    op.get_bind().execute(
        sa.text(
            "INSERT INTO clock (report_id, key, since, site, office, lead, supervisor, started_on,"
            " due_on, due_at, next_at, state, provisional, stages, stopped, as_of)"
            " SELECT id, 'new', 1, site, '', '', '', received_on, received_on, NULL,"
            " :epoch, 'new', :no, '[]', :no, :epoch FROM report"
        ).bindparams(
            sa.bindparam("epoch", type_=sa.DateTime(timezone=True)),
            sa.bindparam("no", type_=sa.Boolean),
        ),
        {"epoch": EPOCH, "no": False},
    )


def create_clock() -> None:
    op.create_table(
        "clock",
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("lead", sa.String(64), nullable=False),
        sa.Column("supervisor", sa.String(64), nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("stages", sa.Text, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("report_id", "key", "since", name="clock_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="clock_report_id_fkey"),
    )
    instance = ["report_id", "key", "since"]
    for name, columns in (
        ("clock_due", ["site", "next_at", *instance]),
        ("clock_of_lead", ["site", "lead", "due_on", *instance]),
        ("clock_of_supervisor", ["site", "supervisor", "due_on", *instance]),
    ):
        op.create_index(
            name,
            "clock",
            columns,
            sqlite_where=sa.text(RUNNING),
            postgresql_where=sa.text(RUNNING),
        )


def downgrade() -> None:
    op.drop_table("rule_version")
    op.drop_table("clock")
    op.create_table(
        "clock",
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("stages", sa.Text, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "key", name="clock_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="clock_report_id_fkey"),
    )
    op.create_index(
        "clock_due",
        "clock",
        ["site", "next_on", "report_id", "key"],
        sqlite_where=sa.text(RUNNING),
        postgresql_where=sa.text(RUNNING),
    )
    # The verification clock of what is being verified, looked at by the next sweep.
    op.get_bind().execute(
        sa.text(
            "INSERT INTO clock (report_id, key, site, started_on, due_on, next_on, state, stages,"
            " stopped) SELECT id, 'verify', site, accepted_on, verify_due_on, accepted_on,"
            " 'running', '[]', :no FROM report"
            " WHERE state = 'accepted' AND accepted_on IS NOT NULL AND verify_due_on IS NOT NULL"
        ).bindparams(sa.bindparam("no", type_=sa.Boolean)),
        {"no": False},
    )
