"""The real processes of an instance, on free ports, for as long as a test needs them."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ports

ROOT = Path(__file__).parents[2]
START_SECONDS = 120  # on a busy machine; who is up sooner is used sooner
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut would, with everything it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(module: str, environ: Mapping[str, str], setting: str, log: Path) -> Iterator[Server]:
    """Run `python -m MODULE` listening where *setting* says, until the block ends."""
    port = ports.free_port()
    env = {
        **environ,
        setting: f"127.0.0.1:{port}",
        "TONGGUI_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, env=env, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}/", process, log)
    try:
        _wait(server, port)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: Server, port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(f"{server.base} did not come up: {server.log.read_text()[-2000:]}")
