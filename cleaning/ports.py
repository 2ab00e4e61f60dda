"""What a site expects of whatever cleans and scans its files."""

from dataclasses import dataclass, field
from mmap import mmap
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of the attempt to clean a file.

    Attributes:
        data: the clean file; None when it could not be cleaned.
        reason: "cleaned", or why it is not; see cleaning/inspection.py.
        media_type: what the file is now; "" while it is not clean.
    """

    data: bytes | mmap | None = field(repr=False)
    reason: str
    media_type: str = ""


class Cleaner(Protocol):
    """Takes hidden information out of files."""

    def clean(self, source: bytes | bytearray, media_type: str) -> Cleaned:
        """Return *source*, which is of *media_type*, without its hidden information."""

    def close(self) -> None:
        """Let go of whatever does the cleaning."""


class Scan(Protocol):
    """One file on its way past the virus scanner."""

    @property
    def result(self) -> str:
        """What was found: "clean", "found:<name>" or "not_scanned"."""

    def feed(self, data: bytes) -> None:
        """Look at the next bytes."""

    def finish(self) -> None:
        """The file is whole."""

    def drop(self) -> None:
        """Nobody asks any more."""


class Scanner(Protocol):
    """Looks for viruses."""

    def begin(self) -> Scan:
        """Begin with one file."""
