"""The two servers under measurement, started as in production and stopped for sure."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.wire import Connection

ROOT: Final = Path(__file__).resolve().parents[1]
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
LOG_LINES: Final = 15


class StartError(Exception):
    """A server did not come up; the text holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    pid: int
    log: Path

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])


@contextmanager
def running(
    module: Sequence[str], environ: Mapping[str, str], *, port: int, path: str, log: Path
) -> Iterator[Server]:
    """Run `python -m module` until the block ends; *path* answers once it is ready."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", os.defpath), **environ},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(port, process.pid, log)
    try:
        wait_until_ready(process, server, path)
        yield server
    finally:
        _stop(process)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: "subprocess.Popen[bytes]", server: Server, path: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with Connection(HOST, server.port) as connection:
                status, _ = connection.get(path, {"X-Forwarded-For": "10.0.0.1"})
        except Exception:  # not there yet: refused, or cut off while it starts
            time.sleep(0.05)
            continue
        if status < 500:
            return
        raise StartError(f"{path} answered {status}\n{server.last_words()}")
    raise StartError(f"the server did not start\n{server.last_words()}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server and, should it not end by itself, the session it leads."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
