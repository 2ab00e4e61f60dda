"""The index finds the rule that a slow look at every rule finds, whatever the table."""

from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.case import Matter
from casework.domain.routing import Routing, load_routing, routing_of, rule_for
from casework.domain.routing_checks import ties
from casework.domain.routing_file import parse_routing
from casework.domain.routing_table import ANY, GRADES, TIERS, Days, Rule

FILE = Path(__file__).parents[3] / "casework" / "routing" / "410329.toml"
TABLES = parse_routing(FILE.read_bytes(), file=FILE.name)
TOWN = "410329106000"
DAYS = st.sampled_from(
    [None, *(date(2026, month, day) for month in (1, 2, 3) for day in (1, 15, 28))]
)
GRADE_OF = {"general_hazard": "general", "major_hazard": "major"}


@st.composite
def spans(draw):
    first, last = draw(DAYS), draw(DAYS)
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Days(first, last)


RULES = st.lists(
    st.builds(
        Rule,
        id=st.uuids().map(str),
        region=st.sampled_from(["410329", TOWN]),
        sector=st.sampled_from([ANY, "coal_mines"]),
        matter=st.sampled_from([ANY, "violation", "major_hazard"]),
        lead=st.just("410329-yjj"),
        co=st.just(()),
        reason=st.just("理由"),
        clause=st.just(""),
        tier=st.sampled_from([ANY, "central", "city"]),
        grade=st.sampled_from([ANY, *GRADES]),
        days=spans(),
    ),
    max_size=25,
)


def without_ties(rules: list[Rule]) -> list[Rule]:
    while found := ties(rules):
        rules = [rule for place, rule in enumerate(rules) if place not in found]
    return rules


def table(rules: list[Rule]) -> Routing:
    return routing_of(type(TABLES)(
        TABLES.site, TABLES.source, "", TABLES.discipline, TABLES.regions,
        TABLES.departments, TABLES.sectors, tuple(rules),
    ))  # fmt: skip


def slowly(
    rules: list[Rule], region: str, matter: str, tier: str | None, grade: str | None, on: date
) -> str | None:
    """Look at every rule; the most specific of those that match."""
    asked_grade = grade or GRADE_OF.get(matter, ANY)
    matching = [
        one
        for one in rules
        if one.region in (region, region[:6])
        and one.sector in (ANY, "coal_mines")
        and one.matter in (ANY, matter)
        and one.tier in (ANY, tier)
        and one.grade in (ANY, asked_grade)
        and (one.days.first is None or one.days.first <= on)
        and (one.days.last is None or on <= one.days.last)
    ]
    matching.sort(
        key=lambda one: (
            one.region == region, one.matter != ANY, one.sector != ANY,
            one.tier != ANY, one.grade != ANY,
        ),
        reverse=True,
    )  # fmt: skip
    return matching[0].id if matching else None


@given(
    rules=RULES.map(without_ties),
    region=st.sampled_from(["410329", TOWN, "410329107000"]),
    matter=st.sampled_from(list(Matter)),
    tier=st.sampled_from([None, *TIERS]),
    grade=st.sampled_from([None, *GRADES]),
    on=DAYS.filter(bool),
)
@settings(max_examples=400, deadline=None)
def test_the_index_finds_what_a_slow_look_finds(rules, region, matter, tier, grade, on):
    found = rule_for(table(rules), region, "coal_mines", matter, on=on, tier=tier, grade=grade)
    assert (found.id if found else None) == slowly(rules, region, matter, tier, grade, on)


@given(RULES)
@settings(max_examples=200, deadline=None)
def test_no_tie_is_left_and_none_is_made_up(rules):
    found = ties(rules)
    for place, rule in enumerate(rules):
        shares = [
            other
            for other in range(len(rules))
            if other != place
            and rules[other].key == rule.key
            and rules[other].days.overlap(rule.days)
        ]
        if place in found:
            assert found[place] in shares
    kept = without_ties(rules)
    for place, rule in enumerate(kept):
        assert not any(
            other.key == rule.key and other.days.overlap(rule.days) for other in kept[place + 1 :]
        )


def test_the_shipped_table_is_read_the_same_either_way():
    assert routing_of(TABLES) == load_routing(FILE.read_bytes(), file=FILE.name)
