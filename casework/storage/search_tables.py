"""Tables of the search index; made from the cases by the jobs process (services/searching.py)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from casework.storage.schema import CODE, ID, SITE, metadata, site_column

# SQLite has a rowid of exactly this name, which its full-text index goes by.
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

search_entry = sa.Table(
    "search_entry",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
    sa.Column("words", sa.Text().with_variant(TSVECTOR, "postgresql"), nullable=False),
)
sa.Index("search_entry_words", search_entry.c.words, postgresql_using="gin").ddl_if(
    dialect="postgresql"
)

# Which office may find which case, the newest first: a search begins here.
search_place = sa.Table(
    "search_place",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("office", CODE, primary_key=True),
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), nullable=False),
)
sa.Index("search_place_of_number", search_place.c.number)

# Up to which leaf of the audit tree the index has followed.
search_progress = sa.Table(
    "search_progress",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("form", sa.Integer, nullable=False),  # of the tokens; a new one indexes all anew
    sa.Column("position", sa.BigInteger, nullable=False),
)

# The words of search_entry, found by token; nothing is kept twice. What stands in the tokens of
# a code is no separator.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE search_text USING fts5(words, content='search_entry',"
    " content_rowid='number', tokenize=\"unicode61 remove_diacritics 0 tokenchars ':_-'\")"
)


@sa.event.listens_for(search_entry, "after_create")
def _with_full_text(_table: object, connection: sa.Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(FULL_TEXT)


@sa.event.listens_for(search_entry, "before_drop")
def _without_full_text(_table: object, connection: sa.Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS search_text")
