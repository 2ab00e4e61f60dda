"""Both sites in this process, by a clock that the test moves, and the jobs process by hand.

    stage.until("2026-03-04")            noon of that day in China; the jobs process has worked
    stage.leader().opens_case(number)    real pages over HTTP, as anywhere else on a Stage

The applications are those of `portal.wsgi` and `admin.wsgi`, the jobs process is
`casework.jobs`; only the server in front of them and their clock are the test's own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from actors import Clerk, Reporter, Stage
from admin.app import create_app as create_console
from admin.extensions import console as desk
from casework import jobs
from casework.clock import SHANGHAI, Clock
from casework.config import Settings
from casework.instance import Instance
from casework.queries.cases import case_by_number
from casework.services.routing_tables import RoutingKeeper
from casework.services.rulebook import RulebookKeeper
from casework.verify import Problem, verify
from instance import World
from portal.app import create_app as create_portal
from portal.app import open_site
from visitor import Page


class _Quiet(WSGIRequestHandler):
    """Requests leave no line."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Moving(Stage):
    """A stage on which days pass."""

    def __init__(self, world: World, portal: str, console: str, working: jobs.Jobs) -> None:
        """Play on two sites that go by the world's clock."""
        super().__init__(world, portal, console, lambda: world.now)
        self.working = working

    def until(self, day: str, at: str = "12:00") -> None:
        """Let time pass until a time of a day in China, and the jobs process work then."""
        local = datetime.fromisoformat(f"{day}T{at}:00").replace(tzinfo=SHANGHAI)
        assert local >= self.world.now, "time does not go back"
        self.working.keep_log()  # it runs all day: nothing waits for days to be taken in
        self.world.now = local.astimezone(UTC)
        self.jobs()

    def jobs(self) -> None:
        """One round of everything that the jobs process does, in its order."""
        self.working.project_new()
        self.working.follow_rules()
        self.working.sweep()
        self.working.send_all()
        self.working.keep_log()
        self.working.keep_search()

    def _clerk(self, kind: type[Clerk], login: str) -> Clerk:
        clerk = super()._clerk(kind, login)
        self.world.move(seconds=30)  # a one-time code counts once
        return clerk

    def clerk(self, login: str) -> Clerk:
        """Somebody of the console, signed in."""
        return self._clerk(Clerk, login)

    def reports(self) -> Reporter:
        """A citizen who has just filed a report without a name."""
        reporter = self.reporter()
        reporter.opens_the_form()
        reporter.reports(narrative="储罐区动火作业未办理审批。", anonymous="y")
        assert reporter.case_number
        self.jobs()
        return reporter

    def mails(self) -> list[tuple[str, str]]:
        """Every notice that went out so far: the office, and its first sentence."""
        files = [one for one in self.world.settings.mail_folder.rglob("*") if one.is_file()]
        mails = [message_from_bytes(one.read_bytes()) for one in files]
        return sorted((str(one["To"]).partition("@")[0], _first_line(one)) for one in mails)

    def report_of(self, case_number: str) -> str:
        """The id behind a case number."""
        return case_by_number(self.world.store, case_number=case_number).report_id

    def audit(self, case_number: str) -> Page:
        """What the auditor reads of a case."""
        auditor = self.clerk("auditor")
        auditor.visitor.get("/audit")
        auditor.sends("查看", number=case_number)
        assert auditor.visitor.page is not None
        return auditor.visitor.page

    def problems(self) -> list[Problem]:
        """What `tonggui verify` finds wrong."""
        world = self.world
        return [
            one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
        ]


@contextmanager
def moving(world: World) -> Iterator[Moving]:
    """Yield a stage over *world*, whose two sites answer on loopback."""
    clock = Clock(source=lambda: world.now)
    site = open_site(world.settings, clock=clock, pool_size=0)

    def seconds() -> float:
        return world.now.timestamp()

    rules = RulebookKeeper(site.store, seconds=seconds)
    routes = RoutingKeeper(site.store, world.routing, lambda: site.trust, seconds=seconds)
    portal = create_portal(world.settings, site=replace(site, rules=rules, routes=routes))
    console = create_console(world.settings, clock=clock)
    working = jobs.build(Settings.from_environment(world.environ))
    working.instance = _moved(working.instance, clock)
    with served(portal) as public, served(console) as inner:
        yield Moving(world, public, inner, working)
    site.cleaner.close()
    site.store.close()
    working.store.close()
    with console.app_context():
        desk().store.close()


def _moved(instance: Instance, clock: Clock) -> Instance:
    """Return the same instance, by another clock."""

    class Moved(Instance):
        __slots__ = ()

        @property
        def clock(self) -> Clock:
            return clock

    return Moved(**{one.name: getattr(instance, one.name) for one in fields(instance)})


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Yield the address at which an application answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _first_line(mail: Message) -> str:
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode().partition("\n")[0]
