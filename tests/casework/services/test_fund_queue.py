"""Awards that wait for money: first come, first served, whatever comes in."""

from dataclasses import replace

import pytest

from casework.domain.errors import (
    AwardAmountError,
    BudgetExceededError,
    CaseworkError,
    FundMoveError,
    NotPermittedError,
)
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.services import rewards
from casework.services.fund_queue import waiting
from casework.verify import verify
from casework.verify_rows import Problem
from funding import book
from instance import World, make_world


@pytest.fixture
def world(tmp_path, database_url):
    """An instance with 50,000 CNY, whose policy lets awards queue."""
    made = make_world(tmp_path, database_url)
    made.appropriate(yuan(50_000))
    made.policies = queueing(made.policies)
    yield made
    made.store.close()


def queueing(policies: Policies, on_exhausted: str = "queue") -> Policies:
    found = policies.get("yichuan-2022")
    assert found.own_budget is not None
    lets_queue = replace(found, own_budget=replace(found.own_budget, on_exhausted=on_exhausted))
    return replace(policies, by_id={**policies.by_id, found.id: lets_queue})


def due(world: World, award: int) -> str:
    """A case whose award comes to so many CNY."""
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report, fines_fen=[yuan(award) * 100 // 15])
    return str(filed.report)


def queue(world: World, report: str, who: str = "yjj-officer", **changed: object) -> None:
    case, found = world.case(report), world.proposal(report)
    facts = {
        "report": report, "year": 2026, "amount_fen": found["amount_fen"],
        "spent": len(case.spent), **changed,
    }  # fmt: skip
    rewards.queue_reward(
        world.store,
        act=world.sign(who, "fund.queued", "", facts),
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )


def line(world: World) -> list[str]:
    found = world.store.read(lambda uow: waiting(uow, 2026))
    return [one.case.report_id for one in found]


def told(world: World, kind: str) -> int:
    rows = world.store.read(
        lambda uow: uow.connection.exec_driver_sql("SELECT payload FROM outbox").scalars().all()
    )
    return sum(kind in row for row in rows)


def test_the_queue_is_served_in_its_order_and_nobody_overtakes(world: World):
    large, small, late = due(world, 90_000), due(world, 60_000), due(world, 30_000)
    queue(world, large)
    world.move(minutes=1)
    queue(world, small)
    assert line(world) == [large, small]

    # 50,000 are there: enough for the last, who has to wait all the same.
    with pytest.raises(FundMoveError) as refusal:
        world.reserve(late)
    assert refusal.value.reason == "queue_ahead"
    with pytest.raises(FundMoveError):
        world.reserve(small)
    with pytest.raises(BudgetExceededError):
        world.reserve(large)

    book(world, "fund.supplemented", yuan(20_000))  # 70,000: not enough for the first
    assert told(world, "fund.ready") == 0
    book(world, "fund.supplemented", yuan(80_000))  # 150,000: both
    assert told(world, "fund.ready") == 2
    world.reserve(large)
    assert line(world) == [small]
    world.reserve(small)
    assert line(world) == []
    with pytest.raises(BudgetExceededError):
        world.reserve(late)
    found = verify(world.store, world.blobs, world.trust, None)
    assert [one for one in found if isinstance(one, Problem) and one.kind == "event"] == []


def test_money_that_is_released_serves_the_queue(world: World):
    first, second = due(world, 45_000), due(world, 45_000)
    world.reserve(first)
    queue(world, second)
    award = world.case(first).award
    assert award is not None
    act = world.sign("awb-approver", "reward.rejected", first, {"award": award.id})
    rewards.reject_reward(world.store, act=act, trust=world.trust, now=world.now)

    assert told(world, "fund.ready") == 1
    with pytest.raises(FundMoveError):  # who was rejected has lost the place
        world.reserve(first)
    world.reserve(second)


def test_an_award_that_was_rejected_queues_anew_at_the_end(world: World):
    first, second = due(world, 60_000), due(world, 60_000)
    queue(world, first)
    world.move(minutes=1)
    book(world, "fund.supplemented", yuan(10_000))
    world.reserve(first)
    queue(world, second)
    award = world.case(first).award
    assert award is not None
    act = world.sign("awb-approver", "reward.rejected", first, {"award": award.id})
    rewards.reject_reward(world.store, act=act, trust=world.trust, now=world.now)
    assert line(world) == [second]
    world.move(minutes=1)
    queue(world, first)
    assert line(world) == [second, first]


def test_what_may_not_wait_is_refused(world: World):
    enough, short = due(world, 30_000), due(world, 60_000)
    with pytest.raises(FundMoveError) as refusal:
        queue(world, enough)
    assert refusal.value.reason == "not_short"
    for who in ("zjj-officer", "cashier"):
        with pytest.raises(CaseworkError):
            queue(world, short, who)
    with pytest.raises(NotPermittedError):
        queue(world, short, "yjj-leader")
    with pytest.raises(AwardAmountError):
        queue(world, short, amount_fen=1)
    with pytest.raises(CaseworkError):
        queue(world, short, spent=1)
    queue(world, short)
    with pytest.raises(FundMoveError) as twice:
        queue(world, short)
    assert twice.value.reason == "queued_already"


def test_a_policy_that_blocks_lets_nobody_queue(world: World):
    world.policies = queueing(world.policies, "block")
    with pytest.raises(FundMoveError) as refusal:
        queue(world, due(world, 60_000))
    assert refusal.value.reason == "no_queue"
