"""The stores and the browser that tests run against: real ones, never imitations.

    def test_x(database_url): ...     once on SQLite, once on PostgreSQL, empty each time
    def test_x(sqlite_url): ...       one of the two alone, likewise postgres_url
    def test_x(redis_url): ...        an empty Redis
    def test_x(page): ...             a Chromium tab; page_without_scripts likewise
    def test_x(open_page): ...        open_page(viewport={"width": 360, "height": 740})

Nothing is skipped: where a server cannot start, the test fails and says what
to install. How each is started stands in tests/support/.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page

import chromium
import postgres_server
import redis_server

SHARED = "TONGGUI_TEST_SHARED"  # one directory for all processes of a run
PATIENCE_MS = 90_000  # for what a busy machine shows late; a test that passes waits for nothing

# A busy machine is not a failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Make the shared directory, in the process that started the others."""
    if not hasattr(config, "workerinput"):
        shared = Path(tempfile.mkdtemp(prefix="tonggui-"))
        shared.chmod(0o755)  # root's PostgreSQL runs as another user
        os.environ[SHARED] = str(shared)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run shared, once no process needs it any more."""
    if not hasattr(config, "workerinput") and SHARED in os.environ:
        shared = Path(os.environ.pop(SHARED))
        postgres_server.stop(shared)
        shutil.rmtree(shared, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> postgres_server.PostgresServer:
    """The run's PostgreSQL server; most tests want postgres_url."""
    try:
        return postgres_server.start(Path(os.environ[SHARED]))
    except postgres_server.PostgresMissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def postgres_url(postgres: postgres_server.PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'tonggui.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn, empty."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def redis_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """This process's Redis; tests want redis_url, which empties it."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    try:
        with redis_server.running(tmp_path_factory.mktemp("redis"), worker=worker) as url:
            yield url
    except redis_server.RedisMissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """An empty Redis."""
    redis_server.empty(redis_server_url)
    return redis_server_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """This process's Chromium."""
    try:
        with chromium.running() as running:
            yield running
    except chromium.ChromiumMissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open tabs that share nothing; takes the options of Browser.new_context."""
    contexts = []

    def open_one(**options: Any) -> Page:
        options.setdefault("locale", "zh-CN")
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A tab as most people have it."""
    return open_page()


@pytest.fixture
def page_without_scripts(open_page: Callable[..., Page]) -> Page:
    """A tab that runs no scripts, as in the strictest setting of Tor Browser."""
    return open_page(java_script_enabled=False)
