"""What becomes of a file between its arrival and its sealing.

An Inspection holds back, in memory, a file that can be cleaned of hidden
information, and lets through whatever cannot: that is sealed as it came, and
marked. The cleaning itself is done by portal/cleaner.py, in a child process.
"""

import contextlib
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from portal.extensions import Cleaner

PICTURE_BYTES_MAX: Final = 10 * 1024 * 1024  # held in memory, one a thread
HEAD_BYTES: Final = 16  # enough to tell what a file is
CLEANER_SECONDS_MAX: Final = 20.0
CLEANED: Final = "cleaned"
NOT_CLEANED: Final = "not_cleaned"
UNKNOWN_TYPE: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
CLEANER: Final = Path(__file__).with_name("cleaner.py")
LENGTH: Final = struct.Struct(">I")

# What a file is, by its first bytes: a sender's word for it is worth nothing.
MAGIC: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"PK\x03\x04", "application/zip"),
)


def media_type(head: bytes | bytearray) -> str:
    """Name the kind of file that begins with *head*."""
    for offset, magic, name in MAGIC:
        if head.startswith(magic, offset):
            return name
    return UNKNOWN_TYPE


class PictureCleaner:
    """One warm child process that re-encodes photographs, started again when it fails."""

    def __init__(self, seconds_max: float = CLEANER_SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def clean(self, raw: bytes | bytearray) -> bytes | None:
        """Return the picture without its metadata; None when that cannot be done."""
        with self._lock:
            child = self._running()
            watchdog = threading.Timer(self._seconds_max, child.kill)
            watchdog.start()
            try:
                reply = self._exchange(child, raw)
            except OSError:
                reply = None
            finally:
                watchdog.cancel()
            if reply is None:
                self._stop()
            return reply or None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            # -I: neither our environment nor our folder reaches the child.
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", str(CLEANER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        return self._child

    @staticmethod
    def _exchange(child: subprocess.Popen[bytes], raw: bytes | bytearray) -> bytes | None:
        """Return the answer without its first byte: empty for a refusal, None for a failure."""
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(LENGTH.pack(len(raw)))
        child.stdin.write(raw)
        child.stdin.flush()
        head = child.stdout.read(LENGTH.size + 1)
        if len(head) != LENGTH.size + 1:
            return None
        size = LENGTH.unpack_from(head)[0] - 1
        reply = child.stdout.read(size)
        return reply if len(reply) == size else None

    def _stop(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child.wait()
        self._child = None


class Inspection:
    """Watches one file come in, and says what may be sealed."""

    def __init__(self, cleaner: Cleaner) -> None:
        self.media_type = UNKNOWN_TYPE
        self.cleaned = NOT_CLEANED
        self._cleaner = cleaner
        self._held: bytearray | None = bytearray()  # None once bytes go straight through

    def feed(self, data: bytes) -> bytes | bytearray:
        """Take the next bytes of the file; return what may be sealed now."""
        if self._held is None:
            return data
        self._held += data
        if len(self._held) >= HEAD_BYTES:
            self.media_type = media_type(self._held[:HEAD_BYTES])
            if self.media_type not in PICTURES or len(self._held) > PICTURE_BYTES_MAX:
                return self._taken()
        return b""

    def finish(self) -> bytes | bytearray:
        """Return what was held back, clean if that could be done."""
        if self._held is None:
            return b""
        held = self._taken()
        self.media_type = media_type(held[:HEAD_BYTES])
        clean = self._cleaner.clean(held) if self.media_type in PICTURES else None
        if clean is None:
            return held
        self.cleaned = CLEANED
        return clean

    def drop(self) -> None:
        """Forget what was held back."""
        self._held = None

    def _taken(self) -> bytearray:
        held, self._held = self._held, None
        assert held is not None
        return held
