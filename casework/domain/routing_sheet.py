"""Routing rules as rows of a sheet, which officials edit; every bad cell is found at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from casework.domain.case import Matter
from casework.domain.routing_checks import Known, rule_problems, ties
from casework.domain.routing_table import ANY, GRADES, TIERS, Days, Rule

# Key of the rule: what the column is called beside it.
COLUMNS: Final = {
    "id": "规则编号",
    "region": "区划代码",
    "sector": "行业代码",
    "matter": "事项类别",
    "tier": "企业层级",
    "grade": "隐患等级",
    "from": "起始日",
    "until": "终止日",
    "lead": "承办单位",
    "co": "协办单位",
    "copy": "抄送单位",
    "reason": "理由",
    "clause": "条款",
}
_SPLIT: Final = re.compile(r"[\s;；、,，]+")
_DAY: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})\Z", re.ASCII)
_CHOICES: Final = {
    "matter": (ANY, *Matter),
    "tier": (ANY, *TIERS),
    "grade": (ANY, *GRADES),
}
FIRST_ROW: Final = 2  # the head is row 1, as every program for sheets counts


@dataclass(frozen=True, slots=True)
class BadCell:
    """One thing that is wrong in a sheet.

    Attributes:
        row: from 1, the head counted.
        column: key of the part's columns, or the head as it was found.
        expected: what was expected there.
        found: what stands there.
        part: of the table: "rule", "region", "sector", "department" or "head".
    """

    row: int
    column: str
    expected: str
    found: str
    part: str = "rule"


@dataclass(slots=True)
class Sheet:
    """Rules that were read, and everything that is wrong; with anything wrong, none count."""

    rules: list[Rule] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)


def head() -> tuple[str, ...]:
    """Return the cells of the first row: what people call a column, and its key."""
    return tuple(f"{name} {key}" for key, name in COLUMNS.items())


def row_of(rule: Rule) -> tuple[str, ...]:
    """Return the cells of one rule."""
    return (
        rule.id,
        rule.region,
        rule.sector,
        rule.matter,
        rule.tier,
        rule.grade,
        rule.days.first.isoformat() if rule.days.first else "",
        rule.days.last.isoformat() if rule.days.last else "",
        rule.lead,
        "；".join(rule.co),
        "；".join(rule.copy),
        rule.reason,
        rule.clause,
    )


def read_rules(
    rows: Sequence[Sequence[str]], known: Known, *, unread: Mapping[tuple[int, int], str] = {}
) -> Sheet:
    """Return the rules of a sheet, and every cell that is wrong.

    Args:
        rows: cells as text; empty rows are passed over.
        known: codes that rules may name.
        unread: cells that could not be read at all, by row and column from 1: what was expected.
    """
    sheet = Sheet()
    columns, sheet.bad = columns_of(rows[0] if rows else (), COLUMNS)
    if sheet.bad:
        return sheet
    places: list[int] = []
    for number, cells in enumerate(rows[1:], FIRST_ROW):
        told = {column: expected for (row, column), expected in unread.items() if row == number}
        if not told and not any(cell.strip() for cell in cells):
            continue
        row = _Row(number, columns, cells, told)
        rule = row.rule(known)
        sheet.bad += row.bad
        if rule is not None:
            sheet.rules.append(rule)
            places.append(number)
    _check_together(sheet, places)
    if not sheet.rules and not sheet.bad:
        sheet.bad.append(BadCell(FIRST_ROW, "id", "at least one rule", ""))
    sheet.bad.sort(key=lambda one: one.row)
    return sheet


def columns_of(
    cells: Sequence[str], wanted: Mapping[str, str], *, part: str = "rule"
) -> tuple[tuple[str, ...], list[BadCell]]:
    """Return the key of each column, and what is missing, unknown or there twice.

    Args:
        cells: the first row.
        wanted: key of each column, and what people call it.
        part: of the table that the sheet is for.
    """
    found: list[str] = []
    bad: list[BadCell] = []
    for cell in cells:
        key, name = key_of(cell, wanted), cell.strip().lstrip("\ufeff")
        if name and (not key or key in found):
            expected = f"each once: {', '.join(wanted)}"
            bad.append(BadCell(1, name, expected, name, part))
        found.append(key)
    bad += [
        BadCell(1, key, f"a column “{wanted[key]} {key}”", "", part)
        for key in wanted
        if key not in found
    ]
    return tuple(found), bad


def key_of(cell: str, wanted: Mapping[str, str]) -> str:
    """Return the key of the column that a cell of the first row names, "" for none."""
    name = cell.strip().lstrip("\ufeff").lower()
    return next((k for k in wanted if name in (k, f"{wanted[k]} {k}", wanted[k])), "")


def day_in(cell: str) -> date | None:
    """Return the day in a cell, None for anything else; sheets write 2026/7/1 where they may."""
    found = _DAY.match(cell)
    try:
        return date(*map(int, found.groups())) if found is not None else None
    except ValueError:
        return None


def listed_in(cell: str) -> tuple[str, ...]:
    """Return what stands in a cell with several codes."""
    return tuple(code for code in _SPLIT.split(cell) if code)


def _check_together(sheet: Sheet, places: Sequence[int]) -> None:
    first: dict[str, int] = {}
    for rule, row in zip(sheet.rules, places, strict=True):
        if rule.id in first:
            expected = f"each id once; row {first[rule.id]} has it, too"
            sheet.bad.append(BadCell(row, "id", expected, rule.id))
        first.setdefault(rule.id, row)
    for later, earlier in ties(sheet.rules).items():
        other = sheet.rules[earlier]
        expected = f"no tie: {other.id} (row {places[earlier]}) is for the same reports and days"
        sheet.bad.append(BadCell(places[later], "id", expected, sheet.rules[later].id))


class _Row:
    """One row, being read."""

    def __init__(
        self, number: int, columns: Sequence[str], cells: Sequence[str], unread: Mapping[int, str]
    ) -> None:
        self.number = number
        self.bad: list[BadCell] = []
        self._cells = dict.fromkeys(COLUMNS, "")
        for place, cell in enumerate(cells, 1):
            key = columns[place - 1] if place <= len(columns) else ""
            if key:
                self._cells[key] = cell.strip()
            elif cell.strip():
                self._refuse(f"column {place}", "nothing beyond the last column", cell)
        for place, expected in unread.items():
            key = columns[place - 1] if place <= len(columns) else ""
            self._refuse(key or f"column {place}", expected, self._cells.get(key, ""))

    def rule(self, known: Known) -> Rule | None:
        """Return the rule, None with anything wrong."""
        rule = Rule(
            id=self._text("id"),
            region=self._text("region"),
            sector=self._text("sector"),
            matter=self._choice("matter"),
            lead=self._text("lead"),
            co=self._codes("co"),
            reason=self._text("reason"),
            clause=self._text("clause", may_be_empty=True),
            tier=self._choice("tier"),
            grade=self._choice("grade"),
            days=self._days(),
            copy=self._codes("copy"),
        )
        wrong = {one.column for one in self.bad}
        for problem in rule_problems(rule, known):
            if problem.key not in wrong:
                self._refuse(problem.key, problem.expected, self._cells[problem.key])
        return None if self.bad else rule

    def _refuse(self, column: str, expected: str, found: str) -> None:
        self.bad.append(BadCell(self.number, column, expected, found))

    def _text(self, key: str, *, may_be_empty: bool = False) -> str:
        cell = self._cells[key]
        if not cell and not may_be_empty:
            self._refuse(key, "a text", cell)
        elif not all(letter.isprintable() or letter == "\n" for letter in cell):
            self._refuse(key, "a text without control characters", cell)
        return cell

    def _choice(self, key: str) -> str:
        cell = self._cells[key] or (ANY if key != "matter" else "")
        if cell not in _CHOICES[key]:
            self._refuse(key, f"one of {', '.join(_CHOICES[key])}", cell)
        return cell

    def _codes(self, key: str) -> tuple[str, ...]:
        codes = listed_in(self._cells[key])
        if len(set(codes)) != len(codes):
            self._refuse(key, "different codes, with ；between", self._cells[key])
        return codes

    def _days(self) -> Days:
        days = Days(self._day("from"), self._day("until"))
        if (days.first or date.min) > (days.last or date.max):
            self._refuse("until", f"a day not before {days.first}", self._cells["until"])
        return days

    def _day(self, key: str) -> date | None:
        cell = self._cells[key]
        day = day_in(cell) if cell else None
        if cell and day is None:
            self._refuse(key, "a day, 2026-07-01, or nothing", cell)
        return day
