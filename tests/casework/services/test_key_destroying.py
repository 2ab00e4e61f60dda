"""An old key is destroyed after its last use, never while one row needs it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.jobs import build
from casework.services import keeping, key_destroying
from casework.services.key_destroying import Destroyed, destroy_spent, spent_keys
from casework.services.member_wraps import old_keys
from casework.verify import Problem, verify
from instance import make_world
from key_changing import office_keys, put_in_force, rewrap
from seat_change import change_seat, seat_keys

YJJ = "410329-yjj"
YEARS = timedelta(days=365 * 40)


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path, database_url)
    yield made
    made.store.close()


def destroyed(world):
    return destroy_spent(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def problems(world):
    return [one for one in verify(world.store, world.blobs, world.trust)
            if isinstance(one, Problem)]  # fmt: skip


def rotate(world):
    """Give the office another key and let the grace end; return the hex of the old one."""
    before = world.trust.keyset.office(YJJ).key.box.hex()
    put_in_force(world, rotated=[YJJ])
    world.move(days=1)
    return before


def test_a_key_that_no_row_is_wrapped_to_is_destroyed_with_every_wrap(world):
    before = rotate(world)
    assert before in office_keys(world, "yjj-officer")
    # Three members read cases, and the recovery key.
    assert destroyed(world) == Destroyed(keys=1, wraps=4)
    assert list(office_keys(world, "yjj-officer")) == [world.trust.keyset.office(YJJ).key.box.hex()]
    assert problems(world) == []
    assert destroyed(world) == Destroyed()


def test_the_signed_event_names_the_key_and_every_wrap(world):
    before = rotate(world)
    wraps = world.store.read(lambda uow: uow.key_wraps.of_owner("office", YJJ))
    destroyed(world)
    left = world.store.read(lambda uow: uow.key_wraps.of_owner("office", YJJ))
    [told] = world.store.read(lambda uow: uow.events.outside_of_kind("keys.destroyed"))
    assert told.event.facts == {"owner_kind": "office", "owner": YJJ, "key": before}
    assert told.event.actor == "jobs"
    assert set(told.event.removed) == {one.named for one in wraps} - {one.named for one in left}
    assert len({one.key_id for one in left}) == 1


def test_it_is_kept_for_a_day_after_the_change(world):
    put_in_force(world, rotated=[YJJ])
    world.move(days=1, seconds=-1)
    assert destroyed(world) == Destroyed()
    world.move(seconds=1)
    assert destroyed(world).keys == 1


def test_it_stays_while_an_open_case_is_wrapped_to_it(world):
    report = world.file_report().report
    before = rotate(world)
    assert destroyed(world) == Destroyed()
    assert before in office_keys(world, "yjj-officer")
    rewrap(world, report, "yjj-officer")
    assert destroyed(world).keys == 1
    assert problems(world) == []


def test_it_stays_for_a_closed_case_until_its_retention_ends(world):
    report = world.file_report().report
    world.read(report)
    world.accept(report)
    world.conclude(report, finding="unsubstantiated", fines_fen=())
    world.close(report)
    before = rotate(world)
    assert destroyed(world) == Destroyed()
    assert before in office_keys(world, "yjj-officer")
    world.now += YEARS
    keeping.sweep(
        world.store, world.blobs, policies=world.policies, trust=world.trust,
        log_key=world.log_key, now=world.now,
    )  # fmt: skip
    assert world.case(report).destroyed
    assert destroyed(world).keys == 1


def test_a_seat_key_stays_until_its_last_box_was_handed_over(world):
    world.file_report()
    old = world.trust.keyset.seat(1).key.box.hex()
    change_seat(world, 1, "seat1-deputy", "seat1-holder")
    world.move(days=1)
    assert destroyed(world) == Destroyed()
    world.store.write(lambda uow: uow.connection.execute(sa.text("DELETE FROM identity_piece")))
    assert old in seat_keys(world, 1, "seat1-holder")
    assert destroyed(world) == Destroyed(keys=1, wraps=2)
    assert old not in seat_keys(world, 1, "seat1-holder")


def test_the_key_in_force_is_never_among_the_old_ones(world):
    assert old_keys(world.trust) == ()
    before = rotate(world)
    assert [one.box for one in old_keys(world.trust)] == [before]
    assert [one.box for one in spent_keys(world.store, trust=world.trust, now=world.now)] == [
        before
    ]


def test_the_jobs_process_destroys_under_its_own_role_and_has_the_database_forget(world):
    rotate(world)
    jobs = build(world.settings)
    try:
        jobs.destroy_keys()
        assert not jobs.keys_to_forget
    finally:
        jobs.store.close()
    assert len(office_keys(world, "yjj-officer")) == 1


def test_a_key_that_was_destroyed_too_early_is_named(world, monkeypatch):
    world.file_report()
    rotate(world)
    [old] = old_keys(world.trust)
    # A jobs process that was broken into goes by no rule.
    monkeypatch.setattr(key_destroying, "_is_needed", lambda *_: False)
    key_destroying.destroy_key(
        world.store, key=old, trust=world.trust, log_key=world.log_key, now=world.now
    )
    assert ("key", "destroyed, yet rows need it") in [(p.kind, p.problem) for p in problems(world)]


def test_whoever_asks_for_it_no_needed_key_is_destroyed(world):
    """The sweep lists no such key; the act itself looks once more."""
    world.file_report()
    rotate(world)
    [old] = old_keys(world.trust)
    given = {"trust": world.trust, "log_key": world.log_key, "now": world.now}
    assert key_destroying.destroy_key(world.store, key=old, **given) == 0
    assert old.box in office_keys(world, "yjj-officer")


def test_a_seat_key_stays_while_a_reason_may_be_sealed_to_it(world):
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    world.store.write(lambda uow: uow.releases.ask(release, [(1, b"sealed")]))
    change_seat(world, 1, "seat1-deputy", "seat1-holder")
    world.move(days=1)
    world.store.write(lambda uow: uow.connection.execute(sa.text("DELETE FROM identity_piece")))
    assert destroyed(world) == Destroyed()
    world.store.write(lambda uow: uow.connection.execute(sa.text("DELETE FROM release_reason")))
    assert destroyed(world) == Destroyed(keys=1, wraps=2)
