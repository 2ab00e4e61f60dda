"""A public site on real stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from browsing import Visitor
from casework.clock import Clock
from instance import World, make_world
from portal.app import create_app
from portal.extensions import KEY, PublicSite


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """An instance on SQLite."""
    made = make_world(tmp_path / "home", sqlite_url)
    yield made
    made.store.close()


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The public site of the world; its clock is the world's."""
    made = create_app(world.settings, clock=Clock(source=lambda: world.now), pool_size=0)
    yield made
    site = made.extensions[KEY]
    site.cleaner.close()
    site.store.close()


@pytest.fixture
def site(app: Flask) -> PublicSite:
    """What the running site holds."""
    held: PublicSite = app.extensions[KEY]
    return held


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """One visitor."""
    return Visitor(app)
