"""S35: how one award is shared by rank, weight and signature; shares always add up to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from admin.refusal_codes import SPLITS
from casework.domain.award_rules import AwardRule
from casework.domain.errors import BadActError, SplitRefusedError
from casework.domain.money import yuan
from casework.domain.policy import Policies
from casework.domain.split import (
    REASONS,
    SPLIT_IF_ANY,
    WEIGHT_MAX,
    Part,
    Share,
    as_facts,
    as_text,
    check,
    divide,
    from_text,
    given,
    has_choice,
    read_parts,
    shares,
)

RANKED = ("first", "second", "third")
GROUP = {"first": 3}  # signers of each; one where it is not named
WEIGHTS = st.lists(st.integers(0, WEIGHT_MAX), min_size=1, max_size=20).filter(any)
PARTS = st.lists(
    st.builds(
        Part,
        report=st.just("r"),
        weight=st.integers(1, WEIGHT_MAX),
        signers=WEIGHTS.map(tuple),
    ),
    min_size=1,
    max_size=50,
).map(lambda parts: [replace(one, report=f"r{place}") for place, one in enumerate(parts)])
FEN = st.integers(0, yuan(100_000_000))


@pytest.fixture
def rule(policies: Policies) -> AwardRule:
    """The national rule: the first accepted, the first signer, no helpers."""
    found = policies.get("cn-2018").award
    assert found is not None
    return found


def checked(rule: AwardRule, parts: Sequence[Part], amount_fen: int = 1_000) -> tuple[Share, ...]:
    return check(rule, parts, ranked=RANKED, signers=GROUP, amount_fen=amount_fen)


def refused(rule: AwardRule, parts: Sequence[Part], amount_fen: int = 1_000) -> str:
    with pytest.raises(SplitRefusedError) as refusal:
        checked(rule, parts, amount_fen)
    assert refusal.value.reason in REASONS
    return refusal.value.reason


def sums(found: Sequence[Share]) -> list[tuple[str, int, int]]:
    return [(one.report, one.signer, one.amount_fen) for one in found]


def test_three_ranked_reports_and_a_joint_group_share_60000_yuan_by_weight(rule: AwardRule):
    """S35: weights 5, 3, 2; the first report has three signers, who share equally."""
    shared = replace(rule, joint="equal", helpers="discretionary")
    parts = [Part("first", 5, (1, 1, 1)), Part("second", 3), Part("third", 2)]
    found = checked(shared, parts, yuan(60_000))
    assert sums(found) == [
        ("first", 1, yuan(10_000)),
        ("first", 2, yuan(10_000)),
        ("first", 3, yuan(10_000)),
        ("second", 1, yuan(18_000)),
        ("third", 1, yuan(12_000)),
    ]
    assert [one.report_fen for one in found] == [yuan(30_000)] * 3 + [yuan(18_000), yuan(12_000)]


def test_what_is_left_over_goes_to_the_first_in_each_step():
    assert divide(100, [1, 1, 1]) == (34, 33, 33)
    assert divide(100, [0, 1, 1, 1]) == (0, 34, 33, 33)
    assert divide(1, [1, 9_999]) == (1, 0)
    parts = [Part("first", 1, (1, 1, 1)), Part("second", 1), Part("third", 1)]
    assert sums(shares(101, parts)) == [
        ("first", 1, 13),
        ("first", 2, 11),
        ("first", 3, 11),
        ("second", 1, 33),
        ("third", 1, 33),
    ]


@for_all(amount=FEN, weights=WEIGHTS)
def test_what_is_divided_adds_up_and_none_but_the_first_is_a_fen_off(
    amount: int, weights: list[int]
):
    found = divide(amount, weights)
    assert sum(found) == amount
    assert min(found) >= 0
    first = next(place for place, weight in enumerate(weights) if weight)
    for place, (fen, weight) in enumerate(zip(found, weights, strict=True)):
        exact = amount * weight / sum(weights)
        if place == first:
            assert exact - 1e-3 <= fen < exact + len(weights) + 1e-3
        else:
            assert fen == amount * weight // sum(weights)


@for_all(amount=FEN, parts=PARTS)
def test_shares_add_up_to_the_award_and_each_report_to_its_part(amount: int, parts: list[Part]):
    found = shares(amount, parts)
    assert sum(one.amount_fen for one in found) == amount
    assert all(one.amount_fen > 0 for one in found)
    for report in {one.report for one in found}:
        mine = [one for one in found if one.report == report]
        assert {one.report_fen for one in mine} == {sum(one.amount_fen for one in mine)}
    assert len({(one.report, one.signer) for one in found}) == len(found)


@for_all(amount=FEN, more=st.integers(1, 10_000), parts=PARTS)
def test_a_higher_award_gives_less_to_nobody_but_those_who_have_what_is_left_over(
    amount: int, more: int, parts: list[Part]
):
    before = {(one.report, one.signer): one.amount_fen for one in shares(amount, parts)}
    after = {(one.report, one.signer): one.amount_fen for one in shares(amount + more, parts)}
    for part in parts[1:]:
        weighed = [signer for signer, weight in enumerate(part.signers, 1) if weight]
        for who in ((part.report, signer) for signer in weighed[1:]):
            assert after.get(who, 0) >= before.get(who, 0)


@for_all(parts=PARTS)
def test_facts_and_text_read_back_to_the_same_parts(parts: list[Part]):
    facts = as_facts(parts)
    assert SPLIT_IF_ANY.test(facts)
    assert read_parts(facts) == tuple(parts)
    assert from_text(as_text(parts)) == tuple(parts)


def test_no_split_is_none():
    assert read_parts(None) == ()
    assert as_text(()) == ""
    assert from_text("") == ()


GOOD: dict[str, Any] = {"report": "r", "weight": 1, "signers": [1]}


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "r",
        [GOOD, GOOD],
        [{**GOOD, "weight": 0}],
        [{**GOOD, "weight": True}],
        [{**GOOD, "weight": WEIGHT_MAX + 1}],
        [{**GOOD, "weight": 1.5}],
        [{**GOOD, "signers": []}],
        [{**GOOD, "signers": [0, 0]}],
        [{**GOOD, "signers": [-1, 2]}],
        [{**GOOD, "signers": [1] * 21}],
        [{**GOOD, "report": ""}],
        [{**GOOD, "report": None}],
        [{**GOOD, "more": 1}],
        [{"report": "r", "weight": 1}],
        [{**GOOD, "report": f"r{place}"} for place in range(51)],
    ],
)
def test_what_is_no_split_is_refused(wrong: object):
    assert not SPLIT_IF_ANY.test(wrong)
    with pytest.raises(BadActError):
        read_parts(wrong)


def test_the_longest_split_is_one():
    assert SPLIT_IF_ANY.test([{**GOOD, "report": f"r{place}"} for place in range(50)])
    assert SPLIT_IF_ANY.test([{**GOOD, "signers": [WEIGHT_MAX] * 20}])


@pytest.mark.parametrize(
    ("joint", "signers"),
    [
        ("first_signer", (1, 0, 0)),
        ("equal", (1, 1, 1)),
        ("mandate", (1, 0, 0)),
        ("weighted", (1, 0, 0)),
    ],
)
def test_where_nobody_chooses_the_first_report_gets_it_all(
    rule: AwardRule, joint: str, signers: tuple[int, ...]
):
    shared = replace(rule, joint=joint)
    parts = given(shared, RANKED, GROUP)
    assert parts == (Part("first", 1, signers),)
    assert sum(one.amount_fen for one in checked(shared, parts)) == 1_000


def test_the_national_rule_leaves_nothing_to_choose(rule: AwardRule):
    assert not has_choice(rule, RANKED, GROUP)
    assert not has_choice(replace(rule, joint="equal"), RANKED, GROUP)
    assert has_choice(replace(rule, joint="mandate"), RANKED, GROUP)
    assert has_choice(replace(rule, joint="weighted"), RANKED, GROUP)
    assert not has_choice(replace(rule, joint="weighted"), RANKED, {})
    assert has_choice(replace(rule, helpers="discretionary"), RANKED, {})
    assert has_choice(replace(rule, duplicate="first_effective"), RANKED, {})
    assert not has_choice(replace(rule, helpers="discretionary"), RANKED[:1], {})


FIRST = Part("first", 1, (1, 0, 0))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], "nobody"),
        ([FIRST, Part("fourth")], "other_matter"),
        ([Part("second")], "not_the_first"),
        ([FIRST, Part("second")], "no_helpers"),
        ([replace(FIRST, signers=(1, 0))], "other_signers"),
        ([replace(FIRST, signers=(1, 1, 0))], "first_signer_only"),
        ([replace(FIRST, signers=(0, 1, 0))], "first_signer_only"),
    ],
)
def test_the_national_rule_refuses_all_but_the_first_signer_of_the_first(
    rule: AwardRule, parts: list[Part], reason: str
):
    assert refused(rule, parts) == reason


@pytest.mark.parametrize(
    ("joint", "signers", "reason"),
    [
        ("equal", (2, 2, 2), ""),
        ("equal", (1, 1, 2), "not_equal"),
        ("equal", (1, 1, 0), "not_equal"),
        ("mandate", (0, 0, 1), ""),
        ("mandate", (1, 0, 1), "one_by_mandate"),
        ("weighted", (5, 0, 1), ""),
        ("first_signer", (7, 0, 0), ""),
    ],
)
def test_signers_share_as_the_policy_says(
    rule: AwardRule, joint: str, signers: tuple[int, ...], reason: str
):
    shared, parts = replace(rule, joint=joint), [Part("first", 1, signers)]
    if reason:
        assert refused(shared, parts) == reason
    else:
        assert sum(one.amount_fen for one in checked(shared, parts)) == 1_000


def test_the_first_that_could_be_verified_may_be_a_later_one_but_alone(rule: AwardRule):
    effective = replace(rule, duplicate="first_effective")
    assert sums(checked(effective, [Part("second")])) == [("second", 1, 1_000)]
    assert refused(effective, [FIRST, Part("second")]) == "no_helpers"


def test_helpers_come_after_the_first_by_rank(rule: AwardRule):
    helped = replace(rule, helpers="discretionary")
    assert sums(checked(helped, [replace(FIRST, weight=9), Part("third")])) == [
        ("first", 1, 900),
        ("third", 1, 100),
    ]
    assert refused(helped, [FIRST, Part("third"), Part("second")]) == "out_of_order"
    assert refused(helped, [Part("second"), Part("third")]) == "not_the_first"


def test_nobody_is_given_a_share_of_nothing(rule: AwardRule):
    helped = replace(rule, helpers="discretionary")
    parts = [replace(FIRST, weight=WEIGHT_MAX), Part("second")]
    assert refused(helped, parts, WEIGHT_MAX) == "nothing_left"
    assert sums(checked(helped, parts, WEIGHT_MAX + 1))[1] == ("second", 1, 1)


def test_every_refusal_of_a_split_has_its_sentence():
    assert set(SPLITS) == set(REASONS)
