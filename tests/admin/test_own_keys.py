"""Whoever signs in learns at once that a key handed to them does not open."""

import pytest
import sqlalchemy as sa

from crypto.cli import wrap_office_key, wrap_seat_key
from crypto.context import key_id
from crypto.private_key import PrivateKey
from instance import PASSWORD, SITE
from key_changing import office_keys, put_in_force, stored

WARNED = "有密钥打不开"


def signed_in(world, visit, login):
    """The page that answers a sign-in."""
    desk = visit()
    code = world.people[login].code(world.now)
    return desk.post("/sign-in", login=login, password=PASSWORD, code=code)


def put(world, wrap):
    """Put a wrap in the place of a member's own, as somebody with the database could."""
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.text(
                "UPDATE member_wrap SET body = :body, key_id = :key_id"
                " WHERE owner = :owner AND account = :account"
            ),
            {
                "body": wrap.body,
                "key_id": wrap.key_id,
                "owner": wrap.owner,
                "account": wrap.account,
            },
        )
    )


@pytest.mark.parametrize("login", ["yjj-officer", "seat1-holder", "cashier", "auditor"])
def test_who_can_open_everything_is_not_stopped(world, visit, login):
    assert signed_in(world, visit, login).status_code == 302


def test_an_office_key_of_nobody_is_told_at_the_sign_in(world, visit):
    person = world.people["yjj-officer"]
    forged = wrap_office_key(
        PrivateKey.generate(), site=SITE, code=person.office, member=person.member
    )
    put(world, stored(forged))
    answer = signed_in(world, visit, "yjj-officer")
    assert answer.status_code == 200
    assert WARNED in answer.text
    assert "应急管理局" in answer.text
    assert "Set-Cookie" in answer.headers, "the person is signed in all the same"


def test_a_seat_key_that_does_not_open_is_told_at_the_sign_in(world, visit):
    other = world.people["seat1-deputy"]
    made = wrap_seat_key(PrivateKey.generate(), site=SITE, number=1, member=other.member)
    put(world, stored(made).__class__("seat", "1", made.key_id.hex(),
                                      world.people["seat1-holder"].account, made.body))  # fmt: skip
    answer = signed_in(world, visit, "seat1-holder")
    assert WARNED in answer.text
    assert "第 1 席" in answer.text


def test_a_key_that_was_taken_away_is_told(world, visit):
    account = world.people["yjj-leader"].account
    world.store.write(lambda uow: uow.key_wraps.delete_all(account))
    assert WARNED in signed_in(world, visit, "yjj-leader").text


def test_an_old_key_that_does_not_open_is_told_too(world, visit):
    """The present key opens; what closed cases are wrapped to does not."""
    put_in_force(world, rotated=["410329-yjj"])
    person, present = world.people["yjj-officer"], world.trust.keyset.office("410329-yjj")
    wraps = world.store.read(lambda uow: uow.key_wraps.of_account(person.account))
    keys = office_keys(world, "yjj-officer")
    [old] = [one for one in wraps if one.key_id != key_id(keys[present.key.box.hex()].secret).hex()]
    world.store.write(
        lambda uow: uow.connection.execute(
            sa.text("UPDATE member_wrap SET body = :body WHERE key_id = :key AND account = :who"),
            {"body": bytes(len(old.body)), "key": old.key_id, "who": person.account},
        )
    )
    assert WARNED in signed_in(world, visit, "yjj-officer").text
