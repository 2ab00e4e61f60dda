"""Claims open by themselves: with the finding, from the money there is; and lapse by themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework.domain.award_values import AwardState
from casework.domain.case import Case
from casework.services import claims, fund, rewards
from casework.services.claim_time import claim_until
from casework.services.claims import is_due
from casework.services.rulebook import rulebook
from casework.verify import verify
from casework.verify_rows import Problem
from funding import book
from world import World

MOST = [200_000_000]  # fines of 2,000,000 CNY: an award of the whole cap, 300,000 CNY
CAP = 30_000_000


def sweep(world: World, at: datetime | None = None) -> claims.Claims:
    return claims.open_claims(
        world.store, trust=world.trust, log_key=world.log_key, now=at or world.now
    )


def end(world: World, on: date) -> claims.Claims:
    at = datetime(on.year, on.month, on.day, 4, 0, tzinfo=UTC)
    return claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=at)


def found(world: World, **given: Any) -> str:
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report, **given)
    return filed.report


def award_of(world: World, report: str) -> Any:
    case: Case = world.case(report)
    assert case.award is not None
    return case.award


def computed(world: World, report: str) -> int:
    events = world.store.read(lambda uow: uow.events.of_report(report))
    return sum(one.event.kind == "reward.computed" for one in events)


def problems(world: World) -> list[Problem]:
    return [one for one in verify(world.store, world.blobs, world.trust, None)
            if isinstance(one, Problem)]  # fmt: skip


def test_a_finding_opens_a_claim_and_sets_its_money_aside_once(world: World):
    report = found(world)
    assert sweep(world).computed == 1
    award = award_of(world, report)
    assert (award.state, award.reserved_fen) == (AwardState.COMPUTED, 6_000_000)
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 6_000_000
    assert sweep(world) == claims.Claims()
    assert computed(world, report) == 1
    assert problems(world) == []


def test_what_is_not_true_opens_none(world: World):
    found(world, finding="unsubstantiated", fines_fen=())
    assert sweep(world) == claims.Claims()


def test_a_corrected_finding_moves_what_is_set_aside(world: World):
    report = found(world)
    sweep(world)
    for fine, due in ((80_000_000, 12_000_000), (40_000_000, 6_000_000)):
        world.conclude(report, fines_fen=(fine,))
        assert sweep(world).computed == 1
        assert award_of(world, report).reserved_fen == due
        assert fund.fund_balance(world.store, year=2026).reserved_fen == due
    world.conclude(report, finding="unsubstantiated", fines_fen=())
    sweep(world)
    assert (award_of(world, report).state, award_of(world, report).reason) == (
        "eligibility", "not_substantiated",
    )  # fmt: skip
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 0
    assert problems(world) == []


def test_where_the_fund_is_short_a_claim_waits_and_takes_what_comes_in(world: World):
    reports = [found(world, fines_fen=MOST) for _ in range(4)]
    assert sweep(world).computed == 4
    states = [award_of(world, one).reserved_fen for one in reports]
    assert sorted(states) == [0, CAP, CAP, CAP]
    last = reports[states.index(0)]
    assert (award_of(world, last).reason, award_of(world, last).amount_fen) == ("short", CAP)
    assert sweep(world) == claims.Claims()
    book(world, "fund.supplemented", 20_000_000 - 1)
    assert sweep(world) == claims.Claims()
    book(world, "fund.supplemented", 1)
    assert sweep(world).computed == 1
    assert award_of(world, last).state is AwardState.COMPUTED
    assert fund.fund_balance(world.store, year=2026).available_fen == 0
    assert problems(world) == []


def test_a_proposal_for_an_open_claim_keeps_what_is_set_aside(world: World):
    report = found(world)
    sweep(world)
    due = rewards.proposal(world.store, report=report, policies=world.policies, now=world.now)
    assert due.award is not None
    facts = due.facts(6_000_000, world.policies.get(due.case.policy_id))
    assert "more_fen" not in facts
    rewards.propose_reward(
        world.store,
        act=world.sign("yjj-officer", "reward.proposed", report, facts),
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )
    world.approve(report)
    assert award_of(world, report).state is AwardState.NOTIFIED
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 6_000_000


def test_an_award_lapses_the_day_after_its_last_one_and_its_money_is_free(world: World):
    filed = world.approved()
    until = claim_until(rulebook(world.store), world.case(filed.report), world.now)
    assert until == date(2026, 5, 6)  # 60 days from 2 March end on a holiday
    assert end(world, until) == claims.Claims()
    assert end(world, until + timedelta(days=1)).lapsed == 1
    assert award_of(world, filed.report).state is AwardState.LAPSED
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 0
    assert end(world, until + timedelta(days=2)) == claims.Claims()
    assert problems(world) == []


@pytest.mark.parametrize(
    ("opens_on", "penalty_no", "is_open"),
    [
        ("finding", "", True),
        ("penalty", "", False),
        ("penalty", "样罚〔2026〕1号", True),
        ("first_check", "", True),
    ],
)
def test_the_policy_names_the_moment(world: World, opens_on: str, penalty_no: str, is_open: bool):
    case = replace(world.case(found(world)), penalty_no=penalty_no)
    assert is_due(case, opens_on) == is_open
