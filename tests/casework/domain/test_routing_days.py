"""What follows whom: rules and departments for some days, replaced regions, copies, discipline."""

from datetime import date

import pytest

from casework.domain.errors import FactsError, RoutingFileError, UnknownRegionError
from casework.domain.routing import Routed, Routing, load_routing, route

ON = date(2026, 3, 1)

HEAD = """
site = "410329"
source = "试〔2026〕1号"

[[region]]
code = "410329"
name = "伊川县"
parent = "410300"
kind = "county"
valid_from = 1986-01-01

[[region]]
code = "410329106000"
name = "高山镇"
parent = "410329"
kind = "township"
valid_from = 2019-10-31

[[region]]
code = "410329106201"
name = "高山村"
parent = "410329106000"
kind = "grid"
valid_from = 2019-10-31

[[region]]
code = "410329107000"
name = "吕店镇"
parent = "410329"
kind = "township"
valid_from = 2019-10-31

# 2021: 吉利区 and 孟津县 became 孟津区, 偃师市 became 偃师区.
[[region]]
code = "410306"
name = "吉利区"
parent = "410300"
kind = "county"
valid_from = 1982-01-01
valid_to = 2021-03-17
successor = "410308"

[[region]]
code = "410322"
name = "孟津县"
parent = "410300"
kind = "county"
valid_from = 1986-01-01
valid_to = 2021-03-17
successor = "410308"

[[region]]
code = "410322101000"
name = "平乐镇"
parent = "410322"
kind = "township"
valid_from = 2010-01-01

[[region]]
code = "410308"
name = "孟津区"
parent = "410300"
kind = "county"
valid_from = 2021-03-18

[[region]]
code = "410381"
name = "偃师市"
parent = "410300"
kind = "county"
valid_from = 1993-01-01
valid_to = 2021-03-17
successor = "410307"

[[region]]
code = "410307"
name = "偃师区"
parent = "410300"
kind = "county"
valid_from = 2021-03-18
"""

SECTORS = """
[[sector]]
code = "coal_mines"
name = "煤矿"
name_en = "Coal mines"

[[sector]]
code = "other"
name = "其他"
name_en = "Other"
"""


def department(code: str, kind: str = "department", above: str = "410329-awb", days: str = ""):
    return (
        f'[[department]]\ncode = "{code}"\nname = "{code}"\nshort = "{code}"\nkind = "{kind}"\n'
        f'supervisor = "{above}"\nduties = "事"\nclauses = []\n{days}\n'
    )


def rule(name: str, lead: str = "410329-yjj", more: str = "", **given: str) -> str:
    named = {"region": "410329", "sector": "coal_mines", "matter": "*"} | given
    lines = "".join(f'{key} = "{value}"\n' for key, value in named.items())
    co = "" if "co = " in more else "co = []\n"
    return (
        f'[[rule]]\nid = "{name}"\n{lines}lead = "{lead}"\n{co}reason = "{name}"\nclause = ""\n'
        f"{more}\n"
    )


BODIES = "\n".join(
    [
        department("410300-awb", "supervisor", ""),
        department("410329-awb", "supervisor", "410300-awb"),
        department("410308-awb", "supervisor", "410300-awb"),
        department("410307-awb", "supervisor", "410300-awb"),
        department("410329-yjj"),
        department("410329-zjj"),
        department("410329-jw", "discipline"),
        department("410329106000-zf"),
        department("410329106201-w"),
    ]
)


def table(*rules: str, bodies: str = BODIES, head: str = HEAD) -> Routing:
    text = "\n".join([head, bodies, SECTORS, *rules])
    return load_routing(text.encode(), file="test.toml")


def refused(*rules: str, bodies: str = BODIES, head: str = HEAD) -> RoutingFileError:
    with pytest.raises(RoutingFileError) as refusal:
        table(*rules, bodies=bodies, head=head)
    found = refusal.value
    text = "\n".join([head, bodies, SECTORS, *rules]).splitlines()
    assert found.file == "test.toml"
    assert found.line is not None
    assert 1 <= found.line <= len(text)
    return found


def ask(
    routing: Routing, matter: str = "violation", region: str = "410329", on: date = ON,
    about: str | None = None, tier: str | None = None, grade: str | None = None,
) -> Routed:  # fmt: skip
    return route(routing, region, "coal_mines", matter, about, on=on, tier=tier, grade=grade)


# ---- tier and grade ---------------------------------------------------------------------------


def test_tier_goes_before_grade_and_both_after_sector():
    routing = table(
        rule("r-any"),
        rule("r-central", tier="central"),
        rule("r-major", grade="major"),
        rule("r-both", tier="central", grade="general"),
        rule("r-sectorless", sector="*", tier="provincial"),
        rule("r-matter", sector="*", matter="retaliation"),
    )
    assert ask(routing).rule == "r-any"
    assert ask(routing, tier="*", grade="*").rule == "r-any"
    assert ask(routing, tier="central").rule == "r-central"
    assert ask(routing, grade="major").rule == "r-major"
    assert ask(routing, tier="central", grade="major").rule == "r-central"
    assert ask(routing, tier="central", grade="general").rule == "r-both"
    assert ask(routing, tier="provincial").rule == "r-any"  # the sector goes before the tier
    assert ask(routing, "retaliation", tier="central", grade="major").rule == "r-matter"


def test_a_hazard_has_the_grade_of_its_matter_unless_another_is_given():
    routing = table(rule("r-any"), rule("r-major", grade="major"))
    assert ask(routing, "major_hazard").rule == "r-major"
    assert ask(routing, "general_hazard").rule == "r-any"
    assert ask(routing, "general_hazard", grade="major").rule == "r-major"
    assert ask(routing, "major_hazard", grade="general").rule == "r-any"


def test_the_nearest_region_goes_before_everything_else():
    routing = table(
        rule("r-town", "410329106000-zf", region="410329106000", sector="*"),
        rule("r-county", tier="central", grade="major", matter="violation"),
    )
    found = ask(routing, region="410329106201", tier="central", grade="major")
    assert found.rule == "r-town"
    assert ask(routing, tier="central", grade="major").rule == "r-county"
    assert ask(routing, tier="central").undetermined  # the one rule is for major hazards


@pytest.mark.parametrize(("name", "code"), [("tier", "galactic"), ("grade", "huge")])
def test_an_unknown_tier_or_grade_is_named(name: str, code: str):
    with pytest.raises(FactsError) as refusal:
        route(table(), "410329", "coal_mines", "violation", on=ON, **{name: code})
    assert refusal.value.key == name
    assert refused(rule("r-bad", **{name: code})).key == f"rule[1].{name}"


# ---- days -------------------------------------------------------------------------------------


def test_rules_follow_each_other_on_the_day():
    routing = table(
        rule("r-new", "410329-zjj", "from = 2026-07-01"),
        rule("r-old", "410329-yjj", "from = 2026-01-01\nuntil = 2026-06-30"),
    )
    assert ask(routing, on=date(2025, 12, 31)).undetermined
    assert ask(routing, on=date(2026, 1, 1)).rule == "r-old"
    assert ask(routing, on=date(2026, 6, 30)).rule == "r-old"
    assert ask(routing, on=date(2026, 7, 1)).rule == "r-new"


def test_between_two_rules_the_wider_one_counts():
    routing = table(
        rule("r-old", until="x").replace('until = "x"', "until = 2026-06-30"),
        rule("r-new", more="from = 2026-09-01"),
        rule("r-wide", "410329-zjj", sector="*"),
    )
    assert [
        ask(routing, on=day).rule
        for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 31), date(2026, 9, 1))
    ] == ["r-old", "r-wide", "r-wide", "r-new"]


def test_a_tie_is_refused_with_its_line_and_both_rules():
    first = rule("r-old", more="until = 2026-07-01")
    second = rule("r-new", "410329-zjj", "from = 2026-07-01")
    found = refused(first, second)
    assert found.key == "rule[2].id"
    assert "r-old" in found.expected
    assert "r-new" in found.expected
    assert found.line is not None
    lines = f"{HEAD}\n{BODIES}\n{SECTORS}\n{first}\n{second}".splitlines()
    assert lines[found.line - 1] == 'id = "r-new"'


def test_no_tie_is_what_differs_in_one_key():
    found = table(
        rule("r-1"),
        rule("r-2", tier="central"),
        rule("r-3", grade="major"),
        rule("r-4", matter="violation"),
        rule("r-5", sector="other"),
        rule("r-6", region="410329106000"),
    )
    assert len(found.rules) == 6


def test_a_rule_that_spans_two_others_is_a_tie_with_both():
    found = refused(
        rule("r-1", more="from = 2026-01-01\nuntil = 2026-01-31"),
        rule("r-2", more="from = 2026-03-01\nuntil = 2026-03-31"),
        rule("r-all", more="from = 2025-01-01"),
    )
    assert found.key == "rule[3].id"


def test_days_are_in_order_and_are_days():
    assert refused(rule("r-1", more="from = 2026-02-02\nuntil = 2026-02-01")).key == "rule[1].until"
    table(rule("r-1", more="from = 2026-02-02\nuntil = 2026-02-02"))
    assert refused(rule("r-1", more='from = "2026-02-02"')).key == "rule[1].from"


def test_a_rule_names_only_departments_that_are_there_on_all_its_days():
    gone = BODIES.replace(
        department("410329-zjj"), department("410329-zjj", days="until = 2026-06-30")
    )
    table(rule("r-1", "410329-zjj", "until = 2026-06-30"), bodies=gone)
    assert refused(rule("r-1", "410329-zjj"), bodies=gone).key == "rule[1].lead"
    late = rule("r-1", "410329-zjj", "until = 2026-07-01")
    assert refused(late, bodies=gone).key == "rule[1].lead"
    helped = rule("r-1", more='co = ["410329-zjj"]')
    assert refused(helped, bodies=gone).key == "rule[1].co"


def test_the_office_above_is_there_as_long_as_those_below():
    gone = BODIES.replace(
        department("410329-awb", "supervisor", "410300-awb"),
        department("410329-awb", "supervisor", "410300-awb", "until = 2030-12-31"),
    )
    assert "supervisor" in refused(rule("r-1"), bodies=gone).key


def test_the_site_has_somebody_for_what_no_rule_matches_on_every_day():
    old = department("410329-awb", "supervisor", "410300-awb", "until = 2026-06-30")
    new = department("410329-ajb", "supervisor", "410300-awb", "from = 2026-07-01")
    late = department("410329-ajb", "supervisor", "410300-awb", "from = 2026-07-02")
    top = department("410300-awb", "supervisor", "")
    routing = table(head=HEAD, bodies=top + old + new)
    assert ask(routing, on=date(2026, 6, 30)).lead == "410329-awb"
    assert ask(routing, on=date(2026, 7, 1)).lead == "410329-ajb"
    found = refused(bodies=top + old + late)
    assert "2026-07-01" in found.expected
    assert refused(bodies=top + new).key == "department"
    assert "2026-07-01" in refused(bodies=top + old).expected


# ---- regions that were replaced ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"), [("410306", "410308"), ("410322", "410308"), ("410381", "410307")]
)
def test_a_replaced_code_routes_like_its_successor_after_its_last_day(old: str, new: str):
    routing = table(
        rule("r-before", region=old),
        rule("r-after", "410329-zjj", region=new),
    )
    assert ask(routing, region=old, on=date(2021, 3, 17)).rule == "r-before"
    assert ask(routing, region=old, on=date(2021, 3, 18)).rule == "r-after"
    assert ask(routing, region=new, on=date(2021, 3, 18)).rule == "r-after"
    with pytest.raises(UnknownRegionError):
        ask(routing, region=new, on=date(2021, 3, 17))
    assert ask(table(), region=old).lead == f"{new}-awb"


def test_a_township_of_a_replaced_county_belongs_to_the_successor():
    routing = table(rule("r-after", "410329-zjj", region="410308"))
    assert ask(routing, region="410322101000", on=date(2021, 3, 18)).rule == "r-after"
    before = ask(routing, region="410322101000", on=date(2021, 3, 17))
    assert (before.rule, before.lead) == (None, "410300-awb")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('valid_to = 2021-03-17\nsuccessor = "410307"', 'successor = "410307"', "valid_to"),
        ('successor = "410307"', 'successor = "410399"', "successor"),
        ('successor = "410307"', "successor = 410307", ""),
        ("valid_to = 2021-03-17\nsuccessor = \"410307\"",
         "valid_to = 2021-03-16\nsuccessor = \"410307\"", "successor"),
        ("valid_to = 2021-03-17\nsuccessor = \"410307\"", "valid_to = 1992-12-31", "valid_to"),
    ],
)  # fmt: skip
def test_a_wrong_successor_is_refused(old: str, new: str, key: str):
    assert old in HEAD
    found = refused(rule("r-1"), head=HEAD.replace(old, new, 1))
    assert key in found.key
    assert "410381" in found.key or "region[" in found.key


def test_a_loop_of_successors_and_parents_is_refused():
    looped = HEAD.replace(
        'code = "410307"\nname = "偃师区"\nparent = "410300"',
        'code = "410307"\nname = "偃师区"\nparent = "410381"',
    )
    found = refused(rule("r-1"), head=looped)
    assert found.key == "region"
    assert "410381" in found.expected


# ---- copies -----------------------------------------------------------------------------------


def test_the_township_and_the_grid_get_a_copy_where_the_table_has_their_body():
    routing = table(rule("r-1", more='copy = ["township", "grid", "410329-zjj"]'))
    assert ask(routing, region="410329106201").copies == (
        "410329106000-zf", "410329106201-w", "410329-zjj",
    )  # fmt: skip
    assert ask(routing, region="410329106000").copies == ("410329106000-zf", "410329-zjj")
    assert ask(routing, region="410329107000").copies == ("410329-zjj",)  # it has no body
    assert ask(routing).copies == ("410329-zjj",)
    assert ask(table(rule("r-1")), region="410329106000").copies == ()


def test_nobody_gets_a_copy_of_what_they_handle_or_what_accuses_staff():
    routing = table(
        rule("r-1", more='co = ["410329-zjj"]\ncopy = ["410329-zjj", "410329-awb", "township"]')
    )
    assert ask(routing).copies == ()
    assert ask(routing, region="410329106000").copies == ("410329106000-zf",)
    assert ask(routing, region="410329106000", about="410329106000-zf").copies == ()
    assert ask(routing, region="410329106000", about="410329-zjj").copies == ()
    assert ask(routing, "staff_misconduct", region="410329106000").copies == ()


def test_a_copy_goes_to_bodies_of_the_table_alone():
    assert refused(rule("r-1", more='copy = ["village"]')).key == "rule[1].copy"


# ---- discipline -------------------------------------------------------------------------------


def test_what_accuses_staff_is_also_for_the_discipline_body():
    routing = table(rule("r-1"))
    assert routing.discipline == "410329-jw"  # the only one there is
    assert ask(routing).discipline is None
    assert ask(routing, "staff_misconduct").discipline == "410329-jw"
    assert ask(routing, about="410329-zjj").discipline == "410329-jw"
    assert ask(routing, about="410329-jw").discipline is None
    led = table(rule("r-1", "410329-jw"))
    assert ask(led, "staff_misconduct").discipline == "410329-jw"  # and keeps it once passed on


def test_a_body_that_handles_nothing_is_not_staff():
    bodies = BODIES + department("410329-gdgs", "enterprise")
    assert ask(table(rule("r-1"), bodies=bodies), about="410329-gdgs").discipline is None


def test_the_file_names_the_discipline_body_or_none():
    def headed(line: str) -> str:
        return HEAD.replace("\n\n[[region]]", f"\n{line}\n\n[[region]]", 1)

    none = table(rule("r-1"), head=headed('discipline = ""'))
    assert ask(none, "staff_misconduct").discipline is None
    named = table(rule("r-1"), head=headed('discipline = "410329-jw"'))
    assert ask(named, "staff_misconduct").discipline == "410329-jw"
    assert refused(rule("r-1"), head=headed('discipline = "410329-yjj"')).key == "discipline"
    second = BODIES + department("410329-xw", "discipline")
    assert table(rule("r-1"), bodies=second).discipline == ""


def test_undetermined_says_which_three_rules_decide():
    found = ask(table())
    assert found.undetermined
    for nearest in ("谁主管谁牵头", "谁为主谁牵头", "谁靠近谁牵头"):
        assert nearest in found.reason
    assert found.clause == "003 第8条"
