"""What each shipped rule set gives: figures read in its source, both sides of each bound."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.domain.reward import Quote, quote
from casework.domain.reward_facts import RELATIONS, REWARD_MATTERS

POLICIES = Path(__file__).parents[3] / "casework" / "policies"
STAFF = {"relation": "staff", "relation_proved": True}
FAMILY = {"relation": "family", "relation_proved": True}
SCALE = ("henan-2022", "sichuan-2021", "qinghai-2023", "qinghai-2024", "ningxia-2021",
         "hubei-2019", "mines-2021", "shenzhen", "longhua-2022", "yunnan-2023")  # fmt: skip
FEN = st.integers(0, yuan(100_000_000))


def ask(policies: Policies, policy: str, facts: Mapping[str, object]) -> Quote:
    return quote(policies.get(policy), facts)


def fined(*fines: int, matter: str = "violation", **more: object) -> dict[str, object]:
    return {"matter": matter, "penalties_fen": [yuan(fine) for fine in fines], **more}


@pytest.mark.parametrize(
    ("policy", "facts", "expected"),
    [
        ("shandong-2019", fined(100_000), 50_000),
        ("shandong-2019", fined(9_999), 5_000),
        ("shandong-2019", fined(1_000_002), 500_000),
        ("shandong-2021", fined(100_000, situation="listed_tier_1"), 500_000),
        ("shandong-2021", fined(100_000, situation="listed_tier_2"), 300_000),
        ("shandong-2021", fined(situation="listed_tier_3"), 100_000),
        ("shandong-2021", fined(100_000), 50_000),
        ("shandong-2021", fined(100_000, reporter=STAFF), 60_000),
        ("sichuan-2021", fined(), 1_000),
        ("sichuan-2021", fined(1), 3_000),
        ("sichuan-2021", fined(100_000), 15_000),
        ("qinghai-2023", fined(30_000, matter="general_hazard"), 3_000),
        ("qinghai-2023", fined(30_000), 4_500),
        ("qinghai-2024", fined(50_000, matter="general_hazard"), 6_000),
        ("qinghai-2024", fined(50_001, matter="general_hazard"), 6_000),
        ("qinghai-2024", fined(100_000, matter="major_hazard"), 15_000),
        ("qinghai-2024", fined(100_000), 12_000),
        ("qinghai-2024", fined(100_000, reporter=FAMILY), 13_200),
        ("qinghai-2024", fined(100_000, matter="major_hazard", reporter=FAMILY), 15_000),
        ("yunnan-2023", fined(10_000), 3_000),
        ("ningxia-2021", fined(400_000), 60_000),
        ("changsha-2024", fined(), 1_000),
        ("changsha-2024", fined(10_000), 5_000),
        ("changsha-2024", fined(100_000), 15_000),
        ("taizhou-2020", fined(100_000, matter="major_hazard"), 20_000),
        ("taizhou-2020", fined(matter="major_hazard"), 5_000),
        ("taizhou-2020", fined(10_000), 2_000),
        ("taizhou-2020", fined(1_000_000), 100_000),
        ("taizhou-2020", fined(2_000_000, matter="major_hazard"), 300_000),
        ("mines-2021", fined(100_000, clue_grade=1), 15_000),
        ("mines-2021", fined(100_000, clue_grade=2), 12_000),
        ("mines-2021", fined(100_000, clue_grade=1, reporter={"named": False}), 15_000),
        ("baiyin-2017", fined(situation="fireworks_illegal_sale"), 200),
        ("baiyin-2017", fined(situation="fireworks_illegal_storage"), 1_000),
        ("baiyin-2017", fined(situation="fireworks_illegal_manufacture"), 5_000),
        ("samr-2021", fined(clue_grade=1), 5_000),
        ("samr-2021", fined(clue_grade=2), 3_000),
        ("samr-2021", fined(clue_grade=3), 1_000),
        ("samr-2021", fined(200_000, clue_grade=1), 10_000),
        ("samr-2021", fined(30_000_000, clue_grade=1), 1_000_000),
        ("csrc-2026", fined(1_000_000), 30_000),
        ("csrc-2026", fined(20_000_000), 500_000),
        ("csrc-2026", fined(20_000_000, reporter=STAFF), 600_000),
        ("csrc-2026", fined(20_000_000, flags=["nationwide"]), 600_000),
        ("csrc-2026", fined(90_000_000, flags=["huge"]), 1_000_000),
        ("shenzhen", fined(matter="general_hazard"), 500),
        ("shenzhen", fined(100_000, matter="major_hazard"), 15_000),
    ],
)
def test_the_figure_of_the_source(
    policies: Policies, policy: str, facts: dict[str, object], expected: int
):
    answer = ask(policies, policy, facts)
    assert (answer.outcome, answer.amount_fen) == ("amount", yuan(expected))


@pytest.mark.parametrize(
    ("policy", "facts", "low", "high"),
    [
        ("shandong-2019", {"matter": "general_hazard"}, 500, 5_000),
        ("hubei-2019", fined(1_000_000), 3_000, 5_000),
        ("changsha-2024", {"matter": "general_hazard"}, 0, 500),
        ("changsha-2024", {"matter": "general_hazard", "flags": ["may_injure"]}, 500, 1_000),
        ("taizhou-2020", {"matter": "general_hazard"}, 500, 2_000),
    ],
)
def test_a_range_is_left_to_an_officer(
    policies: Policies, policy: str, facts: dict[str, object], low: int, high: int
):
    answer = ask(policies, policy, facts)
    assert (answer.outcome, answer.amount_fen) == ("range", None)
    assert answer.range_fen == (yuan(low), yuan(high))


@pytest.mark.parametrize("policy", SCALE)
@pytest.mark.parametrize(("deaths", "each"), [(1, 30_000), (3, 40_000), (10, 50_000), (30, 60_000)])
def test_the_national_scale_of_concealed_deaths(
    policies: Policies, policy: str, deaths: int, each: int
):
    accident = {"deaths": deaths, "concealed_deaths": 1}
    answer = ask(policies, policy, {"matter": "concealed_accident", "accident": accident})
    assert answer.amount_fen == yuan(each)


@pytest.mark.parametrize(
    ("goods", "expected"),
    [
        (999.99, None), (1_000, 20_000), (19_999.99, 20_000), (20_000, 30_000),
        (49_999.99, 30_000), (50_000, 50_000), (99_999.99, 50_000), (100_000, 100_000),
    ],
)  # fmt: skip
def test_liangshan_pays_by_the_value_of_the_fireworks(
    policies: Policies, goods: float, expected: int | None
):
    metrics = {"goods_value_fen": round(goods * 100)}
    answer = ask(policies, "liangshan-2024", {"matter": "violation", "metrics": metrics})
    if expected is None:
        assert (answer.outcome, answer.reason) == ("none", "below_threshold")
    else:
        assert answer.amount_fen == yuan(expected)


@pytest.mark.parametrize(
    ("grams", "expected"),
    [
        (49_999, None), (50_000, 5_000), (199_999, 5_000), (200_000, 10_000),
        (1_000_000, 10_000), (1_000_001, 30_000),
    ],
)  # fmt: skip
def test_tongzhou_pays_by_the_weight_of_the_chemicals(
    policies: Policies, grams: int, expected: int | None
):
    facts = {"matter": "violation", "metrics": {"weight_g": grams}}
    answer = ask(policies, "tongzhou-2020", facts)
    if expected is None:
        assert (answer.outcome, answer.reason) == ("none", "below_threshold")
    else:
        assert answer.amount_fen == yuan(expected)


@pytest.mark.parametrize(
    ("policy", "facts", "reason"),
    [
        ("csrc-2026", {"matter": "violation", "penalties_fen": [99_999_999]}, "below_threshold"),
        ("liangshan-2024", {"matter": "violation"}, "metric_missing"),
        ("mines-2021", fined(100_000), "clue_grade_missing"),
        ("mines-2021", fined(100_000, clue_grade=3), "class_not_rewarded"),
        ("qinghai-2023", fined(), "no_penalty"),
        ("qinghai-2023", {"matter": "general_hazard", "reporter": {"named": False}}, "anonymous"),
    ],
)
def test_why_there_is_none(policies: Policies, policy: str, facts: dict[str, object], reason: str):
    answer = ask(policies, policy, facts)
    assert (answer.outcome, answer.amount_fen, answer.reason) == ("none", 0, reason)
    assert answer.trace


def test_fujian_leaves_the_figure_to_its_cities(policies: Policies):
    answer = ask(policies, "fujian", fined(100_000))
    assert (answer.outcome, answer.needs) == ("manual", ("approver", "reason"))


def prior(day: str, amount: int, **more: object) -> dict[str, object]:
    kind = {"matter": "general_hazard", "situation": None, **more}
    return {"decided_on": day, "amount_fen": yuan(amount), **kind}


@pytest.mark.parametrize("policy", ["shenzhen", "longhua-2022"])
@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([], 500),
        ([prior("2026-03-05", 500)], 500),
        ([prior("2026-03-05", 500), prior("2026-03-31", 500)], 0),
        ([prior("2026-03-01", 800)], 200),
        ([prior("2026-02-28", 1_000)], 500),
        ([prior("2025-03-05", 1_000)], 500),
        ([prior("2026-03-05", 1_000, matter="major_hazard")], 500),
        ([prior("2026-03-05", 1_000, situation="listed")], 500),
    ],
)
def test_a_month_of_one_reporter_and_type_earns_at_most_1000(
    policies: Policies, policy: str, earlier: list[dict[str, object]], expected: int
):
    facts = {"matter": "general_hazard", "decided_on": "2026-03-31", "prior_awards": earlier}
    answer = ask(policies, policy, facts)
    assert answer.amount_fen == yuan(expected)
    if not expected:
        assert (answer.outcome, answer.reason) == ("none", "period_cap")


def test_without_a_day_every_earlier_award_counts_and_the_day_is_asked_for(policies: Policies):
    facts = {"matter": "general_hazard", "prior_awards": [prior("2020-01-01", 800)]}
    answer = ask(policies, "longhua-2022", facts)
    assert (answer.amount_fen, answer.needs) == (yuan(200), ("decided_on",))


@pytest.mark.parametrize(
    ("more", "expected", "needs_it"),
    [
        ({}, 300_000, False),
        ({"approved": ["cap_override"]}, 300_000, False),
        ({"flags": ["mass_casualty_hazard_removed"]}, 300_000, True),
        (
            {"flags": ["mass_casualty_hazard_removed"], "approved": ["cap_override"]},
            450_000,
            False,
        ),
    ],
)
def test_shenzhens_cap_is_lifted_by_a_fact_and_an_approval_together(
    policies: Policies, more: dict[str, object], expected: int, needs_it: bool
):
    answer = ask(policies, "shenzhen", fined(3_000_000, matter="major_hazard", **more))
    assert answer.amount_fen == yuan(expected)
    assert ("cap_override" in answer.needs) == needs_it


def test_half_a_million_from_market_supervision_needs_finance(policies: Policies):
    below = ask(policies, "samr-2021", fined(9_999_999, clue_grade=1))
    assert below.amount_fen == 49_999_995
    assert below.needs == ()
    assert ask(policies, "samr-2021", fined(10_000_000, clue_grade=1)).needs == ("finance",)


IDS = st.sampled_from(sorted(path.stem for path in POLICIES.glob("*.toml")))
FACTS = st.fixed_dictionaries(
    {
        "matter": st.sampled_from(REWARD_MATTERS),
        "penalties_fen": st.lists(FEN, max_size=4),
        "accident": st.integers(0, 40).map(lambda n: {"deaths": n, "concealed_deaths": n // 2}),
        "situation": st.sampled_from([None, "listed", "listed_tier_1"]),
        "clue_grade": st.sampled_from([None, 1, 2, 3]),
        "metrics": st.sampled_from([{}, {"weight_g": 60_000, "goods_value_fen": 5_000_000}]),
        "flags": st.sampled_from([[], ["may_injure"], ["mass_casualty_hazard_removed", "huge"]]),
        "approved": st.sampled_from([[], ["cap_override"]]),
        "reporter": st.fixed_dictionaries(
            {
                "named": st.booleans(),
                "relation": st.sampled_from(RELATIONS),
                "relation_proved": st.sampled_from([None, True, False]),
            }
        ),
        "prior_awards": st.lists(
            st.builds(prior, st.just("2026-03-05"), st.integers(0, 2_000)), max_size=2
        ),
        "decided_on": st.sampled_from([None, "2026-03-31"]),
        "signers": st.integers(1, 7),
    }
)


@settings(max_examples=1_500, deadline=None, derandomize=True)
@given(policy_id=IDS, facts=FACTS)
def test_every_shipped_rule_keeps_its_caps_and_answers_every_fact(
    policies: Policies, policy_id: str, facts: dict[str, Any]
):
    policy = policies.get(policy_id)
    answer = quote(policy, facts)
    assert quote(policy, facts) == answer
    rule = policy.award
    if rule is None:
        assert answer.reason == "no_award_rule"
        return
    lifted = any(
        lift.cap_fen is None
        and (not lift.approval or facts["approved"])
        and set(lift.flags) & set(facts["flags"])
        for lift in rule.cap_lifts
    )
    caps = [rule.total_cap_fen, *(lift.cap_fen for lift in rule.cap_lifts)]
    if not lifted:
        assert answer.reserve_fen <= max(cap for cap in caps if cap is not None)
    if answer.outcome == "amount":
        assert answer.amount_fen
        assert sum(answer.shares_fen) == answer.amount_fen == answer.trace[-1].amount_fen
    else:
        assert answer.outcome in ("range", "none", "manual")
        assert (answer.reason is not None) == (answer.outcome == "none")


@settings(max_examples=600, deadline=None, derandomize=True)
@given(policy_id=IDS, facts=FACTS, fines=st.lists(FEN, min_size=1, max_size=3), more=FEN)
def test_a_higher_fine_never_earns_less_under_any_rule(
    policies: Policies, policy_id: str, facts: dict[str, Any], fines: list[int], more: int
):
    policy = policies.get(policy_id)
    if not any(fines) and policy.id in ("sichuan-2021", "changsha-2024"):
        fines = [1]  # a fine of nothing is their branch without one
    higher = [*fines[:-1], fines[-1] + more]
    one, other = (
        quote(policy, {**facts, "penalties_fen": found}).reserve_fen for found in (fines, higher)
    )
    assert one <= other
