"""A person at a terminal: reads what a program shows, types answers, hidden ones too."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x00]")


class TypingHand:
    """`tonggui ARGUMENTS` on a pseudo-terminal."""

    def __init__(self, *arguments: str, environ: Mapping[str, str]) -> None:
        """Start the command."""
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "admin.cli", *arguments],
            cwd=ROOT, env={**environ, "TERM": "xterm", "COLUMNS": "200"},
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""  # everything shown so far
        self._read_up_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def waits_for(self, pattern: str, seconds: float = 90) -> re.Match[str]:
        """Read on until *pattern* is shown, and return what matched."""
        end = time.monotonic() + seconds
        while True:
            found = re.compile(pattern, re.DOTALL).search(self.seen, self._read_up_to)
            if found:
                self._read_up_to = found.end()
                return found
            if time.monotonic() > end or not self._read_more():
                rest = self.seen[self._read_up_to :]
                raise AssertionError(f"{pattern!r} was not shown, but: {rest[-2000:]}")

    def types(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._ours, f"{line}\n".encode())

    def interrupts(self) -> None:
        """Press Ctrl-C, in the way of a terminal without job control."""
        self.process.send_signal(signal.SIGINT)

    def ends(self, seconds: float = 90) -> int:
        """Read to the end and return the exit status."""
        end = time.monotonic() + seconds
        while self._read_more() and time.monotonic() < end:
            pass
        return self.process.wait(max(0.1, end - time.monotonic()))

    def _read_more(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 0.2)
        if not ready:
            return self.process.poll() is None
        try:
            read = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += ESCAPES.sub("", read.decode("utf-8", "replace"))
        return bool(read)
