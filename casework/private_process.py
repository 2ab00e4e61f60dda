"""Keeping what a process holds in memory out of files: core dumps, swap, and its own log."""

import ctypes
import logging
import resource
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

PR_SET_DUMPABLE: Final = 4
OURS: Final = "tonggui"  # loggers whose lines are written as they are
PLACES_MAX: Final = 8
SITE_PACKAGES: Final = "/site-packages/"

log = logging.getLogger("tonggui.process")


def keep_memory_private() -> None:
    """Leave no core dump, and let no other process of this user look inside.

    The limit alone would not do: where core dumps are piped to a program, Linux
    asks the second flag only.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux has it
    if prctl is not None:
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def log_without_words(level: int = logging.ERROR, *, form: str = "%(levelname)s %(name)s") -> None:
    """Log to stderr, and of an error its kind and place: never a text that came from outside.

    An exception's own text may quote what somebody typed, a database's what it was
    asked to store. This holds for lines of libraries, for exceptions that nobody
    caught, in any thread, and for faults of logging itself.

    Args:
        level: what is logged at all.
        form: what stands before each line, as in logging.Formatter.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(WordlessFormatter(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.raiseExceptions = False  # it would print the arguments that did not fit
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda given: _tell("ignored", given.exc_value)
    threading.excepthook = lambda given: _tell("a thread ended", given.exc_value)


class WordlessFormatter(logging.Formatter):
    """Writes our own lines as they are; of others' lines the place they come from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, without an exception's text and without arguments not ours."""
        record.asctime = self.formatTime(record)
        before = self.formatMessage(record)
        if record.name.partition(".")[0] == OURS:
            text = record.getMessage().replace("\n", " ")
            return f"{before} {text}"
        problem = record.exc_info[1] if record.exc_info else None
        kind = f" {type(problem).__name__}" if problem else ""
        return f"{before}{kind} at {record.filename}:{record.lineno}"


def place_of(problem: BaseException) -> str:
    """Return the kind of a failure and where it came from; never its message or values.

    The innermost place, and above it those of our own: what a library did on the
    way says little.
    """
    frames = traceback.extract_tb(problem.__traceback__)
    told = [*(one for one in frames[:-1] if SITE_PACKAGES not in one.filename), *frames[-1:]]
    places = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in reversed(told[-PLACES_MAX:])
    )
    return f"{type(problem).__name__} at {places}"


def _uncaught(
    kind: type[BaseException], problem: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _tell("the process ended", problem.with_traceback(trace))


def _tell(what: str, problem: BaseException | None) -> None:
    if problem is not None and not isinstance(problem, SystemExit):
        log.critical("%s: %s", what, place_of(problem))


def swap_in_the_clear(root: Path = Path("/")) -> tuple[str, ...]:
    """Return the swap devices and files to which memory may be written unencrypted.

    Compressed memory (zram) and what dm-crypt encrypts do not count.

    Args:
        root: where /proc and /sys are found.
    """
    table = root / "proc/swaps"
    if not table.exists():
        return ()
    names = [line.split()[0] for line in table.read_text().splitlines()[1:] if line.strip()]
    return tuple(name for name in names if not _kept_private(Path(name).resolve().name, root))


def _kept_private(device: str, root: Path) -> bool:
    if device.startswith("zram"):
        return True
    kind = root / "sys/block" / device / "dm/uuid"
    return kind.exists() and kind.read_text().startswith("CRYPT-")
