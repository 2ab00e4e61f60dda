"""`tonggui register verify`: whatever a database writer changes is named."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.storage.schema import metadata
from casework.storage.unit_of_work import UnitOfWork
from casework.verify import Problem, verify
from instance import World, make_world
from log_keeper import outside_of, pass_days, take
from owning import owner

TABLES = (
    "report", "mailbox", "event", "sealed_object", "key_wrap", "identity_item", "identity_piece",
    "sealed_file", "ledger_entry", "fund_balance", "award", "release", "release_approval", "clock",
    "log_leaf", "log_tile", "log_checkpoint", "register_entry",
)  # fmt: skip
# What no event can tell, or what only says how far the log or the sweep has come.
UNTOLD = {
    "mailbox.locator",  # made from the receipt code, which the server does not know
    "event.logged",
    "clock.as_of",  # each row is compared as of then
    "release_approval.event",
}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """An instance with one case in which every table has rows."""
    made = make_world(tmp_path, database_url)
    made.appropriate()
    filed = made.approved(files=[("a.bin", b"a" * 1000)])
    made.claim(filed)
    made.agree(filed.report, made.request(filed.report), "seat1-holder")
    other = made.file_report(files=[("b.bin", b"b" * 1000)])
    made.accept(other.report)
    take(made)
    pass_days(made, 8)
    # One more, whose entry still waits for its batch.
    made.file_report()
    take(made)
    yield made
    made.store.close()


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust, outside_of(world))
    return [one for one in found if isinstance(one, Problem)]


def other_value(value: object) -> object:
    """A value of the same type that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    if isinstance(value, datetime):
        return value.replace(year=value.year - 1)
    if isinstance(value, date):
        return value.replace(year=value.year - 1)
    if value is None:
        return None
    text = str(value)
    return ("b" if text[:1] != "b" else "c") + text[1:]


def columns() -> list[tuple[str, str]]:
    return [
        (name, column.name)
        for name in TABLES
        for column in metadata.tables[name].columns
        if f"{name}.{column.name}" not in UNTOLD
    ]


def change(world: World, table: str, column: str) -> bool:
    """Change one column of one row; False where there is nothing to change to."""
    target = metadata.tables[table]
    with owner(world) as connection:
        row = connection.execute(sa.select(target).where(target.c[column].is_not(None))).first()
        if row is None:
            return False
        where = [target.c[key.name] == row._mapping[key.name] for key in target.primary_key]
        value = other_value(row._mapping[column])
        connection.execute(sa.update(target).where(*where).values({column: value}))
        return True


def test_an_untouched_instance_has_no_problems(world):
    assert problems(world) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_column_is_named(world, table):
    """Each column in turn, put back afterwards, so that one instance serves them all."""
    silent = []
    for name, column in columns():
        if name != table:
            continue
        before = snapshot(world)
        try:
            if change(world, table, column) and not problems(world):
                silent.append(column)
        except sa.exc.IntegrityError:
            pass  # the database itself refused
        restore(world, before)
    assert silent == []
    assert problems(world) == []


@pytest.mark.parametrize(("seconds", "named"), [(0, False), (1, True), (-1, True)])
def test_a_clock_that_the_sweep_would_look_at_another_time_is_named(world, seconds, named):
    clock = metadata.tables["clock"]
    running = sa.select(clock).where(clock.c.state == "running", clock.c.key == "verify")
    with owner(world) as connection:
        row = connection.execute(running).one()
        moved = row.next_at + timedelta(seconds=seconds)
        connection.execute(
            sa.update(clock).where(clock.c.report_id == row.report_id, clock.c.key == "verify")
            .values(next_at=moved)
        )  # fmt: skip

    assert bool(problems(world)) == named


def test_a_clock_worked_out_in_a_time_to_come_is_named(world):
    """As of a later time a clock would rest that must not rest now."""
    clock = metadata.tables["clock"]
    seen = outside_of(world).now
    for seconds, named in ((0, False), (1, True)):
        with owner(world) as connection:
            connection.execute(
                sa.update(clock).where(clock.c.state == "ended", clock.c.key == "accept")
                .values(as_of=seen + timedelta(seconds=seconds))
            )  # fmt: skip
        assert bool(problems(world)) == named


def test_a_new_reports_row_is_right_only_until_something_happened(world):
    clock = metadata.tables["clock"]
    with owner(world) as connection:
        [new] = connection.execute(sa.select(clock).where(clock.c.key == "new"))
        acted = connection.execute(sa.select(clock.c.report_id).where(clock.c.key == "verify"))
        other = acted.scalars().first()
        report = metadata.tables["report"]
        day = connection.execute(
            sa.select(report.c.received_on).where(report.c.id == other)
        ).scalar_one()
        connection.execute(sa.delete(clock).where(clock.c.report_id == other))
        moved = {"report_id": other, "started_on": day, "due_on": day}
        connection.execute(sa.insert(clock).values(new._asdict() | moved))

    assert [(one.kind, one.id) for one in problems(world)] == [("clock", other)]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_gone_is_named(world, table):
    target = metadata.tables[table]
    with owner(world) as connection:
        row = connection.execute(sa.select(target)).first()
        assert row is not None
        where = [target.c[key.name] == row._mapping[key.name] for key in target.primary_key]
        connection.execute(sa.delete(target).where(*where))

    assert problems(world) != []


def test_two_wraps_that_changed_places_are_named(world):
    wrap = metadata.tables["key_wrap"]

    def run(uow: UnitOfWork) -> None:
        one, two = uow.connection.execute(sa.select(wrap).order_by(wrap.c.id)).all()[:2]
        for row, body in ((one, two.body), (two, one.body)):
            uow.connection.execute(sa.update(wrap).where(wrap.c.id == row.id).values(body=body))

    world.store.write(run)
    assert len([one for one in problems(world) if one.kind == "wrap"]) == 2


def test_a_file_with_one_bit_changed_is_named(world):
    name = next(world.blobs.names())
    path = world.settings.home / "blobs" / name
    path.chmod(0o600)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))
    assert [one.kind for one in problems(world)] == ["file"]


def test_a_forged_report_is_named_because_no_office_key_stands_in_its_manifest(world):
    """A row invented beside the events is named, whatever it says."""
    target = metadata.tables["sealed_object"]

    def run(uow: UnitOfWork) -> None:
        row = uow.connection.execute(sa.select(target)).first()
        assert row is not None
        values = dict(row._mapping) | {"id": "a" * 26, "body": secrets.token_bytes(200)}
        uow.connection.execute(sa.insert(target).values(values))

    world.store.write(run)
    assert [(one.kind, one.problem) for one in problems(world)] == [
        ("object", "not named by an event")
    ]


Rows = dict[str, list[dict[str, object]]]


def snapshot(world: World) -> Rows:
    """Every row of the tables under test."""

    def run(uow: UnitOfWork) -> Rows:
        return {
            name: [dict(row._mapping) for row in uow.connection.execute(sa.select(table))]
            for name, table in ((n, metadata.tables[n]) for n in TABLES)
        }

    return world.store.read(run)


def restore(world: World, before: Rows) -> None:
    """Put every row back."""
    with owner(world) as connection:
        for name in reversed(TABLES):
            connection.execute(sa.delete(metadata.tables[name]))
        for name in TABLES:
            if before[name]:
                connection.execute(sa.insert(metadata.tables[name]), before[name])
