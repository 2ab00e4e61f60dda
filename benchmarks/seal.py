"""Sealing a file: against libsodium in C in memory, and against a raw copy from file to file.

The gates hold for the stream as it is sealed, chunk by chunk. The lines "with digest"
add what a report's event names the file by: BLAKE2b over the whole stored file, which
costs about as much again and has no counterpart in the denominators.

Where a copy within the page cache is so fast that copying and libsodium in C together
take more than the gate allows, no program can pass it: then the gate is left open, and
ours is held against that sum alone.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from nacl._sodium import ffi, lib  # type: ignore[import-not-found]

from benchmarks.report import plain_table
from crypto.context import file_context
from crypto.stream import CHUNK_SIZE, FileSealer
from crypto.suite import CURRENT, STREAM_HEADER_SIZE, STREAM_OVERHEAD

MEMORY_MIN: Final = 0.8  # times libsodium
COPY_MAX: Final = 3.5  # times a raw copy
SUM_MAX: Final = 1.25  # times raw copy and libsodium in C together
MB: Final = 1_000_000
KEY: Final = bytes(range(32))
BOUND: Final = file_context("410329", "r" * 26, "f" * 26).encode(KEY)


@dataclass(frozen=True, slots=True)
class Figure:
    """One way of doing it: CPU in milliseconds for the whole file, and times its denominator."""

    name: str
    cpu_ms: float
    times: float | None = None
    met: bool | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 if a gate was missed."""
    options = _parser().parse_args(arguments)
    size = int(options.mb * MB)
    memory = in_memory(size, options.rounds)
    with tempfile.TemporaryDirectory(prefix="tonggui-bench-", dir=options.folder) as folder:
        files = file_to_file(Path(folder), size, options.rounds, sodium_ms=memory[0].cpu_ms)
    _show(f"In memory, {options.mb:g} MB; speed in times libsodium in C", memory)
    _show(f"From file to file, {options.mb:g} MB; CPU in times a raw copy", files)
    if options.json:
        found = {"memory": [asdict(one) for one in memory], "files": [asdict(one) for one in files]}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return int(any(one.met is False for one in (*memory, *files)))


def in_memory(size: int, rounds: int) -> list[Figure]:
    """Seal *size* bytes chunk by chunk, nothing read or written."""
    chunk = os.urandom(CHUNK_SIZE)
    count = -(-size // CHUNK_SIZE)

    def sodium() -> None:
        state = ffi.new("unsigned char[]", lib.crypto_secretstream_xchacha20poly1305_statebytes())
        header = ffi.new("unsigned char[]", STREAM_HEADER_SIZE)
        out = ffi.new("unsigned char[]", CHUNK_SIZE + STREAM_OVERHEAD)
        lib.crypto_secretstream_xchacha20poly1305_init_push(state, header, KEY)
        push, null = lib.crypto_secretstream_xchacha20poly1305_push, ffi.NULL
        for _ in range(count):
            push(state, out, null, chunk, CHUNK_SIZE, BOUND, len(BOUND), 0)

    def stream() -> None:
        writer = CURRENT.stream_writer(KEY, BOUND)
        for _ in range(count):
            writer.push(chunk, final=False)

    def sealer() -> None:
        made = FileSealer(KEY, file_context("410329", "r" * 26, "f" * 26))
        for _ in range(count):
            made.push(chunk)

    floor, ours, whole = interleaved((sodium, stream, sealer), rounds)
    return [
        Figure("libsodium in C", floor),
        Figure("sealed stream", ours, floor / ours, floor / ours >= MEMORY_MIN),
        Figure("with digest", whole, floor / whole),
    ]


def file_to_file(folder: Path, size: int, rounds: int, *, sodium_ms: float) -> list[Figure]:
    """Copy a file, and seal it, in the same steps.

    Args:
        folder: where to put both files.
        size: in bytes.
        rounds: how often.
        sodium_ms: what libsodium in C takes for as many bytes in memory.
    """
    source, target = folder / "source", folder / "target"
    with source.open("wb") as file:
        for at in range(0, size, CHUNK_SIZE):
            file.write(os.urandom(min(CHUNK_SIZE, size - at)))

    def copy() -> None:
        write_all(target, chunks_of(source))

    def stream() -> None:
        writer = CURRENT.stream_writer(KEY, BOUND)
        write_all(target, (writer.push(one, final=False) for one in chunks_of(source)))

    def sealer() -> None:
        made = FileSealer(KEY, file_context("410329", "r" * 26, "f" * 26))
        write_all(target, (made.push(one) for one in chunks_of(source)))

    floor, ours, whole = interleaved((copy, stream, sealer), rounds)
    least = floor + sodium_ms
    reachable = least / floor <= COPY_MAX
    return [
        Figure("raw copy", floor),
        Figure("raw copy + libsodium in C", least, least / floor),
        Figure(
            "sealed stream", ours, ours / floor, ours / floor <= COPY_MAX if reachable else None
        ),
        Figure("times that sum", ours, ours / least, ours / least <= SUM_MAX),
        Figure("with digest", whole, whole / floor),
    ]


def interleaved(ways: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    """Return the median CPU of every way in milliseconds; they run in turn."""
    spent: list[list[float]] = [[] for _ in ways]
    for round_number in range(rounds + 1):
        for way, found in zip(ways, spent, strict=True):
            before = time.process_time()
            way()
            if round_number:  # the first warms up
                found.append((time.process_time() - before) * 1000)
    return [median(found) for found in spent]


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file as an upload comes in, 64 KiB at a time."""
    with path.open("rb", buffering=0) as file:
        while data := file.read(CHUNK_SIZE):
            yield data


def write_all(path: Path, pieces: Iterator[bytes]) -> None:
    """Write a new file, without waiting for the disk."""
    path.unlink(missing_ok=True)
    with path.open("wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)


def _show(title: str, figures: Sequence[Figure]) -> None:
    words = {None: "", True: "met", False: "missed"}
    rows = [
        (
            one.name,
            f"{one.cpu_ms:.1f}",
            "" if one.times is None else f"{one.times:.2f}",
            words[one.met],
        )
        for one in figures
    ]
    print(plain_table(title, ("way", "CPU ms", "times", "gate"), rows), end="\n\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seal", description=__doc__)
    parser.add_argument("--mb", type=float, default=100.0, help="size of the file")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where to put the files")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
