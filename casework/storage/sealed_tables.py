"""Tables of sealed bytes: objects, wraps, identity items and their pieces, files.

A report's rows stand together under its id: random ids alone would spread one
report over a page of the index for every row.

A later version of an object or item keeps its id and is a row of its own: the
public site may add sealed rows and never delete or change one.
"""

import sqlalchemy as sa

from casework.storage.schema import CODE, HEX32, ID, WORD, metadata, site_column


def _report_column() -> sa.Column[str]:
    return sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True)


sealed_object = sa.Table(
    "sealed_object",
    metadata,
    site_column(),
    _report_column(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("sending", ID, nullable=False),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

key_wrap = sa.Table(
    "key_wrap",
    metadata,
    site_column(),
    _report_column(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("sending", ID, nullable=False),
    sa.Column("key_kind", WORD, nullable=False),  # content or thread
    sa.Column("recipient", sa.String(80), nullable=False),  # office:CODE or reporter
    sa.Column("key_id", sa.LargeBinary(32), nullable=False),
    sa.Column("recipient_key", HEX32, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

identity_item = sa.Table(
    "identity_item",
    metadata,
    site_column(),
    _report_column(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

identity_piece = sa.Table(
    "identity_piece",
    metadata,
    site_column(),
    _report_column(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("item", ID, nullable=False),
    sa.Column("seat", sa.SmallInteger, nullable=False),
    sa.Column("seat_key", HEX32, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("seat BETWEEN 1 AND 7", name="identity_piece_seat_range"),
)

sealed_file = sa.Table(
    "sealed_file",
    metadata,
    site_column(),
    _report_column(),
    sa.Column("id", ID, primary_key=True),
    sa.Column("sending", ID, nullable=False),
    sa.Column("blob_name", CODE, nullable=False),
    sa.Column("stored_size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), nullable=False),
    sa.UniqueConstraint("blob_name", name="sealed_file_blob_name_key"),
    sa.CheckConstraint("stored_size > 0", name="sealed_file_stored_size_positive"),
)
