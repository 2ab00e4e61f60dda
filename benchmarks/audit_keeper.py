"""The jobs process's log keeping as a process of its own, for benchmarks.audit.

`python -m benchmarks.audit_keeper`, with the environment of an instance: takes waiting events
into the audit tree once a second, and at once for every line on its input.
"""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Self

from benchmarks.audit_load import Load
from benchmarks.servers import ROOT
from casework.config import Settings
from casework.jobs import LOG_SECONDS, build


@dataclass(frozen=True, slots=True)
class Keeper:
    """The running process."""

    pid: int
    ask: IO[str]
    answer: IO[str]

    @classmethod
    @contextmanager
    def running(cls, load: Load) -> Iterator[Self]:
        """Start it, and stop it at the end."""
        # As the owner of the tables, like the writers: rights are not what is measured.
        environ = {
            name: value
            for name, value in load.world.environ.items()
            if not name.startswith("TONGGUI_DATABASE_URL_")
        }
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.audit_keeper"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield cls(process.pid, process.stdin, process.stdout)

    def catch_up(self) -> None:
        """Return when the tree has every event."""
        self.ask.write("now\n")
        self.ask.flush()
        if not self.answer.readline():
            raise RuntimeError("the log keeper has ended")


def keep() -> None:
    """Keep the log until the input ends."""
    jobs = build(Settings.from_environment(os.environ))
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], LOG_SECONDS)
        if ready and not sys.stdin.readline():
            return
        jobs.keep_log()
        if ready:
            print("done", flush=True)


if __name__ == "__main__":
    keep()
