"""What goes wrong on purpose: kills, full disks, databases that go away, answers that get lost.

form = prepare(site.base, narrative="…", files=[("a.bin", b"…")])
form.send(site.base)                    # byte for byte the same, as often as like
kill_worker(site)                       # as the kernel would; the server starts another
with SmallDisk(tmp_path / "home") as disk: disk.fill() … disk.free()
with PostgresProxy(url) as proxy: proxy.refuse() … proxy.cut_at_commit() … proxy.serve()
"""

import http.client
import itertools
import os
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from casework.services import keysets, reading
from casework.storage.sealed_vault import SealedVault
from crypto.canonical import parse_canonical
from crypto.context import digest, file_context, office_wrap_context, part_context, wrap_context
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.unseal import open_stream, unseal_text, unwrap_key
from instance import SITE, World, make_world
from separated import role_urls
from servers import ROOT, Server, running
from visitor import Files, Form, Page, Visitor, _Reader, multipart

FORM = "/report?region=410329&sector=hazardous_chemicals&matter=violation"
ANSWER_SECONDS = 90
CODE = re.compile(r"<span>([0-9]{4})</span>")
NUMBER = re.compile(r"410329-\d{4}-[2-9A-Z]{8}")


@contextmanager
def world_on(request: pytest.FixtureRequest, home: Path) -> Iterator[World]:
    """Found an instance on the database that a fixture's parameter names, for several tests."""
    if request.param == "sqlite":
        url, drop = f"sqlite:///{home / 'tonggui.sqlite'}", None
    else:
        server = request.getfixturevalue("postgres")
        url, drop = server.create_database(), server.drop_database
    world = make_world(home, url)
    try:
        yield world
    finally:
        world.store.close()
        if drop is not None:
            drop(url)


@contextmanager
def portal_of(world: World, **environ: str) -> Iterator[Server]:
    """Run the public site of an instance; at the end it is killed, which is quicker."""
    settings = {**behind_proxy(world.environ), **environ}
    log = world.settings.home / "portal.log"
    with running("portal.wsgi", settings, "TONGGUI_PORTAL_BIND", log) as site:
        yield site
        with suppress(ProcessLookupError):
            site.kill()


# Whoever sends ----------------------------------------------------------------

_networks = itertools.count(1)


def stranger() -> dict[str, str]:
    """Headers of somebody from a network that nobody came from before (one trusted proxy)."""
    number = next(_networks)
    return {"X-Forwarded-For": f"{11 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.7"}


def behind_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """Settings of a site that believes X-Forwarded-For, so that no test meets a rate limit."""
    return {**environ, "TONGGUI_TRUSTED_PROXIES": "1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, to the last byte that was announced."""

    path: str
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def code(self) -> str:
        """The receipt code, if the page shows one."""
        return "".join(CODE.findall(self.text))

    @property
    def case_number(self) -> str:
        """The case number, if the page shows one."""
        found = NUMBER.search(self.text)
        return found.group(0) if found else ""

    def form(self, action: str) -> Form:
        """The form of the page that goes to *action*, as it stands filled in."""
        page = Page(f"http://x{self.path}", self.status, {}, b"")
        _Reader(page).feed(self.text)
        return page.form(action)

    def values(self, action: str) -> dict[str, str]:
        """What that form would send if nobody changed anything."""
        # Browsers drop the line break that a text area begins with.
        fields = self.form(action).fields.items()
        return {name: kept[-1].removeprefix("\r\n") for name, kept in fields if kept}


def ask(
    base: str, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Send one request as it is; raises what a browser would show as a lost connection."""
    split = urlsplit(base)
    connection = http.client.HTTPConnection(
        split.hostname or "", split.port, timeout=ANSWER_SECONDS
    )
    try:
        connection.request(method, path, body, {**stranger(), **(headers or {})})
        answer = connection.getresponse()
        data = answer.read()  # raises when less comes than was announced
        return Answer(path, answer.status, answer.headers, data.decode())
    finally:
        connection.close()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A form as its sender's browser holds it: sent again, it is the same to the last byte."""

    kind: str
    body: bytes = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    path: str = "/report"

    def send(self, base: str, **headers: str) -> Answer:
        """Send it and read the whole answer."""
        return ask(base, "POST", self.path, self.body, {"Content-Type": self.kind, **headers})

    def raw(self) -> bytes:
        """Return the whole request, for a sender who speaks to a socket."""
        head = {"Host": "x", "Content-Type": self.kind, "Content-Length": str(len(self.body))}
        lines = [f"{name}: {text}" for name, text in {**stranger(), **head}.items()]
        return "\r\n".join([f"POST {self.path} HTTP/1.1", *lines, "", ""]).encode() + self.body

    def with_values(self, **changed: str) -> "Prepared":
        """Return the same form with another text."""
        return filled(self.path, {**self.values, **changed}, self.files)


def filled(path: str, values: Mapping[str, str], files: Files = ()) -> Prepared:
    """Write a form as a browser does."""
    files = tuple(files)
    if files:
        body, kind = multipart(values.items(), files)
    else:
        body, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
    return Prepared(kind, body, values, files, path)


def prepare(base: str, *, files: Files = (), **values: str) -> Prepared:
    """Open the form and fill it in well enough."""
    page = Visitor(base, headers=stranger()).get(FORM)
    assert page.status == 200, page.text
    hidden = {name: kept[0] for name, kept in page.form("/report").fields.items() if kept}
    typed = {"enterprise": "样本化工有限公司", "place": "样本工业园", "narrative": "样本叙述",
             "anonymous": "y"}  # fmt: skip
    return filled("/report", {**hidden, **typed, **values}, files)


def address(site: Server) -> tuple[str, int]:
    """Return where a socket reaches a site."""
    split = urlsplit(site.base)
    return split.hostname or "", split.port or 0


def look_in(base: str, code: str) -> Answer:
    """Type a code on the follow-up page; the answer before any redirect."""
    page = Visitor(base, headers=stranger()).get("/follow-up")
    token = page.form("/follow-up", field="code").fields["csrf_token"][0]
    return filled("/follow-up", {"csrf_token": token, "code": code}).send(base)


def mailbox(base: str, code: str) -> Visitor:
    """Return a browser that shows the mailbox of a code."""
    visitor = Visitor(base, headers=stranger())
    page = visitor.get("/follow-up")
    answer = visitor.send(page.form("/follow-up", field="code"), {"code": code})
    assert answer.status == 200, answer.text
    return visitor


# Whoever may read ---------------------------------------------------------------


def narrative_of(world: World, report: str) -> str:
    """Open a report's narrative as its office would, without leaving an event."""
    keys = _keys(world, report)
    objects = world.store.read(lambda uow: SealedVault(uow).objects(report))
    [sealed] = [one for one in objects if one.kind == "narrative"]
    context = part_context(SITE, report, sealed.kind, sealed.id, sealed.version)
    return unseal_text(sealed.body, key=keys[object_key_id(sealed.body)], context=context)


def files_of(world: World, report: str) -> list[tuple[str, bytes]]:
    """Open every file of a report as its office would: names and content."""
    keys, opened = _keys(world, report), []
    objects = world.store.read(lambda uow: SealedVault(uow).objects(report))
    stored = world.store.read(lambda uow: SealedVault(uow).files(report))
    blobs = {file.id: file.blob_name for file in stored}
    for sealed in objects:
        if sealed.kind != "file_info":
            continue
        key = keys[object_key_id(sealed.body)]
        context = part_context(SITE, report, sealed.kind, sealed.id, sealed.version)
        told = parse_canonical(unseal_text(sealed.body, key=key, context=context).encode())
        assert isinstance(told, dict)
        stream = world.blobs.read(blobs[sealed.id])
        content = open_stream(stream, key=key, context=file_context(SITE, report, sealed.id))
        opened.append((str(told["name"]), b"".join(content)))
    return sorted(opened)


def _keys(world: World, report: str, who: str = "yjj-officer") -> dict[bytes, bytes]:
    person = world.people[who]
    wraps = keysets.member_wraps(
        world.store, account=person.account, kind="office", owner=person.office
    )
    context = office_wrap_context(SITE, person.office)
    office = [
        PrivateKey(
            unwrap_key(w.body, context=context, holder=person.day, key_id=bytes.fromhex(w.key_id))
        )
        for w in wraps
    ]
    holders = {key.public.box.hex(): key for key in office}
    found = reading.keys_of(world.store, report_id=report, office=person.office)
    manifests = {one.sending: digest(one.body) for one in found.objects}
    return {
        wrap.key_id: unwrap_key(
            wrap.body,
            context=wrap_context(
                SITE, report, wrap.sending, wrap.key_kind, manifests[wrap.sending]
            ),
            holder=holders[wrap.recipient_key],
            key_id=wrap.key_id,
        )
        for wrap in found.wraps
    }


# Processes that die ---------------------------------------------------------------


def children(pid: int) -> list[int]:
    """Return the processes that *pid* started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def kill_worker(site: Server) -> None:
    """Kill the process that answers requests; the server starts another at once."""
    for pid in children(site.process.pid):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def jobs_running(environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the jobs process until the block ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "casework.jobs"], cwd=ROOT, env=dict(environ),
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def until(true: "object", seconds: float = 90.0) -> None:
    """Wait for *true()*."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.05)


def preloaded(environ: Mapping[str, str], folder: Path, source: str) -> dict[str, str]:
    """Settings of a process that runs *source* before its own program."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(source)
    return {**environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


# Disks that fill ------------------------------------------------------------------


class SmallDisk:
    """A folder on a disk of its own that can be filled to the last byte, and be freed again.

    A real one (tmpfs) where this user may mount. Where not, the server is forbidden to write
    to files: `fill` and `free` then need the server.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        """Make *folder* such a disk, for the length of a block."""
        self.folder = folder
        self._megabytes = megabytes
        self.is_real = False
        self._ballast = folder / "ballast"

    def __enter__(self) -> Self:
        """Mount it, if that is allowed here."""
        self.folder.mkdir(mode=0o700)
        self.is_real = self._mount(f"size={self._megabytes}m,mode=700")
        return self

    def __exit__(self, *_: object) -> None:
        """Take the disk away, whoever still uses it."""
        if self.is_real:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def _mount(self, options: str) -> bool:
        if os.geteuid() != 0 or os.environ.get("TONGGUI_TEST_NO_MOUNT"):
            return False
        command = ["mount", "-t", "tmpfs", "-o", options, "tonggui-test", str(self.folder)]
        return subprocess.run(command, capture_output=True).returncode == 0

    def fill(self, *processes: int) -> None:
        """Leave no byte free."""
        if not self.is_real:
            self._limit(processes, 0)
            return
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(65536))
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(b"x")

    def free(self, *processes: int) -> None:
        """Give the space back."""
        if not self.is_real:
            self._limit(processes, resource.RLIM_INFINITY)
        self._ballast.unlink(missing_ok=True)

    def grow(self, megabytes: int) -> None:
        """Put a larger disk in its place."""
        if self.is_real:
            assert self._mount(f"remount,size={megabytes}m")

    @staticmethod
    def _limit(processes: tuple[int, ...], size: int) -> None:
        for pid in processes:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


# Databases that go away -------------------------------------------------------------


COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # as the wire has it; "READ COMMITTED" goes by too


class PostgresProxy:
    """Stands between a process and PostgreSQL, and lets the line fail in every way there is."""

    def __init__(self, url: str) -> None:
        """Lead to the server of *url*."""
        split = urlsplit(url)
        folder = parse_qs(split.query).get("host", [""])[0]
        self._target = f"{folder}/.s.PGSQL.{split.port or 5432}" if folder else ""
        self._address = (split.hostname or "127.0.0.1", split.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._refusing = self._cutting = False
        port = self._listener.getsockname()[1]
        self.url = f"postgresql://{split.username or ''}@127.0.0.1:{port}{split.path}"
        if split.password:
            self.url = self.url.replace("@", f":{split.password}@", 1)

    @property
    def environ(self) -> dict[str, str]:
        """Settings that lead a process through the line, whatever role it has."""
        return {"TONGGUI_DATABASE_URL": self.url, **role_urls(self.url)}

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._listener.close()
        self._hang_up()

    def refuse(self) -> None:
        """Be a server that is gone: every line breaks, no new one comes about."""
        self._refusing = True
        self._hang_up()

    def cut_at_commit(self) -> None:
        """Hand the next COMMIT over, but break the line before its answer, and refuse."""
        self._cutting = True

    def serve(self) -> None:
        """Be well again."""
        self._refusing = self._cutting = False

    def _hang_up(self) -> None:
        with self._guard:
            lines, self._lines = self._lines, set()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                client.close()
                continue
            server = self._connected()
            with self._guard:
                self._lines |= {client, server}
            answered = threading.Event()
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(*ends, answered), daemon=True).start()

    def _connected(self) -> socket.socket:
        if not self._target:
            return socket.create_connection(self._address)
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._target)
        return line

    def _pass_on(
        self, source: socket.socket, sink: socket.socket, answered: threading.Event
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._cutting and COMMIT in data:
                    self._refusing = True
                    sink.sendall(data)
                    answered.wait(60)  # the server has committed, its answer is lost
                    self._hang_up()
                    return
                if self._refusing:
                    answered.set()
                else:
                    sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def random_bytes(size: int) -> bytes:
    """Content that no other file has."""
    return secrets.token_bytes(size)
