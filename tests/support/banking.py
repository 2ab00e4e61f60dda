"""Transfers in a test instance: released payees, batches that leave, what the bank answers."""

from collections.abc import Sequence
from typing import Any

from casework.domain.bank import SENT, reference_of
from casework.domain.case import Case
from casework.services import bank, payments
from casework.services.bank import ORDERED, BatchLine
from crypto.events import SignedEvent
from people import Filed
from world import World

SEATS = ("seat1-holder", "seat2-deputy")


def released(world: World, filed: Filed) -> str:
    """Claim the award to an account and let two seats release it; return the release."""
    world.claim(filed)
    release = world.request(filed.report)
    for who in SEATS:
        world.agree(filed.report, release, who)
    return release


def opened(world: World, **given: Any) -> Filed:
    """A report whose award waits to be transferred, its payee opened by the cashier."""
    filed = world.approved(**given)
    world.open(filed.report, released(world, filed))
    return filed


def acts_of(
    world: World, batch: str, filed: Sequence[Filed], who: str = "cashier", **changed: Any
) -> tuple[list[SignedEvent], SignedEvent]:
    """The orders of a batch, and the batch, signed but not sent."""
    acts, awards, total = [], [], 0
    for number, one in enumerate(sorted(filed, key=lambda one: one.report), 1):
        award = world.case(one.report).award
        assert award is not None
        facts = {
            "award": award.id,
            "amount_fen": award.amount_fen,
            "batch": batch,
            "reference": reference_of(batch, number),
        }
        acts.append(world.sign(who, ORDERED, one.report, facts))
        awards.append(award.id)
        total += award.amount_fen
    facts = {"batch": batch, "awards": awards, "amount_fen": total, **changed}
    return acts, world.sign(who, SENT, "", facts)


def send(
    world: World, batch: str, filed: Sequence[Filed], who: str = "cashier", **changed: Any
) -> tuple[Case, ...]:
    """Send a batch to the bank."""
    acts, sent = acts_of(world, batch, filed, who, **changed)
    return bank.send_batch(
        world.store,
        acts=acts,
        sent=sent,
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )


def lines(world: World, batch: str) -> tuple[BatchLine, ...]:
    """The orders of a batch as they stand."""
    found = bank.batch_lines(world.store, batch=batch)
    assert found is not None
    return found[1]


def answer(world: World, report: str, kind: str, who: str = "cashier") -> Case:
    """Book what the bank says of the order that the report's award stands at."""
    award = world.case(report).award
    assert award is not None
    facts: dict[str, Any] = {"award": award.id}
    if kind == "reward.undone":
        facts |= {"batch": award.batch, "reason_code": "name_differs"}
    else:
        facts |= {"amount_fen": award.amount_fen, "year": award.year}
    if kind == "reward.paid":
        facts |= {"means": "transfer", "reference": award.reference}
    if kind == "reward.returned":
        facts |= {"reason_code": "account_closed"}
    service = {
        "reward.paid": payments.pay_reward,
        "reward.undone": payments.undo_order,
        "reward.returned": payments.note_return,
    }[kind]
    act = world.sign(who, kind, report, facts)
    return service(world.store, act=act, trust=world.trust, now=world.now)
