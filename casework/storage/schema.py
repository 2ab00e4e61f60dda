"""What all tables share: one MetaData, the column types, and how constraints are named."""

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)

ID = sa.String(26)  # random, domain.ids.new_id()
SITE = sa.String(32)
CODE = sa.String(64)  # of an office, a sector, a login name
WORD = sa.String(32)  # one word of a fixed list
HEX32 = sa.String(64)  # 32 bytes in hexadecimal
KEY_PAIR = sa.String(128)  # PublicKey.encode() in hexadecimal


class Instant(sa.TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a time without its zone; SQLite would keep the digits and drop the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware of its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Put the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


INSTANT = Instant()


def site_column() -> sa.Column[str]:
    """Return the column that every table carries, for engines that shard by it."""
    return sa.Column("site", SITE, nullable=False)


def partial_index(name: str, *columns: sa.Column[object], where: str, unique: bool = False) -> None:
    """Index only the rows that satisfy *where*, a condition both databases read alike."""
    sa.Index(
        name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
