"""SIGKILL between any two steps of what changes keys: nothing is lost, nothing half done.

After every kill the database is verified whole; taken up again, the work comes to its end.
"""

import json

import pytest

from casework.services import keeping, key_changes, rewrapping
from casework.services.erasing import withdraw_identity
from casework.services.key_destroying import destroy_spent
from casework.verify import Problem, verify
from instance import make_world
from key_changing import believed, drafted, office_keys, put_in_force, rewrap, signed
from killing import killed_everywhere

YJJ = "410329-yjj"


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def problems(world):
    believed(world)
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def is_whole(world):
    """What is looked at after every kill."""

    def look():
        assert problems(world) == []

    return look


def stale(world, report):
    return rewrapping.stale_case(world.store, report=report, office=YJJ, trust=world.trust).wraps


def test_re_wrapping(world):
    reports = [world.file_report().report for _ in range(2)]
    put_in_force(world, rotated=[YJJ])

    def work():
        for report in reports:
            if stale(world, report):
                rewrap(world, report, "yjj-officer")

    assert killed_everywhere([world.store], work, is_whole(world)) > 5
    assert [stale(world, report) for report in reports] == [(), ()]
    kinds = [
        [one.event.kind for one in world.store.read(lambda uow, r=r: uow.events.of_report(r))]
        for r in reports
    ]
    assert [one.count("keys.rewrapped") for one in kinds] == [1, 1]


def test_the_last_signature_of_a_key_change(world):
    leaver = world.people["yjj-officer-2"].account
    change = drafted(world, leaving=["yjj-officer-2"])
    assert not signed(world, change, "seat1-holder")

    def work():
        found = key_changes.key_change(world.store, change=change)
        assert found is not None
        if found.state == "proposed":
            assert signed(world, change, "seat2-holder")

    def look():
        assert problems(world) == []
        in_force = world.trust.keyset.number == 2
        found = key_changes.key_change(world.store, change=change)
        assert found is not None
        state = found.state
        wraps = world.store.read(lambda uow: uow.key_wraps.of_account(leaver))
        account = world.store.read(lambda uow: uow.accounts.get(leaver))
        told = (state == "in_force", not wraps, account.state == "left")
        assert told == (in_force,) * 3

    assert killed_everywhere([world.store], work, look) > 5
    assert world.trust.keyset.number == 2


def test_the_erasing_sweep(world):
    filed = [world.file_report(identity={"who": json.dumps({"name": "样本甲"})}) for _ in range(2)]
    for one in filed:
        items = world.store.read(lambda uow, r=one.report: [
            named for event in uow.events.of_report(r) for named in event.event.added
            if named.kind == "item"
        ])  # fmt: skip
        withdraw(world, one, [named.id for named in items])

    def work():
        keeping.sweep(
            world.store, world.blobs, policies=world.policies, trust=world.trust,
            log_key=world.log_key, now=world.now,
        )  # fmt: skip

    assert killed_everywhere([world.store], work, is_whole(world)) > 5
    for one in filed:
        case = world.case(one.report)
        assert (case.withdrawn, case.unforgotten) == ((), 0)
        kinds = [e.event.kind for e in world.store.read(
            lambda uow, r=one.report: uow.events.of_report(r))]  # fmt: skip
        assert (kinds.count("identity.erased"), kinds.count("identity.forgotten")) == (1, 1)


def withdraw(world, filed, items):
    act = world.sign_as_reporter(filed, "identity.withdrawn", {"items": items})
    withdraw_identity(world.store, act=act, trust=world.trust, now=world.now)


def test_the_destroying_of_an_old_key(world):
    put_in_force(world, rotated=[YJJ])
    world.move(days=1)

    def work():
        destroy_spent(world.store, trust=world.trust, log_key=world.log_key, now=world.now)

    assert killed_everywhere([world.store], work, is_whole(world)) > 3
    assert len(office_keys(world, "yjj-officer")) == 1
    told = world.store.read(lambda uow: uow.events.outside_of_kind("keys.destroyed"))
    assert len(told) == 1
