"""The walls in PostgreSQL: what each process's role may do, tried statement by statement."""

import importlib
import pkgutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

import casework.storage
from casework.storage import migrate
from casework.storage.grants import GRANTS, PROCESSES, Right, role_name
from casework.storage.schema import metadata
from casework.storage.separation import differences
from separated import role_url

for _module in pkgutil.iter_modules(casework.storage.__path__):
    importlib.import_module(f"casework.storage.{_module.name}")  # fills the metadata

DATA_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture(scope="module")
def separated_url(postgres) -> Iterator[str]:
    """A migrated database for tests that only try what they may do."""
    url = postgres.create_database()
    migrate.upgrade(url)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def empty_url(postgres_url: str) -> str:
    """A migrated database of a test's own."""
    migrate.upgrade(postgres_url)
    return postgres_url


def as_role(url: str, process: str) -> psycopg.Connection:
    """Connect as the role of a process; every statement is a transaction of its own."""
    return psycopg.connect(role_url(url, process), autocommit=True)


def run(connection: psycopg.Connection, statement: str) -> str:
    """Return how a statement ended: "done", "denied", or what else was wrong with it."""
    try:
        connection.execute(statement.encode())
    except InsufficientPrivilege:
        return "denied"
    except psycopg.Error as error:
        return f"refused {error.sqlstate}"
    return "done"


def told(url: str) -> tuple[str, ...]:
    """Return the differences, but for tables that no line names: one test is about these."""
    return tuple(one for one in differences(url) if not one.endswith("has no rights declared"))


def columns_of(table: str) -> list[str]:
    """Return the columns of a table."""
    if table == "alembic_version":
        return ["version_num"]
    return [column.name for column in metadata.tables[table].columns]


def statement_for(verb: str, table: str, column: str) -> str:
    """Return a statement that needs *verb* on one column of *table*, and touches no row."""
    return {
        "SELECT": f'SELECT "{column}" FROM "{table}" WHERE false',
        "INSERT": f'INSERT INTO "{table}" ("{column}") SELECT NULL WHERE false',
        "UPDATE": f'UPDATE "{table}" SET "{column}" = NULL WHERE false',
        "DELETE": f'DELETE FROM "{table}" WHERE false',
    }[verb]


def reaches(right: Right, verb: str, column: str) -> bool:
    """Say whether a right covers a verb on a column."""
    return right.verb == verb and (not right.columns or column in right.columns)


def test_every_table_says_what_each_process_may_do_with_it():
    """A new table: give it a line in casework/storage/grants.py."""
    assert set(GRANTS) == set(metadata.tables) | {"alembic_version"}


def test_every_line_names_the_three_processes_and_plain_verbs():
    for table, rights in GRANTS.items():
        assert tuple(rights) == PROCESSES, table
        for right in (one for held in rights.values() for one in held):
            assert right.verb in (*DATA_VERBS, "MAINTAIN"), table
            assert set(right.columns) <= set(columns_of(table)), table


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("verb", DATA_VERBS)
def test_what_no_line_allows_is_denied_and_what_one_allows_is_done(separated_url, process, verb):
    tried = denied = 0
    with as_role(separated_url, process) as connection:
        for table, rights in GRANTS.items():
            for column in columns_of(table):
                allowed = any(reaches(right, verb, column) for right in rights[process])
                ended = run(connection, statement_for(verb, table, column))
                assert ended == ("done" if allowed else "denied"), (table, column)
                tried, denied = tried + 1, denied + (not allowed)
    assert tried > 150
    assert denied < tried


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_changes_the_tables_themselves(separated_url, process):
    database = urlsplit(separated_url).path[1:]
    own = role_name(database, process)
    with as_role(separated_url, process) as connection:
        for table in GRANTS:
            for statement in (
                f"TRUNCATE {table}",
                f"ALTER TABLE {table} ADD COLUMN extra text",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
                f"DROP TABLE {table}",
                f"CREATE POLICY everything ON {table} USING (true)",
                f"CREATE INDEX ON {table} (({columns_of(table)[0]}))",
                f"GRANT ALL ON {table} TO PUBLIC",
            ):
                ended = run(connection, statement)
                if statement.startswith("GRANT"):
                    continue  # PostgreSQL only warns; what came of it is looked at below
                assert ended == "denied", statement
        for statement in (
            "CREATE TABLE extra (id text)",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "CREATE ROLE another",
            f'ALTER ROLE "{own}" BYPASSRLS',
            f'GRANT "{role_name(database, "console")}" TO "{role_name(database, "portal")}"',
            "SET ROLE postgres",
            "SET SESSION AUTHORIZATION postgres",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            f'DROP DATABASE "{database}"',
        ):
            assert run(connection, statement) in ("denied", "refused 0LP01"), statement
    assert told(separated_url) == ()


def test_the_public_site_can_take_in_what_it_can_neither_read_nor_remove(separated_url):
    """SEALING.md 1, P4, as a list that anybody can read."""
    with as_role(separated_url, "portal") as connection:
        for statement in (
            "SELECT body FROM identity_item",
            "SELECT body FROM identity_piece",
            "SELECT blob_name FROM sealed_file",
            "SELECT login FROM account",
            "SELECT body FROM member_wrap",
            "SELECT body FROM release_approval",
            "SELECT amount_fen FROM ledger_entry",
            "DELETE FROM sealed_object",
            "DELETE FROM identity_item",
            "DELETE FROM identity_piece",
            "DELETE FROM sealed_file",
            "DELETE FROM event",
            "UPDATE sealed_object SET body = ''",
            "UPDATE event SET logged = true",
            "INSERT INTO key_set (number) VALUES (2)",
            "INSERT INTO certificate (id) VALUES ('x')",
            "INSERT INTO ledger_entry (id) VALUES ('x')",
        ):
            assert run(connection, statement) == "denied", statement


def test_nobody_changes_an_event_or_a_line_of_the_ledger(separated_url):
    for process in PROCESSES:
        with as_role(separated_url, process) as connection:
            for statement in (
                "UPDATE event SET body = ''",
                "DELETE FROM event",
                "UPDATE ledger_entry SET amount_fen = 1",
                "DELETE FROM ledger_entry",
                "UPDATE key_set SET body = ''",
                "DELETE FROM key_set",
            ):
                assert run(connection, statement) == "denied", (process, statement)


def test_a_table_of_tomorrow_is_closed_and_named_until_it_has_a_line(empty_url):
    with psycopg.connect(empty_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE tomorrow (site text)")
    for process in PROCESSES:
        with as_role(empty_url, process) as connection:
            assert run(connection, "SELECT * FROM tomorrow") == "denied"
    assert "table tomorrow has no rights declared" in differences(empty_url)


def test_what_was_granted_by_hand_is_named_and_taken_back_by_the_next_migration(empty_url):
    portal = role_name(urlsplit(empty_url).path[1:], "portal")
    with psycopg.connect(empty_url, autocommit=True) as owner:
        owner.execute(f'GRANT SELECT ON identity_piece TO "{portal}"'.encode())
        owner.execute(f'GRANT UPDATE (body) ON event TO "{portal}"'.encode())
        owner.execute(b"GRANT SELECT ON account TO PUBLIC")
        owner.execute(f'REVOKE INSERT ON report FROM "{portal}"'.encode())
        owner.execute(b"ALTER TABLE session DISABLE ROW LEVEL SECURITY")
        owner.execute(f'CREATE POLICY wide ON key_wrap TO "{portal}" USING (true)'.encode())

    assert set(told(empty_url)) == {
        "portal: SELECT identity_piece is too much",
        "portal: UPDATE(body) event is too much",
        "everybody: SELECT account is too much",
        "portal: INSERT report is missing",
        "rows of session are not ruled",
        "rule wide on key_wrap is too much",
    }
    migrate.upgrade(empty_url)
    assert told(empty_url) == ()


def test_a_role_that_became_mighty_is_named(empty_url):
    database = urlsplit(empty_url).path[1:]
    console, jobs = (role_name(database, one) for one in ("console", "jobs"))
    with psycopg.connect(empty_url, autocommit=True) as owner:
        owner.execute(f'ALTER ROLE "{console}" BYPASSRLS'.encode())
        owner.execute(f'GRANT "{console}" TO "{jobs}"'.encode())
    try:
        assert told(empty_url) == (
            f"role {console} is a superuser, or may make roles or databases",
            f"role {jobs} is a member of another role",
        )
    finally:
        with psycopg.connect(empty_url, autocommit=True) as owner:
            owner.execute(f'REVOKE "{console}" FROM "{jobs}"'.encode())


def test_an_owner_who_may_make_no_roles_is_told_what_to_ask_for(postgres, postgres_url):
    database = urlsplit(postgres_url).path[1:]
    owner = f"{database}_owner"
    with psycopg.connect(postgres_url, autocommit=True) as superuser:
        superuser.execute(f'CREATE ROLE "{owner}" LOGIN'.encode())
        superuser.execute(f'ALTER DATABASE "{database}" OWNER TO "{owner}"'.encode())
    url = postgres_url.replace("postgres@", f"{owner}@", 1)
    lines: list[str] = []

    assert migrate.upgrade(url, lines.append) == migrate.head()
    assert "roles" in lines[-1]
    assert all(f'CREATE ROLE "{role_name(database, one)}" LOGIN' in lines[-1] for one in PROCESSES)
    assert f"role {role_name(database, 'portal')} is missing" in differences(url)

    with psycopg.connect(postgres_url, autocommit=True) as superuser:
        for process in PROCESSES:
            superuser.execute(f'CREATE ROLE "{role_name(database, process)}" LOGIN'.encode())
    migrate.upgrade(url)
    assert told(url) == ()
    with as_role(url.replace(f"{owner}@", "postgres@", 1), "portal") as connection:
        assert run(connection, "SELECT 1 FROM report") == "done"
        assert run(connection, "SELECT 1 FROM account") == "denied"


def test_a_name_without_room_for_roles_is_said(postgres, tmp_path):
    name = f"tonggui_{'x' * 50}"
    url = postgres._database_url(name)
    postgres._run(f"CREATE DATABASE {name}")
    try:
        lines: list[str] = []
        migrate.upgrade(url, lines.append)
        assert "shorter" in lines[-1]
        assert differences(url) == (lines[-1],)
    finally:
        postgres.drop_database(url)
