"""Rows that a role does not see, on a database with a whole case in it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from casework import jobs
from casework.config import Settings
from casework.storage.engine import database_url, postgresql_engine
from casework.storage.forgetting import forget_in_postgresql
from casework.storage.grants import PROCESSES
from instance import make_world
from separated import role_url, role_urls

Ask = Callable[..., list[str]]


@pytest.fixture
def ask(tmp_path, postgres_url) -> Iterator[Ask]:
    """Return a function (process, statement) that yields the first column, sorted."""
    world = make_world(tmp_path, postgres_url, environ=role_urls(postgres_url))
    world.appropriate()
    filed = world.approved(files=[("现场.bin", b"\0" * 5000)])
    world.say(filed)
    for kind in ("console", "mailbox"):
        put = "INSERT INTO session VALUES (%s, %s, %s, 'x', now())"
        with psycopg.connect(postgres_url) as owner:
            owner.execute(put, (kind.encode(), "410329-demo", kind))

    def one(process: str, statement: str) -> list[str]:
        with psycopg.connect(role_url(postgres_url, process), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            if cursor.description is None:
                return [str(cursor.rowcount)]
            return sorted({str(row[0]) for row in cursor})

    yield one
    world.store.close()


def test_the_public_site_sees_messages_and_no_narrative(ask):
    query = "SELECT kind FROM sealed_object"

    assert ask("portal", query) == ["manifest", "message"]
    assert {"narrative", "finding"} <= set(ask("console", query))
    assert ask("jobs", query) == ask("console", query)


def test_the_public_site_sees_what_is_wrapped_to_reporters_alone(ask):
    query = "SELECT recipient FROM key_wrap"

    everybodys = ask("console", query)
    assert ask("portal", query) == ["reporter"]
    assert len(everybodys) > 1

    # Not even the reporter's own: after a change of code the jobs process deletes them.
    with pytest.raises(InsufficientPrivilege):
        ask("portal", "DELETE FROM key_wrap")
    assert ask("console", query) == everybodys


@pytest.mark.parametrize(("process", "other"), [("portal", "console"), ("console", "mailbox")])
def test_a_site_neither_sees_nor_ends_nor_makes_the_sessions_of_the_other(ask, process, other):
    own = {"portal": "mailbox", "console": "console"}[process]

    assert ask(process, "SELECT kind FROM session") == [own]
    assert ask(process, f"DELETE FROM session WHERE kind = '{other}'") == ["0"]
    assert ask(process, f"UPDATE session SET box = '' WHERE kind = '{other}'") == ["0"]
    for statement in (
        f"INSERT INTO session VALUES ('new', '410329-demo', '{other}', 'x', now())",
        f"UPDATE session SET kind = '{other}'",
    ):
        with pytest.raises(InsufficientPrivilege):
            ask(process, statement)
    assert ask("jobs", "SELECT kind FROM session") == ["console", "mailbox"]


@pytest.mark.parametrize("process", ["portal", "console", "jobs"])
def test_no_role_switches_the_rules_on_rows_off(ask, process):
    with pytest.raises(InsufficientPrivilege):
        ask(process, "SET row_security = off; SELECT kind FROM session")


def test_the_jobs_process_makes_postgresql_forget_and_no_site_can(tmp_path, postgres_url):
    world = make_world(tmp_path, postgres_url, environ=role_urls(postgres_url))
    world.store.close()
    forgot = {}
    for process in PROCESSES:
        engine = postgresql_engine(database_url(role_url(postgres_url, process)))
        forgot[process] = forget_in_postgresql(engine)
        engine.dispose()
    assert forgot == {"portal": False, "console": False, "jobs": True}


def test_a_view_older_than_the_deletion_is_met_under_the_jobs_role_too(tmp_path, postgres_url):
    world = make_world(tmp_path, postgres_url, environ=role_urls(postgres_url))
    world.store.close()
    engine = postgresql_engine(database_url(role_url(postgres_url, "jobs")))
    with psycopg.connect(role_url(postgres_url, "console")) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM report")
        with psycopg.connect(postgres_url) as owner:
            owner.execute("DELETE FROM calendar_day")
        assert not forget_in_postgresql(engine)
    assert forget_in_postgresql(engine)
    engine.dispose()


def test_the_jobs_process_does_all_its_work_under_its_role(tmp_path, postgres_url):
    world = make_world(tmp_path, postgres_url, environ=role_urls(postgres_url))
    world.now = datetime.now(UTC)
    world.appropriate(year=world.now.year)
    world.approved(files=[("现场.bin", b"\0" * 5000)])
    working = jobs.build(Settings.from_environment(world.environ))

    assert working.keep_log() > 5
    working.keep_register()
    working.sweep()
    working.erase()
    working.sweep_orphans()
    assert working.send() > 0
    working.store.close()
    world.store.close()
