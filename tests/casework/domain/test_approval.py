"""Who agrees to an award of which amount, in which order."""

import pytest

from casework.domain.approval import rungs
from casework.domain.errors import PolicyFileError
from casework.domain.policy import Policies, Policy
from casework.domain.policy_file import parse_policies
from casework.domain.reward import quote
from casework.domain.roles import Role
from police_ladder import POLICE_LADDER
from policy_text import AWARD, policy_file


def tier(over_fen: int, needs: str, more: str = "") -> str:
    """Return a tier of a policy file."""
    cite = 'cite = { doc = "x", clause = "—", mark = "D" }'
    return f"[[approval]]\nover_fen = {over_fen}\nneeds = [{needs}]\n{more}\n{cite}\n"


def policy(*tiers: str) -> Policy:
    """Return a policy with these tiers."""
    return parse_policies(policy_file(rest="\n".join(tiers)))["test-1"]


def test_without_tiers_the_approver_alone_agrees():
    assert rungs(policy(), 0) == rungs(policy(), 30_000_000) == (Role.APPROVER,)


@pytest.mark.parametrize(
    ("amount_fen", "expected"),
    [
        (1, (Role.APPROVER,)),
        (1_000_000, (Role.APPROVER,)),
        (1_000_001, (Role.APPROVER, Role.FINANCE)),
        (6_000_000, (Role.APPROVER, Role.FINANCE)),
    ],
)
def test_the_shipped_national_rules_ask_finance_above_ten_thousand_yuan(
    policies: Policies, amount_fen: int, expected: tuple[Role, ...]
):
    assert rungs(policies.get("cn-2018"), amount_fen) == expected
    assert rungs(policies.get("yichuan-2022"), amount_fen) == expected


def test_fifty_thousand_hundreds_of_market_supervision_are_decided_together_with_finance(
    policies: Policies,
):
    samr = policies.get("samr-2021")
    assert rungs(samr, 49_999_999) == (Role.APPROVER,)
    assert rungs(samr, 50_000_000) == (Role.APPROVER, Role.FINANCE)


def test_tiers_add_up_in_the_order_of_the_file_each_role_once():
    found = policy(
        tier(0, '"leader"'),
        tier(1_000, '"leader", "approver"'),
        tier(2_000, '"finance", "supervisor"'),
    )
    assert rungs(found, 1_000) == (Role.LEADER,)
    assert rungs(found, 1_001) == (Role.LEADER, Role.APPROVER)
    assert rungs(found, 2_001) == (Role.LEADER, Role.APPROVER, Role.FINANCE, Role.SUPERVISOR)


def test_a_tier_from_nothing_on_that_stands_last_still_replaces_the_usual_approver():
    found = policy(tier(5_000, '"finance"'), tier(0, '"leader"'))
    assert rungs(found, 5_000) == (Role.LEADER,)
    assert rungs(found, 5_001) == (Role.FINANCE, Role.LEADER)


def test_an_amount_of_nothing_still_needs_somebody():
    assert rungs(policy(tier(0, '"leader"')), 0) == (Role.APPROVER,)


@pytest.mark.parametrize(
    ("amount_fen", "expected"),
    [
        (50_000, (Role.LEADER,)),
        (50_001, (Role.FINANCE, Role.APPROVER)),
        (300_000, (Role.FINANCE, Role.APPROVER)),
        (300_001, (Role.LEADER, Role.APPROVER)),
        (500_000, (Role.LEADER, Role.APPROVER)),
        (500_001, (Role.LEADER, Role.APPROVER, Role.SUPERVISOR)),
        (1_000_000, (Role.LEADER, Role.APPROVER, Role.SUPERVISOR)),
        (1_000_001, (Role.LEADER, Role.APPROVER, Role.SUPERVISOR, Role.FINANCE)),
        (6_000_000, (Role.LEADER, Role.APPROVER, Role.SUPERVISOR, Role.FINANCE)),
    ],
)
def test_a_tier_may_stand_instead_of_those_before(amount_fen: int, expected: tuple[Role, ...]):
    assert rungs(policy(POLICE_LADDER), amount_fen) == expected


@pytest.mark.parametrize(
    "needs", ["", '"officer"', '"cashier"', '"custodian"', '"auditor"', '"administrator"']
)
def test_who_proposes_pays_keeps_or_reads_is_no_rung(needs: str):
    with pytest.raises(PolicyFileError) as refusal:
        policy(tier(0, needs))
    assert refusal.value.key == "approval[1].needs"


@pytest.mark.parametrize(
    ("fine_fen", "needs"),
    [
        (2_000_000, ("finance", "approver")),
        (40_000_000, ("leader", "approver", "supervisor", "finance")),
    ],
)
def test_a_quote_tells_the_same_ladder(fine_fen: int, needs: tuple[str, ...]):
    found = policy(AWARD, POLICE_LADDER)
    facts = {
        "matter": "violation", "penalties_fen": [fine_fen], "reporter": {"named": True},
    }  # fmt: skip
    assert quote(found, facts).needs == needs


def test_a_quote_does_not_list_the_approver_who_agrees_to_every_award(policies: Policies):
    facts = {
        "matter": "violation", "penalties_fen": [40_000_000], "reporter": {"named": True},
    }  # fmt: skip
    assert quote(policies.get("cn-2018"), facts).needs == ("finance",)
