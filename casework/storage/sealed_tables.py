"""Tables of sealed bytes: objects, wraps, identity items and their pieces, files.

A later version of an object or item keeps its id and is a row of its own: the
public site may add sealed rows and never delete or change one.
"""

import sqlalchemy as sa

from casework.storage.schema import CODE, HEX32, ID, WORD, metadata, site_column


def _report_column() -> sa.Column[str]:
    return sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False)


sealed_object = sa.Table(
    "sealed_object",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    _report_column(),
    sa.Column("sending", ID, nullable=False),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Index("sealed_object_by_report", sealed_object.c.report_id)

key_wrap = sa.Table(
    "key_wrap",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    _report_column(),
    sa.Column("sending", ID, nullable=False),
    sa.Column("key_kind", WORD, nullable=False),  # content or thread
    sa.Column("recipient", sa.String(80), nullable=False),  # office:CODE or reporter
    sa.Column("key_id", sa.LargeBinary(32), nullable=False),
    sa.Column("recipient_key", HEX32, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Index("key_wrap_by_report", key_wrap.c.report_id, key_wrap.c.recipient)
sa.Index("key_wrap_by_recipient", key_wrap.c.site, key_wrap.c.recipient, key_wrap.c.id)

identity_item = sa.Table(
    "identity_item",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    _report_column(),
    sa.Column("kind", WORD, nullable=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Index("identity_item_by_report", identity_item.c.report_id)

identity_piece = sa.Table(
    "identity_piece",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    _report_column(),
    sa.Column("item", ID, nullable=False),
    sa.Column("seat", sa.SmallInteger, nullable=False),
    sa.Column("seat_key", HEX32, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("seat BETWEEN 1 AND 7", name="identity_piece_seat_range"),
)
sa.Index("identity_piece_by_report", identity_piece.c.report_id)
sa.Index("identity_piece_by_item", identity_piece.c.item)

sealed_file = sa.Table(
    "sealed_file",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    _report_column(),
    sa.Column("sending", ID, nullable=False),
    sa.Column("blob_name", CODE, nullable=False),
    sa.Column("stored_size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), nullable=False),
    sa.UniqueConstraint("blob_name", name="sealed_file_blob_name_key"),
    sa.CheckConstraint("stored_size > 0", name="sealed_file_stored_size_positive"),
)
sa.Index("sealed_file_by_report", sealed_file.c.report_id)
