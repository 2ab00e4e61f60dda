"""What a request names, and the reason that only the seats can read."""

import json
from typing import Any

import pytest

from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.ids import new_id
from casework.services import disclosure, keysets
from casework.services.interests import declare_interest
from casework.verify import Problem, verify
from crypto.context import reason_context, seat_wrap_context
from crypto.errors import UnsealError
from crypto.events import SealedObject
from crypto.private_key import PrivateKey
from crypto.seal import seal_reason
from crypto.unseal import open_reason, unwrap_key
from instance import SITE, World

REASON = "举报人来电要求回电。"


def ask(
    world: World,
    report: str,
    kind: str,
    purpose: str = "contact_reporter",
    who: str = "operator",
    reasons: tuple[SealedObject, ...] = (),
    release: str = "",
) -> str:
    """Ask for the item of a kind; return the release."""
    found = {one.kind: one for one in disclosure.items_to_ask_for(world.store, report=report)}
    facts: dict[str, Any] = {
        "release": release or new_id(),
        "item": found[kind].id,
        "version": found[kind].version,
        "purpose": purpose,
        "expires_at": "2026-03-02T10:00:00Z",
        "threshold": 2,
    }
    disclosure.request_release(
        world.store,
        act=world.sign(who, "release.requested", report, facts, reasons),
        trust=world.trust,
        now=world.now,
        reasons=reasons,
    )
    return str(facts["release"])


def sealed(world: World, report: str, release: str) -> tuple[SealedObject, ...]:
    return tuple(
        disclosure.reason_object(
            release,
            seat.number,
            seal_reason(
                REASON,
                context=reason_context(SITE, report, release, seat.number),
                recipient=seat.key,
            ),
        )
        for seat in world.trust.keyset.seats
    )


@pytest.fixture
def report(world: World) -> str:
    """A report with a name and a telephone number."""
    identity = {"who": json.dumps({"name": "样本甲"}), "contact": json.dumps({"phone": "1"})}
    return world.file_report(identity=identity).report


def test_each_purpose_releases_its_own_kind_of_item(world: World, report: str):
    with pytest.raises(BadActError) as refusal:
        ask(world, report, "who")
    assert refusal.value.fact == "item"
    with pytest.raises(NotPermittedError):
        ask(world, report, "who", "trial", "cashier")
    ask(world, report, "contact")
    world.appropriate()
    identity = {"who": json.dumps({"name": "样本乙"}), "contact": json.dumps({"phone": "2"})}
    filed = world.approved(identity=identity)
    awarded = filed.report
    with pytest.raises(BadActError):
        ask(world, awarded, "contact", "compare_claimant", "cashier")
    ask(world, awarded, "who", "compare_claimant", "cashier")


def test_a_name_is_compared_with_the_account_once_money_is_to_go_to_one(world: World):
    world.appropriate()
    identity = {"who": json.dumps({"name": "样本乙"})}
    filed = world.approved(identity=identity)
    with pytest.raises(WrongStateError):
        ask(world, filed.report, "who", "compare_payee", "cashier")
    world.claim(filed, how="counter")
    with pytest.raises(WrongStateError):
        ask(world, filed.report, "who", "compare_payee", "cashier")
    world.claim(filed)
    with pytest.raises(NotPermittedError):
        ask(world, filed.report, "who", "compare_payee", "operator")
    ask(world, filed.report, "who", "compare_payee", "cashier")


def seat_key(world: World, login: str, seat: int) -> PrivateKey:
    person = world.people[login]
    [wrap] = keysets.member_wraps(world.store, account=person.account, kind="seat", owner=str(seat))
    return PrivateKey(
        unwrap_key(
            wrap.body,
            context=seat_wrap_context(SITE, seat),
            holder=person.deed,
            key_id=bytes.fromhex(wrap.key_id),
        )
    )


def test_a_reason_is_read_in_its_seat_alone_and_goes_when_the_release_ends(
    world: World, report: str
):
    release = new_id()
    ask(world, report, "contact", reasons=sealed(world, report, release), release=release)
    material = disclosure.custody_material(world.store, report=report, release=release, seat=2)
    assert material.reason is not None
    context = reason_context(SITE, report, release, 2)
    assert open_reason(material.reason.body, context=context, holder=mine(world, 2)) == REASON
    with pytest.raises(UnsealError):
        open_reason(material.reason.body, context=context, holder=mine(world, 1))
    other = reason_context(SITE, report, release, 1)
    with pytest.raises(UnsealError):
        open_reason(material.reason.body, context=other, holder=mine(world, 2))
    assert problems(world) == []

    refused = {"release": release, "reason_code": "not_necessary"}
    disclosure.refuse_release(
        world.store,
        act=world.sign("seat1-holder", "release.refused", report, refused),
        trust=world.trust,
        now=world.now,
    )
    assert world.store.read(lambda uow: uow.releases.reasons(release)) == ()
    assert problems(world) == []


def mine(world: World, seat: int) -> PrivateKey:
    return seat_key(world, f"seat{seat}-holder", seat)


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_a_reason_is_told_to_every_seat_or_to_none(world: World, report: str):
    release = new_id()
    boxes = sealed(world, report, release)
    for some in (boxes[:2], (*boxes[:2], boxes[1]), sealed(world, report, new_id())):
        with pytest.raises(BadActError) as refusal:
            ask(world, report, "contact", reasons=some, release=release)
        assert refusal.value.fact == "added"
    ask(world, report, "contact", reasons=boxes, release=release)


def test_a_changed_or_dropped_reason_is_named(world: World, report: str):
    release = new_id()
    ask(world, report, "contact", reasons=sealed(world, report, release), release=release)
    world.store.write(
        lambda uow: uow.connection.exec_driver_sql("DELETE FROM release_reason WHERE seat = 1")
    )
    assert problems(world) == [Problem("object", f"{release}.reason.1", "missing")]


def test_who_has_an_interest_in_the_enterprise_asks_for_nothing_and_agrees_to_nothing(
    world: World, report: str
):
    world.accept(report, enterprise="ab" * 16)

    def declares(login: str, mark: str = "ab" * 16) -> None:
        account = world.people[login].account
        declare_interest(world.store, account=account, mark=mark, on=world.now.date())

    declares("operator", "cd" * 16)
    release = ask(world, report, "contact")
    declares("seat1-holder")
    with pytest.raises(SeparationError):
        world.agree(report, release, "seat1-holder")
    world.agree(report, release, "seat1-deputy")
    world.agree(report, release, "seat2-holder")
    declares("operator")
    with pytest.raises(SeparationError):
        world.open(report, release, "operator")
    assert world.case(report).releases[release].state == "approved"
