"""Sheets of all parts: what is written is read again; every bad row is named, none passes."""

from datetime import date

import pytest

from casework.domain.errors import RoutingFileError
from casework.domain.routing import load_routing
from casework.domain.routing_draft import draft_of
from casework.domain.routing_parts import COLUMNS, Given, head_of, part_of, rows_of
from casework.domain.routing_sheet import row_of
from casework.domain.routing_text import whole
from routing_changing import FIRST, SHIPPED, changed

PARTS = ("head", "region", "sector", "department")


def sheet(part, *more, routing=FIRST):
    rows = [row_of(one) for one in routing.rules.values()] if part == "rule" else rows_of(
        routing, part
    )  # fmt: skip
    return Given([head_of(part), *rows, *more])


def draft(sheets, base=FIRST, body=SHIPPED):
    return draft_of(sheets, base, body, file="x.xlsx")


def bad(part, *more):
    made = draft({part: sheet(part, *more)})
    assert made.body == b""
    return [(one.part, one.row, one.column) for one in made.bad]


def row(part, **cells):
    return [cells.get(key.rstrip("_"), "") for key in COLUMNS[part]]


REGION = {
    "code": "410329999000", "name": "样本乡", "kind": "township", "parent": "410329",
    "valid_from": "2026/7/1",
}  # fmt: skip
OFFICE = {
    "code": "410329-yb", "name": "样本局", "short": "样本局", "kind": "department",
    "supervisor": "410329-awb", "duties": "样本", "clauses": "3、14",
}  # fmt: skip


def test_every_part_comes_back_as_it_was():
    made = draft({part: sheet(part) for part in (*PARTS, "rule")})
    assert made.bad == ()
    again = load_routing(made.body)
    for name in ("site", "source", "discipline", "regions", "departments", "sectors", "rules"):
        assert getattr(again, name) == getattr(FIRST, name), name
    assert any(one.verified and one.code_source for one in again.regions.by_code.values())


def test_a_whole_file_is_written_with_days_and_successors():
    body = changed(
        ('code = "410329108000"\n', 'code = "410329108000"\nvalid_to = 2026-12-31\n'
         'successor = "410329001000"\n'),
        ('code = "410329-czj"\n', 'code = "410329-czj"\nfrom = 2001-01-01\nuntil = 2040-12-31\n'),
    )  # fmt: skip
    routing = load_routing(body)
    again = load_routing(whole(routing, list(routing.rules.values())))
    assert again.regions == routing.regions
    assert again.departments == routing.departments


def test_rules_alone_leave_the_rest_of_the_file_as_it_is():
    made = draft({"rule": sheet("rule")})
    assert made.body.startswith(SHIPPED[:200])
    assert b"# 410329" in made.body


def test_new_codes_of_one_sheet_are_known_to_the_others():
    rule = ["r-yb", "410329999000", "ships", "violation", "*", "*", "", "", "410329-yb", "", "",
            "样本", ""]  # fmt: skip
    made = draft(
        {
            "region": sheet("region", row("region", **REGION)),
            "sector": sheet("sector", ["ships", "船舶", "Ships"]),
            "department": sheet("department", row("department", **OFFICE)),
            "rule": sheet("rule", rule),
        }
    )
    assert made.bad == ()
    routing = load_routing(made.body)
    assert routing.regions.by_code["410329999000"].valid_from == date(2026, 7, 1)
    assert routing.departments["410329-yb"].clauses == (3, 14)
    assert routing.rules["r-yb"].lead == "410329-yb"


@pytest.mark.parametrize(
    ("part", "cells", "column"),
    [
        ("region", REGION | {"code": "4.10329E+11"}, "code"),
        ("region", REGION | {"code": "410329"}, "code"),
        ("region", REGION | {"name": ""}, "name"),
        ("region", REGION | {"kind": "village"}, "kind"),
        ("region", REGION | {"valid_from": "去年"}, "valid_from"),
        ("region", REGION | {"valid_from": ""}, "valid_from"),
        ("region", REGION | {"verified": "也许"}, "verified"),
        ("region", REGION | {"successor": "410329001000"}, "valid_to"),
        ("region", REGION | {"valid_to": "2026-06-30"}, "valid_to"),
        ("sector", {"code": "Ships", "name": "船", "name_en": "Ships"}, "code"),
        ("sector", {"code": "ships", "name": "船", "name_en": ""}, "name_en"),
        ("sector", {"code": "ships", "name": "船\x07", "name_en": "Ships"}, "name"),
        ("department", OFFICE | {"code": "yb"}, "code"),
        ("department", OFFICE | {"kind": "bureau"}, "kind"),
        ("department", OFFICE | {"supervisor": "410329-zjj"}, "supervisor"),
        ("department", OFFICE | {"supervisor": ""}, "supervisor"),
        ("department", OFFICE | {"clauses": "三"}, "clauses"),
        ("department", OFFICE | {"clauses": "9" * 5000}, "clauses"),
        ("department", OFFICE | {"until": "2026-02-30"}, "until"),
        ("department", OFFICE | {"from": "2026-05-02", "until": "2026-05-01"}, "until"),
    ],
)
def test_a_bad_row_is_named_with_sheet_row_and_column(part, cells, column):
    place = len(list(rows_of(FIRST, part))) + 2
    assert bad(part, row(part, **cells)) == [(part, place, column)]


def test_every_bad_row_is_named_at_once():
    place = len(FIRST.sectors) + 2
    assert bad("sector", ["A", "甲", "A"], ["b", "乙", "B"], ["c", "", "C"]) == [
        ("sector", place, "code"), ("sector", place + 2, "name"),
    ]  # fmt: skip


def test_a_missing_an_unknown_and_an_extra_column_are_named():
    made = draft({"sector": Given([["code", "name", "colour"], ["a", "甲", "red"]])})
    assert [(one.row, one.column) for one in made.bad] == [(1, "colour"), (1, "name_en")]
    made = draft({"sector": Given([head_of("sector"), ["a", "甲", "A", "x"]])})
    assert [(one.row, one.column) for one in made.bad] == [(2, "column 4")]
    made = draft({"sector": Given([head_of("sector"), ["a", "甲", "A"]], {(2, 2): "a text"})})
    assert [(one.row, one.column) for one in made.bad if one.row] == [(2, "name")]
    assert draft({"sector": Given([head_of("sector")])}).bad[0].expected == "at least one"


def test_rules_that_no_sheet_brought_must_fit_what_the_sheets_brought():
    offices = [one for one in rows_of(FIRST, "department") if one[0] != "410329-zjj"]
    made = draft({"department": Given([head_of("department"), *offices])})
    assert {one.row for one in made.bad} == {0}
    assert {one.column for one in made.bad} <= {"lead", "co"}


def test_a_head_has_one_row_with_texts():
    assert bad("head", ["410329", "甲", ""]) == [("head", 2, "site")]
    made = draft({"head": Given([head_of("head"), ["410329", "", "410329-jw"]])})
    assert [(one.row, one.column) for one in made.bad] == [(2, "source")]
    made = draft({"head": Given([head_of("head"), ["410329", "样本〔2026〕1号", "410329-jw"]])})
    assert load_routing(made.body).source == "样本〔2026〕1号"
    with pytest.raises(RoutingFileError) as refused:
        draft({"head": Given([head_of("head"), ["410329", "甲", "410329-zjj"]])})
    assert refused.value.key == "discipline"


def test_a_sheet_is_known_by_its_first_row():
    for part in COLUMNS:
        assert part_of(head_of(part)) == part
        assert part_of(list(COLUMNS[part])) == part
    assert part_of(["种类 kind", "什么 what"]) in ("", "region", "department")
    assert part_of(["甲", "乙"]) == ""
    assert part_of([]) == ""
