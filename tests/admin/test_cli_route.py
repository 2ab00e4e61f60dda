"""`tonggui route`: explained by tier and day, what no rule is for, files checked, sheets."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from casework.domain.routing import load_routing
from casework.domain.routing_sheet import COLUMNS
from casework.services.rules import ROUTING_FOLDER
from command_line import tonggui
from source import ROOT

SHIPPED = ROUTING_FOLDER / "410329.toml"
KEYS = ["lead", "lead_name", "co_handlers", "supervisor", "undetermined", "rule", "reason"]
ASKED = ("--region", "410329", "--sector", "coal_mines", "--matter", "violation")
OWN_RULE = """
[[rule]]
id = "r-central-mines"
region = "410329"
sector = "coal_mines"
matter = "*"
tier = "central"
from = 2026-01-01
until = 2026-12-31
lead = "410329-fgw"
co = []
copy = ["410329-gaj"]
reason = "央企煤矿"
clause = ""
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with one rule more than the shipped one."""
    path = tmp_path / "410329.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8") + OWN_RULE, encoding="utf-8")
    return path


def explained(table: Path, *more: str):
    return tonggui("route", "explain", *ASKED, "--table", str(table), *more, "--json").json


# explain --------------------------------------------------------------------------------------


def test_a_rule_for_a_tier_counts_on_its_days_alone(table):
    central = ("--tier", "central", "--on")
    assert explained(table, *central, "2025-12-31")["rule"] == "r-coal-mines"
    assert explained(table, *central, "2026-01-01")["rule"] == "r-central-mines"
    assert explained(table, *central, "2026-12-31")["rule"] == "r-central-mines"
    assert explained(table, *central, "2027-01-01")["rule"] == "r-coal-mines"
    assert explained(table, "--on", "2026-06-01")["rule"] == "r-coal-mines"


def test_the_answer_has_these_keys_and_no_others(table):
    told = explained(table, "--tier", "central", "--on", "2026-06-01", "--about", "410329-czj")
    assert list(told) == KEYS


def test_undetermined_names_the_three_nearest_rules():
    told = tonggui(
        "route", "explain", "--region", "410329", "--sector", "other",
        "--matter", "violation", "--json",
    ).json  # fmt: skip
    assert "谁主管谁牵头、谁为主谁牵头、谁靠近谁牵头" in told["reason"]


def test_people_are_told_of_copies_and_the_discipline_body(table):
    typed = ("route", "explain", *ASKED, "--table", str(table), "--on", "2026-06-01")
    assert (
        "抄送（不含身份）copies: 伊川县公安局（410329-gaj）"
        in tonggui(*typed, "--tier", "central").out
    )
    accused = tonggui(*typed, "--about", "410329-yjj").out
    assert "discipline: 伊川县纪律检查委员会监察委员会（410329-jw）" in accused
    assert "discipline" not in tonggui(*typed).out


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (["--tier", "galactic"], "tier"),
        (["--grade", "huge"], "grade"),
        (["--on", "tomorrow"], "on"),
        (["--table", "nowhere.toml"], "table"),
    ],
)
def test_what_cannot_be_is_named(more, key):
    told = tonggui("route", "explain", *ASKED, *more, "--json").refusal
    assert told["key"] == key
    assert tonggui("route", "explain", *ASKED, *more).sentence


def test_a_code_that_was_replaced_is_found_in_the_table_that_replaces_it(tmp_path, monkeypatch):
    old = """
[[region]]
code = "410306"
name = "吉利区"
parent = "410300"
kind = "county"
valid_from = 1982-01-01
valid_to = 2021-03-17
successor = "410329"

[[department]]
"""
    text = SHIPPED.read_text(encoding="utf-8").replace("\n[[department]]\n", old, 1)
    (tmp_path / "410329.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("admin.commands.rules.ROUTING_FOLDER", tmp_path)
    monkeypatch.setattr("casework.services.rules.ROUTING_FOLDER", tmp_path)
    typed = ("route", "explain", "--region", "410306", *ASKED[2:], "--json", "--on")
    assert tonggui(*typed, "2021-03-18").json["rule"] == "r-coal-mines"
    assert tonggui(*typed, "2021-03-17").json["undetermined"] is True
    assert tonggui(*typed, "1981-12-31").refusal["key"] == "region"


# matrix ---------------------------------------------------------------------------------------


def test_matrix_lists_what_no_rule_is_for(table):
    told = tonggui("route", "matrix", "--json").json
    assert [list(one) for one in told] == [
        ["region", "region_name", "sector", "sector_name", "matter", "covered_in"]
    ] * 6
    assert {one["sector"] for one in told} == {"new_business_forms", "other"}
    lines = tonggui("route", "matrix").out.splitlines()
    assert len(lines) == 7
    assert tonggui("route", "matrix", "--table", str(table), "--json").json == told


def test_matrix_says_so_where_every_combination_has_a_rule(table):
    wide = '[[rule]]\nid = "r-all"\nregion = "410329"\nsector = "*"\nmatter = "*"\n'
    rest = 'lead = "410329-yjj"\nco = []\nreason = "其余"\nclause = ""\nfrom = 2026-07-01\n'
    table.write_text(table.read_text(encoding="utf-8") + wide + rest, encoding="utf-8")
    typed = ("route", "matrix", "--table", str(table), "--on")
    assert tonggui(*typed, "2026-07-01", "--json").json == []
    assert "都有规则" in tonggui(*typed, "2026-07-01").out
    assert len(tonggui(*typed, "2026-06-30", "--json").json) == 6


# check ----------------------------------------------------------------------------------------


def test_check_counts_what_a_usable_file_holds(table):
    told = tonggui("route", "check", str(table), "--json").json
    assert (told["ok"], told["rules"], told["uncovered"]) == (True, 32, 6)
    assert "可用" in tonggui("route", "check", str(table)).out


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('tier = "central"', 'tier = "galactic"', "rule[32].tier"),
        ("until = 2026-12-31", "until = 2025-12-31", "rule[32].until"),
        ('lead = "410329-fgw"', 'lead = "410329-czj"', "rule[32].lead"),
        ('tier = "central"\n', "", "rule[32].id"),  # a tie with r-coal-mines
    ],
)
def test_check_names_file_line_key_and_what_was_expected(table, old, new, key):
    text = table.read_text(encoding="utf-8")
    shipped, _, own = text.rpartition("[[rule]]")
    table.write_text(f"{shipped}[[rule]]{own.replace(old, new)}", encoding="utf-8")
    told = tonggui("route", "check", str(table), "--json").refusal
    assert (told["file"], told["key"]) == ("410329.toml", key)
    assert told["expected"]
    assert text.count("\n") - OWN_RULE.count("\n") < told["line"] <= text.count("\n")
    assert f"第 {told['line']} 行" in tonggui("route", "check", str(table)).sentence


def test_a_tie_names_both_rules(table):
    text = table.read_text(encoding="utf-8").replace('tier = "central"\n', "")
    table.write_text(text, encoding="utf-8")
    told = tonggui("route", "check", str(table), "--json").refusal
    assert "r-coal-mines" in told["expected"]
    assert "r-central-mines" in told["expected"]


# export and import ----------------------------------------------------------------------------


def bring_in(sheet: Path, table: Path, out: Path, *more: str):
    return tonggui("route", "import", str(sheet), "--onto", str(table), "--out", str(out), *more)


def export(table: Path, to: Path) -> Path:
    told = tonggui("route", "export", "--table", str(table), "--to", str(to), "--json").json
    assert told == {"file": str(to), "rules": 32}
    return to


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_brought_in_again_is_the_same(table, tmp_path, kind):
    sheet = export(table, tmp_path / f"rules.{kind}")
    out = tmp_path / "new.toml"
    told = bring_in(sheet, table, out, "--json").json
    assert told == {"file": str(out), "rules": 32, "added": [], "changed": [], "removed": []}
    assert load_routing(out.read_bytes()).rules == load_routing(table.read_bytes()).rules


def rows_of(sheet: Path) -> list[list[str]]:
    text = sheet.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def put(sheet: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    sheet.write_bytes(text.getvalue().encode(encoding))
    return sheet


def cell(key: str) -> int:
    return list(COLUMNS).index(key)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_that_excel_saved_is_read(table, tmp_path, encoding):
    rows = rows_of(export(table, tmp_path / "a.csv"))
    rows[-1][cell("reason")] = "央企、省属煤矿"
    rows[-1][cell("until")] = "2026/12/30"
    sheet = put(tmp_path / "b.csv", [*rows, [""] * 13], encoding)
    out = tmp_path / "new.toml"
    assert bring_in(sheet, table, out, "--json").json["changed"] == ["r-central-mines"]
    rule = load_routing(out.read_bytes()).rules["r-central-mines"]
    assert (rule.reason, str(rule.days.last)) == ("央企、省属煤矿", "2026-12-30")


def test_rows_that_are_new_and_rows_that_are_gone_are_told(table, tmp_path):
    rows = rows_of(export(table, tmp_path / "a.csv"))
    added = rows.pop()
    added[cell("id")], added[cell("grade")] = "r-new", "major"
    told = bring_in(
        put(tmp_path / "b.csv", [*rows, added]), table, tmp_path / "new.toml", "--json"
    ).json
    assert (told["added"], told["removed"]) == (["r-new"], ["r-central-mines"])


def test_every_bad_row_is_named_and_nothing_is_written(table, tmp_path):
    before = table.read_bytes()
    rows = rows_of(export(table, tmp_path / "a.csv"))
    rows[4][cell("lead")] = "410329-czj"
    rows[9][cell("matter")] = "noise"
    rows[20][cell("region")] = "4.10329E+11"
    sheet, out = put(tmp_path / "b.csv", rows), tmp_path / "new.toml"
    told = bring_in(sheet, table, out, "--json").refusal
    assert [(one["file"], one["row"], one["column"]) for one in told["rows"]] == [
        ("b.csv", 5, "lead"), ("b.csv", 10, "matter"), ("b.csv", 21, "region"),
    ]  # fmt: skip
    assert all(one["expected"] and one["found"] for one in told["rows"])
    printed = bring_in(sheet, table, out)
    assert (printed.status, printed.out) == (2, "")
    assert [line for line in printed.err.splitlines() if "第 10 行 matter" in line]
    assert not out.exists()
    assert table.read_bytes() == before


def test_no_file_is_written_over(table, tmp_path):
    sheet = export(table, tmp_path / "a.csv")
    assert bring_in(sheet, table, table, "--json").refusal["key"] == "out"
    again = tonggui("route", "export", "--table", str(table), "--to", str(sheet))
    assert "已存在" in again.sentence or "already" in again.sentence


HOSTILE = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "＝1+1", "'=1", "''x", "'"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_is_a_formula_and_its_words_come_back(table, tmp_path, kind, words):
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("央企煤矿", words), encoding="utf-8")
    sheet = export(table, tmp_path / f"a.{kind}")
    if kind == "csv":
        assert not [one for row in rows_of(sheet) for one in row if one[:1] in tuple("=+-@＝")]
    else:
        book = openpyxl.load_workbook(sheet)
        kinds = {one.data_type for row in book.worksheets[0].iter_rows() for one in row}
        assert "f" not in kinds
    out = tmp_path / "new.toml"
    bring_in(sheet, table, out, "--json")
    assert load_routing(out.read_bytes()).rules["r-central-mines"].reason == words


def test_an_xlsx_has_a_second_sheet_with_the_codes(table, tmp_path):
    book = openpyxl.load_workbook(export(table, tmp_path / "a.xlsx"))
    codes = {(row[1].value, row[2].value) for row in book.worksheets[1].iter_rows(min_row=2)}
    assert {("coal_mines", "煤矿"), ("410329-fgw", "伊川县发展和改革委员会")} <= codes
    assert {("central", "中央企业"), ("violation", "安全生产违法行为")} <= codes


def test_numbers_days_and_formulas_of_a_workbook(table, tmp_path):
    sheet = export(table, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    page.cell(2, cell("region") + 1).value = 410329
    page.cell(33, cell("until") + 1).value = date(2026, 12, 30)
    book.save(tmp_path / "b.xlsx")
    told = bring_in(tmp_path / "b.xlsx", table, tmp_path / "new.toml", "--json").json
    assert told["changed"] == ["r-central-mines"]
    page.cell(7, cell("reason") + 1).value = "=1+1"
    book.save(tmp_path / "c.xlsx")
    refused = bring_in(tmp_path / "c.xlsx", table, tmp_path / "other.toml", "--json").refusal
    assert [(one["row"], one["column"]) for one in refused["rows"]] == [(7, "reason")]
    assert "formula" in refused["rows"][0]["expected"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.ods", b""),
        ("a.xlsx", b"PK"),
        ("a.xlsx", b""),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b'"open'),
        ("a.csv", b""),
        ("a.csv", b"id;region;sector\n"),
    ],
)
def test_what_is_no_sheet_is_refused_in_a_sentence(table, tmp_path, name, body):
    sheet, out = tmp_path / name, tmp_path / "new.toml"
    sheet.write_bytes(body)
    assert bring_in(sheet, table, out, "--json").refusal["file"] == name
    assert not out.exists()


def test_a_packed_file_that_is_no_workbook_is_refused(table, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("a.txt", "x")
    assert bring_in(tmp_path / "a.xlsx", table, tmp_path / "n.toml", "--json").refusal["file"]


def test_the_example_of_the_document_is_a_usable_rule(tmp_path):
    text = (ROOT / "docs" / "routing.md").read_text(encoding="utf-8")
    example = text[text.index("[[rule]]") : text.index("```\n\n**")]
    path = tmp_path / "410329.toml"
    path.write_text(f"{SHIPPED.read_text(encoding='utf-8')}\n{example}", encoding="utf-8")
    assert tonggui("route", "check", str(path), "--json").json["rules"] == 32
