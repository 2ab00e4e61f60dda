"""Uploads on the real server: CPU for each MB, memory, and which files are opened meanwhile.

The denominator, benchmarks/floor/upload.py, parses the same form under the same server,
seals the file and writes it: no padding, no digest, no database. All get the same bytes
in turn. Receipt codes cost next to nothing here, for they are no part of the question.

The gate is held against the floor under the server as it comes. The site has it receive
in smaller steps, which saves more than all our work costs; so a second floor does the
same, and shows what is left: the digest that an event names the file by, and padding.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figures import ratio
from benchmarks.instance import CHEAP, make_instance
from benchmarks.pages import FIELDS, FORM_PATH, form_tokens, receipt_code
from benchmarks.processes import Memory, wait_for_rest
from benchmarks.report import number, plain_table
from benchmarks.servers import HOST, Server, StartError, free_port, running
from benchmarks.traced import Traced, traced_upload
from benchmarks.wire import Connection

MB: Final = 1_000_000
CPU_MAX: Final = 1.5  # times the floor, for each MB
MEMORY_BYTES_MAX: Final = 16 * 1024 * 1024  # more for the largest file than for the smallest
CPU_FROM_MB: Final = 20  # below that the form itself weighs more than the file
BLOCK: Final = os.urandom(MB)
BOUNDARY: Final = "----benchmark"
SECONDS_MAX: Final = 600.0
UPLOAD_BYTES_MAX: Final = 2 * 1000 * MB


@dataclass(slots=True)
class Line:
    """What one size of file cost: CPU in milliseconds for each MB, highest memory in bytes."""

    mb: int
    ours: float
    floor: float
    small_steps: float
    peak: int

    @property
    def times(self) -> float | None:
        """Ours divided by the floor; None where that took less than the kernel counts."""
        return ratio(self.ours, self.floor)


@dataclass(slots=True)
class Result:
    """Everything that one run gave."""

    lines: list[Line] = field(default_factory=list)
    traced: Traced | None = None

    @property
    def growth(self) -> int:
        """How much more memory the largest file took than the smallest."""
        return self.lines[-1].peak - self.lines[0].peak

    def missed(self) -> list[str]:
        """Name the gates that were missed."""
        found = [
            f"CPU for {one.mb} MB: {number(one.times, 2)} times the floor, at most {CPU_MAX}"
            for one in self.lines
            if one.mb >= CPU_FROM_MB and (one.times or 0.0) > CPU_MAX
        ]
        if len(self.lines) > 1 and self.growth > MEMORY_BYTES_MAX:
            found.append(f"memory grew by {self.growth / 2**20:.1f} MiB, at most 16")
        if self.traced and self.traced.wrong:
            found += [f"a file that holds what was sent: {one}" for one in self.traced.wrong]
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 if a gate was missed or nothing could be measured."""
    options = _parser().parse_args(arguments)
    try:
        result = run(sorted(options.mb), options.rounds, trace=options.trace_files)
    except (StartError, subprocess.CalledProcessError, RuntimeError, OSError) as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        return 1
    _show(result)
    if options.json:
        options.json.write_text(json.dumps(asdict(result), indent=2) + "\n")
    return int(bool(result.missed()))


def run(sizes: Sequence[int], rounds: int, *, trace: bool) -> Result:
    """Start both servers, send every size to each in turn, and take everything away again."""
    result = Result()
    with tempfile.TemporaryDirectory(prefix="tonggui-bench-") as temporary:
        folder = Path(temporary)
        environ = make_instance(
            folder / "ours", f"sqlite:///{folder / 'ours' / 'tonggui.sqlite'}", costs=CHEAP
        )
        environ["TONGGUI_UPLOAD_BYTES_MAX"] = str(UPLOAD_BYTES_MAX)
        with _servers(folder, environ) as servers:
            memory = Memory()
            for server in servers:
                send(server, 1)
            for mb in sizes:
                spent = [[cpu_of(server, mb) for server in servers] for _ in range(rounds)]
                memory.look(servers[0].pid)
                ours, floor, small = (median(one) / mb for one in zip(*spent, strict=True))
                result.lines.append(Line(mb, ours, floor, small, memory.peak))
                _make_room(folder / "ours" / "blobs")
        if trace:
            result.traced = traced_upload(folder, environ, send)
    return result


def cpu_of(server: Server, mb: int) -> float:
    """Send one file of *mb* MB; return the CPU that the server used for it, milliseconds."""
    before = wait_for_rest(server.pid)
    send(server, mb)
    return wait_for_rest(server.pid) - before


def send(server: Server, mb: int, block: bytes = BLOCK) -> None:
    """Send the form with one file of *mb* times *block*.

    Raises:
        RuntimeError: the answer is neither a receipt nor the floor's word.
    """
    with Connection(HOST, server.port) as connection:
        _status, page = connection.get(FORM_PATH, {})
        line = connection.open()
        line.settimeout(SECONDS_MAX)
        fields = {**FIELDS, **(form_tokens(page) if "form_token" in page else {})}
        head = _form_head(fields)
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        length = len(head) + mb * len(block) + len(tail)
        line.sendall(
            f"POST /report HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        line.sendall(head)
        for _ in range(mb):
            line.sendall(block)
        line.sendall(tail)
        answer = _rest(line)
    if not answer.endswith("ok") and not receipt_code(answer):
        raise RuntimeError(f"{mb} MB: {answer[:200]!r}")


def _form_head(fields: dict[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return "".join(parts).encode()


def _rest(line: socket.socket) -> str:
    received = bytearray()
    while data := line.recv(65536):
        received += data
    return received.decode(errors="replace")


@contextmanager
def _servers(folder: Path, environ: dict[str, str]) -> Iterator[list[Server]]:
    """Start ours, the floor, and the floor that receives in small steps."""
    port = free_port()
    own = {**environ, "TONGGUI_PORTAL_BIND": f"127.0.0.1:{port}"}
    with ExitStack() as stack:
        log = folder / "ours.log"
        site = running(["portal.wsgi"], own, port=port, path=FORM_PATH, log=log)
        servers = [stack.enter_context(site)]
        for steps in ([], ["small-steps"]):
            port = free_port()
            module = ["benchmarks.floor.upload", str(port), str(folder), *steps]
            log = folder / f"floor-{port}.log"
            floor = running(module, {}, port=port, path="/", log=log)
            servers.append(stack.enter_context(floor))
        yield servers


def _make_room(blobs: Path) -> None:
    """Throw away what was stored: three sizes, several rounds, would fill a small disk."""
    for path in blobs.glob("[0-9a-f][0-9a-f]/*"):
        path.unlink()


def _show(result: Result) -> None:
    rows = [
        (
            str(one.mb),
            f"{one.ours:.2f}",
            f"{one.floor:.2f}",
            number(one.times, 2),
            number(ratio(one.ours, one.small_steps), 2),
            f"{one.peak / 2**20:.1f}",
        )
        for one in result.lines
    ]
    head = ("MB", "CPU ms/MB", "floor ms/MB", "times", "times small-step floor", "peak MiB")
    print(plain_table("Uploads", head, rows), end="\n\n")
    print(f"Memory, largest file over smallest: {result.growth / 2**20:.1f} MiB (at most 16)")
    if result.traced:
        print(result.traced.told())
    missed = result.missed()
    print("\n".join(f"MISSED: {one}" for one in missed) if missed else "All gates met.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.upload", description=__doc__)
    parser.add_argument("--mb", type=_sizes, default=[1, 20, 500], metavar="N,N,…")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--trace-files", action="store_true", help="trace what the server opens, with strace"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    return parser


def _sizes(text: str) -> list[int]:
    found = [int(one) for one in text.split(",")]
    if min(found) < 1:
        raise argparse.ArgumentTypeError("sizes are whole megabytes from 1")
    return found


if __name__ == "__main__":
    sys.exit(main())
