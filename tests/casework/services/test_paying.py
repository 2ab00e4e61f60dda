"""Which office's money a claim is set aside from, and what a fine that changes does to it.

On both databases, through the round of the jobs process.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casework.domain.award_values import AwardState
from casework.domain.errors import BadActError
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.services import claims, rewards, rulebook
from casework.storage.rule_version import POLICIES
from casework.verify import verify
from casework.verify_rows import Problem
from funding import book
from instance import World, make_world
from turning import transfer

YJJ, ZJJ = "410329-yjj", "410329-zjj"
POT_YJJ, POT_ZJJ = f"county:{YJJ}", f"county:{ZJJ}"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """An instance in which two offices have 100,000 CNY each, and all others a million."""
    made = make_world(tmp_path, database_url)
    made.appropriate(yuan(1_000_000))
    for pot in (POT_YJJ, POT_ZJJ):
        book(made, "fund.supplemented", yuan(100_000), pot=pot)
    yield made
    made.store.close()


def settle(world: World, monkeypatch: pytest.MonkeyPatch, **award: Any) -> None:
    """Have the county's rules settle what the text leaves open in another way."""
    found = world.policies.get("yichuan-2022")
    assert found.award is not None
    changed = replace(found, own_award=replace(found.award, **award))
    policies = Policies({**world.policies.by_id, found.id: changed}, world.policies.since)
    world.policies = policies
    monkeypatch.setattr(rulebook, "policies_at_hand", lambda: policies)
    world.store.write(lambda uow: uow.rule_version.changed(POLICIES))


def round_of(world: World) -> claims.Claims:
    done = claims.open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert done.failed == ()
    return done


def reserved(world: World) -> dict[str, int]:
    found = world.store.read(lambda uow: uow.ledger.parts(2026))
    return {pot: one.reserved_fen for pot, one in found.items() if one.reserved_fen}


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def passed_on(world: World, fine: int = 400_000) -> str:
    """Accepted by the emergency bureau, passed on, found true and fined by housing."""
    report = world.file_report().report
    world.accept(report)
    transfer(world, report, ZJJ, ZJJ)
    world.conclude(report, who="zjj-officer", fines_fen=(yuan(fine),))
    return str(report)


@pytest.mark.parametrize(
    ("principle", "pot"), [("receiver", POT_YJJ), ("finder", POT_ZJJ), ("penaliser", POT_ZJJ)]
)
def test_the_office_pays_that_the_policy_names(
    world: World, monkeypatch: pytest.MonkeyPatch, principle: str, pot: str
):
    settle(world, monkeypatch, principle=principle)
    report = passed_on(world)

    assert round_of(world).computed == 1

    award = world.case(report).award
    assert award is not None
    assert (award.state, award.pot, award.payer) == (
        AwardState.COMPUTED,
        pot,
        pot.partition(":")[2],
    )
    assert reserved(world) == {pot: yuan(60_000)}
    assert problems(world) == []


def test_who_pays_has_to_have_it_and_nobody_else_does(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    settle(world, monkeypatch, principle="receiver")
    reports = [passed_on(world)]
    world.move(days=1)
    reports.append(passed_on(world))  # 60,000 each, of 100,000

    round_of(world)

    first, second = (world.case(report).award for report in reports)
    assert first is not None
    assert second is not None
    assert (first.state, first.pot) == (AwardState.COMPUTED, POT_YJJ)
    assert (second.state, second.reason, second.payer) == (AwardState.ELIGIBILITY, "short", YJJ)
    assert reserved(world) == {POT_YJJ: yuan(60_000)}

    # Money for the office that owes it comes in, and the claim goes on by itself
    book(world, "fund.supplemented", yuan(20_000), pot=POT_YJJ)
    assert round_of(world).computed == 1
    assert reserved(world) == {POT_YJJ: yuan(120_000)}
    assert problems(world) == []


def test_an_award_opened_by_hand_is_paid_by_the_same_office(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    settle(world, monkeypatch, principle="receiver")
    report = passed_on(world)
    facts = world.proposal(report)
    assert (facts["payer"], facts["pot"]) == (YJJ, POT_YJJ)

    def reserve(**changed: str) -> None:
        rewards.reserve_reward(
            world.store,
            act=world.sign("zjj-officer", "reward.reserved", report, {**facts, **changed}),
            trust=world.trust,
            policies=world.policies,
            now=world.now,
        )

    with pytest.raises(BadActError) as refusal:
        reserve(payer=ZJJ, pot=POT_ZJJ)
    assert refusal.value.fact == "payer"
    with pytest.raises(BadActError):
        reserve(pot=POT_ZJJ)
    reserve()
    assert reserved(world) == {POT_YJJ: yuan(60_000)}
    assert problems(world) == []


# A fine that changes after the award --------------------------------------------------------


def fined_again(world: World, report: str, fine: int) -> None:
    """The fine is another one, say after a reconsideration."""
    world.conclude(report, who="zjj-officer", fines_fen=(yuan(fine),))


@pytest.mark.parametrize(("rule", "amount"), [("recompute", 30_000), ("keep", 30_000)])
def test_before_anybody_was_told_a_fine_that_changes_changes_the_award(
    world: World, monkeypatch: pytest.MonkeyPatch, rule: str, amount: int
):
    settle(world, monkeypatch, principle="finder", fine_changed=rule)
    report = passed_on(world)
    round_of(world)

    fined_again(world, report, 200_000)
    round_of(world)

    award = world.case(report).award
    assert award is not None
    assert award.amount_fen == yuan(amount)
    assert reserved(world) == {POT_ZJJ: yuan(amount)}
    assert problems(world) == []


def proposed(world: World, report: str) -> None:
    """The officer proposes what was computed."""
    rewards.propose_reward(
        world.store,
        act=world.sign("zjj-officer", "reward.proposed", report, world.proposal(report)),
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )


@pytest.mark.parametrize(
    ("rule", "state", "amount"),
    [
        ("recompute", AwardState.COMPUTED, 30_000),
        ("keep", AwardState.NOTIFIED, 60_000),
    ],
)
def test_after_the_reporter_was_told_the_policy_says_whether_it_changes(
    world: World, monkeypatch: pytest.MonkeyPatch, rule: str, state: AwardState, amount: int
):
    settle(world, monkeypatch, principle="finder", fine_changed=rule)
    report = passed_on(world)
    round_of(world)
    proposed(world, report)
    world.approve(report)
    award = world.case(report).award
    assert award is not None
    assert award.state is AwardState.NOTIFIED

    fined_again(world, report, 200_000)
    round_of(world)

    award = world.case(report).award
    assert award is not None
    assert (award.state, award.amount_fen) == (state, yuan(amount))
    assert reserved(world) == {POT_ZJJ: yuan(amount)}
    assert problems(world) == []
