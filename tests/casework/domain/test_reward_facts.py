"""The facts of an award: impossible ones refused by name, grades of accidents at their bounds."""

from datetime import date
from typing import Any

import pytest

from casework.domain.accident import Accident, Grade
from casework.domain.errors import FactsError
from casework.domain.money import yuan
from casework.domain.reward_facts import parse_facts


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({}, "matter"),
        ({"matter": "noise"}, "matter"),
        ({"matter": None}, "matter"),
        ({"matter": "violation", "colour": "red"}, "colour"),
        ({"matter": "violation", "penalties_fen": [-1]}, "penalties_fen"),
        ({"matter": "violation", "penalties_fen": [1.5]}, "penalties_fen"),
        ({"matter": "violation", "penalties_fen": [True]}, "penalties_fen"),
        ({"matter": "violation", "penalties_fen": 100}, "penalties_fen"),
        ({"matter": "violation", "accepted_on": "2026-02-30"}, "accepted_on"),
        ({"matter": "violation", "accepted_on": "20260228"}, "accepted_on"),
        ({"matter": "violation", "accepted_on": 20260228}, "accepted_on"),
        ({"matter": "violation", "accepted_on": "2026-W10-1"}, "accepted_on"),
        (
            {"matter": "violation", "accepted_on": "2026-03-02", "decided_on": "2026-03-01"},
            "decided_on",
        ),
        ({"matter": "violation", "accident": []}, "accident"),
        ({"matter": "violation", "accident": {"deaths": -1}}, "accident.deaths"),
        ({"matter": "violation", "accident": {"dead": 1}}, "accident.dead"),
        (
            {"matter": "violation", "accident": {"deaths": 1, "concealed_deaths": 2}},
            "accident.concealed_deaths",
        ),
        ({"matter": "violation", "clue_grade": 4}, "clue_grade"),
        ({"matter": "violation", "metrics": {"volume_l": 1}}, "metrics.volume_l"),
        ({"matter": "violation", "metrics": {"weight_g": -1}}, "metrics.weight_g"),
        ({"matter": "violation", "reporter": {"name": "x"}}, "reporter.name"),
        ({"matter": "violation", "reporter": {"named": "yes"}}, "reporter.named"),
        ({"matter": "violation", "reporter": {"relation": "friend"}}, "reporter.relation"),
        ({"matter": "violation", "already_known": "maybe"}, "already_known"),
        ({"matter": "violation", "flags": "x"}, "flags"),
        ({"matter": "violation", "approved": [1]}, "approved"),
        ({"matter": "violation", "situation": "Listed!"}, "situation"),
        ({"matter": "violation", "signers": 0}, "signers"),
        ({"matter": "violation", "prior_awards": {}}, "prior_awards"),
        ({"matter": "violation", "prior_awards": [{}]}, "prior_awards[0].decided_on"),
        (
            {"matter": "violation", "prior_awards": [{"decided_on": "2026-03-05"}]},
            "prior_awards[0].amount_fen",
        ),
        (
            {
                "matter": "violation",
                "prior_awards": [
                    {"decided_on": "2026-03-05", "matter": "violation", "amount_fen": -5}
                ],
            },
            "prior_awards[0].amount_fen",
        ),
    ],
)
def test_impossible_facts_are_refused_by_name(facts: dict[str, Any], key: str):
    with pytest.raises(FactsError) as refusal:
        parse_facts(facts)
    assert refusal.value.key == key
    assert refusal.value.expected


@pytest.mark.parametrize("facts", [None, [], "x", 3])
def test_facts_are_an_object(facts: object):
    with pytest.raises(FactsError):
        parse_facts(facts)


def test_the_example_of_the_issue_is_read():
    facts = parse_facts(
        {
            "accepted_on": "2026-03-01",
            "decided_on": "2026-04-01",
            "matter": "general_hazard",
            "situation": None,
            "penalties_fen": [1_200_000],
            "accident": {"deaths": 4, "concealed_deaths": 4},
            "clue_grade": None,
            "metrics": {"goods_value_fen": 0, "weight_g": 0},
            "reporter": {"named": True, "relation": "none", "relation_proved": True},
            "already_known": "no",
            "flags": ["mass_casualty_hazard_removed"],
            "approved": ["cap_override"],
            "prior_awards": [
                {
                    "decided_on": "2026-03-05",
                    "amount_fen": 50_000,
                    "matter": "general_hazard",
                    "situation": None,
                }
            ],
            "signers": 1,
        }
    )
    assert facts.accepted_on == date(2026, 3, 1)
    assert facts.prior_awards[0].amount_fen == 50_000


# ---- grades ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accident", "grade"),
    [
        (Accident(), Grade.ORDINARY),
        (Accident(deaths=2), Grade.ORDINARY),
        (Accident(deaths=3), Grade.LARGER),
        (Accident(deaths=9), Grade.LARGER),
        (Accident(deaths=10), Grade.MAJOR),
        (Accident(deaths=29), Grade.MAJOR),
        (Accident(deaths=30), Grade.EXTRAORDINARY),
        (Accident(serious_injuries=9), Grade.ORDINARY),
        (Accident(serious_injuries=10), Grade.LARGER),
        (Accident(serious_injuries=49), Grade.LARGER),
        (Accident(serious_injuries=50), Grade.MAJOR),
        (Accident(serious_injuries=99), Grade.MAJOR),
        (Accident(serious_injuries=100), Grade.EXTRAORDINARY),
        (Accident(direct_loss_fen=yuan(10_000_000) - 1), Grade.ORDINARY),
        (Accident(direct_loss_fen=yuan(10_000_000)), Grade.LARGER),
        (Accident(direct_loss_fen=yuan(50_000_000) - 1), Grade.LARGER),
        (Accident(direct_loss_fen=yuan(50_000_000)), Grade.MAJOR),
        (Accident(direct_loss_fen=yuan(100_000_000) - 1), Grade.MAJOR),
        (Accident(direct_loss_fen=yuan(100_000_000)), Grade.EXTRAORDINARY),
        (Accident(deaths=1, serious_injuries=60), Grade.MAJOR),
    ],
)
def test_the_worst_of_three_measures_decides_and_the_bound_belongs_above(
    accident: Accident, grade: Grade
):
    assert accident.grade is grade
