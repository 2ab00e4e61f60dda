"""The console over a whole instance, with somebody signed in at it."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from admin.app import create_app
from admin.extensions import console
from casework.clock import Clock
from instance import PASSWORD, World, make_world

# __Host- cookies are Secure, so the client has to speak https.
ORIGIN = "https://console.test"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """An instance on SQLite; what depends on the database is tested with both elsewhere."""
    made = make_world(tmp_path / "home", sqlite_url)
    yield made
    made.store.close()


@dataclass
class Desk:
    """A person's browser at the console."""

    world: World
    client: FlaskClient
    login: str = ""

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=ORIGIN)

    def token(self, path: str = "/") -> str:
        """The CSRF token that a page's form carries."""
        found = TOKEN.search(self.get(path).text)
        assert found is not None, f"no form on {path}"
        return found[1]

    def post(self, path: str, /, *, page: str | None = None, **fields: str) -> TestResponse:
        """Send the form of *path* (or of *page*) with these fields."""
        token = fields.pop("csrf_token", None) or self.token(page or path)
        return self.client.post(path, data={"csrf_token": token, **fields}, base_url=ORIGIN)

    def deed(self, path: str, /, **fields: str) -> TestResponse:
        """Send a form that asks for the password again."""
        return self.post(path, password=PASSWORD, **fields)


def let_go(app: Flask) -> None:
    """Close what a console holds open, or a run of thousands of tests is out of files."""
    with app.app_context():
        console().store.close()


@pytest.fixture
def visit(world: World) -> Iterator[Callable[[], Desk]]:
    """Open the console in a fresh browser."""
    app = create_app(world.settings, clock=Clock(source=lambda: world.now))
    app.testing = True
    yield lambda: Desk(world, app.test_client())
    let_go(app)


@pytest.fixture
def sign_in(world: World, visit: Callable[[], Desk]) -> Callable[[str], Desk]:
    """Sign somebody in, in a browser of their own."""

    def come_in(login: str) -> Desk:
        desk = visit()
        answer = desk.post(
            "/sign-in", login=login, password=PASSWORD, code=world.people[login].code(world.now)
        )
        assert answer.status_code == 302, answer.text
        desk.login = login
        world.move(seconds=30)  # a one-time code counts once
        return desk

    return come_in


@pytest.fixture
def console_url(world: World) -> Iterator[str]:
    """The console on loopback."""
    app = create_app(world.settings, clock=Clock(source=lambda: world.now))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    let_go(app)


@pytest.fixture
def watched(open_page: Callable[..., Page]) -> Callable[..., tuple[Page, list[str]]]:
    """A tab that remembers what the browser complained about."""

    def open_watched(**options: object) -> tuple[Page, list[str]]:
        page = open_page(**options)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        return page, complaints

    return open_watched
