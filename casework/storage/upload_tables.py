"""Tables of uploads under way: nothing in them names a report, a file or its size.

`stored_size` counts padded parts. `expires_at` is a whole hour: a database that is
copied does not tell when to the second somebody sent what.
"""

import sqlalchemy as sa

from casework.storage.schema import CODE, INSTANT, metadata, site_column

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("id", sa.LargeBinary(32), primary_key=True),  # a hash of the sender's token
    site_column(),
    sa.Column("box", sa.LargeBinary, nullable=False),  # sealed under another hash of it
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("stored_size", sa.BigInteger, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Index("upload_expires", "site", "expires_at"),
)

upload_part = sa.Table(
    "upload_part",
    metadata,
    sa.Column("upload", sa.LargeBinary(32), sa.ForeignKey("upload.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    site_column(),
    sa.Column("blob_name", CODE, nullable=False),
    sa.UniqueConstraint("blob_name", name="upload_part_blob_name_key"),
)
