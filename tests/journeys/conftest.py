"""Both sites, running, on each of the two databases."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page

from actors import Reporter, Stage, now
from instance import PASSWORD, make_world
from keyboard import PHONE, Keyboard
from moving import Moving, moving
from people import STAFF
from separated import role_urls
from servers import running


@pytest.fixture
def stage(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """An instance with a fund of a million, and both sites in front of it.

    On PostgreSQL each process has its own role, as in production: a statement that
    casework.storage.grants does not allow fails here.
    """
    world = make_world(tmp_path, database_url, environ=role_urls(database_url))
    world.now = now()
    world.appropriate(year=world.now.astimezone().year)
    log = tmp_path / "sites.log"
    portal = running("portal.wsgi", world.environ, "TONGGUI_PORTAL_BIND", log)
    console = running("admin.wsgi", world.environ, "TONGGUI_CONSOLE_BIND", log)
    with portal as public, console as inner:
        yield Stage(world, public.base, inner.base)
    world.store.close()


@pytest.fixture
def staff() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Who works in the county; a module that needs more people says so itself."""
    return STAFF


@pytest.fixture
def season(
    tmp_path: Path, database_url: str, staff: Mapping[str, tuple[str, tuple[str, ...]]]
) -> Iterator[Moving]:
    """An instance on Monday 2 March 2026, 10:00, with both sites; days pass as a test says.

    In a browser SQLite alone will do, which a module says by its own `database_url`: what
    depends on the database is tested with both elsewhere.
    """
    world = make_world(tmp_path / "home", database_url, staff=staff)
    with moving(world) as stage:
        yield stage
    world.store.close()


@pytest.fixture
def told(season: Moving) -> Reporter:
    """A reporter whose award of 60,000 was approved on Monday 2 March 2026, and who was told."""
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    finance.sends("签署", year="2026", amount_yuan="1000000")
    return season.approved("样本甲")


@pytest.fixture
def sits_down(
    season: Moving, open_page: Callable[..., Page], tmp_path: Path
) -> Callable[[str], Keyboard]:
    """Give somebody a browser of their own: at the console by login, "" at the public site."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()

    def sit_down(login: str) -> Keyboard:
        page = open_page(viewport=PHONE, java_script_enabled=False)
        hands = Keyboard(page, open_page(viewport=PHONE), pictures)
        if not login:
            return hands
        hands.opens(f"{season.console}sign-in")
        hands.types("login", login)
        hands.types("password", PASSWORD)
        hands.types("code", season.world.people[login].code(season.world.now))
        hands.presses("登录")
        season.world.move(seconds=30)
        return hands

    return sit_down
