"""Tables of a release: who asked for which identity item, and which seats agreed."""

import sqlalchemy as sa

from casework.storage.schema import (
    CODE,
    HEX32,
    ID,
    INSTANT,
    WORD,
    metadata,
    partial_index,
    site_column,
)

release = sa.Table(
    "release",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
    sa.Column("item", ID, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("requester", ID, nullable=False),
    sa.Column("office", CODE, nullable=False),
    sa.Column("purpose", CODE, nullable=False),
    sa.Column("state", WORD, nullable=False),
    sa.Column("requested_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
)
sa.Index("release_by_report", release.c.report_id)
partial_index(
    "release_open", release.c.site, release.c.expires_at, release.c.id, where="NOT closed"
)

release_approval = sa.Table(
    "release_approval",
    metadata,
    sa.Column("release", ID, sa.ForeignKey("release.id"), primary_key=True),
    sa.Column("seat", sa.SmallInteger, primary_key=True, autoincrement=False),
    site_column(),
    sa.Column("account", ID, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),  # the seat's box, for the requester
    sa.Column("event", HEX32, nullable=False),  # the signed approval
    sa.UniqueConstraint("release", "account", name="release_approval_account_key"),
)

release_reason = sa.Table(
    "release_reason",
    metadata,
    sa.Column("release", ID, sa.ForeignKey("release.id"), primary_key=True),
    sa.Column("seat", sa.SmallInteger, primary_key=True, autoincrement=False),
    site_column(),
    sa.Column("body", sa.LargeBinary, nullable=False),  # why it is asked for, for the seat
)

# When the jobs process has to look at a case again, to erase what is to be erased.
# Files of erased items and cases that still lie in the blob store.
erased_blob = sa.Table(
    "erased_blob",
    metadata,
    sa.Column("blob_name", CODE, primary_key=True),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
)
sa.Index("erased_blob_by_report", erased_blob.c.report_id)

keeping = sa.Table(
    "keeping",
    metadata,
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    site_column(),
    sa.Column("look_on", sa.Date, nullable=False),
    sa.Column("destroy_on", sa.Date),  # the day on which the contents go, once that is known
    sa.Column("stopped", sa.Boolean, nullable=False),
)
partial_index(
    "keeping_due", keeping.c.site, keeping.c.look_on, keeping.c.report_id, where="NOT stopped"
)
