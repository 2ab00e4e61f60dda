"""The writing thread: what was answered is on the disk, and nobody sees SQLite's locks."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.domain.errors import StorageUnavailableError, WrongStateError
from casework.storage.group_commit import Group, Request, WriterThread, file_lock
from casework.storage.unit_of_work import Store, UnitOfWork

THREADS = 32
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[3]

# What the processes below run: they write rows and tell each one that was acknowledged.
WRITER = """
import sys, threading
from datetime import UTC, datetime
from casework.storage.unit_of_work import Store, UnitOfWork
store = Store.open(sys.argv[1], site="410329")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
def write():
    while True:
        row = store.write(lambda uow: uow.outbox.add("x", {}, due_at=NOW))
        sys.stdout.write(row + "\\n")
        sys.stdout.flush()
for _ in range(8):
    threading.Thread(target=write, daemon=True).start()
threading.Event().wait()
"""


def add(store: Store, kind: str = "x") -> str:
    return store.write(lambda uow: uow.outbox.add(kind, {}, due_at=NOW))


def ids(store: Store) -> set[str]:
    return store.read(
        lambda uow: set(uow.connection.execute(sa.text("SELECT id FROM outbox")).scalars())
    )


def test_every_acknowledged_write_of_many_threads_is_there_after_reopening(store):
    with ThreadPoolExecutor(THREADS) as pool:
        acknowledged = set(pool.map(lambda _: add(store), range(THREADS * 20)))

    store.close()

    assert len(acknowledged) == THREADS * 20
    assert ids(store) == acknowledged


def test_waiting_requests_share_commits(sqlite_store):
    commits = []
    sa.event.listen(sqlite_store.engines()[0], "commit", lambda _: commits.append(1))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: add(sqlite_store), range(THREADS * 20)))

    assert len(commits) < THREADS * 20 / 2


def test_a_request_that_raises_takes_nobody_with_it(store):
    told: list[int] = []

    def write_or_refuse(number):
        def run(uow: UnitOfWork) -> str:
            added = uow.outbox.add("x", {}, due_at=NOW)
            if number % 3 == 0:
                raise WrongStateError(number=number)
            return added

        try:
            return store.write(run)
        except WrongStateError as refused:
            told.append(number if refused.details == {"number": number} else -1)
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(write_or_refuse, range(300)))

    assert sorted(told) == list(range(0, 300, 3))
    assert answers.count(None) == 100
    assert ids(store) == {one for one in answers if one}


def test_a_kill_loses_no_acknowledged_write(sqlite_store, sqlite_url, tmp_path):
    for number in range(3):
        told = tmp_path / str(number)
        with writing(sqlite_url, told) as writer:
            while told.read_bytes().count(b"\n") <= 10:
                assert writer.poll() is None, told.with_suffix(".err").read_text()
                time.sleep(0.01)
            time.sleep(0.3)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        # A line without its end was not told.
        acknowledged = told.read_text().split("\n")[:-1]

        assert len(acknowledged) > 10
        assert set(acknowledged) <= ids(sqlite_store)


def test_processes_that_write_at_once_never_meet_a_lock(sqlite_store, sqlite_url, tmp_path):
    """Three writing processes, readers, and somebody who empties the log under their feet."""
    answered = 0
    with (
        writing(sqlite_url, tmp_path / "1") as one,
        writing(sqlite_url, tmp_path / "2") as two,
        ThreadPoolExecutor(8) as pool,
    ):
        stop = time.monotonic() + 2
        disturbing = pool.submit(disturb, sqlite_url, stop)
        while time.monotonic() < stop or answered <= 6:
            written = list(pool.map(lambda _: add(sqlite_store), range(6)))
            assert set(written) <= ids(sqlite_store)
            answered += len(written)
        disturbing.result()
        assert (one.poll(), two.poll()) == (None, None)

    assert answered > 6
    for number in "12":
        assert (tmp_path / f"{number}.err").read_text() == ""


@contextmanager
def writing(url: str, told: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process that writes without end, and tells *told* every row that was acknowledged."""
    with told.open("wb") as out, told.with_suffix(".err").open("wb") as err:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, url], stdout=out, stderr=err, cwd=ROOT
        )
    try:
        while not told.stat().st_size:
            assert writer.poll() is None, told.with_suffix(".err").read_text()
            time.sleep(0.01)
        yield writer
    finally:
        writer.kill()
        writer.wait()


def disturb(url: str, stop: float) -> None:
    while time.monotonic() < stop:
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        other.close()
        time.sleep(0.05)


def test_no_process_is_starved_by_another(sqlite_store, sqlite_url, tmp_path):
    slowest = 0.0
    with writing(sqlite_url, tmp_path / "1"):
        for _ in range(20):
            begun = time.monotonic()
            add(sqlite_store)
            slowest = max(slowest, time.monotonic() - begun)

    assert slowest < 2


def test_a_fork_while_the_lock_is_held_does_not_keep_it(tmp_path):
    """The lock belongs to the open file, of which a forked process has a copy."""
    path = tmp_path / "lock"
    with file_lock(path):
        child = os.fork()
        if child == 0:
            time.sleep(30)
            os._exit(0)
    try:
        begun = time.monotonic()
        with file_lock(path):
            assert time.monotonic() - begun < 5
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_forked_process_writes_through_connections_of_its_own(sqlite_store):
    before = add(sqlite_store)
    child = os.fork()
    if child == 0:
        try:
            add(sqlite_store, "child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    after = add(sqlite_store)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert {before, after} < ids(sqlite_store)
    assert len(ids(sqlite_store)) == 3


def test_a_full_disk_acknowledges_nothing_and_is_survived(sqlite_url, sqlite_store, tmp_path):
    """The limit on a file's size stops writes just as a full disk does."""
    script = tmp_path / "full.py"
    script.write_text(FULL_DISK)
    ran = subprocess.run(
        [sys.executable, script, sqlite_url],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )  # fmt: skip

    assert ran.stderr == ""
    acknowledged = ran.stdout.split()
    assert acknowledged[-1] == "again"
    assert set(acknowledged[:-2]) <= ids(sqlite_store)
    assert len(ids(sqlite_store)) == len(acknowledged) - 1


FULL_DISK = """
import resource, sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from casework.domain.errors import StorageUnavailableError
from casework.storage.unit_of_work import Store, UnitOfWork

store = Store.open(sys.argv[1], site="410329")

def add(number):
    payload = {"text": "x" * 2000}
    try:
        return store.write(
            lambda uow: uow.outbox.add("x", payload, due_at=datetime(2026, 3, 1, tzinfo=UTC))
        )
    except StorageUnavailableError as refused:
        return None

resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
with ThreadPoolExecutor(16) as pool:
    answers = list(pool.map(add, range(600)))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert None in answers and any(answers), answers
print(*(one for one in answers if one))
print(add(0), "again")
"""


def test_a_request_that_was_not_begun_in_time_is_withdrawn_and_never_run():
    ran = []
    request = Request(lambda: ran.append(1))

    with pytest.raises(StorageUnavailableError):
        request.wait(0.01)

    assert not request.begin()
    assert ran == []


def test_a_request_that_was_begun_is_waited_for():
    request = Request(lambda: "stored")
    assert request.begin()
    request.run()
    threading.Timer(0.1, request.answer).start()

    assert request.wait(0.01) == "stored"


def test_what_was_queued_is_stored_before_the_thread_ends(tmp_path):
    stored, closed, stopped = [], [], threading.Event()

    def commit(group: Group) -> None:
        stopped.wait()
        for request in group:
            time.sleep(0.01)
            request.run()
            stored.append(1)
            request.answer()

    thread = WriterThread(commit, tmp_path / "lock", lambda: closed.append(1))
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(thread.submit, lambda: 1) for _ in range(8)]
        while len(thread._queue) < 8:
            time.sleep(0.001)
        threading.Timer(0.1, stopped.set).start()
        thread.stop()
        assert [one.result() for one in answers] == [1] * 8

    assert len(stored) == 8
    assert closed == [1]
    with pytest.raises(StorageUnavailableError):
        thread.submit(lambda: 1)


def test_writers_wait_for_the_lock_file(sqlite_store, sqlite_url):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    waiting = threading.Thread(target=lambda: add(sqlite_store))
    with file_lock(path.with_name(f"{path.name}.lock")):
        waiting.start()
        time.sleep(0.2)
        assert waiting.is_alive()
        assert ids(sqlite_store) == set()
    waiting.join(60)

    assert len(ids(sqlite_store)) == 1


def test_the_database_is_durable_forgetful_and_private(sqlite_store, sqlite_url):
    add(sqlite_store)
    path = Path(sqlite_url.removeprefix("sqlite:///"))

    def pragmas(uow):
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [uow.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert sqlite_store.write(pragmas) == ["wal", 2, 1, 1]
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}.lock")):
        assert file.stat().st_mode & 0o777 == 0o600
