"""One instance a test, on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from instance import World, make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """One instance, with a fund of a million."""
    made = make_world(tmp_path, database_url)
    made.appropriate()
    yield made
    made.store.close()
