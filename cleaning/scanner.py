"""A second pair of eyes for viruses: clamd, when the machine has one.

Its socket takes the plain bytes as they arrive, in memory, and only on this
machine. No scanner, a slow one or one that gives up means "not scanned": files
are taken in all the same, and whoever opens one is told.
"""

import contextlib
import re
import socket
import struct
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cleaning.ports import Scan, Scanner

CLEAN: Final = "clean"
FOUND: Final = "found:"
NOT_SCANNED: Final = "not_scanned"
# clamd's own limits (StreamMaxLength, MaxFileSize) must not be lower; see docs/files.md.
SCAN_BYTES_MAX: Final = 512 * 1024 * 1024
CONNECT_SECONDS_MAX: Final = 2.0
SEND_SECONDS_MAX: Final = 10.0
ANSWER_SECONDS_MAX: Final = 60.0
ANSWER_LENGTH_MAX: Final = 1024
SIZE: Final = struct.Struct(">I")
NAME: Final = re.compile(r"stream: ([\w.\-/ ()+]{1,200}) FOUND")
# The scanner's word for "too much to look into": nothing was found, nothing was seen either.
LIMITS_START: Final = "Heuristics.Limits.Exceeded"


class NoScan:
    """Where there is no scanner."""

    result = NOT_SCANNED

    def feed(self, data: bytes) -> None:
        """Take no notice."""

    def finish(self) -> None:
        """Nothing to ask."""

    def drop(self) -> None:
        """Nothing to let go of."""


class NoScanner:
    """No setting names a scanner."""

    def begin(self) -> Scan:
        """Return a scan that scans nothing."""
        return NoScan()


class Clamd:
    """A clamd that listens at *address*: unix:///path or tcp://127.0.0.1:port."""

    def __init__(self, address: str) -> None:
        self._address = address

    def begin(self) -> Scan:
        """Begin to scan one file."""
        return ClamdScan(self._address)


class ClamdScan:
    """One file on its way through clamd (INSTREAM)."""

    def __init__(self, address: str) -> None:
        self.result = NOT_SCANNED
        self._address = address
        self._size = 0
        self._line: socket.socket | None = None
        self._has_failed = False

    def feed(self, data: bytes) -> None:
        """Hand on the next bytes; the connection is made for the first."""
        if self._has_failed or not data:
            return
        self._size += len(data)
        if self._size > SCAN_BYTES_MAX:
            self._fail()
            return
        try:
            if self._line is None:
                self._line = _connected(self._address)
                self._line.sendall(b"zINSTREAM\0")
            self._line.sendall(SIZE.pack(len(data)))
            self._line.sendall(data)
        except OSError:
            self._fail()

    def finish(self) -> None:
        """Say that the file is whole, and wait for what was found."""
        if self._line is None:
            return
        try:
            self._line.sendall(SIZE.pack(0))
            self._line.settimeout(ANSWER_SECONDS_MAX)
            self.result = _read(_answer(self._line))
        except OSError:
            self.result = NOT_SCANNED
        finally:
            self.drop()

    def drop(self) -> None:
        """Hang up."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.close()
            self._line = None

    def _fail(self) -> None:
        self._has_failed = True
        self.drop()


def open_scanner(address: str) -> Scanner:
    """Return the scanner at *address*; "" means that there is none."""
    return Clamd(address) if address else NoScanner()


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT_SECONDS_MAX)
        try:
            line.connect(str(Path(parts.path)))
        except BaseException:
            line.close()
            raise
    else:
        assert parts.hostname is not None
        assert parts.port is not None
        line = socket.create_connection((parts.hostname, parts.port), CONNECT_SECONDS_MAX)
    line.settimeout(SEND_SECONDS_MAX)
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < ANSWER_LENGTH_MAX:
        more = line.recv(ANSWER_LENGTH_MAX)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode("ascii", "replace")


def _read(answer: str) -> str:
    if answer == "stream: OK":
        return CLEAN
    found = NAME.fullmatch(answer)
    if found is None or found[1].startswith(LIMITS_START):
        return NOT_SCANNED
    return FOUND + found[1]
