"""Bringing a database up: found wherever we are installed, one at a time, nothing by halves."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from casework.domain.errors import StorageUnavailableError
from casework.storage import migrate
from casework.storage.unit_of_work import Store

ROOT = Path(__file__).parents[2]


def test_an_empty_database_comes_up_and_every_step_is_told(database_url):
    told: list[str] = []
    assert migrate.current(database_url) is None

    reached = migrate.upgrade(database_url, told.append)

    assert reached == migrate.current(database_url) == migrate.head()
    assert told == [f"up to {revision}" for revision in migrate.revisions()]


def test_coming_up_again_does_nothing(database_url):
    migrate.upgrade(database_url)
    told: list[str] = []

    assert migrate.upgrade(database_url, told.append) == migrate.head()
    assert told == []


def test_the_head_is_written_down():
    written = (ROOT / "migrations/head.txt").read_text().strip()

    assert migrate.head() == migrate.revisions()[-1] == written


def test_several_processes_that_upgrade_at_once_do_it_once(database_url):
    script = "import sys; from casework.storage.migrate import upgrade; upgrade(sys.argv[1], print)"
    every = [
        subprocess.Popen(
            [sys.executable, "-c", script, database_url], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    told = [one.communicate()[0].decode().splitlines() for one in every]

    assert [one.returncode for one in every] == [0, 0, 0]
    assert sorted(line for lines in told for line in lines if line.startswith("up to")) == [
        f"up to {revision}" for revision in migrate.revisions()
    ]
    assert migrate.current(database_url) == migrate.head()


def test_several_threads_may_upgrade_at_once(database_url):
    with ThreadPoolExecutor(4) as pool:
        reached = list(pool.map(lambda _: migrate.upgrade(database_url), range(4)))

    assert set(reached) == {migrate.head()}


def test_a_running_store_writes_on_while_nothing_is_to_be_done(database_url):
    migrate.upgrade(database_url)
    store = Store.open(database_url, site="410329")
    store.read(lambda uow: uow.reports.ids())

    migrate.upgrade(database_url)

    store.write(lambda uow: uow.keysets.insert(1, b"{}", {}))
    newest = store.read(lambda uow: uow.keysets.newest())
    store.close()
    assert newest is not None
    assert newest.number == 1


def test_tables_in_use_are_waited_for_and_told(postgres_url):
    migrate.upgrade(postgres_url)
    told: list[str] = []
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT * FROM award")
        before = migrate.revisions()[-2]
        moving = threading.Thread(target=lambda: migrate.move(postgres_url, before, told.append))
        moving.start()
        deadline = time.monotonic() + 90
        while not told and time.monotonic() < deadline:
            time.sleep(0.05)
        other.rollback()
        moving.join(90)

    assert told[0] == "waiting for the tables to become free"
    assert migrate.current(postgres_url) == before


def test_a_database_that_is_away_is_said(tmp_path):
    (tmp_path / "file").touch()
    for url in (f"sqlite:///{tmp_path}/file/x.sqlite", f"postgresql://x@/x?host={tmp_path}"):
        with pytest.raises(StorageUnavailableError):
            migrate.upgrade(url)


def test_migrations_are_found_from_any_folder(tmp_path):
    """As in a wheel, where there is no alembic.ini and nobody stands in the checkout."""
    script = (
        "import sys; from casework.storage.migrate import upgrade;"
        f" print(upgrade('sqlite:///{tmp_path}/x.sqlite'))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip

    assert ran.stdout.strip() == migrate.head(), ran.stderr
