"""Who takes a report: the most specific rule, never the accused, never nobody."""

from datetime import date
from pathlib import Path

import pytest

from casework.domain.case import Matter
from casework.domain.errors import (
    NoOfficeLeftError,
    RoutingFileError,
    UnknownDepartmentError,
    UnknownMatterError,
    UnknownRegionError,
    UnknownSectorError,
)
from casework.domain.routing import Routed, Routing, load_routing, route

REAL = Path(__file__).parents[3] / "casework" / "routing" / "410329.toml"
ON = date(2026, 3, 1)

FILE = """
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
valid_to = 2030-12-31

[[department]]
code = "410300-awb"
name = "市安委办"
short = "市安委办"
kind = "supervisor"
supervisor = ""
duties = "督办"
clauses = []

[[department]]
code = "410329-awb"
name = "县安委办"
short = "县安委办"
kind = "supervisor"
supervisor = "410300-awb"
duties = "督办"
clauses = [8]

[[department]]
code = "410329-yjj"
name = "县应急局"
short = "应急局"
kind = "department"
supervisor = "410329-awb"
duties = "矿山"
clauses = [43]

[[department]]
code = "410329-zjj"
name = "县住建局"
short = "住建局"
kind = "department"
supervisor = "410329-awb"
duties = "建筑"
clauses = []

[[department]]
code = "410329-czj"
name = "县财政局"
short = "财政局"
kind = "fund"
supervisor = "410329-awb"
duties = "资金"
clauses = [43]

[[department]]
code = "410329-jw"
name = "县纪委监委"
short = "纪委"
kind = "discipline"
supervisor = "410329-awb"
duties = "纪律"
clauses = []

[[sector]]
code = "coal_mines"
name = "煤矿"
name_en = "Coal mines"

[[sector]]
code = "construction"
name = "建筑施工"
name_en = "Construction"

[[sector]]
code = "other"
name = "其他"
name_en = "Other"

[[rule]]
id = "r-mines"
region = "410329"
sector = "coal_mines"
matter = "*"
lead = "410329-yjj"
co = ["410329-zjj"]
reason = "矿山"
clause = "第43条"

[[rule]]
id = "r-mines-town"
region = "410329106000"
sector = "coal_mines"
matter = "*"
lead = "410329-zjj"
co = []
reason = "镇"
clause = ""

[[rule]]
id = "r-concealed"
region = "410329"
sector = "*"
matter = "concealed_accident"
lead = "410329-yjj"
co = []
reason = "瞒报"
clause = "第46条"

[[rule]]
id = "r-concealed-construction"
region = "410329"
sector = "construction"
matter = "concealed_accident"
lead = "410329-zjj"
co = ["410329-yjj"]
reason = "建筑瞒报"
clause = ""

[[rule]]
id = "r-misconduct"
region = "410329"
sector = "*"
matter = "staff_misconduct"
lead = "410329-jw"
co = []
reason = "纪律"
clause = "第31条"
"""


@pytest.fixture(scope="module")
def routing() -> Routing:
    return load_routing(FILE.encode(), file="test.toml")


def ask(
    routing: Routing,
    sector: str = "coal_mines",
    matter: str = "violation",
    about: str | None = None,
    region: str = "410329",
) -> Routed:
    return route(routing, region, sector, matter, about, on=ON)


@pytest.mark.parametrize(
    ("region", "sector", "matter", "rule"),
    [
        ("410329", "coal_mines", "violation", "r-mines"),
        ("410329106000", "coal_mines", "violation", "r-mines-town"),
        ("410329106000", "construction", "concealed_accident", "r-concealed-construction"),
        ("410329", "construction", "concealed_accident", "r-concealed-construction"),
        ("410329", "coal_mines", "concealed_accident", "r-concealed"),
        ("410329", "coal_mines", "staff_misconduct", "r-misconduct"),
        ("410329", "other", "violation", None),
        ("410329", "construction", "major_hazard", None),
    ],
)
def test_the_most_specific_rule_wins(
    routing: Routing, region: str, sector: str, matter: str, rule: str | None
):
    found = ask(routing, sector, matter, region=region)
    assert found.rule == rule
    assert found.undetermined == (rule is None)


def test_the_answer_has_the_shape_of_the_command(routing: Routing):
    assert ask(routing).as_json() == {
        "lead": "410329-yjj",
        "lead_name": "县应急局",
        "co_handlers": ["410329-zjj"],
        "supervisor": "410329-awb",
        "undetermined": False,
        "rule": "r-mines",
        "reason": "矿山",
    }


def test_what_no_rule_matches_is_the_supervising_offices_to_assign(routing: Routing):
    found = ask(routing, "other")
    assert (found.lead, found.supervisor) == ("410329-awb", "410300-awb")
    assert found.undetermined
    assert found.rule is None


def test_the_accused_body_never_takes_helps_or_supervises(routing: Routing):
    lead = ask(routing, about="410329-yjj")
    assert (lead.lead, lead.supervisor) == ("410329-awb", "410300-awb")
    assert lead.excluded == "410329-yjj"
    helper = ask(routing, about="410329-zjj")
    assert (helper.lead, helper.co_handlers) == ("410329-yjj", ())
    assert helper.excluded == "410329-zjj"
    above = ask(routing, about="410329-awb")
    assert (above.lead, above.supervisor) == ("410329-yjj", "410300-awb")
    top = ask(routing, "other", about="410300-awb")
    assert (top.lead, top.supervisor) == ("410329-awb", "410329-awb")
    assert top.offices == ("410329-awb",)
    pool = ask(routing, "other", about="410329-awb")
    assert (pool.lead, pool.supervisor) == ("410300-awb", "410300-awb")
    misconduct = ask(routing, matter="staff_misconduct", about="410329-yjj")
    assert misconduct.lead == "410329-jw"


def test_when_nobody_is_left_it_says_so(routing: Routing):
    text = FILE.replace('supervisor = "410300-awb"', 'supervisor = ""')
    alone = load_routing(text.encode())
    with pytest.raises(NoOfficeLeftError):
        ask(alone, "other", about="410329-awb")


def test_unknown_codes_are_named(routing: Routing):
    with pytest.raises(UnknownRegionError):
        ask(routing, region="410328")
    with pytest.raises(UnknownRegionError):
        route(routing, "410329106000", "coal_mines", "violation", on=date(2031, 1, 1))
    with pytest.raises(UnknownRegionError):
        route(routing, "410329106000", "coal_mines", "violation", on=date(2019, 10, 30))
    with pytest.raises(UnknownSectorError):
        ask(routing, "ships")
    with pytest.raises(UnknownMatterError):
        ask(routing, matter="noise")
    with pytest.raises(UnknownDepartmentError):
        ask(routing, about="410329-xyz")


# ---- bad files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('site = "410329"', "site = 3", "site"),
        ('source = "试〔2026〕1号"', 'source = "s"\ncolour = "red"', "colour"),
        ('code = "410329"', 'code = "4103"', "region[1].code"),
        ('code = "410329106000"', 'code = "410329"', "region[2].code"),
        ('parent = "410300"', 'parent = "410329106000"', "region"),
        ('kind = "county"', 'kind = "empire"', "region[1].kind"),
        ("valid_from = 1986-01-01", 'valid_from = "1986"', "region[1].valid_from"),
        ('code = "410329-zjj"', 'code = "zjj"', "department[4].code"),
        ('kind = "fund"', 'kind = "bank"', "department[5].kind"),
        (
            'supervisor = "410300-awb"',
            'supervisor = "410329-yjj"',
            "department 410329-awb.supervisor",
        ),
        ('supervisor = "410300-awb"', 'supervisor = "410329-awb"', "department"),
        ('name_en = "Other"', 'name_en = ""', "sector[3].name_en"),
        ('id = "r-mines-town"', 'id = "r-mines"', "rule[2].id"),
        ('region = "410329106000"\nsector', 'region = "410328"\nsector', "rule[2].region"),
        ('sector = "coal_mines"\nmatter', 'sector = "ships"\nmatter', "rule[1].sector"),
        ('matter = "concealed_accident"', 'matter = "noise"', "rule[3].matter"),
        ('lead = "410329-jw"', 'lead = "410329-czj"', "rule[5].lead"),
        ('lead = "410329-jw"', 'lead = "410329-xyz"', "rule[5].lead"),
        ('co = ["410329-zjj"]', 'co = ["410329-czj"]', "rule[1].co"),
        ('co = ["410329-zjj"]', 'co = ["410329-yjj"]', "rule[1].co"),
        ('reason = "镇"\n', "", "rule[2].reason"),
        # A tie: two rules for the same reports.
        ('region = "410329106000"\nsector', 'region = "410329"\nsector', "rule[2].id"),
        ('site = "410329"', 'site = "410328"', "department"),
    ],
)
def test_a_bad_file_is_refused_whole_naming_what_is_wrong(old: str, new: str, key: str):
    assert old in FILE
    with pytest.raises(RoutingFileError) as refusal:
        load_routing(FILE.replace(old, new, 1).encode(), file="test.toml")
    assert (refusal.value.file, refusal.value.key) == ("test.toml", key)
    assert refusal.value.expected


def test_what_is_no_toml_is_refused_with_its_line():
    with pytest.raises(RoutingFileError) as refusal:
        load_routing(b'site = "410329"\nsource = \n', file="test.toml")
    assert refusal.value.line == 2
    for empty in (b"", b'site = "410329"\n', b"\xff"):
        with pytest.raises(RoutingFileError):
            load_routing(empty)


# ---- the real table -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def yichuan() -> Routing:
    return load_routing(REAL.read_bytes(), file=REAL.name)


def test_every_report_of_yichuan_finds_an_office_that_it_is_not_about(yichuan: Routing):
    bodies = [None, *yichuan.departments]
    for sector in yichuan.sectors:
        for matter in Matter:
            for about in bodies:
                found = route(yichuan, "410329", sector, matter, about, on=ON)
                assert about not in (*found.offices, *found.co_handlers)
                assert yichuan.department(found.lead).handles
                assert yichuan.department(found.supervisor).kind == "supervisor"
                assert found.lead not in found.co_handlers


def test_the_townships_of_yichuan_route_like_the_county(yichuan: Routing):
    for region in yichuan.regions.by_code:
        found = route(yichuan, region, "coal_mines", "major_hazard", on=ON)
        assert found.lead == "410329-yjj"
        assert found.supervisor == "410329-awb"


def test_misconduct_in_yichuan_goes_to_the_discipline_body(yichuan: Routing):
    found = route(yichuan, "410329", "coal_mines", "staff_misconduct", "410329-yjj", on=ON)
    assert yichuan.department(found.lead).kind == "discipline"
