"""Tables of the audit tree and of the public register before it is public."""

import sqlalchemy as sa

from casework.storage.schema import (
    CODE,
    HEX32,
    ID,
    SITE,
    WORD,
    metadata,
    partial_index,
    site_column,
)

# Which event stands at which place of the audit tree.
log_leaf = sa.Table(
    "log_leaf",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", HEX32, nullable=False),
    sa.UniqueConstraint("site", "event", name="log_leaf_event_key"),
)

# Tiles of both trees, as C2SP tlog-tiles cuts them; a partial one grows in place.
log_tile = sa.Table(
    "log_tile",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("tree", WORD, primary_key=True),  # audit or register
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# Signed heads of both trees: of the audit tree one a step, of the register one a batch.
log_checkpoint = sa.Table(
    "log_checkpoint",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("tree", WORD, primary_key=True),
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, nullable=False),  # of the batch; of the audit tree the day taken
    sa.Column("note", sa.Text, nullable=False),
    sa.CheckConstraint("tree IN ('audit', 'register')", name="log_checkpoint_tree_known"),
)

register_entry = sa.Table(
    "register_entry",
    metadata,
    sa.Column("entry", sa.LargeBinary(32), primary_key=True),
    site_column(),
    sa.Column("event", HEX32),  # None for fillers and audit roots
    sa.Column("report_id", ID, nullable=False),  # "" outside a report
    sa.Column("owner", CODE, nullable=False),  # whose tag the record carries
    sa.Column("tag", HEX32, nullable=False),
    sa.Column("record", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary(32), nullable=False),
    sa.Column("office", CODE, nullable=False),
    sa.Column("office_salt", sa.LargeBinary, nullable=False),
    sa.Column("receipt", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),  # day of the batch
    sa.Column("position", sa.BigInteger),  # in the public log; None until the batch
    sa.UniqueConstraint("site", "event", name="register_entry_event_key"),
    sa.UniqueConstraint("site", "position", name="register_entry_position_key"),
)
_r = register_entry.c
sa.Index("register_entry_by_report", _r.site, _r.report_id)
sa.Index("register_entry_by_owner", _r.site, _r.owner)
partial_index("register_entry_waiting", _r.site, _r.due_on, where="position IS NULL")
