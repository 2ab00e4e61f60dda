"""Reasons of releases, sealed to the seats; and when a case is looked at for erasing.

Expand step. Cases that are there already are looked at by the first sweep.
Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_erasing"
down_revision = "0009_seats"


def upgrade() -> None:
    create_release_reason()
    create_keeping()
    create_auditors_indexes()
    op.execute(
        "INSERT INTO keeping (report_id, site, look_on, stopped)"
        " SELECT id, site, received_on, FALSE FROM report WHERE closed_on IS NOT NULL"
    )


def create_release_reason() -> None:
    op.create_table(
        "release_reason",
        sa.Column("release", sa.String(26), nullable=False),
        sa.Column("seat", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("release", "seat", name="release_reason_pkey"),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name="release_reason_release_fkey"),
    )


def create_keeping() -> None:
    op.create_table(
        "keeping",
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("look_on", sa.Date, nullable=False),
        sa.Column("destroy_on", sa.Date, nullable=True),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="keeping_pkey"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="keeping_report_id_fkey"),
    )
    op.create_index(
        "keeping_due",
        "keeping",
        ["site", "look_on", "report_id"],
        sqlite_where=sa.text("NOT stopped"),
        postgresql_where=sa.text("NOT stopped"),
    )


def create_auditors_indexes() -> None:
    op.create_index("event_by_time", "event", ["site", "at", "id"])
    op.create_index(
        "event_of_releases",
        "event",
        ["site", "at", "id"],
        sqlite_where=sa.text("kind >= 'release.' AND kind < 'release/'"),
        postgresql_where=sa.text("kind >= 'release.' AND kind < 'release/'"),
    )


def downgrade() -> None:
    op.drop_index("event_of_releases", "event")
    op.drop_index("event_by_time", "event")
    op.drop_table("keeping")
    op.drop_table("release_reason")
