"""Uploads: never in the clear on a disk, never above the limit, whatever a file calls itself."""

import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from browsing import photograph
from faults import (
    Answer,
    Prepared,
    address,
    ask,
    children,
    files_of,
    portal_of,
    preloaded,
    prepare,
    random_bytes,
    until,
    world_on,
)
from instance import World
from servers import Server
from visitor import multipart

MEGABYTE = 1024 * 1024
LIMIT = 4 * MEGABYTE
# Every file that the interpreter opens for writing is named in another: temporary files that
# never have a name (O_TMPFILE) too, which no look into a folder finds.
TELLS_WHAT_IT_WRITES = """
import os, sys
if "portal.wsgi" in sys.orig_argv:
    TOLD = os.open(os.environ["TONGGUI_TEST_TOLD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    def tell(event, args):
        if event == "open" and isinstance(args[0], str) and args[2] & (os.O_WRONLY | os.O_RDWR):
            os.write(TOLD, f"{args[0]}\\n".encode())
    sys.addaudithook(tell)
"""
OURS = r"blobs/unfinished/[0-9a-f]{32}|limits\.sqlite|tonggui\.sqlite(\.lock)?"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An instance on each of the two databases."""
    with world_on(request, tmp_path_factory.mktemp("uploads")) as made:
        yield made


@pytest.fixture(scope="module")
def watched(world: World) -> dict[str, Path]:
    """A folder for temporary files, and the list of what the site opened for writing."""
    home = world.settings.home
    (home / "temporary").mkdir()
    return {"temporary": home / "temporary", "told": home / "told"}


@pytest.fixture(scope="module")
def site(world: World, watched: dict[str, Path]) -> Iterator[Server]:
    """Its public site, watched, with a low limit for uploads."""
    environ = preloaded({}, world.settings.home / "preloaded", TELLS_WHAT_IT_WRITES)
    environ |= {"TMPDIR": str(watched["temporary"]), "TONGGUI_TEST_TOLD": str(watched["told"])}
    with portal_of(world, TONGGUI_UPLOAD_BYTES_MAX=str(LIMIT), **environ) as made:
        until(lambda: children(made.process.pid))
        watched["told"].write_text("")
        yield made


def newest(world: World, answer: Answer) -> str:
    """The report that an answer is about."""
    ids = world.store.read(lambda uow: uow.reports.ids())
    [found] = [one for one in ids if world.case(one).case_number == answer.case_number]
    return found


def check_nothing_in_the_clear(world: World, site: Server, watched: dict[str, Path]) -> None:
    """No temporary file, with or without a name; written were sealed blobs and the stores."""
    told = {os.path.relpath(one, world.settings.home)
            for one in watched["told"].read_text().splitlines() if one != "/dev/null"}  # fmt: skip
    assert any(one.startswith("blobs/unfinished/") for one in told)
    assert not [one for one in told if not re.fullmatch(OURS, one)]
    assert not list(watched["temporary"].iterdir())
    [worker] = children(site.process.pid)
    for pid in (worker, *children(worker)):  # the child that cleans pictures too
        with suppress(PermissionError):  # only root may look into the site's process
            check_open_files(pid)


def check_open_files(pid: int) -> None:
    """A file without a name is empty: gunicorn's sign of life is one."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found, target = descriptor.stat(), str(descriptor.readlink())
            if stat.S_ISREG(found.st_mode) and "(deleted)" in target:
                assert found.st_size == 0, target


def test_while_a_file_comes_in_it_is_nowhere_in_the_clear(world, site, watched):
    files = [("录像.bin", b"planted" * (3 * MEGABYTE // 7)), ("照片.jpg", photograph())]
    form = prepare(site.base, files=files)
    raw = form.raw()
    unfinished = world.settings.home / "blobs/unfinished"
    with socket.create_connection(address(site)) as line:
        line.sendall(raw[: 2 * MEGABYTE])
        until(lambda: sum(one.stat().st_size for one in unfinished.glob("*")) > MEGABYTE)
        assert b"planted" not in b"".join(one.read_bytes() for one in unfinished.glob("*"))
        check_nothing_in_the_clear(world, site, watched)
        line.sendall(raw[2 * MEGABYTE :])
        assert b"200 OK" in line.recv(65536)
    check_nothing_in_the_clear(world, site, watched)
    opened = dict(files_of(world, newest(world, form.send(site.base))))
    assert opened["录像.bin"] == files[0][1]
    assert b"PlantedMaker" not in opened["照片.jpg"]


def heads(length: str) -> bytes:
    """The head of an upload."""
    return (
        "POST /report HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.1.2.3\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
    ).encode()


def answered(site: Server, sent: bytes) -> str:
    """What comes back for these bytes, while the line stays open."""
    # Shorter than portal.wsgi.PAUSE_SECONDS_MAX: so long would it wait for a body that is owed.
    with socket.create_connection(address(site), timeout=12) as line:
        line.sendall(sent)
        got = b""
        while b"</html>" not in got:
            more = line.recv(65536)
            assert more, got
            got += more
    return got.decode()


def test_too_large_by_its_own_word_is_refused_before_a_byte_is_read(site):
    answer = answered(site, heads(f"Content-Length: {LIMIT + 1}"))
    assert answer.startswith("HTTP/1.1 413")
    assert "不能超过 4 MB" in answer


def test_too_large_without_a_word_is_cut_off_at_the_limit(world, site):
    """A chunked body names no length: what comes beyond the limit is not kept."""
    before = list(world.blobs.names())
    first = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    chunks = [first, *[random_bytes(MEGABYTE)] * 5]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    answer = answered(site, heads("Transfer-Encoding: chunked") + body + b"0\r\n\r\n")
    assert answer.startswith("HTTP/1.1 413")
    assert "不能超过 4 MB" in answer
    until(lambda: not list((world.settings.home / "blobs/unfinished").glob("*")))
    assert list(world.blobs.names()) == before


def test_a_sender_who_hangs_up_leaves_nothing(world, site):
    form = prepare(site.base, files=[("a.bin", random_bytes(MEGABYTE))])
    before = world.store.read(lambda uow: uow.reports.ids()), list(world.blobs.names())
    unfinished = world.settings.home / "blobs/unfinished"
    with socket.create_connection(address(site)) as line:
        line.sendall(form.raw()[:-100_000])
        until(lambda: list(unfinished.glob("*")))
    until(lambda: not list(unfinished.glob("*")))
    assert before == (world.store.read(lambda uow: uow.reports.ids()), list(world.blobs.names()))
    assert form.send(site.base).status == 200


def test_one_file_too_many_is_told_with_the_text_kept(world, site):
    before = list(world.blobs.names())
    form = prepare(site.base, files=[(f"{n}.txt", b"x") for n in range(21)])
    answer = form.send(site.base)
    assert answer.status == 422
    assert "一次最多上传 20 个文件" in answer.text
    assert answer.values("/report")["narrative"] == form.values["narrative"]
    assert list(world.blobs.names()) == before


NAMES = [
    "../../../etc/passwd",
    "/etc/cron.d/x",
    "a%0d%0aSet-Cookie: x=y.bin",
    "<img src=x onerror=alert(1)>.bin",
    "\u202egpj.exe",
    "nul\x00byte.bin",
    "n" * 190 + ".bin",
]


def test_names_of_files_are_text_and_nothing_else(world, site, watched):
    form = prepare(site.base, files=[(name, name.encode()) for name in NAMES])
    answer = form.send(site.base)
    assert answer.status == 200
    assert "<img src=x" not in answer.text
    assert answer.headers["Set-Cookie"] is None
    opened = files_of(world, newest(world, answer))
    assert opened == sorted((name, name.encode()) for name in NAMES)
    check_nothing_in_the_clear(world, site, watched)


def raw_name(site: Server, name: bytes) -> tuple[Prepared, Answer]:
    """Send a form with a file whose name is these very bytes."""
    form = prepare(site.base)
    body, kind = multipart(form.values.items(), [("NAME", b"content")])
    headers = {"Content-Type": kind}
    return form, ask(site.base, "POST", "/report", body.replace(b"NAME", name), headers)


@pytest.mark.parametrize("name", [b"a\r\nX-Evil: 1\r\n.bin", b'a"; name="csrf_token', b'a\\"; x="'])
def test_a_name_cannot_write_a_head_of_its_own(site, name):
    _form, answer = raw_name(site, name)
    assert answer.status == 200
    assert "X-Evil" not in answer.headers


def test_a_name_in_gbk_is_answered_in_words_and_files_nothing(world, site):
    """Browsers write names as the page is written, in UTF-8; whoever does not loses the text."""
    before = world.store.read(lambda uow: uow.reports.ids())
    _form, answer = raw_name(site, "照片.jpg".encode("gbk"))
    assert answer.status in (400, 403, 422)
    assert not answer.code
    assert world.store.read(lambda uow: uow.reports.ids()) == before


def test_a_name_without_an_end_is_told_or_cut(site):
    answer = prepare(site.base, files=[("n" * 70_000 + ".bin", b"x")]).send(site.base)
    assert answer.status in (200, 422)
