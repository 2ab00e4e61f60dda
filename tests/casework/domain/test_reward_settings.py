"""What a text leaves open is a setting of the policy: each setting, both ways, on made-up rules."""

from typing import Any

import pytest

from casework.domain.errors import PolicyFileError
from casework.domain.money import yuan
from casework.domain.policy_file import parse_policies
from casework.domain.reward import Quote, quote

HEAD = """
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
cite = { doc = "t", clause = "—", mark = "D" }
cap_cite = { doc = "t", clause = "第九条", mark = "S" }
"""
CITE = 'cite = { doc = "t", clause = "第一条", mark = "S" }\n'
TENTH = (
    """
[[award.item]]
id = "tenth"
classes = ["violation"]
amount = { kind = "percent", rate = 0.10, min_fen = 100_000, max_fen = 500_000 }
"""
    + CITE
)
FLAT = (
    """
[[award.item]]
id = "flat"
classes = ["violation"]
amount = { kind = "fixed", amount_fen = 200_000 }
"""
    + CITE
)
CHOSEN = (
    """
[[award.item]]
id = "chosen"
classes = ["violation"]
amount = { kind = "range", low_fen = 50_000, high_fen = 300_000 }
"""
    + CITE
)
HEADS = f"""
[[award.item]]
id = "heads"
classes = ["concealed_accident"]
{CITE}
[award.item.amount]
kind = "per_head"
by_grade = {{ ordinary = 100, larger = 200, major = 300, extraordinary = 400 }}
"""
INSIDER = (
    """
[[award.uplift]]
who = ["staff"]
rate = 0.50
"""
    + CITE
)
OUTSTANDING = (
    """
[[award.uplift]]
who = []
flags = ["outstanding"]
rate = 1
max_add_fen = 100_000
"""
    + CITE
)
STAFF = {"relation": "staff", "relation_proved": True}


def ask(rules: str, **facts: Any) -> Quote:
    text = HEAD + rules
    policy = parse_policies({"test.toml": text.encode()})["test"]
    return quote(policy, {"matter": "violation", **facts})


def steps(answer: Quote) -> list[tuple[str, int]]:
    return [(step.step, step.amount_fen) for step in answer.trace]


def test_several_fines_are_summed_or_itemised():
    fines = {"penalties_fen": [yuan(500), yuan(20_000), yuan(90_000)]}
    # 110,500 in all: a tenth is 11,050, cut at 5,000.
    assert ask(TENTH, **fines).amount_fen == yuan(5_000)
    # Each by itself: 50 becomes 1,000; 2,000; 9,000 becomes 5,000.
    itemised = ask('several_fines = "itemised"\n' + TENTH, **fines)
    assert itemised.amount_fen == yuan(8_000)
    assert steps(itemised) == [
        ("percent_of_penalty", yuan(50)),
        ("percent_of_penalty", yuan(2_000)),
        ("percent_of_penalty", yuan(9_000)),
        ("item_floor", yuan(1_000)),
        ("item_cap", yuan(5_000)),
        ("combine_sum", yuan(8_000)),
    ]
    assert itemised.trace[-1].note == "1,000 + 2,000 + 5,000"
    assert ask('several_fines = "itemised"\n' + TENTH).amount_fen == yuan(1_000)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("first", yuan(3_000)), ("max", yuan(3_000)), ("sum", yuan(5_000))],
)
def test_several_items_that_match_are_combined_as_the_rule_says(how: str, expected: int):
    answer = ask(f'combine = "{how}"\n' + TENTH + FLAT, penalties_fen=[yuan(30_000)])
    assert answer.amount_fen == expected


def test_the_highest_item_need_not_be_the_first():
    assert ask('combine = "max"\n' + TENTH + FLAT).amount_fen == yuan(2_000)
    assert ask('combine = "first"\n' + TENTH + FLAT).amount_fen == yuan(1_000)


def test_a_range_added_to_a_sum_stays_a_range():
    answer = ask('combine = "sum"\n' + FLAT + CHOSEN)
    assert answer.range_fen == (yuan(2_500), yuan(5_000))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", 2 * 300),
        ('concealed_count = "all"\n', 10 * 300),
        ('grade_from = "concealed"\n', 2 * 100),
    ],
)
def test_a_partly_concealed_accident_is_counted_as_the_rule_says(setting: str, expected: int):
    accident = {"deaths": 10, "concealed_deaths": 2}
    answer = ask(setting + HEADS, matter="concealed_accident", accident=accident)
    assert answer.amount_fen == expected


@pytest.mark.parametrize(
    ("setting", "accident", "each"),
    [
        ("", {"deaths": 1, "serious_injuries": 9}, 100),
        ("", {"deaths": 1, "serious_injuries": 10}, 200),
        ("", {"deaths": 1, "direct_loss_fen": yuan(100_000_000)}, 400),
        ('grade_by = "deaths"\n', {"deaths": 1, "serious_injuries": 100}, 100),
    ],
)
def test_the_grade_is_by_the_worst_measure_or_by_deaths_alone(
    setting: str, accident: dict[str, int], each: int
):
    answer = ask(setting + HEADS, matter="concealed_accident", accident=accident)
    assert answer.amount_fen == each


def test_no_deaths_refuse_or_count_as_a_violation():
    facts = {"matter": "concealed_accident", "penalties_fen": [yuan(20_000)]}
    assert ask(TENTH + HEADS, **facts).reason == "no_deaths"
    text = (HEAD + TENTH + HEADS).replace('"refuse"', '"violation"')
    policy = parse_policies({"test.toml": text.encode()})["test"]
    assert quote(policy, facts).amount_fen == yuan(2_000)


@pytest.mark.parametrize(("stack", "expected"), [("highest", yuan(3_000)), ("sum", yuan(4_000))])
def test_several_uplifts_do_not_silently_add_up(stack: str, expected: int):
    rules = f'uplift_stack = "{stack}"\n' + FLAT + INSIDER + OUTSTANDING
    answer = ask(rules, reporter=STAFF, flags=["outstanding"])
    assert answer.amount_fen == expected


def test_an_uplift_has_a_most():
    answer = ask(FLAT + OUTSTANDING, flags=["outstanding"])
    assert answer.amount_fen == yuan(3_000)
    assert answer.trace[-1].note == "2,000 + 1,000（最高上浮）"
    assert ask(FLAT + OUTSTANDING).amount_fen == yuan(2_000)


MONTHLY = '\n[[award.period_cap]]\nscope = "reporter"\nwindow = "month"\nmax_fen = 100_000\n' + CITE
CLASS_CAP = '\n[[award.class_cap]]\nclasses = ["violation"]\ncap_fen = 150_000\n' + CITE


def test_the_order_of_steps_is_a_setting():
    usual = ask(FLAT + INSIDER + CLASS_CAP, reporter=STAFF)
    assert usual.amount_fen == yuan(2_250)  # cut to 1,500, then half on top
    order = ["item_floor", "item_cap", "uplift", "class_cap", "total_cap", "period_cap"]
    later = ask(f"order = {order}\n" + FLAT + INSIDER + CLASS_CAP, reporter=STAFF)
    assert later.amount_fen == yuan(1_500)
    order = ["uplift", "item_floor", "item_cap", "class_cap", "total_cap", "period_cap"]
    before = ask(
        f"order = {order}\n" + TENTH + INSIDER, reporter=STAFF, penalties_fen=[yuan(4_000)]
    )
    assert before.amount_fen == yuan(1_000)  # 400, 600 with the uplift, then the floor
    assert [step.step for step in before.trace] == ["percent_of_penalty", "uplift", "item_floor"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("half_up", 201_000), ("down", 200_000), ("up", 201_000)]
)
def test_rounding_is_a_setting(mode: str, expected: int):
    rules = TENTH + f'\n[award.rounding]\nunit_fen = 1_000\nmode = "{mode}"\n'
    answer = ask(rules, penalties_fen=[yuan(20_050)])
    assert answer.amount_fen == expected
    assert answer.trace[-1].step == "rounding"


@pytest.mark.parametrize("mode", ["half_up", "up"])
def test_rounding_goes_up_past_no_cap_that_held(mode: str):
    """999 of at most 1,000 yuan are left: to full tens that would be a yuan more."""
    rules = FLAT + CLASS_CAP + MONTHLY
    rounding = f'\n[award.rounding]\nunit_fen = 1_000\nmode = "{mode}"\n'
    earlier = [
        {"decided_on": "2026-03-01", "amount_fen": yuan(1), "matter": "violation"},
    ]
    facts = {"prior_awards": earlier, "decided_on": "2026-03-02"}
    assert ask(rules, **facts).amount_fen == yuan(999)
    answer = ask(rules + rounding, **facts)
    assert answer.amount_fen == yuan(999)
    assert [(one.step, one.amount_fen) for one in answer.trace[-2:]] == [
        ("rounding", yuan(1_000)),
        ("rounding", yuan(999)),
    ]
    down = ask(rules + rounding.replace(mode, "down"), **facts)
    assert down.amount_fen == yuan(990)


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ('order = ["uplift"]\n' + FLAT, "order"),
        (
            'combine = "sum"\norder = ["class_cap", "item_floor", "item_cap", "uplift", '
            '"total_cap", "period_cap"]\n' + FLAT,
            "order",
        ),
        (FLAT + '\n[[award.cap_lift]]\nflags = ["huge"]\n' + CITE, "cap_lift"),
        (
            "total_cap_fen = 200_000\n"
            + FLAT
            + '\n[[award.cap_lift]]\nflags = ["huge"]\ncap_fen = 200_000\n'
            + CITE,
            "cap_lift",
        ),
        (FLAT + "\n[[award.uplift]]\nwho = []\nrate = 0.1\n" + CITE, "who"),
        (
            FLAT.replace('classes = ["violation"]', 'classes = ["violation"]\nflags = ["Big"]'),
            "flags",
        ),
        (
            '\n[[award.item]]\nid = "m"\nclasses = ["violation"]\n'
            + CITE
            + '[award.item.amount]\nkind = "by_metric"\nmetric = "weight_g"\n'
            "[[award.item.amount.tier]]\nat_least = 5\nlow_fen = 1\nhigh_fen = 1\n"
            "[[award.item.amount.tier]]\nat_least = 5\nlow_fen = 1\nhigh_fen = 1\n",
            "at_least",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_with_their_key(bad: str, key: str):
    with pytest.raises(PolicyFileError) as refused:
        ask(bad)
    assert key in str(refused.value)
