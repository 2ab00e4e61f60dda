"""Which files the public site opens while a file comes in, told by the kernel.

The server runs under strace from its first instruction, with every process that it
starts. Each file that anything opens for writing, once it answers, is looked at,
temporary files without a name (O_TMPFILE) too; those that are not the stores' own are
wrong. What lies in the stores afterwards is searched for the bytes that were sent.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.pages import FORM_PATH
from benchmarks.processes import tree
from benchmarks.servers import HOST, ROOT, STOP_SECONDS, Server, free_port, wait_until_ready
from benchmarks.wire import Connection

CALLS: Final = "trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat"
OPENED: Final = re.compile(r'(?:open|openat|openat2|creat)\((?:AT_FDCWD, )?"([^"]*)", (.*)')
WRITES: Final = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE")
NOT_FILES: Final = re.compile(r"/dev/(null|zero|urandom|random|tty|shm/.*)|/proc/.*")
# The server's sign of life: an empty file without a name, whose date alone changes.
SIGN_OF_LIFE: Final = re.compile(r"/tmp/wgunicorn-\w+")
OURS: Final = re.compile(
    r"blobs/unfinished/[0-9a-f]{32}|limits\.sqlite(-\w+)?|tonggui\.sqlite(\.lock|-\w+)?|.*\.pyc(\.\d+)?"
)
PLANTED: Final = b"planted-in-the-upload-" * 50_000  # 1.1 MB
PART: Final = 256 * 1024 - 1


@dataclass(slots=True)
class Traced:
    """What was seen; `missing` says why nothing was."""

    opened: int = 0
    sealed: int = 0
    wrong: list[str] = field(default_factory=list)
    missing: str = ""

    def told(self) -> str:
        """Say it in one line."""
        if self.missing:
            return f"Files: not traced, {self.missing}"
        return (
            f"Files: {self.opened} opened for writing, {self.sealed} of them sealed blobs,"
            f" {len(self.wrong)} that hold or could hold what was sent"
        )


def traced_upload(
    folder: Path, environ: Mapping[str, str], send: Callable[[Server, int, bytes], None]
) -> Traced:
    """Send planted bytes to a site of its own under strace, and look at every file."""
    strace = shutil.which("strace")
    if strace is None:
        return Traced(missing="strace is not installed")
    home = Path(environ["TONGGUI_HOME"])
    port, log = free_port(), folder / "strace"
    own = {**environ, "TONGGUI_PORTAL_BIND": f"127.0.0.1:{port}", "PYTHONDONTWRITEBYTECODE": "1"}
    with (folder / "traced.log").open("wb") as sink:
        process = subprocess.Popen(
            [strace, "-f", "-qq", "-s", "4096", "-e", CALLS, "-o", str(log),
             sys.executable, "-m", "portal.wsgi"],
            cwd=ROOT, env={"PATH": os.environ.get("PATH", os.defpath), **own},
            stdout=sink, stderr=sink, start_new_session=True,
        )  # fmt: skip
    server = Server(port, process.pid, folder / "traced.log")
    try:
        wait_until_ready(process, server, FORM_PATH)
        started = len(log.read_text(errors="replace").splitlines())
        send(server, 5, PLANTED)
        send_in_parts(server, PLANTED)
    finally:
        _stop(process)
    found = judged(log.read_text(errors="replace").splitlines()[started:], home)
    found.wrong += holding(home, PLANTED[:22])
    return found


def send_in_parts(server: Server, content: bytes) -> None:
    """Send a file as portal/static/upload.js does, and leave it there without a form.

    Raises:
        RuntimeError: a part was refused.
    """
    token = {"Upload-Token": secrets.token_hex(32)}
    told = json.dumps({"name": "planted.bin", "size": len(content)}).encode()
    kind = {"Content-Type": "application/octet-stream"}
    with Connection(HOST, server.port) as line:
        status, _ = line.post("/uploads", {**token, "Content-Type": "application/json"}, told)
        for at in range(0, len(content), PART):
            if status not in (200, 201):
                raise RuntimeError(f"a part before {at} was answered {status}")
            head = {**token, **kind, "Upload-Offset": str(at)}
            status, _ = line.post("/uploads/part", head, content[at : at + PART])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End what is traced; strace ends with it, and ignores being asked itself."""
    for traced in list(tree(process.pid))[1:2]:
        os.kill(traced, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def judged(lines: list[str], home: Path) -> Traced:
    """Tell the stores' own files from all others that were opened for writing."""
    found = Traced()
    for line in lines:
        match = OPENED.search(line)
        if not match or " = -1 " in line:
            continue
        path, flags = match.groups()
        if "creat(" not in line and not WRITES.search(flags):
            continue
        if NOT_FILES.fullmatch(path) or SIGN_OF_LIFE.fullmatch(path):
            continue
        found.opened += 1
        name = os.path.relpath(path, home)
        if not OURS.fullmatch(name):
            found.wrong.append(path)
        found.sealed += name.startswith("blobs/unfinished/")
    return found


def holding(folder: Path, planted: bytes) -> list[str]:
    """Return the files below *folder* that hold these bytes."""
    return [
        str(path) for path in folder.rglob("*") if path.is_file() and planted in path.read_bytes()
    ]
