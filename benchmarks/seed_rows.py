"""Rows copied again and again under new ids, into either database as fast as it takes them.

A case that was stored through the product's own repositories is the pattern. Its copies
differ in what is random in the product: the report's id, the case number, and with them the
bytes and the digest of every event.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, DropIndex

from casework.domain.ids import new_case_number, new_id
from casework.storage.custody_tables import keeping
from casework.storage.report_tables import event, report
from casework.storage.work_tables import clock, waiting
from crypto.events import event_digest

TABLES: Final = (report, clock, event, waiting, keeping)
Values = tuple[Any, ...]
SQLITE_CACHE_KIB: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a pattern, and which of its columns hold the case's names."""

    values: Values
    named: tuple[int, ...]

    @classmethod
    def of(cls, values: Sequence[Any], names: Sequence[str]) -> "Line":
        """Find the columns of *values* that hold one of the *names*."""
        return cls(
            tuple(values),
            tuple(at for at, value in enumerate(values) if any(_holds(value, n) for n in names)),
        )

    def renamed(self, pairs: Sequence[tuple[str, str]]) -> list[Any]:
        """Return the row with new names in the places of the old ones."""
        row = list(self.values)
        for at in self.named:
            value = row[at]
            for old, new in pairs:
                if isinstance(value, bytes):
                    value = value.replace(old.encode(), new.encode())
                else:
                    value = value.replace(old, new)
            row[at] = value
        return row


@dataclass(frozen=True, slots=True)
class Pattern:
    """The rows of one case as the database keeps them, by table in the order of TABLES."""

    report_id: str
    case_number: str
    lines: tuple[tuple[Line, ...], ...]

    def copy(self, report_id: str, case_number: str) -> tuple[list[list[Any]], ...]:
        """Return the rows of another case that went the same way."""
        pairs = ((self.report_id, report_id), (self.case_number, case_number))
        made = tuple([line.renamed(pairs) for line in lines] for lines in self.lines)
        for row in made[TABLES.index(event)]:
            row[_ID] = event_digest(row[_BODY]).hex()
        return made


class Names:
    """New ids and case numbers; the same ones in every run, and none twice."""

    def __init__(self, draw: random.Random) -> None:
        """Draw from *draw*."""
        self._random = draw.randbytes
        self._numbers: set[str] = set()

    def next(self, like: str) -> tuple[str, str]:
        """Return an id, and a case number of the region and year of *like*."""
        region, year, _ = like.split("-")
        number = new_case_number(region, int(year), self._random)
        while number in self._numbers:
            number = new_case_number(region, int(year), self._random)
        self._numbers.add(number)
        return new_id(self._random), number


class Loader(Protocol):
    """A connection past the product, for many rows at a time."""

    def add(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows whose columns are those of *table*, in its order."""

    def rows(self, statement: str) -> list[Values]:
        """Return what a statement finds, as the driver gives it."""

    def run(self, statement: str) -> None:
        """Run one statement."""

    def put_back(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Give rows, found by their first column, these values."""

    @property
    def dialect(self) -> sa.Dialect:
        """How statements are written here."""

    def finish(self) -> None:
        """Bring the database into the state of one that has lived for long."""

    def close(self) -> None:
        """Hang up."""


class SqliteLoader:
    """Writes to a file that nobody else has open; a crash costs the file."""

    def __init__(self, database_url: str) -> None:
        """Open it with a large cache: random ids touch every page of an index."""
        path = Path(urlsplit(database_url).path[1:])
        self._file = sqlite3.connect(path, isolation_level=None)
        for pragma in ("synchronous=OFF", f"cache_size=-{SQLITE_CACHE_KIB}", "foreign_keys=OFF"):
            self._file.execute(f"PRAGMA {pragma}")
        self.dialect: sa.Dialect = sqlite.dialect()

    def add(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows."""
        marks = ", ".join("?" * len(table.c))
        self._file.execute("BEGIN")
        self._file.executemany(
            f"INSERT INTO {table.name} ({columns_of(table)}) VALUES ({marks})", rows
        )
        self._file.execute("COMMIT")

    def rows(self, statement: str) -> list[Values]:
        """Return what a statement finds."""
        with closing(self._file.execute(statement)) as found:
            return found.fetchall()

    def run(self, statement: str) -> None:
        """Run one statement."""
        self._file.execute(statement)

    def put_back(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Give rows these values."""
        self._file.execute("BEGIN")
        self._file.executemany(_update(table, "?"), [(*row, row[0]) for row in rows])
        self._file.execute("COMMIT")

    def finish(self) -> None:
        """Fold the write-ahead log into the file."""
        self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Hang up."""
        self._file.close()


class PostgresLoader:
    """Copies as the tables' owner; what the rows refer to is not looked up."""

    def __init__(self, database_url: str) -> None:
        """Connect."""
        self._server = psycopg.connect(database_url, autocommit=True)
        self._server.execute("SET session_replication_role = replica")
        self._server.execute("SET maintenance_work_mem = '1GB'")
        self.dialect: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]

    def add(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows."""
        statement = f"COPY {table.name} ({columns_of(table)}) FROM STDIN"
        with self._server.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def rows(self, statement: str) -> list[Values]:
        """Return what a statement finds."""
        return self._server.execute(statement.encode()).fetchall()

    def run(self, statement: str) -> None:
        """Run one statement."""
        self._server.execute(statement.encode())

    def put_back(self, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Give rows these values."""
        with self._server.cursor() as cursor:
            cursor.executemany(_update(table, "%s").encode(), [(*row, row[0]) for row in rows])

    def finish(self) -> None:
        """Have the planner know the tables."""
        self._server.execute("VACUUM ANALYZE")

    def close(self) -> None:
        """Hang up."""
        self._server.close()


def loader(database_url: str) -> Loader:
    """Return the loader for a database."""
    is_file = database_url.startswith("sqlite")
    return SqliteLoader(database_url) if is_file else PostgresLoader(database_url)


def pattern(at: Loader, report_id: str) -> Pattern:
    """Read the rows of a stored case."""
    found = []
    for table in TABLES:
        owner = "id" if table is report else "report_id"
        found.append(
            at.rows(f"SELECT {columns_of(table)} FROM {table.name} WHERE {owner} = '{report_id}'")
        )
    number = found[0][0][list(report.c).index(report.c.case_number)]
    both = (report_id, number)
    lines = tuple(tuple(Line.of(row, both) for row in rows) for rows in found)
    return Pattern(report_id, number, lines)


def copies(patterns: Iterable[Pattern], names: Names) -> Iterator[tuple[list[list[Any]], ...]]:
    """Yield the rows of a new case for each pattern."""
    for one in patterns:
        yield one.copy(*names.next(one.case_number))


def insert(at: Loader, made: Iterable[Sequence[list[list[Any]]]]) -> None:
    """Add the rows of many cases, a table at a time."""
    by_table: list[list[list[Any]]] = [[] for _ in TABLES]
    for case in made:
        for rows, more in zip(by_table, case, strict=True):
            rows.extend(more)
    for table, rows in zip(TABLES, by_table, strict=True):
        at.add(table, rows)


def drop_indexes(at: Loader) -> None:
    """Take away the indexes that are cheaper to make once all rows are there."""
    for index in _indexes():
        at.run(str(DropIndex(index).compile(dialect=at.dialect)))


def make_indexes(at: Loader) -> Iterator[str]:
    """Make them again; yields the name of each when it is there."""
    for index in _indexes():
        at.run(str(CreateIndex(index).compile(dialect=at.dialect)))
        yield str(index.name)


_ID: Final = list(event.c).index(event.c.id)
_BODY: Final = list(event.c).index(event.c.body)


def _indexes() -> Iterator[sa.Index]:
    for table in TABLES:
        yield from sorted(table.indexes, key=lambda one: str(one.name))


def _update(table: sa.Table, mark: str) -> str:
    first, *_ = columns = [f'"{column.name}"' for column in table.c]
    values = ", ".join(f"{column} = {mark}" for column in columns)
    return f"UPDATE {table.name} SET {values} WHERE {first} = {mark}"


def columns_of(table: sa.Table) -> str:
    """Return its columns, to be written into a statement."""
    return ", ".join(f'"{column.name}"' for column in table.c)


def _holds(value: Any, name: str) -> bool:
    if isinstance(value, bytes):
        return name.encode() in value
    return isinstance(value, str) and name in value
