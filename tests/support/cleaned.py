"""Asking the cleaners, and asking others what they left."""

import subprocess
from pathlib import Path

from cleaning.inspection import CLEANED, Cleaners
from cleaning.media_types import media_type

# Groups of exiftool that tell about the file system and the shape of the file, not its origin.
SHAPE = ("System", "ExifTool", "File")


def cleaned(cleaners: Cleaners, raw: bytes, kind: str | None = None) -> bytes:
    """The clean bytes of *raw*."""
    done = cleaners.clean(raw, kind or media_type(raw))
    assert done.reason == CLEANED, done.reason
    assert done.data is not None
    return bytes(done.data[:])


def reason(cleaners: Cleaners, raw: bytes, kind: str | None = None) -> str:
    """Why *raw* is not cleaned."""
    done = cleaners.clean(raw, kind or media_type(raw))
    assert done.data is None
    return done.reason


def told_by_exiftool(raw: bytes, folder: Path) -> str:
    """All that exiftool, with every doubtful trick switched on, reads in *raw*."""
    path = folder / "asked"
    path.write_bytes(raw)
    done = subprocess.run(
        ["exiftool", "-ee3", "-U", "-a", "-G1", "-api", "RequestAll=3", str(path)],
        capture_output=True,
        check=False,
    )
    lines = done.stdout.decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith(tuple(f"[{g}" for g in SHAPE)))


def told_by_mat2(raw: bytes, ending: str, folder: Path) -> str:
    """What the other cleaner of this world still sees in *raw*."""
    path = folder / f"asked.{ending}"
    path.write_bytes(raw)
    done = subprocess.run(["mat2", "--show", str(path)], capture_output=True, check=False)
    return done.stdout.decode(errors="replace")
