"""The processes of an instance: up together, down together, never an orphan."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import ports
from admin import processes
from admin.processes import Part, answers_http, answers_smtp, parts_of
from casework.config import Bind, Settings
from command_line import tonggui
from faults import until
from source import ROOT

# Three parts in one file: a web server, something without a port, something that dies.
PARTS = """
import http.server, os, pathlib, signal, socketserver, sys, time
here = pathlib.Path(__file__).parent
name = pathlib.Path(__file__).stem
if name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
(here / f"{name}.part").write_text(str(os.getpid()))
(here / f"{name}.part").rename(here / f"{name}.pid")
if name == "dying":
    while not (here / "die").exists():
        time.sleep(0.05)
    sys.exit(7)
if name == "web":
    port = int(os.environ["WEB_PORT"])
    socketserver.TCPServer.allow_reuse_address = True
    handler = http.server.SimpleHTTPRequestHandler
    http.server.HTTPServer(("127.0.0.1", port), handler).serve_forever()
time.sleep(300)
"""
SERVE = """
import sys
from admin import processes
from admin.processes import Part, serve
from casework.config import Bind, Settings
processes.STOP_SECONDS = 2.0
port = int(sys.argv[1])
parts = [Part("web", "web", Bind("127.0.0.1", port), "TONGGUI_PORTAL_BIND", "/")]
parts += [Part(name, name) for name in sys.argv[2:]]
settings = Settings.from_environment()
sys.exit(serve(settings, parts=tuple(parts), when_up=lambda: print("UP", flush=True)))
"""


class Served:
    """A parent with its children."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder, self.port, self.count = folder, ports.free_port(), 1 + len(names)
        for name in ("web", *names):
            (folder / f"{name}.py").write_text(PARTS)
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.port), *names],
            env=os.environ | {
                "PYTHONPATH": f"{ROOT}:{folder}", "WEB_PORT": str(self.port),
                "TONGGUI_HOME": str(folder),
            },
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def comes_up(self) -> str:
        assert self.process.stdout is not None
        shown = ""
        for line in self.process.stdout:
            shown += line
            if line == "UP\n":
                until(lambda: len(self.pids()) == self.count)  # what has no port may start late
                return shown
        raise AssertionError(self.process.communicate()[1])

    def pids(self) -> list[int]:
        return [int(path.read_text()) for path in self.folder.glob("*.pid")]

    def left(self, seconds: float) -> list[int]:
        """Return the children that are still there after *seconds*."""
        end = time.monotonic() + seconds
        while (left := [pid for pid in self.pids() if is_running(pid)]) and time.monotonic() < end:
            time.sleep(0.05)
        return left


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[type[Served]]:
    started: list[Served] = []

    class Here(Served):
        def __init__(self, *names: str) -> None:
            super().__init__(tmp_path, *names)
            started.append(self)

    yield Here
    for one in started:
        one.process.kill()
        one.process.communicate()
        for pid in one.left(0):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_them_and_that_is_no_failure(served, number):
    one = served("quiet")
    assert f"http://127.0.0.1:{one.port}/" in one.comes_up()
    one.process.send_signal(number)
    _, err = one.process.communicate(timeout=60)
    assert one.process.returncode == 0
    assert "已全部停止" in err
    assert len(one.pids()) == 2
    assert one.left(0) == []


def test_when_one_dies_the_others_are_stopped_and_it_is_named(served):
    one = served("quiet", "dying")
    one.comes_up()
    (one.folder / "die").touch()
    _, err = one.process.communicate(timeout=60)
    assert one.process.returncode == 1
    assert "dying（dying）意外退出，状态 status 7" in err
    assert one.left(0) == []


def test_who_does_not_listen_is_ended_within_seconds(served):
    one = served("stubborn")
    one.comes_up()
    begun = time.monotonic()
    one.process.terminate()
    one.process.communicate(timeout=60)
    assert one.process.returncode == 0
    assert time.monotonic() - begun < 6
    assert one.left(0) == []


def test_a_killed_parent_leaves_no_orphan(served):
    one = served("quiet")
    one.comes_up()
    assert len(one.left(0)) == 2
    one.process.kill()
    assert one.left(60) == []


def test_a_child_killed_by_force_is_named_with_its_signal(served):
    one = served("quiet")
    one.comes_up()
    os.kill(int((one.folder / "quiet.pid").read_text()), signal.SIGKILL)
    _, err = one.process.communicate(timeout=60)
    assert one.process.returncode == 1
    assert "信号 signal 9" in err


def test_an_address_in_use_is_told_before_anything_is_started(tmp_path):
    tonggui("init", "--region", "410329", home=tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        sentence = tonggui("serve", home=tmp_path / "home", console_bind=bind).sentence
    assert sentence.startswith(f"错误：TONGGUI_CONSOLE_BIND: {bind}")


def test_an_instance_without_keys_says_which_part_does_not_start(tmp_path):
    """The public site refuses to start without public keys to seal to."""
    home = tmp_path / "home"
    tonggui("init", "--region", "410329", home=home)
    binds = {
        f"{name}_bind": f"127.0.0.1:{ports.free_port()}" for name in ("portal", "console", "mail")
    }
    answer = tonggui("serve", home=home, **binds)
    assert answer.status == 1
    assert "意外退出，状态 status 2" in answer.err


def test_the_parts_of_an_instance_listen_where_the_settings_say():
    settings = Settings.from_environment({"TONGGUI_PORTAL_BIND": "127.0.0.1:9000"})
    parts = parts_of(settings)
    assert [part.module for part in parts] == [
        "portal.wsgi", "admin.wsgi", "portal.mailgate", "casework.jobs",
    ]  # fmt: skip
    assert [part.address for part in parts] == [
        "http://127.0.0.1:9000/", "http://127.0.0.1:8001/", "127.0.0.1:8025", "",
    ]  # fmt: skip


def test_nobody_there_is_no_answer():
    bind = Bind("127.0.0.1", ports.free_port())
    assert not answers_http(bind, "/")
    assert not answers_smtp(bind)
    assert Part("x", "x", bind).address == str(bind)


def test_of_the_database_roles_a_part_is_told_its_own_alone(monkeypatch):
    for process in ("portal", "console", "jobs"):
        url = f"postgresql://tonggui_{process}@/tonggui"
        monkeypatch.setenv(f"TONGGUI_DATABASE_URL_{process.upper()}", url)
    monkeypatch.setenv("TONGGUI_DATABASE_URL", "postgresql://tonggui@/tonggui")
    settings = Settings.from_environment()

    for part in processes.parts_of(settings):
        told = processes._environ(part, settings)
        urls = {name: value for name, value in told.items() if "DATABASE_URL" in name}
        role = "portal" if part.process == "mailgate" else part.process
        assert urls == {"TONGGUI_DATABASE_URL": f"postgresql://tonggui_{role}@/tonggui"}
