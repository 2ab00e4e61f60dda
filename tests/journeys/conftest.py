"""Both sites, running, on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors import Stage, now
from instance import make_world
from moving import Moving, moving
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
def season(tmp_path: Path, database_url: str) -> Iterator[Moving]:
    """An instance on Monday 2 March 2026, 10:00, with both sites; days pass as a test says."""
    world = make_world(tmp_path, database_url)
    with moving(world) as stage:
        yield stage
    world.store.close()
