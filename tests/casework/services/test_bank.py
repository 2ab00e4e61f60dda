"""A batch goes to the bank whole or not at all, and every order is known before it leaves."""

import json
from dataclasses import replace

import pytest

from banking import SEATS, acts_of, answer, lines, opened, released, send
from casework.domain.errors import (
    BadActError,
    BankFileError,
    CaseworkError,
    NotOpenedError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.policy import Policies
from casework.services import bank, disclosure, payments
from instance import make_world

BATCH, NEXT = "K7M2Q9XR", "HB4N8TWC"


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    made.appropriate()
    yield made
    made.store.close()


def states(world, *filed):
    return [str(world.case(one.report).award.state) for one in filed]


def told(world, batch=BATCH):
    return [str(one.order.state) for one in lines(world, batch)]


def test_a_batch_is_ordered_whole_and_listed_with_its_lines(world):
    filed = [opened(world) for _ in range(2)]
    send(world, BATCH, filed)
    assert states(world, *filed) == ["ordered", "ordered"]
    (batch,) = bank.batches(world.store)
    assert (batch.name, batch.amount_fen, batch.cashier) == (
        BATCH,
        12_000_000,
        world.people["cashier"].account,
    )
    assert [one.order.reference for one in lines(world, BATCH)] == ["K7M2Q9XR001", "K7M2Q9XR002"]
    assert told(world) == ["sent", "sent"]
    assert bank.batch_lines(world.store, batch=NEXT) is None


def test_one_order_that_cannot_be_keeps_the_whole_batch(world):
    good, bad = opened(world), world.approved()
    released(world, bad)  # and not opened
    with pytest.raises(NotOpenedError):
        send(world, BATCH, [good, bad])
    assert states(world, good, bad) == ["claimed", "claimed"]
    assert bank.batches(world.store) == ()


def test_a_batch_is_exactly_what_it_says(world):
    filed = [opened(world) for _ in range(2)]
    for changed in ({"amount_fen": 11_999_999}, {"awards": ["a", "b"]}):
        with pytest.raises(BadActError):
            send(world, BATCH, filed, **changed)
    acts, sent = acts_of(world, BATCH, filed)
    _acts, other = acts_of(world, NEXT, filed)
    with pytest.raises(BadActError):
        send_acts(world, acts, other)
    for wrong in (acts[:1], acts[::-1], [*acts, acts[0]], []):
        with pytest.raises(CaseworkError):
            send_acts(world, wrong, sent)
    assert states(world, *filed) == ["claimed", "claimed"]


def send_acts(world, acts, sent):
    return bank.send_batch(
        world.store,
        acts=acts,
        sent=sent,
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )


def test_only_who_opened_the_payee_orders_and_only_a_cashier(world):
    filed = opened(world)
    with pytest.raises(NotOpenedError):
        send(world, BATCH, [filed], who="cashier-2")
    with pytest.raises((NotPermittedError, SeparationError)):
        send(world, BATCH, [filed], who="finance")
    acts, _sent = acts_of(world, BATCH, [filed])
    _acts, sent = acts_of(world, BATCH, [filed], who="cashier-2")
    with pytest.raises(BadActError):
        send_acts(world, acts, sent)
    assert states(world, filed) == ["claimed"]


def test_a_batch_has_its_name_alone(world):
    first, second = opened(world), opened(world)
    send(world, BATCH, [first])
    with pytest.raises(BankFileError) as refused:
        send(world, BATCH, [second])
    assert refused.value.reason == "batch_taken"
    send(world, NEXT, [second])
    assert {one.name for one in bank.batches(world.store)} == {BATCH, NEXT}


def test_an_order_is_given_once(world):
    filed = opened(world)
    send(world, BATCH, [filed])
    with pytest.raises(WrongStateError):
        send(world, NEXT, [filed])
    assert [one.name for one in bank.batches(world.store)] == [BATCH]


def test_lines_follow_what_became_of_each_order(world):
    filed = sorted((opened(world) for _ in range(3)), key=lambda one: one.report)
    send(world, BATCH, filed)
    answer(world, filed[0].report, "reward.paid")
    answer(world, filed[1].report, "reward.undone")
    assert told(world) == ["paid", "undone", "sent"]
    answer(world, filed[0].report, "reward.returned")
    assert told(world) == ["returned", "undone", "sent"]
    assert states(world, *filed) == ["notified", "claimed", "ordered"]


def test_what_is_ordered_anew_moves_no_line_of_the_first_batch(world):
    filed = opened(world)
    send(world, BATCH, [filed])
    answer(world, filed.report, "reward.undone")
    world.open(filed.report, released(world, filed))
    send(world, NEXT, [filed])
    answer(world, filed.report, "reward.paid")
    assert (told(world), told(world, NEXT)) == (["undone"], ["paid"])
    answer(world, filed.report, "reward.returned")
    assert (told(world), told(world, NEXT)) == (["undone"], ["returned"])


def test_a_payment_by_hand_after_a_return_moves_no_line_of_the_batch(world):
    filed = opened(world)
    send(world, BATCH, [filed])
    answer(world, filed.report, "reward.paid")
    answer(world, filed.report, "reward.returned")
    world.open(filed.report, released(world, filed))
    world.pay(filed.report)
    # or the same answer of the bank, imported again, would book the second payment as returned
    assert told(world) == ["returned"]


def test_a_payment_by_hand_after_an_order_was_undone_moves_no_line_of_the_batch(world):
    filed = opened(world)
    send(world, BATCH, [filed])
    answer(world, filed.report, "reward.undone")
    world.pay(filed.report)
    assert told(world) == ["undone"]


def test_the_name_is_compared_where_the_rules_pay_to_the_reporters_own_account(world, monkeypatch):
    identity = {"who": json.dumps({"name": "样本甲"}, ensure_ascii=False)}
    filed = opened(world, identity=identity)
    name = world.case(filed.report).policy_id
    pinned = world.policies.get(name)
    strict = replace(pinned, own_claim=replace(pinned.claim, name_check=True))
    world.policies = Policies({**world.policies.by_id, name: strict})
    with pytest.raises(BankFileError) as refused:
        send(world, BATCH, [filed])
    assert refused.value.reason == "name_unchecked"
    monkeypatch.setattr("casework.services.payments.policies_at_hand", lambda: world.policies)
    acts, _sent = acts_of(world, BATCH, [filed])
    with pytest.raises(BankFileError):
        payments.order_payment(world.store, act=acts[0], trust=world.trust, now=world.now)
    assert states(world, filed) == ["claimed"]
    compare(world, filed)
    send(world, BATCH, [filed])
    assert states(world, filed) == ["ordered"]


def compare(world, filed):
    """Let the cashier open the reporter's name too."""
    found = disclosure.items_to_ask_for(world.store, report=filed.report)
    items = {one.kind: one for one in found}
    facts = {
        "release": "r" * 26,
        "item": items["who"].id,
        "version": 1,
        "purpose": "compare_payee",
        "expires_at": world.now.replace(hour=world.now.hour + 2).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "threshold": 2,
    }
    disclosure.request_release(
        world.store,
        act=world.sign("cashier", "release.requested", filed.report, facts),
        trust=world.trust,
        now=world.now,
    )
    for who in SEATS:
        world.agree(filed.report, facts["release"], who)
    world.open(filed.report, facts["release"])
