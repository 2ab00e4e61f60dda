"""The conditions of an award as a list: each by itself, whatever the calculator says first."""

from dataclasses import replace
from datetime import date

import pytest

from case_story import Story
from casework.domain.award_values import Award, AwardState, Declaration
from casework.domain.case import Case, Finding
from casework.domain.eligibility import Met, conditions
from casework.domain.policy import Policies, Policy
from casework.domain.reward import quote

FACTS = {"matter": "violation", "penalties_fen": [40_000_000]}


@pytest.fixture
def case(story: Story) -> Case:
    """Found true, with a fine of 400,000 yuan."""
    return story.concluded().case


def policy_of(policies: Policies, name: str = "cn-2018") -> Policy:
    return policies.get(name)


def found(
    case: Case, policy: Policy, *, named: bool = True, award: Award | None = None, **facts: object
) -> dict[str, tuple[Met, str]]:
    worked = quote(policy, {**FACTS, "reporter": {"named": named}, **facts})
    told = conditions(case, policy, named=named, worked=worked, award=award)
    return {one.code: (one.met, one.told) for one in told}


def declared(case: Case, relation: str) -> Case:
    return replace(case, declared=Declaration(ordinal=4, relation=relation))


def test_each_condition_is_told_beside_the_others(case: Case, policies: Policies):
    told = found(case, policy_of(policies))
    assert told["found_true"] == (Met.YES, "substantiated")
    assert told["named"] == (Met.YES, "")
    assert told["relation"] == (Met.OPEN, "")
    assert told["figure"] == (Met.YES, "")
    assert "penalty_decided" not in told


@pytest.mark.parametrize(("finding", "met"), [(Finding.UNSUBSTANTIATED, Met.NO), (None, Met.OPEN)])
def test_without_a_true_finding_it_is_open_or_not_met(
    case: Case, policies: Policies, finding: Finding | None, met: Met
):
    other = replace(case, finding=finding, concluded_on=date(2026, 3, 20) if finding else None)
    told = conditions(other, policy_of(policies), named=True, worked=None, award=None)
    assert told[0].met is met


@pytest.mark.parametrize(
    ("relation", "met"), [("none", Met.YES), ("regulator", Met.NO), ("regulator_relative", Met.NO)]
)
def test_the_relation_is_what_the_reporter_declared(
    case: Case, policies: Policies, relation: str, met: Met
):
    told = found(declared(case, relation), policy_of(policies))
    assert told["relation"] == (met, relation)


def test_an_insider_whose_relation_nobody_proved_is_open(case: Case, policies: Policies):
    told = found(
        declared(case, "staff"), policy_of(policies), reporter={"named": True, "relation": "staff"}
    )
    assert told["relation"][0] in (Met.OPEN, Met.YES)


def test_without_a_name_the_policy_decides(case: Case, policies: Policies):
    by_code = [
        one for one in policies.by_id.values() if one.award and one.award.anonymous_mode == "code"
    ]
    by_name = [
        one for one in policies.by_id.values() if one.award and one.award.anonymous_mode == "none"
    ]
    for policies_of, met in ((by_code, Met.YES), (by_name, Met.NO)):
        assert policies_of
        for policy in policies_of:
            told = conditions(case, policy, named=False, worked=None, award=None)
            named = next(one for one in told if one.code == "named")
            assert (named.met, named.told) == (met, "anonymous"), policy.id


def test_a_policy_that_waits_for_the_penalty_says_so(case: Case, policies: Policies):
    waits = next(one for one in policies.by_id.values() if one.claim.opens_on == "penalty")
    for number, met in (("样罚〔2026〕1号", Met.YES), ("", Met.OPEN)):
        told = conditions(
            replace(case, penalty_no=number), waits, named=True, worked=None, award=None
        )
        assert next(one for one in told if one.code == "penalty_decided").met is met


def test_what_the_calculator_refuses_is_told_with_its_reason(case: Case, policies: Policies):
    told = found(case, policy_of(policies), already_known="known")
    assert told["figure"] == (Met.NO, "already_known")


def test_a_short_fund_is_open_and_set_aside_money_is_met(case: Case, policies: Policies):
    award = Award("a1", AwardState.ELIGIBILITY, 6_000_000, 2026, "cn-2018", "0" * 64, "0" * 64, "")
    short = replace(award, reason="short")
    assert found(case, policy_of(policies), award=short)["money"] == (Met.OPEN, "short")
    held = replace(award, reserved_fen=6_000_000)
    assert found(case, policy_of(policies), award=held)["money"] == (Met.YES, "")
    assert "money" not in found(case, policy_of(policies), award=award)
