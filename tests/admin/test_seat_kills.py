"""SIGKILL between any two steps of a seat's hand-over and rebuilding, on both databases."""

import pytest

from admin.extensions import console
from casework.verify import Problem, verify
from instance import make_world
from killing import killed_everywhere
from seat_change import bundles, change_seat, pieces_of


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


@pytest.fixture
def filed(world):
    """Two reports with an identity item each."""
    return [world.file_report().report for _ in range(2)]


def pressed(world, desk, path):
    """Press a button in a process that is killed everywhere; returns how often it was."""
    with desk.client.application.app_context():
        store = console().store

    def work():
        assert desk.deed(path).status_code == 200

    def look():
        found = verify(world.store, world.blobs, world.trust)
        assert [one for one in found if isinstance(one, Problem)] == []

    return killed_everywhere([store, world.store], work, look)


def kinds(world, report):
    return [one.event.kind for one in world.store.read(lambda uow: uow.events.of_report(report))]


def test_a_hand_over_is_killed_anywhere_and_goes_on(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-holder") for report in filed]
    change_seat(world, 1, "seat1-holder", "seat1-deputy")
    key = world.trust.keyset.seat(1).key.box.hex()
    assert pressed(world, sign_in("seat1-deputy"), "/seats/1/hand-over") > 10
    assert [bundles(world, report, 1, "seat1-holder") for report in filed] == before
    boxes = [one for report in filed for one in pieces_of(world, report, 1)]
    assert [one.seat_key for one in boxes] == [key, key]
    assert [kinds(world, report).count("keys.resealed") for report in filed] == [1, 1]


def test_helping_and_rebuilding_are_killed_anywhere_and_go_on(world, filed, sign_in):
    before = [bundles(world, report, 1, "seat1-holder") for report in filed]
    change_seat(world, 1, "seat1-holder", "seat1-deputy", lost=True)
    assert sign_in("seat2-holder").deed("/seats/1/help").status_code == 200
    assert pressed(world, sign_in("seat3-holder"), "/seats/1/help") > 10
    assert pressed(world, sign_in("seat1-deputy"), "/seats/1/rebuild") > 10
    assert [bundles(world, report, 1, "seat1-holder") for report in filed] == before
    for report in filed:
        told = kinds(world, report)
        assert (told.count("keys.contributed"), told.count("keys.rebuilt")) == (2, 1)
    left = world.store.read(lambda uow: [uow.seats.contributions(one) for one in filed])
    assert left == [(), ()]
