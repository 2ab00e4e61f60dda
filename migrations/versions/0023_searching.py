"""The search index; the jobs process fills it from the audit tree's first leaf on.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0023_searching"
down_revision = "0022_routing_table"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    number = sa.Integer() if is_sqlite else sa.BigInteger()
    op.create_table(
        "search_entry",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.Column("words", sa.Text() if is_sqlite else TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="search_entry_report_id_fkey"),
        sa.PrimaryKeyConstraint("number", name="search_entry_pkey"),
    )
    op.create_table(
        "search_place",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("report_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="search_place_report_id_fkey"),
        sa.PrimaryKeyConstraint("site", "office", "number", name="search_place_pkey"),
    )
    op.create_index("search_place_of_number", "search_place", ["number"])
    op.create_table(
        "search_progress",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("form", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", name="search_progress_pkey"),
    )
    if is_sqlite:
        op.get_bind().exec_driver_sql(
            "CREATE VIRTUAL TABLE search_text USING fts5(words, content='search_entry',"
            " content_rowid='number',"
            " tokenize=\"unicode61 remove_diacritics 0 tokenchars ':_-'\")"
        )
    else:
        op.create_index("search_entry_words", "search_entry", ["words"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text")
    op.drop_table("search_progress")
    op.drop_table("search_place")
    op.drop_table("search_entry")
