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
    named = found(world)
    assert named.count(("key set", "not named by an event")) == 2
    # The event that named a wrap is the only one that can.
    wraps = world.store.read(lambda uow: uow.key_wraps.all())
    unnamed = named.count(("member wrap", "not named by an event"))
    assert unnamed == len(wraps) - 2  # what the newcomer got, the certificate's event names


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
    # The office's present key and the one before it.
    assert found(world) == [("member wrap", "missing")] * 2


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"account": "stranger"}, "for somebody who is no member"),
        ({"owner": "410329-zjj"}, "for somebody of another office or seat"),
        ({"owner": "nowhere"}, "of an unknown office or seat"),
        ({"key_id": "ab" * 32}, "not named by an event"),
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
    assert ("member wrap", "not named by an event") in found(world)


def test_a_changed_wrap_is_named(world):
    run(
        world,
        "UPDATE member_wrap SET body = :body WHERE owner = '1' AND account = :account",
        body=bytes(112),
        account=world.people["seat1-holder"].account,
    )
    assert found(world) == [("member wrap", "changed")]


def test_a_wrap_swapped_for_a_genuine_one_of_another_member_is_named(world):
    mine, other = (world.people[f"seat1-{one}"].account for one in ("holder", "deputy"))
    [wrap] = world.store.read(lambda uow: uow.key_wraps.get("seat", "1", other))
    run(
        world,
        "UPDATE member_wrap SET body = :body WHERE owner = '1' AND account = :mine",
        body=wrap.body,
        mine=mine,
    )
    assert found(world) == [("member wrap", "changed")]


def test_a_wrap_that_a_key_change_took_away_is_named_when_it_is_put_back(world):
    leaver = world.people["zjj-officer"]
    enrolled_anew = enrolled(world, "zjj-officer-3", "410329-zjj", ("officer",))
    kept = world.store.read(lambda uow: uow.key_wraps.of_account(leaver.account))
    put_in_force(world, leaving=["zjj-officer"], joining=[enrolled_anew])
    assert found(world) == []
    world.store.write(lambda uow: uow.key_wraps.insert(kept))
    assert ("member wrap", "put back") in found(world)


def test_wraps_in_an_officers_own_event_are_not_believed(world):
    """A member may sign an event; what it names still has to be what such an event brings."""
    thief = world.people["yjj-leader"].account
    [wrap] = world.store.read(
        lambda uow: uow.key_wraps.get("seat", "1", world.people["seat1-holder"].account)
    )
    stolen = replace(wrap, account=thief)
    facts = {
        "account": thief,
        "office": YJJ,
        "fingerprint": "",
        "certificate": "ab" * 32,
    }
    act = world.sign("yjj-leader", "member.certified", "", facts, [stolen])
    world.store.write(lambda uow: (uow.key_wraps.insert([stolen]), uow.events.append(act)))
    assert ("event", f"may not add {stolen.id}") in found(world)


def test_a_key_set_that_only_an_officer_put_into_force_is_named(world):
    first = world.trust.chain[0].keyset
    wraps = world.store.read(lambda uow: uow.key_wraps.all())
    run(world, "DELETE FROM event WHERE kind = 'keyset.changed'")
    facts = {"number": 1, "digest": first.digest().hex(), "previous": ""}
    act = world.sign("yjj-leader", "keyset.changed", "", facts, wraps)
    world.store.write(lambda uow: uow.events.append(act))
    assert found(world).count(("key set", "not named by an event")) == 2


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
