"""The first key set comes into force by an event that names every wrap, or not at all."""

from dataclasses import replace

import pytest

from casework.domain.errors import BadActError, NotPermittedError
from casework.services import keysets
from casework.verify_keys import check_keys
from crypto.errors import KeySetError
from instance import make_world


@pytest.fixture
def founded(tmp_path, database_url):
    """An instance, and what its ceremony handed in: body, signatures, wraps, event."""
    world = make_world(tmp_path / "home", database_url)
    [stored] = world.store.read(lambda uow: uow.keysets.all())
    wraps = world.store.read(lambda uow: uow.key_wraps.all())
    [act] = world.store.read(lambda uow: uow.keysets.changes())
    yield world, {"body": stored.body, "signatures": stored.signatures, "wraps": wraps, "act": act}
    world.store.close()


def test_the_first_key_set_and_its_wraps_are_named_by_its_event(founded):
    world, given = founded
    assert set(given["act"].event.added) == {one.named for one in given["wraps"]}
    assert given["act"].event.facts["previous"] == ""
    assert list(check_keys(world.store, world.trust)) == []


def refused(world, given, **changed):
    """Hand it in once more, changed, and return why it is refused."""
    with pytest.raises((BadActError, NotPermittedError, KeySetError)) as refusal:
        keysets.store_ceremony(world.store, **(given | changed), now=world.now)
    return refusal.value


def test_a_wrap_that_the_event_does_not_name_is_refused(founded):
    world, given = founded
    first, *others = given["wraps"]
    assert refused(world, given, wraps=(replace(first, body=b"x"), *others)).fact == "added"
    assert refused(world, given, wraps=others).fact == "added"


def test_an_event_of_somebody_who_did_not_sign_the_key_set_is_refused(founded):
    world, given = founded
    facts = given["act"].event.facts
    for who in ("yjj-leader", "seat3-holder"):
        act = world.sign(who, "keyset.changed", "", facts, given["wraps"])
        assert isinstance(refused(world, given, act=act), NotPermittedError)


def test_one_seat_alone_founds_nothing(founded):
    world, given = founded
    one = dict(list(given["signatures"].items())[:1])
    assert isinstance(refused(world, given, signatures=one), KeySetError)


def test_an_event_of_another_key_set_is_refused(founded):
    world, given = founded
    facts = {**given["act"].event.facts, "digest": "ab" * 32}
    act = world.sign("seat2-holder", "keyset.changed", "", facts, given["wraps"])
    assert refused(world, given, act=act).fact == "digest"
