"""Every row about keys that somebody put in, changed or dropped is named."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from casework.storage.key_wraps import MemberWrap
from casework.storage.keysets import StoredCertificate
from casework.verify_keys import check_keys
from crypto.certificate import certificate_signing_bytes
from instance import make_world
from key_changing import believed, certificate_for, certify, drafted, enrolled, put_in_force

YJJ = "410329-yjj"


@pytest.fixture
def world(tmp_path, database_url):
    """An instance with a certified newcomer and a key change behind it."""
    made = make_world(tmp_path, database_url)
    put_in_force(made, leaving=["yjj-officer-2"])
    certify(made, enrolled(made, "newcomer", YJJ, ("officer",)))
    yield made
    made.store.close()


def found(world):
    """What verification names, as the kind and the finding."""
    return [(one.kind, one.problem) for one in check_keys(world.store, world.trust)]


def run(world, sentence, **values):
    """Do what somebody with the database can do."""
    world.store.write(lambda uow: uow.connection.execute(sa.text(sentence), values))


def test_an_instance_that_nobody_touched_has_no_findings(world):
    drafted(world, rotated=[YJJ])
    assert found(world) == []


def test_a_key_set_without_its_event_is_named(world):
    run(world, "DELETE FROM event WHERE kind = 'keyset.changed'")
    assert found(world) == [("key set", "not named by an event")]


def test_a_dropped_key_set_is_named(world):
    run(world, "DELETE FROM key_set WHERE number = 2")
    assert ("key set", "changed") in found(world)


def test_a_key_set_put_after_the_last_one_is_named(world):
    run(
        world,
        "INSERT INTO key_set (site, number, body, signatures) SELECT site, 3, body, signatures"
        " FROM key_set WHERE number = 1",
    )
    assert ("key set", "outside the chain") in found(world)


def test_a_certificate_without_an_event_is_named_even_if_it_is_genuine(world):
    other = enrolled(world, "other", YJJ, ("officer",))
    made = certificate_for(world, other, "yjj-leader")
    body = made.encode()
    signature = world.people["yjj-leader"].deed.sign(certificate_signing_bytes(body))
    stored = StoredCertificate(made.digest().hex(), other.account, body, signature)
    world.store.write(lambda uow: uow.keysets.insert_certificate(stored))
    assert ("certificate", "not named by an event") in found_anew(world)


def test_a_forged_certificate_is_named_and_not_believed(world):
    other = enrolled(world, "other", YJJ, ("officer",))
    made = certificate_for(world, other, "yjj-leader")
    stored = StoredCertificate(made.digest().hex(), other.account, made.encode(), b"x" * 64)
    world.store.write(lambda uow: uow.keysets.insert_certificate(stored))
    assert found_anew(world) == [("certificate", "not believed")]


def test_a_dropped_certificate_is_named(world):
    run(world, "DELETE FROM certificate")
    assert ("certificate", "missing") in found_anew(world)


def found_anew(world):
    """What verification names once the chain was read again."""
    believed(world)
    return found(world)


def test_a_dropped_wrap_of_a_reader_is_named(world):
    account = world.people["newcomer"].account
    run(world, "DELETE FROM member_wrap WHERE account = :account", account=account)
    assert found(world) == [("member wrap", "missing")]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"account": "stranger"}, "for somebody who is no member"),
        ({"owner": "410329-zjj"}, "for somebody of another office or seat"),
        ({"owner": "nowhere"}, "of an unknown office or seat"),
        ({"key_id": "ab" * 32}, "of a key that the recovery key does not have"),
        ({"owner_kind": "seat", "owner": "1"}, "for somebody of another office or seat"),
        (
            {"owner_kind": "seat", "owner": "1", "account": "recovery"},
            "a seat's key for the recovery key",
        ),
    ],
)
def test_a_wrap_that_nobody_should_have_is_named(world, changed, problem):
    account = world.people["newcomer"].account
    wraps = world.store.read(lambda uow: uow.key_wraps.get("office", YJJ, account))
    put: MemberWrap = replace(wraps[0], **changed)
    world.store.write(lambda uow: uow.key_wraps.insert([put]))
    assert ("member wrap", problem) in found(world)


@pytest.mark.parametrize(
    "change",
    [
        "roles = '[\"auditor\"]'",
        "office = '410329-zjj'",
        "day_key = deed_key",
        "deed_key = 'nonsense'",
    ],
)
def test_an_account_that_tells_something_else_than_the_key_set_is_named(world, change):
    run(world, f"UPDATE account SET {change} WHERE login = 'yjj-officer'")
    assert [kind for kind, _ in found(world)] == ["account"]


def test_an_account_that_came_back_to_life_is_named(world):
    account = world.people["yjj-officer-2"].account
    run(world, "UPDATE account SET state = 'active' WHERE id = :account", account=account)
    assert found(world) == [("account", "still open, though the key set dropped it")]


def test_a_dropped_account_is_named(world):
    run(world, "DELETE FROM account WHERE login = 'cashier'")
    assert found(world) == [("account", "missing")]
