"""What becomes of a file between its arrival and its sealing.

An Inspection holds back, in memory, a file that can be cleaned of hidden
information, and lets through whatever cannot: that is sealed as it came, and
marked with the reason. The cleaning itself is done by cleaning/cleaner, in
processes of its own; everything that arrives passes the scanner for viruses.
"""

import contextlib
import mmap
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from cleaning.media_types import ARCHIVE, HEAD_BYTES, OFFICE, UNKNOWN_TYPE, media_type
from cleaning.ports import Cleaned, Cleaner, Scanner

MIB: Final = 1024 * 1024
# Bytes that are held in memory, once a thread; above, a file is not cleaned.
PICTURE_BYTES_MAX: Final = 25 * MIB
DOCUMENT_BYTES_MAX: Final = 32 * MIB
MEDIA_BYTES_MAX: Final = 64 * MIB
BYTES_MAX: Final = {
    **dict.fromkeys(
        (
            "image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/bmp",
            "image/heic",
        ),
        PICTURE_BYTES_MAX,
    ),
    **dict.fromkeys(("application/pdf", ARCHIVE), DOCUMENT_BYTES_MAX),
    **dict.fromkeys(
        (
            "video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/x-matroska",
            "video/x-msvideo", "video/ogg", "audio/mp4", "audio/mpeg", "audio/aac", "audio/wav",
            "audio/amr", "audio/ogg",
        ),
        MEDIA_BYTES_MAX,
    ),
}  # fmt: skip

CLEANED: Final = "cleaned"
TOO_LARGE: Final = "too_large"
UNKNOWN: Final = "unknown_type"
DAMAGED: Final = "damaged"
ENCRYPTED: Final = "encrypted"
NO_TOOL: Final = "no_tool"
TIMED_OUT: Final = "timed_out"
REASONS: Final = (TOO_LARGE, UNKNOWN, DAMAGED, ENCRYPTED, NO_TOOL, TIMED_OUT)

SECONDS_MAX: Final = 30.0  # for one file
WAIT_SECONDS_MAX: Final = 60.0  # for the files before it
START_SECONDS_MAX: Final = 30.0
AT_A_TIME: Final = 2
ATTEMPTS: Final = 2
NUMBER: Final = struct.Struct("=i")  # of the process, as cleaning/cleaner/server.py says it
VERDICT_LENGTH_MAX: Final = 256
# -I keeps our environment and folder from the child; it is told where to find its program.
PROGRAM: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from cleaning.cleaner.server import main; main()"
)
ROOT: Final = Path(__file__).resolve().parent.parent


class Cleaners:
    """The processes that clean files: one a file, started by one that is kept warm.

    Args:
        seconds_max: for one file; then its process is ended.
        tool: path of ffmpeg; "" when there is none, None to look for it.
    """

    def __init__(self, seconds_max: float = SECONDS_MAX, tool: str | None = None) -> None:
        self._seconds_max = seconds_max
        self._tool = (shutil.which("ffmpeg") or "") if tool is None else tool
        self._slots = threading.BoundedSemaphore(AT_A_TIME)
        self._lock = threading.Lock()
        self._warm: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def clean(self, source: bytes | bytearray, media_type: str) -> Cleaned:
        """Return *source*, which is of *media_type*, without its hidden information."""
        if media_type not in BYTES_MAX:
            return Cleaned(None, UNKNOWN)
        if len(source) > BYTES_MAX[media_type]:
            return Cleaned(None, TOO_LARGE)
        if not self._slots.acquire(timeout=WAIT_SECONDS_MAX):
            return Cleaned(None, TIMED_OUT)
        try:
            for _ in range(ATTEMPTS):
                done = self._attempt(source, media_type)
                if done is not None:
                    return done
            return Cleaned(None, DAMAGED)
        finally:
            self._slots.release()

    def close(self) -> None:
        """End all that was started."""
        with self._lock:
            self._stop()

    def _attempt(self, source: bytes | bytearray, media_type: str) -> Cleaned | None:
        """Clean once; None when it was not the file's fault that nothing came of it."""
        with contextlib.ExitStack() as stack:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(ours)
            with theirs:
                given, answer = _memory_file(source), _memory_file(b"")
                stack.callback(os.close, answer)
                try:
                    channel = self._serving()
                    socket.send_fds(
                        channel, [media_type.encode()], [given, answer, theirs.fileno()]
                    )
                except OSError:
                    return None
                finally:
                    os.close(given)
            try:
                verdict = self._verdict(ours)
            except TimeoutError:
                return Cleaned(None, TIMED_OUT)
            if not verdict:
                return None if self._has_ended() else Cleaned(None, DAMAGED)
            return _checked(verdict, answer)

    def _verdict(self, line: socket.socket) -> str:
        """Read the verdict, "" when none came; end the process when it takes too long.

        Raises:
            TimeoutError: it took too long.
        """
        line.settimeout(START_SECONDS_MAX)
        try:
            said = line.recv(NUMBER.size)
        except TimeoutError:
            self.close()
            raise
        if len(said) != NUMBER.size:
            return ""
        line.settimeout(self._seconds_max)
        try:
            return line.recv(VERDICT_LENGTH_MAX).decode("ascii", "replace")
        except TimeoutError:
            # It holds the other end of our line, so the number is still its own.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(NUMBER.unpack(said)[0], signal.SIGKILL)
            raise
        except OSError:
            return ""

    def _serving(self) -> socket.socket:
        with self._lock:
            if self._channel is None or self._warm is None or self._warm.poll() is not None:
                self._stop()
                self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._warm = subprocess.Popen(  # noqa: S603
                        [sys.executable, "-I", "-c", PROGRAM, str(ROOT), self._tool],
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        env={},
                        cwd="/",
                    )
            return self._channel

    def _has_ended(self) -> bool:
        with self._lock:
            if self._warm is None:
                return True
            # What killed it may have reached its child first.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._warm.wait(timeout=0.1)
            return self._warm.poll() is not None

    def _stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._warm is not None:
            self._warm.kill()
            self._warm.wait()
            self._warm = None


def _memory_file(content: bytes | bytearray) -> int:
    """Open a file that exists in memory alone, holding *content*."""
    descriptor = os.memfd_create("file")
    with memoryview(content) as view:
        at = 0
        while at < len(view):
            at += os.write(descriptor, view[at:])
    return descriptor


def _checked(verdict: str, answer: int) -> Cleaned:
    """Believe of a process that read a stranger's file only what can be."""
    reason, _, kind = verdict.partition(" ")
    if reason != CLEANED:
        return Cleaned(None, reason if reason in REASONS else DAMAGED)
    known = kind in OFFICE or (kind in BYTES_MAX and kind != ARCHIVE)
    if not known or os.fstat(answer).st_size == 0:
        return Cleaned(None, DAMAGED)
    return Cleaned(mmap.mmap(answer, 0, access=mmap.ACCESS_READ), CLEANED, kind)


class Inspection:
    """Watches one file come in, and says what may be sealed.

    Attributes:
        media_type: what kind of file it is, by its content.
        cleaned: CLEANED, or one of REASONS.
        suffix: what its name gains, because it became another kind of file.
        original: a file that was cleaned, as it came, where it is wanted; else None.
        original_type: what kind of file that is.
    """

    def __init__(self, cleaner: Cleaner, scanner: Scanner, *, wants_original: bool = False) -> None:
        self.original: bytearray | None = None
        self.original_type = UNKNOWN_TYPE
        self.media_type = UNKNOWN_TYPE
        self.cleaned = UNKNOWN
        self.suffix = ""
        self._cleaner = cleaner
        self._scan = scanner.begin()
        self._wants_original = wants_original
        self._held: bytearray | None = bytearray()  # None once bytes go straight through

    @property
    def scan(self) -> str:
        """What the virus scanner found: "clean", "found:<name>" or "not_scanned"."""
        return self._scan.result

    def feed(self, data: bytes) -> bytes | bytearray:
        """Take the next bytes of the file; return what may be sealed now."""
        self._scan.feed(data)
        if self._held is None:
            return data
        self._held += data
        if len(self._held) < HEAD_BYTES:
            return b""
        self.media_type = media_type(self._held)
        size_max = BYTES_MAX.get(self.media_type)
        if size_max is None or len(self._held) > size_max:
            self.cleaned = UNKNOWN if size_max is None else TOO_LARGE
            return self._taken()
        return b""

    def finish(self) -> bytes | bytearray | mmap.mmap:
        """Return what was held back, clean if that could be done."""
        self._scan.finish()
        if self._held is None:
            return b""
        held = self._taken()
        self.media_type = media_type(held)
        done = self._cleaner.clean(held, self.media_type)
        self.cleaned = done.reason
        if done.data is None:
            if done.reason == DAMAGED:
                self.media_type = UNKNOWN_TYPE  # its first bytes lied
            return held
        if self.media_type == "image/heic" and done.media_type == "image/jpeg":
            self.suffix = ".jpg"
        if self._wants_original:
            self.original, self.original_type = held, self.media_type
        self.media_type = done.media_type
        return done.data

    def drop(self) -> None:
        """Forget what was held back."""
        self._held = self.original = None
        self._scan.drop()

    def _taken(self) -> bytearray:
        held, self._held = self._held, None
        assert held is not None
        return held
