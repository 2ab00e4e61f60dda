"""The list of duties says of every kind of report what routing would do with it."""

from datetime import date
from pathlib import Path

import pytest

from casework.domain.case import Matter
from casework.domain.duties import Duty, duties, places_apart
from casework.domain.routing import load_routing, route
from casework.domain.routing_table import Days, Rule
from casework.domain.routing_text import with_rules

FILE = Path(__file__).parents[3] / "casework" / "routing" / "410329.toml"
BODY = FILE.read_bytes()
YICHUAN = load_routing(BODY, file=FILE.name)
TOWN = "410329106000"
ON = date(2026, 3, 1)
PAST = Days(None, date(2026, 2, 28))
MORE = [
    Rule("r-town", TOWN, "coal_mines", "violation", "410329-zjj", (), "镇", ""),
    Rule("r-past", "410329", "other", "*", "410329-zjj", (), "旧", "", days=PAST),
    Rule("r-central", "410329", "coal_mines", "*", "410329-fgw", (), "央企", "", tier="central"),
    Rule("r-major", "410329", "*", "violation", "410329-yjj", (), "重大", "", grade="major"),
]  # fmt: skip
RICHER = load_routing(with_rules(BODY, [*YICHUAN.rules.values(), *MORE], file="x"))


def of_sector(found: tuple[Duty, ...], sector: str) -> list[Duty]:
    return [one for one in found if one.sector == sector]


@pytest.mark.parametrize("region", ["410329", TOWN])
def test_every_line_is_what_routing_answers(region: str):
    for sector in RICHER.sectors:
        told = duties(RICHER, region, on=ON, sector=sector)
        for matter in Matter:
            answer = route(RICHER, region, sector, matter, on=ON)
            line = next(one for one in told if matter in one.matters)
            assert (line.rule or None, line.lead) == (answer.rule, answer.lead)
            assert (line.co, line.supervisor) == (answer.co_handlers, answer.supervisor)
            assert line.reason == answer.reason
            assert line.undetermined == answer.undetermined


def test_the_whole_list_has_every_sector_and_then_what_is_for_all():
    found = duties(YICHUAN, "410329", on=ON)
    order = [one.sector for one in found]
    assert list(dict.fromkeys(order)) == [*YICHUAN.sectors, "*"]
    wide = {one.rule: one.matters for one in of_sector(found, "*")}
    assert wide == {
        "r-concealed-accident": ("concealed_accident",),
        "r-staff-misconduct": ("staff_misconduct",),
        "r-retaliation": ("retaliation",),
    }
    assert [one.matters for one in of_sector(found, "coal_mines")] == [
        ("general_hazard", "major_hazard", "violation")
    ]
    own = {one.rule for one in of_sector(found, "special_equipment")}
    assert own == {"r-special-equipment", "r-concealed-special-equipment"}
    assert [one.lead for one in of_sector(found, "other")] == ["410329-awb"]


def test_one_sector_is_told_with_what_is_for_all_of_them():
    found = duties(YICHUAN, "410329", on=ON, sector="coal_mines")
    assert [one.rule for one in found] == [
        "r-coal-mines", "r-concealed-accident", "r-staff-misconduct", "r-retaliation",
    ]  # fmt: skip


def test_a_rule_for_a_tier_or_grade_has_a_line_of_its_own():
    found = duties(RICHER, "410329", on=ON)
    central = next(one for one in found if one.rule == "r-central")
    assert (central.sector, central.tier, central.lead) == ("coal_mines", "central", "410329-fgw")
    major = next(one for one in found if one.rule == "r-major")
    assert (major.sector, major.grade, major.matters) == ("*", "major", ("violation",))
    schools = [one.rule for one in duties(RICHER, "410329", on=ON, sector="schools")]
    assert "r-major" in schools
    assert "r-central" not in schools


def test_rules_of_a_township_are_told_there_and_the_place_is_named():
    town = duties(RICHER, TOWN, on=ON, sector="coal_mines")
    assert next(one.rule for one in town if "violation" in one.matters) == "r-town"
    county = duties(RICHER, "410329", on=ON, sector="coal_mines")
    assert "r-town" not in {one.rule for one in county}
    assert places_apart(RICHER, on=ON) == (TOWN,)
    assert places_apart(YICHUAN, on=ON) == ()


def test_a_rule_that_is_over_is_not_in_the_list():
    assert "r-past" not in {one.rule for one in duties(RICHER, "410329", on=ON)}
    before = duties(RICHER, "410329", on=date(2026, 2, 28))
    assert "r-past" in {one.rule for one in before}
