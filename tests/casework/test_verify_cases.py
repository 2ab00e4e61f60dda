"""Cases are checked a span at a time, by one process or several, and no row is left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import verify_cases
from casework.storage.schema import metadata
from casework.verify import Problem, verify
from instance import World, make_world
from log_keeper import take
from owning import owner

EVENT = metadata.tables["event"]


@pytest.fixture
def world(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Five reports, in spans of two."""
    made = make_world(tmp_path, database_url)
    monkeypatch.setattr(verify_cases, "SPAN", 2)
    for _ in range(5):
        made.accept(made.file_report().report)
    take(made)
    yield made
    made.store.close()


def problems(world: World, processes: int = 1) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust, processes=processes)
    return [one for one in found if isinstance(one, Problem)]


def reports(world: World) -> list[str]:
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, str)]


def test_every_report_is_looked_at_once(world):
    seen = reports(world)
    assert len(seen) == len(set(seen)) == 5
    assert problems(world) == []


def test_several_processes_find_what_one_finds(world):
    with owner(world) as connection:
        connection.execute(sa.update(EVENT).where(EVENT.c.ordinal == 2).values(actor="jobs"))

    found = problems(world, processes=2)

    assert [one.problem for one in found] == ["its row tells something else"] * 5
    assert found == problems(world)


@pytest.mark.parametrize("place", ["", "zzzz"])
def test_an_event_whose_report_was_deleted_is_named(world, place):
    """Wherever among the reports its own would stand."""
    with owner(world) as connection:
        row = connection.execute(sa.select(EVENT).where(EVENT.c.ordinal == 1)).first()
        assert row is not None
        for name, table in metadata.tables.items():
            if name in ("event", "report") or "report_id" not in table.c:
                continue
            connection.execute(sa.delete(table).where(table.c.report_id == row.report_id))
        report = metadata.tables["report"]
        connection.execute(sa.delete(report).where(report.c.id == row.report_id))
        if place:
            connection.execute(
                sa.update(EVENT).where(EVENT.c.report_id == row.report_id).values(report_id=place)
            )

    found = {(one.kind, one.problem) for one in problems(world)}

    assert ("event", "of a report that is not there") in found


def test_an_entry_of_the_register_that_names_no_event_is_named(world):
    entry = metadata.tables["register_entry"]
    with owner(world) as connection:
        row = connection.execute(sa.select(entry).where(entry.c.event.is_not(None))).first()
        assert row is not None
        forged = dict(row._mapping) | {"event": "0" * 64, "entry": b"e" * 32, "position": None}
        connection.execute(sa.insert(entry).values(forged))

    assert ("register", "0" * 64) in {(one.kind, one.id) for one in problems(world)}
