"""What lies outside the database is compared with it: old data, late events, forged roots."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.storage.schema import metadata
from casework.storage.unit_of_work import UnitOfWork
from casework.verify import Problem, verify
from crypto.notes import Checkpoint, LogKey, sign_note
from instance import World, make_world
from log_keeper import folder_of, outside_of, pass_days, take


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    filed = made.file_report()
    made.accept(filed.report)
    take(made)
    pass_days(made, 7)
    yield made
    made.store.close()


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust, outside_of(world))
    return [one for one in found if isinstance(one, Problem)]


def told(world: World) -> list[str]:
    return [f"{one.kind}: {one.problem}" for one in problems(world)]


def database(world: World) -> Path:
    return Path(str(world.store.engines()[0].url.database))


def test_a_database_that_was_put_back_is_named_by_what_lies_outside_it(world, tmp_path):
    path = database(world)
    world.store.close()
    shutil.copy(path, tmp_path / "old")
    world.file_report()
    take(world)
    pass_days(world, 7)
    assert told(world) == []
    world.store.close()
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old", path)
    found = told(world)
    assert "checkpoint: kept outside; the database is older than that" in found
    assert sum("the database is older than that" in one for one in found) >= 3


def test_an_event_that_waits_is_named_after_15_minutes_and_not_before(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.now += timedelta(minutes=15)
    assert told(world) == []
    world.now += timedelta(seconds=1)
    # A report's own first event has only its day, which is not over.
    assert told(world) == ["event: not in the audit tree after 15 minutes"]


def test_an_event_that_was_taken_in_too_late_is_named_for_ever(world):
    filed = world.file_report()
    take(world)
    world.accept(filed.report)
    world.now += timedelta(minutes=15, seconds=1)
    take(world)
    (found,) = told(world)
    assert found.endswith("out of time")
    world.now += timedelta(days=1)
    assert told(world) == [found]


def test_a_report_may_be_taken_in_until_15_minutes_after_its_day(world):
    # 23:55 in Shanghai.
    world.now = world.now.replace(hour=15, minute=55)
    world.file_report()
    world.now += timedelta(minutes=19)
    take(world)
    assert told(world) == []
    world.now = world.now.replace(hour=15, minute=55)
    world.file_report()
    world.now += timedelta(minutes=21)
    take(world)
    assert [one.endswith("out of time") for one in told(world)] == [True]


def test_a_forged_root_outside_is_named(world):
    folder = world.settings.home / "log"
    note = (folder / "audit-checkpoint").read_text()
    other = LogKey.generate()
    forged = sign_note(
        Checkpoint("410329-demo/audit", 3, bytes(32), ("time 5",)).text(),
        name="410329-demo/audit",
        key=other,
    )
    (folder / "audit-checkpoint").write_text(forged)
    assert told(world) == ["checkpoint: forged"]
    (folder / "audit-checkpoint").write_text(note)
    with (folder / "audit-history").open("a") as lines:
        lines.write(json.dumps(forged) + "\n{broken\n")
    assert told(world) == ["checkpoint: a forged line"] * 2


def test_a_root_that_was_kept_outside_and_is_another_now_is_named(world):
    """The log key itself signed both: a second history over the same places."""
    text = Checkpoint("410329-demo/audit", 1, bytes(32), ("time 1772416800",)).text()
    note = sign_note(text, name="410329-demo/audit", key=world.log_key)
    with (world.settings.home / "log" / "audit-history").open("a") as lines:
        lines.write(json.dumps(note) + "\n")
    assert any("was kept outside" in one or "older" in one for one in told(world))


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000.p/16", "tile/entries/000.p/16"]
)  # fmt: skip
def test_a_published_file_that_was_changed_or_lost_is_named(world, path):
    folder = folder_of(world)
    kept = folder.read(path)
    assert kept is not None
    folder.write(path, kept[:-3] + b"AA\n")
    assert told(world) != []
    folder.write(path, kept)
    assert told(world) == []
    (folder.path / path).unlink()
    # Without a checkpoint nothing is published; `publish` writes it again.
    assert (told(world) != []) == (path != "checkpoint")


def test_an_event_that_is_deleted_with_its_leaf_is_named(world):
    """The tree then has another root than the one that was signed."""

    def run(uow: UnitOfWork) -> None:
        leaf, event = metadata.tables["log_leaf"], metadata.tables["event"]
        row = uow.connection.execute(sa.select(leaf).order_by(leaf.c.position.desc())).first()
        assert row is not None
        uow.connection.execute(sa.delete(leaf).where(leaf.c.position == row.position))
        uow.connection.execute(sa.delete(event).where(event.c.id == row.event))

    world.store.write(run)
    assert any(one.startswith("checkpoint: not the root") for one in told(world)) or any(
        "dropped from the audit tree" in one for one in told(world)
    )


def test_an_entry_that_never_comes_into_a_batch_is_named(world):
    world.file_report()
    take(world)

    def run(uow: UnitOfWork) -> None:
        entry = metadata.tables["register_entry"]
        day = world.now.date() + timedelta(days=400)
        uow.connection.execute(
            sa.update(entry).where(entry.c.position.is_(None)).values(due_on=day)
        )

    world.store.write(run)
    assert told(world) == ["register: its batch is too late"]


def test_nothing_is_judged_by_the_clock_in_a_demo(world):
    filed = world.file_report()
    take(world)
    world.accept(filed.report)
    world.now += timedelta(days=30)
    take(world)
    outside = outside_of(world)
    relaxed = type(outside)(outside.audit, outside.register, outside.now, punctual=False)
    found = list(verify(world.store, world.blobs, world.trust, relaxed))
    assert not [one for one in found if isinstance(one, Problem)]
