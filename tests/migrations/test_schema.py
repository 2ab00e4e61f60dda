"""The tables that the program writes to are the ones that the migrations make."""

import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from casework.storage import (  # noqa: F401 -- each fills the metadata
    custody_tables,
    log_tables,
    money_tables,
    report_tables,
    rule_tables,
    sealed_tables,
    search_tables,
    seat_tables,
    staff_tables,
    upload_tables,
    work_tables,
)
from casework.storage.schema import metadata


def test_no_difference_is_found_by_comparing(database):
    database.go("head")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, _kind, _of: not is_full_text(name),
                "include_object": lambda one, *_: is_made_here(one, database.engine.dialect),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_what_comparing_does_not_see_is_the_same_too(database, database_url, tmp_path):
    """Checks, the conditions of partial indexes, and the names of keys."""
    database.go("head")
    migrated = catalogue(database.engine)
    database.go("base")
    metadata.create_all(database.engine)

    assert catalogue(database.engine) == migrated
    assert len(migrated["checks"]) > 10
    assert any("WHERE" in line for line in migrated["indexes"])


def is_full_text(name: str | None) -> bool:
    """Whether a table belongs to SQLite's full-text index, which SQLAlchemy knows nothing of."""
    return (name or "").startswith("search_text")


def is_made_here(one: object, dialect: sa.Dialect) -> bool:
    """Whether an index is made on this database; one kind is on PostgreSQL alone."""
    is_gin = isinstance(one, sa.Index) and one.dialect_options["postgresql"]["using"] == "gin"
    return not is_gin or dialect.name == "postgresql"


def catalogue(engine: sa.Engine) -> dict[str, list[str]]:
    """Return checks, indexes and named keys, as the database tells them."""
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        named = set(inspector.get_table_names()) - {"alembic_version"}
        tables = sorted(one for one in named if not is_full_text(one))
        checks = [
            f"{table} {one['name']} {plain(str(one['sqltext']))}"
            for table in tables
            for one in inspector.get_check_constraints(table)
        ]
        keys = [
            f"{table} {one['name']}"
            for table in tables
            for one in (
                inspector.get_pk_constraint(table),
                *inspector.get_foreign_keys(table),
                *inspector.get_unique_constraints(table),
            )
        ]
        if engine.dialect.name == "sqlite":
            query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        else:
            query = (
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " AND tablename <> 'alembic_version'"
            )
        indexes = [plain(text) for text in connection.exec_driver_sql(query).scalars()]
        return {"checks": sorted(checks), "keys": sorted(keys), "indexes": sorted(indexes)}


def plain(text: str) -> str:
    """Return SQL with its white space evened out."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_name_is_within_what_postgresql_keeps(table):
    names = [table, *(index.name for index in metadata.tables[table].indexes)]

    assert [name for name in names if name and len(name) > 63] == []
