"""The processes of an instance, started and stopped together.

Every child is told by the kernel when we die (PR_SET_PDEATHSIG), so even a
kill -9 leaves no orphan; each is in a process group of its own, so that a
Ctrl-C reaches it through us, once.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import click

from casework.config import Bind, SettingError, Settings

START_SECONDS = 30.0
STOP_SECONDS = 8.0
POLL_SECONDS = 0.1
JOBS_SECONDS = 1.0  # no port to ask: up if it has not left by then
_PR_SET_PDEATHSIG = 1
_ROLE_URL = "TONGGUI_DATABASE_URL_"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Part:
    """One process of an instance."""

    name: str
    module: str
    bind: Bind | None = None
    setting: str = ""
    health: str = ""  # page to ask for; a part without one speaks another protocol
    process: str = ""  # whose database role and secrets it has

    @property
    def address(self) -> str:
        """What a person types to get there; "" for a part that is not listened to."""
        if self.bind is None:
            return ""
        return f"http://{self.bind}/" if self.health else str(self.bind)


@dataclass(slots=True)
class Running:
    """A part that was started."""

    part: Part
    process: subprocess.Popen[bytes] = field(repr=False)
    started_at: float

    def is_up(self) -> bool:
        """Say whether it answers."""
        if self.part.bind is None:
            return time.monotonic() - self.started_at >= JOBS_SECONDS
        if self.part.health:
            return answers_http(self.part.bind, self.part.health)
        return answers_smtp(self.part.bind)


class DiedError(Exception):
    """A part has left although nobody asked it to."""

    def __init__(self, part: Part, status: int) -> None:
        """Name the *part*, and its exit *status* (negative: the signal)."""
        told = f"信号 signal {-status}" if status < 0 else f"状态 status {status}"
        super().__init__(f"{part.name}（{part.module}）意外退出，{told} / has left unexpectedly")


def parts_of(settings: Settings) -> tuple[Part, ...]:
    """Return what an instance consists of."""
    portal, console, mail = settings.portal_bind, settings.console_bind, settings.mail_bind
    return (
        Part(
            "举报网站 public site",
            "portal.wsgi",
            portal,
            "TONGGUI_PORTAL_BIND",
            "/health",
            "portal",
        ),
        Part(
            "工作台 console", "admin.wsgi", console, "TONGGUI_CONSOLE_BIND", "/sign-in", "console"
        ),
        Part("收信网关 mail gateway", "portal.mailgate", mail, "TONGGUI_MAIL_BIND", "", "mailgate"),
        Part("后台任务 jobs", "casework.jobs", process="jobs"),
    )


def serve(
    settings: Settings,
    *,
    parts: tuple[Part, ...] = (),
    when_up: Callable[[], None] = lambda: None,
) -> int:
    """Start every part, tell the addresses, and wait for the end.

    Args:
        settings: passed on to the children through the environment.
        parts: what to run; by default the parts of an instance.
        when_up: called once everything answers.

    Returns:
        0 after a signal, 1 when a part died or did not come up.

    Raises:
        SettingError: an address is in use.
    """
    parts = parts or parts_of(settings)
    _check_free(parts)
    running: list[Running] = []
    with _signals_noted() as noted:
        try:
            for part in parts:
                running.append(_start(part, settings))  # noqa: PERF401 - stopped if one fails
            if _wait_until_up(running, noted):
                _tell(parts)
                when_up()
                click.echo("\n按 Ctrl-C 停止 / press Ctrl-C to stop")
            _wait_for_end(running, noted)
        except (DiedError, TimeoutError) as problem:
            click.echo(f"错误：{problem}", err=True)
            return 1
        finally:
            _stop(running)
    click.echo("已全部停止 / all stopped", err=True)
    return 0


def _check_free(parts: tuple[Part, ...]) -> None:
    for part in parts:
        if part.bind is None:
            continue
        family = socket.AF_INET6 if ":" in part.bind.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((part.bind.host, part.bind.port))
            except OSError as error:
                raise SettingError(
                    part.setting, f"{part.bind} 不能监听 / cannot be listened on: {error.strerror}"
                ) from None


def _start(part: Part, settings: Settings) -> Running:
    process = subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", part.module],
        env=_environ(part, settings),
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_die_with_parent(os.getpid()),
    )
    return Running(part, process, time.monotonic())


def _environ(part: Part, settings: Settings) -> dict[str, str]:
    """Return the settings of one part: of the database roles, its own alone."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(_ROLE_URL)}
    own = {"TONGGUI_HOME": str(settings.home)}
    if settings.database_urls and part.process:
        own["TONGGUI_DATABASE_URL"] = settings.database_url_of(part.process)
    return given | own


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """Return what makes a fresh child end when we do; Linux has a call for that."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def run_in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # we died before the call
            os._exit(1)

    return run_in_child


@contextmanager
def _signals_noted() -> Iterator[list[int]]:
    """Collect the signals that ask for the end."""
    noted: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        noted.append(number)

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_up(running: list[Running], noted: list[int]) -> bool:
    """Wait until every part answers; False when a signal came first.

    Raises:
        DiedError: one has left.
        TimeoutError: one does not answer.
    """
    waiting = list(running)
    end = time.monotonic() + START_SECONDS
    while waiting and not noted:
        _check_alive(running)
        waiting = [one for one in waiting if not one.is_up()]
        if waiting and time.monotonic() > end:
            names = "、".join(one.part.name for one in waiting)
            raise TimeoutError(f"{names} 在 {START_SECONDS:.0f} 秒内没有应答 / does not answer")
        time.sleep(POLL_SECONDS)
    return not noted


def _wait_for_end(running: list[Running], noted: list[int]) -> None:
    while not noted:
        _check_alive(running)
        time.sleep(POLL_SECONDS)


def _check_alive(running: list[Running]) -> None:
    for one in running:
        status = one.process.poll()
        if status is not None:
            raise DiedError(one.part, status)


def _stop(running: list[Running]) -> None:
    """Ask everybody at once to end, and make those end who do not."""
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for one in running:
        try:
            one.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()


def _tell(parts: tuple[Part, ...]) -> None:
    for part in parts:
        if part.address:
            click.echo(f"{part.name}  {part.address}")


def answers_http(bind: Bind, path: str) -> bool:
    """Say whether a web server there answers without an error of its own."""
    connection = http.client.HTTPConnection(_reachable(bind.host), bind.port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def answers_smtp(bind: Bind) -> bool:
    """Say whether a mail server there greets."""
    try:
        with socket.create_connection((_reachable(bind.host), bind.port), timeout=2) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a lookup
