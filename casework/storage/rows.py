"""What the repositories share: their connection, and inserts of many rows as one statement."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

Row = Mapping[str, Any]
Lines = sa.Select[*tuple[Any, ...]]  # a prepared query, whatever its columns


class Repository:
    """Statements of one subject, in somebody's transaction."""

    __slots__ = ("_connection", "_site")

    def __init__(self, connection: sa.Connection, site: str) -> None:
        """Work on *connection*, with the rows of *site*."""
        self._connection = connection
        self._site = site


class InsertRows:
    """An insert that takes any number of rows in one statement and one round trip."""

    def __init__(self, table: sa.Table) -> None:
        """Prepare both forms once, as a module-level constant."""
        self._one = sa.insert(table)
        # PostgreSQL: one INSERT with many VALUES. RETURNING makes SQLAlchemy write that form;
        # a literal asks for no right to read the table.
        self._many: sa.Executable = sa.insert(table).returning(sa.literal_column("1"))

    def __call__(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Insert *rows*; none means no statement at all."""
        if not rows:
            return
        if len(rows) == 1:
            connection.execute(self._one, rows[0])
        elif connection.dialect.name == "sqlite":
            connection.execute(self._one, rows)
        else:
            connection.execute(self._many, rows)


def to_json(value: object) -> str:
    """Write *value* the same way every time."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
