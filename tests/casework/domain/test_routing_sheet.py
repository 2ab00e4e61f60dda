"""Rules as rows: what is written is read again; every bad cell is named, none passes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.errors import RoutingFileError
from casework.domain.routing import load_routing
from casework.domain.routing_checks import Known
from casework.domain.routing_matrix import uncovered
from casework.domain.routing_sheet import COLUMNS, BadCell, Sheet, head, read_rules, row_of
from casework.domain.routing_table import Days, Rule
from casework.domain.routing_text import with_rules

FILE = Path(__file__).parents[3] / "casework" / "routing" / "410329.toml"
BODY = FILE.read_bytes()
YICHUAN = load_routing(BODY, file=FILE.name)
KNOWN = Known(YICHUAN.regions.by_code, YICHUAN.departments, YICHUAN.sectors)
ON = date(2026, 3, 1)
ROW = {
    "id": "r-1", "region": "410329", "sector": "coal_mines", "matter": "*", "tier": "central",
    "grade": "major", "from": "2026-01-01", "until": "2026-12-31", "lead": "410329-yjj",
    "co": "410329-zjj；410329-gaj", "copy": "township", "reason": "矿山", "clause": "",
}  # fmt: skip
RULE = Rule(
    "r-1", "410329", "coal_mines", "*", "410329-yjj", ("410329-zjj", "410329-gaj"), "矿山", "",
    "central", "major", Days(date(2026, 1, 1), date(2026, 12, 31)), ("township",),
)  # fmt: skip


def read(*rows: Sequence[str]) -> Sheet:
    return read_rules([head(), *rows], KNOWN)


def row(**cells: str) -> list[str]:
    return list((ROW | {key.rstrip("_"): cell for key, cell in cells.items()}).values())


def bad(*rows: Sequence[str]) -> list[tuple[int, str]]:
    sheet = read(*rows)
    assert all(one.expected for one in sheet.bad)
    return [(one.row, one.column) for one in sheet.bad]


def test_a_row_is_a_rule_and_the_rule_that_row():
    assert read(row()).rules == [RULE]
    assert row_of(RULE) == tuple(row())
    assert len(head()) == len(COLUMNS) == len(ROW)


def test_the_shipped_rules_come_back_as_they_were():
    rules = list(YICHUAN.rules.values())
    sheet = read(*map(row_of, rules))
    assert (sheet.bad, sheet.rules) == ([], rules)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"id": ""}, "id"),
        ({"id": "r\x07"}, "id"),
        ({"region": "410328"}, "region"),
        ({"region": "4.10329E+11"}, "region"),  # a township, after Excel took it for a number
        ({"sector": "ships"}, "sector"),
        ({"sector": ""}, "sector"),
        ({"matter": "noise"}, "matter"),
        ({"matter": ""}, "matter"),
        ({"tier": "galactic"}, "tier"),
        ({"grade": "huge"}, "grade"),
        ({"from_": "tomorrow"}, "from"),
        ({"from_": "2026-02-30"}, "from"),
        ({"until": "2025-12-31"}, "until"),
        ({"lead": ""}, "lead"),
        ({"lead": "410329-czj"}, "lead"),
        ({"lead": "县应急局"}, "lead"),
        ({"co": "410329-yjj"}, "co"),
        ({"co": "410329-zjj；410329-zjj"}, "co"),
        ({"co": "410329-xyz"}, "co"),
        ({"copy": "village"}, "copy"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_bad_cell_is_named_with_its_row_and_column(cells: dict[str, str], column: str):
    assert (3, column) in bad(row(id="r-0", sector="other"), row(**cells))
    assert not read(row(**cells)).rules


def test_every_bad_cell_of_every_row_is_found_at_once():
    found = bad(
        row(id="r-1", lead="410329-czj", matter="noise"),
        row(id="r-2", sector="other"),
        row(id="r-3", sector="schools", reason=""),
    )
    assert found == [(2, "matter"), (2, "lead"), (4, "reason")]


def test_an_id_that_comes_twice_and_a_tie_are_named_with_the_other_row():
    twice = read(row(), row(sector="other"))
    assert [(one.row, one.column) for one in twice.bad] == [(3, "id")]
    assert "row 2" in twice.bad[0].expected
    tie = read(row(), row(id="r-2", from_="2026-12-31", until=""))
    assert [(one.row, one.column) for one in tie.bad] == [(3, "id")]
    assert "r-1 (row 2)" in tie.bad[0].expected
    assert not bad(row(), row(id="r-2", from_="2027-01-01", until=""))


def test_what_programs_for_sheets_make_of_cells_is_read():
    given = row(id=" r-1 ", from_="2026/1/1", tier="", grade="*", co="410329-zjj、410329-gaj")
    rule = read(given, [""] * 13, []).rules[0]
    assert (rule.id, rule.tier, rule.days.first) == ("r-1", "*", date(2026, 1, 1))
    assert rule.co == ("410329-zjj", "410329-gaj")
    assert bad([""] * 13, row(lead="x")) == [(3, "lead")]  # empty rows are counted


def test_columns_may_stand_in_another_order_and_be_named_either_way():
    names = [*list(COLUMNS)[:6], *list(COLUMNS.values())[6:]]
    turned = [names[::-1], row()[::-1]]
    assert read_rules(turned, KNOWN).rules == [RULE]


def test_columns_that_are_missing_unknown_or_twice_are_named():
    def headed(*cells: str) -> list[BadCell]:
        return read_rules([list(cells), row()], KNOWN).bad

    assert {one.column for one in headed()} == set(COLUMNS)
    assert [one.column for one in headed(*head()[:-1])] == ["clause"]
    assert [(one.row, one.column) for one in headed(*head(), "colour")] == [(1, "colour")]
    assert [one.column for one in headed(*head(), "id")] == ["id"]
    assert bad([*row(), "", "beyond"]) == [(2, "column 15")]


def test_a_sheet_without_rules_is_refused():
    assert bad() == [(2, "id")]
    assert read_rules([], KNOWN).bad


def test_a_cell_that_could_not_be_read_is_bad():
    sheet = read_rules([head(), row()], KNOWN, unread={(2, 12): "a text, not a formula"})
    assert [(one.row, one.column) for one in sheet.bad] == [(2, "reason")]
    assert not sheet.rules


_CELL = st.one_of(
    st.sampled_from(["", "*", "410329", "coal_mines", "2026-01-01", "410329-yjj", "township"]),
    st.text(max_size=8),
)


@given(st.lists(st.lists(_CELL, max_size=15), max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_the_cells_it_is_rules_or_bad_cells(rows: list[list[str]]):
    sheet = read(*rows)
    assert bool(sheet.rules) or bool(sheet.bad)
    if not sheet.bad:
        assert load_routing(with_rules(BODY, sheet.rules, file="new.toml")).rules


# ---- into the file ----------------------------------------------------------------------------


def test_the_same_rules_give_the_same_file_to_the_byte():
    rules = list(YICHUAN.rules.values())
    assert with_rules(BODY, rules, file=FILE.name) == BODY


def test_new_rules_take_the_place_of_the_old_and_comments_before_them_stay():
    new = with_rules(BODY, [RULE], file=FILE.name)
    assert load_routing(new).rules == {"r-1": RULE}
    assert new.startswith(BODY[: BODY.index(b"[[rule]]")])


def test_words_with_every_sign_come_back():
    reason = '引号" 反斜杠\\ 换\n行 [[rule]] \x7f # ='
    rule = Rule("r-1", "410329", "*", "*", "410329-yjj", (), reason, "'", copy=("grid",))
    assert load_routing(with_rules(BODY, [rule], file="x")).rules == {"r-1": rule}


def test_a_file_whose_rules_do_not_stand_last_is_refused():
    sector = '[[sector]]\ncode = "late"\nname = "x"\nname_en = "x"\n'
    with pytest.raises(RoutingFileError) as refusal:
        with_rules(BODY + b"\n" + sector.encode(), [RULE], file="x.toml")
    assert refusal.value.line


def test_a_file_without_rules_gets_them_at_its_end():
    bare = BODY[: BODY.index(b"[[rule]]")]
    assert load_routing(with_rules(bare, [RULE], file="x")).rules == {"r-1": RULE}


# ---- what no rule is for ----------------------------------------------------------------------


def test_the_shipped_table_leaves_new_trades_and_the_rest_to_the_safety_committee_office():
    found = {(one.region, one.sector, one.matter) for one in uncovered(YICHUAN, on=ON)}
    assert found == {
        ("410329", sector, matter)
        for sector in ("new_business_forms", "other")
        for matter in ("general_hazard", "major_hazard", "violation")
    }


def test_a_township_with_a_rule_of_its_own_is_named_at_the_gap():
    town = Rule("r-town", "410329106000", "other", "violation", "410329-yjj", (), "镇", "")
    routing = load_routing(with_rules(BODY, [*YICHUAN.rules.values(), town], file="x"))
    gaps = {(one.sector, one.matter): one.covered_in for one in uncovered(routing, on=ON)}
    assert gaps["other", "violation"] == ("410329106000",)
    assert gaps["other", "major_hazard"] == ()


def test_a_rule_for_some_days_or_one_tier_leaves_a_gap():
    days = Days(date(2026, 3, 1), date(2026, 3, 31))
    rules = [
        Rule("r-days", "410329", "*", "*", "410329-yjj", (), "三月", "", days=days),
        Rule("r-tier", "410329", "other", "*", "410329-yjj", (), "央企", "", tier="central"),
    ]
    routing = load_routing(with_rules(BODY, rules, file="x"))
    assert not list(uncovered(routing, on=date(2026, 3, 31)))
    assert len(list(uncovered(routing, on=date(2026, 4, 1)))) == len(YICHUAN.sectors) * 6
