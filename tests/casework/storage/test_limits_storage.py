"""Rate limits: counted once whoever counts, and gone when their window ends."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from casework.storage import limits_storage

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = """
import sys
from limits.storage import storage_from_string
import casework.storage.limits_storage
storage = storage_from_string(sys.argv[1])
for _ in range(100):
    storage.incr("key", 60)
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'limits.sqlite'}"


@pytest.fixture
def storage(url):
    return storage_from_string(url)


def test_the_limiter_finds_the_storage_by_its_url(storage):
    assert isinstance(storage, limits_storage.SqliteStorage)
    assert storage.check()


def test_a_limit_lets_through_what_it_says(storage):
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(3)

    assert [limiter.hit(limit, "a") for _ in range(5)] == [True, True, True, False, False]
    assert limiter.hit(limit, "b")
    window = limiter.get_window_stats(limit, "a")
    assert window.remaining == 0
    assert 0 < window.reset_time - time.time() <= 60
    limiter.clear(limit, "a")
    assert limiter.hit(limit, "a")


def test_a_window_ends_and_is_not_prolonged_by_hits(storage):
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerSecond(1)
    with time_machine.travel(NOW, tick=False) as clock:
        assert limiter.hit(limit, "a")
        ends = storage.get_expiry(limit.key_for("a"))
        for _ in range(19):
            clock.shift(0.05)
            assert storage.get_expiry(limit.key_for("a")) == ends
            assert not limiter.hit(limit, "a")
        clock.move_to(ends)

        assert storage.get(limit.key_for("a")) == 0
        assert limiter.hit(limit, "a")


def test_processes_and_threads_count_together(storage, url):
    others = [subprocess.Popen([sys.executable, "-c", COUNT, url], cwd=ROOT) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: storage.incr("key", 60), range(200)))
    assert [other.wait() for other in others] == [0, 0]

    assert storage.get("key") == 400


def test_a_forked_process_counts_on(storage):
    storage.incr("key", 60)
    child = os.fork()
    if child == 0:
        storage.incr("key", 60)
        os._exit(0)
    os.waitpid(child, 0)

    assert storage.incr("key", 60) == 3


def test_ended_windows_do_not_stay_in_the_file(storage, monkeypatch):
    monkeypatch.setattr(limits_storage, "SWEEP_EVERY", 10)
    storage.incr("short", 0)
    for _ in range(10):
        storage.incr("long", 60)

    rows = storage._connection().execute("SELECT key FROM hits").fetchall()
    assert rows == [("long",)]


def test_reset_forgets_all(storage):
    storage.incr("a", 60)
    storage.incr("b", 60)

    assert storage.reset() == 2
    assert storage.get("a") == 0


def test_the_file_is_private(storage, tmp_path):
    storage.incr("a", 60)

    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_used_is_told_to_the_limiter(tmp_path):
    (tmp_path / "file").touch()
    storage = storage_from_string(f"sqlite:///{tmp_path}/file/limits", wrap_exceptions=True)

    assert not storage.check()
    with pytest.raises(StorageError):
        storage.incr("a", 60)


@pytest.mark.parametrize("url", ["sqlite:///limits.sqlite", "sqlite://"])
def test_a_relative_file_is_refused(url):
    with pytest.raises(ValueError, match="full"):
        storage_from_string(url)
