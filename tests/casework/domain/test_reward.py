"""What a report is worth: published figures, boundaries of grades, properties that must hold."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_story import OFFICER, Story
from casework.domain.award import quote_facts
from casework.domain.errors import MatterNotRewardedError, NotSubstantiatedError
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.domain.policy_file import parse_policies
from casework.domain.reward import Quote, quote, shares_of

NATIONAL = ("cn-2018", "yichuan-2022")
FEN = st.integers(0, yuan(100_000_000))


def ask(policies: Policies, policy: str, **facts: Any) -> Quote:
    return quote(policies.get(policy), facts)


def dead(deaths: int, concealed: int | None = None, **more: int) -> Mapping[str, int]:
    return {
        "deaths": deaths,
        "concealed_deaths": deaths if concealed is None else concealed,
        **more,
    }


# ---- published figures ----------------------------------------------------------------------


@pytest.mark.parametrize("policy", [*NATIONAL, "henan-2022", "henan-2025"])
@pytest.mark.parametrize("matter", ["major_hazard", "violation"])
@pytest.mark.parametrize(
    ("fines", "expected"),
    [
        ([400_000], 60_000),
        ([3_000_000], 300_000),
        ([10_000], 3_000),
        ([20_000], 3_000),
        ([20_001], 3_000.15),
        ([2_000_000], 300_000),
        ([2_000_001], 300_000),
        ([], 3_000),
        ([100_000, 300_000], 60_000),
    ],
)
def test_fifteen_percent_of_the_fine_at_least_3000_at_most_300000(
    policies: Policies, policy: str, matter: str, fines: list[int], expected: float
):
    answer = ask(policies, policy, matter=matter, penalties_fen=[yuan(fine) for fine in fines])
    assert (answer.outcome, answer.amount_fen) == ("amount", round(expected * 100))


@pytest.mark.parametrize("policy", [*NATIONAL, "henan-2022", "henan-2025"])
@pytest.mark.parametrize(
    ("accident", "expected"),
    [
        (dead(1), 30_000),
        (dead(2), 60_000),
        (dead(3), 120_000),
        (dead(4), 160_000),  # Zhumadian, June 2023: four concealed deaths, 160,000 paid
        (dead(9), 300_000),
        (dead(10), 300_000),
        (dead(10, 1), 50_000),
        (dead(30, 1), 60_000),
        (dead(4, 1), 40_000),  # the grade from all deaths, the count from the concealed ones
        (dead(1, serious_injuries=10), 40_000),
        (dead(1, direct_loss_fen=yuan(50_000_000)), 50_000),
    ],
)
def test_a_concealed_accident_earns_per_concealed_death_by_grade(
    policies: Policies, policy: str, accident: Mapping[str, int], expected: int
):
    answer = ask(policies, policy, matter="concealed_accident", accident=accident)
    assert answer.amount_fen == yuan(expected)


def test_the_answer_has_the_shape_of_the_command(policies: Policies):
    answer = ask(
        policies,
        "cn-2018",
        matter="concealed_accident",
        accident={"deaths": 4, "serious_injuries": 0, "direct_loss_fen": 0, "concealed_deaths": 4},
    ).as_json()
    assert answer == {
        "policy": "cn-2018",
        "policy_sha256": policies.get("cn-2018").pin,
        "outcome": "amount",
        "amount_fen": 16_000_000,
        "range_fen": None,
        "shares_fen": [16_000_000],
        "reason": None,
        "needs": ["finance"],
        "trace": [
            {
                "step": "per_head",
                "amount_fen": 16_000_000,
                "clause": "安监总财〔2018〕19号 第十条",
                "note": "4 × 40,000（较大事故）",
            }
        ],
    }


def test_the_working_can_be_redone_with_a_pocket_calculator(policies: Policies):
    answer = ask(
        policies,
        "henan-2025",
        matter="violation",
        penalties_fen=[yuan(10_000)],
        reporter={"relation": "staff", "relation_proved": True},
    )
    assert [(step.step, step.amount_fen, step.note) for step in answer.trace] == [
        ("percent_of_penalty", yuan(1_500), "10,000 × 15 %"),
        ("item_floor", yuan(3_000), "不低于 3,000"),
        ("uplift", yuan(4_000), "3,000 + 1,000（最低上浮）"),
    ]
    two = ask(policies, "cn-2018", matter="violation", penalties_fen=[yuan(1_000), yuan(2_000_000)])
    assert two.trace[0].note == "(1,000 + 2,000,000) × 15 %"


@pytest.mark.parametrize(
    ("policy", "fine", "expected"),
    [
        ("henan-2022", 100_000, 16_500),
        ("henan-2022", 2_000_000, 300_000),
        ("henan-2025", 10_000, 4_000),  # 15 % of 3,000 is less than 1,000
        ("henan-2025", 100_000, 17_250),
        ("henan-2025", 2_000_000, 300_000),
        ("cn-2018", 100_000, 15_000),
    ],
)
def test_staff_earn_more_where_the_rule_says_so_within_the_cap(
    policies: Policies, policy: str, fine: int, expected: int
):
    staff = {"relation": "staff", "relation_proved": True}
    answer = ask(policies, policy, matter="violation", penalties_fen=[yuan(fine)], reporter=staff)
    assert answer.amount_fen == yuan(expected)


def test_an_uplift_needs_the_relation_and_its_own_classes(policies: Policies):
    def amount(**reporter: object) -> tuple[int | None, tuple[str, ...]]:
        facts = {"matter": "violation", "penalties_fen": [yuan(20_000)], "reporter": reporter}
        answer = quote(policies.get("henan-2025"), facts)
        return answer.amount_fen, answer.needs

    assert amount(relation="none") == (yuan(3_000), ())
    assert amount(relation="staff", relation_proved=True) == (yuan(4_000), ())
    assert amount(relation="staff", relation_proved=False) == (yuan(3_000), ())
    # Not looked into yet: counted, and the proof asked for.
    assert amount(relation="staff") == (yuan(4_000), ("relation_proof",))
    concealed = ask(
        policies,
        "henan-2025",
        matter="concealed_accident",
        accident=dead(1),
        reporter={"relation": "staff", "relation_proved": True},
    )
    assert concealed.amount_fen == yuan(30_000)


@pytest.mark.parametrize(
    ("policy", "facts", "reason"),
    [
        ("cn-2018", {"reporter": {"named": False}}, "anonymous"),
        ("cn-2018", {"reporter": {"relation": "regulator"}}, "regulator"),
        ("cn-2018", {"reporter": {"relation": "regulator_relative"}}, "regulator_relative"),
        ("cn-2018", {"already_known": "known"}, "already_known"),
        ("cn-2018", {"already_known": "known_not_handled"}, None),
        ("cn-2018", {"matter": "general_hazard"}, "class_not_rewarded"),
        ("yichuan-2022", {"matter": "general_hazard"}, "class_not_rewarded"),
        ("henan-2022", {"matter": "general_hazard"}, "class_not_rewarded"),
        ("henan-2025", {"matter": "general_hazard"}, "class_not_rewarded"),
        ("henan-2025", {"matter": "general_hazard", "situation": "listed"}, None),
    ],
)
def test_who_and_what_earns_nothing_is_told_why(
    policies: Policies, policy: str, facts: dict[str, Any], reason: str | None
):
    answer = ask(policies, policy, **{"matter": "violation", **facts})
    assert answer.reason == reason
    assert (answer.outcome == "none") == (reason is not None)
    if reason:
        assert (answer.amount_fen, answer.shares_fen, answer.reserve_fen) == (0, (), 0)


def test_a_listed_situation_in_henan_earns_at_least_1000(policies: Policies):
    listed = {"matter": "general_hazard", "situation": "listed"}
    assert ask(policies, "henan-2025", **listed).amount_fen == yuan(1_000)
    staff = {"relation": "staff", "relation_proved": True}
    assert ask(policies, "henan-2025", **listed, reporter=staff).amount_fen == yuan(2_000)


def test_a_concealed_accident_without_deaths_counts_as_a_violation(policies: Policies):
    for accident in (None, {}, {"deaths": 3, "concealed_deaths": 0}):
        answer = ask(
            policies,
            "cn-2018",
            matter="concealed_accident",
            accident=accident,
            penalties_fen=[yuan(400_000)],
        )
        assert answer.amount_fen == yuan(60_000)


def test_an_unsaid_number_of_concealed_deaths_is_all_of_them(policies: Policies):
    answer = ask(policies, "cn-2018", matter="concealed_accident", accident={"deaths": 4})
    assert answer.amount_fen == yuan(160_000)


# ---- ranges and other shapes ----------------------------------------------------------------


def test_a_range_is_never_chosen_silently(policies: Policies):
    answer = ask(policies, "cn-2012", matter="violation", penalties_fen=[yuan(400_000)])
    assert (answer.outcome, answer.amount_fen) == ("range", None)
    assert answer.range_fen == (yuan(1_000), yuan(10_000))
    assert answer.reserve_fen == yuan(10_000)
    assert answer.as_json()["range_fen"] == [yuan(1_000), yuan(10_000)]


@pytest.mark.parametrize(
    ("deaths", "low", "high"),
    [(1, 3_000, 5_000), (3, 5_000, 10_000), (10, 10_000, 20_000), (30, 30_000, 30_000)],
)
def test_the_rule_of_2012_pays_by_case_and_grade(
    policies: Policies, deaths: int, low: int, high: int
):
    answer = ask(policies, "cn-2012", matter="concealed_accident", accident=dead(deaths))
    if low == high:
        assert (answer.outcome, answer.amount_fen) == ("amount", yuan(low))
    else:
        assert answer.range_fen == (yuan(low), yuan(high))


TEST_POLICY = """
[policy]
id = "test"
title = "t"
doc_no = "t"
issuer_level = "county"
region = "410329"
read = "r"
[policy.effective]
from = 2026-01-01
selector = "accepted_at"
[award]
principle = "receiver"
anonymous_mode = "code"
no_deaths = "refuse"
joint = "equal"
known = true
total_cap_fen = 100_000
cite = { doc = "t", clause = "—", mark = "D" }
cap_cite = { doc = "t", clause = "第九条", mark = "S" }
[[award.item]]
id = "none"
classes = ["violation"]
penalty = "none"
amount = { kind = "fixed", amount_fen = 100_000 }
cite = { doc = "t", clause = "第一条", mark = "S" }
[[award.item]]
id = "some"
classes = ["violation"]
penalty = "some"
clue_grades = [1]
amount = { kind = "percent", rate = 0.125 }
cite = { doc = "t", clause = "第二条", mark = "S" }
[[award.item]]
id = "other"
classes = ["violation", "concealed_accident"]
amount = { kind = "manual" }
cite = { doc = "t", clause = "第三条", mark = "S" }
"""


@pytest.fixture
def made_up() -> Policies:
    """A rule set with the shapes that the shipped ones do not have."""
    return Policies(parse_policies({"test.toml": TEST_POLICY.encode()}))


def test_fixed_sums_no_fine_branches_clue_grades_and_manual_awards(made_up: Policies):
    fixed = ask(made_up, "test", matter="violation")
    assert (fixed.outcome, fixed.amount_fen) == ("amount", 100_000)
    graded = ask(made_up, "test", matter="violation", penalties_fen=[1004], clue_grade=1)
    assert graded.amount_fen == 126  # 125.5 fen, half up
    capped = ask(made_up, "test", matter="violation", penalties_fen=[10_000_000], clue_grade=1)
    assert capped.amount_fen == 100_000
    assert capped.trace[-1].step == "total_cap"
    assert capped.trace[-1].clause == "t 第九条"
    manual = ask(made_up, "test", matter="violation", penalties_fen=[1000], clue_grade=2)
    assert (manual.outcome, manual.amount_fen) == ("manual", None)
    assert manual.needs == ("approver", "reason")


def test_other_settings_of_a_policy(made_up: Policies):
    assert ask(made_up, "test", matter="violation", reporter={"named": False}).amount_fen == 100_000
    assert ask(made_up, "test", matter="violation", already_known="known").amount_fen == 100_000
    assert ask(made_up, "test", matter="concealed_accident").reason == "no_deaths"
    assert ask(made_up, "test", matter="violation", signers=3).shares_fen == (
        33_334,
        33_333,
        33_333,
    )


def test_a_rule_set_without_awards_gives_none(made_up: Policies):
    text = TEST_POLICY.split("[award]")[0]
    bare = parse_policies({"test.toml": text.encode()})["test"]
    assert quote(bare, {"matter": "violation"}).reason == "no_award_rule"


# ---- from the case to the facts -------------------------------------------------------------


def test_the_facts_for_the_quote_come_from_the_case(story: Story, policies: Policies):
    facts = {"matter": "concealed_accident", "accident": dead(4)}
    story.accepted().tell("finding.recorded", OFFICER, facts=facts)
    for_quote = quote_facts(story.case, named=True)
    assert for_quote["accepted_on"] == "2026-03-02"
    assert for_quote["penalties_fen"] == [40_000_000]
    assert quote(policies.get("yichuan-2022"), for_quote).amount_fen == yuan(160_000)


def test_no_facts_without_a_true_finding_or_for_a_complaint(begun: Any):
    with pytest.raises(NotSubstantiatedError):
        quote_facts(begun().accepted().case)
    with pytest.raises(NotSubstantiatedError):
        quote_facts(begun().concluded("unsubstantiated").case)
    with pytest.raises(MatterNotRewardedError):
        quote_facts(begun(matter="staff_misconduct").concluded().case)


# ---- properties -----------------------------------------------------------------------------

FACTS = st.fixed_dictionaries(
    {
        "matter": st.sampled_from(
            ["general_hazard", "major_hazard", "violation", "concealed_accident"]
        ),
        "penalties_fen": st.lists(FEN, max_size=4),
        "accident": st.integers(0, 40).flatmap(
            lambda deaths: st.fixed_dictionaries(
                {
                    "deaths": st.just(deaths),
                    "concealed_deaths": st.integers(0, deaths),
                    "serious_injuries": st.integers(0, 120),
                    "direct_loss_fen": st.integers(0, yuan(200_000_000)),
                }
            )
        ),
        "situation": st.sampled_from([None, "listed"]),
        "reporter": st.fixed_dictionaries(
            {
                "named": st.booleans(),
                "relation": st.sampled_from(["none", "staff", "family", "regulator"]),
                "relation_proved": st.sampled_from([None, True, False]),
            }
        ),
        "signers": st.integers(1, 7),
    }
)
IDS = st.sampled_from(["cn-2012", "cn-2018", "henan-2022", "henan-2025", "yichuan-2022"])


@settings(max_examples=800, deadline=None, derandomize=True)
@given(policy=IDS, facts=FACTS)
def test_caps_floors_shares_and_purity_hold(policies: Policies, policy: str, facts: dict[str, Any]):
    rules = policies.get(policy)
    answer = quote(rules, facts)
    assert quote(rules, facts) == answer
    assert rules.award is not None
    cap = rules.award.total_cap_fen
    assert cap is not None
    assert answer.reserve_fen <= cap
    if answer.outcome == "amount":
        assert answer.amount_fen is not None
        assert sum(answer.shares_fen) == answer.amount_fen == answer.trace[-1].amount_fen
        assert len(answer.shares_fen) == facts["signers"]
        floor = yuan(1_000) if facts["matter"] == "general_hazard" else yuan(3_000)
        assert answer.amount_fen >= floor
    elif answer.outcome == "range":
        assert answer.range_fen is not None
        assert 0 < answer.range_fen[0] < answer.range_fen[1]
    else:
        assert answer.outcome == "none"
        assert answer.reason


@settings(max_examples=400, deadline=None, derandomize=True)
@given(policy=IDS, facts=FACTS, less=FEN, more=FEN)
def test_a_higher_fine_never_earns_less(
    policies: Policies, policy: str, facts: dict[str, Any], less: int, more: int
):
    low, high = sorted((less, more))
    amounts = [
        quote(policies.get(policy), {**facts, "penalties_fen": [fine]}).reserve_fen
        for fine in (low, high)
    ]
    assert amounts[0] <= amounts[1]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(amount=FEN, signers=st.integers(1, 40), equal=st.booleans())
def test_shares_sum_exactly_and_the_remainder_is_the_first_signers(
    amount: int, signers: int, equal: bool
):
    shares = shares_of(amount, signers, equal=equal)
    assert sum(shares) == amount
    assert len(shares) == signers
    assert shares[0] == max(shares)
    if equal:
        assert max(shares) - min(shares) < signers
