"""Regions, sectors, departments and the head of a routing table as rows of sheets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from casework.domain.errors import RoutingFileError
from casework.domain.region import Region
from casework.domain.routing import Routing
from casework.domain.routing_checks import Problem, department_problems, region_problems
from casework.domain.routing_file import read_department, read_region, read_sector
from casework.domain.routing_sheet import COLUMNS as RULE_COLUMNS
from casework.domain.routing_sheet import (
    FIRST_ROW,
    BadCell,
    columns_of,
    day_in,
    key_of,
    listed_in,
)
from casework.domain.routing_table import Department, Sector
from casework.domain.rule_table import RuleTable

# Part: key of each column, and what it is called beside it.
COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "head": {"site": "区划代码", "source": "来源文号", "discipline": "纪检监察单位"},
    "region": {
        "code": "区划代码",
        "name": "名称",
        "kind": "级别",
        "parent": "上级区划",
        "valid_from": "启用日",
        "valid_to": "停用日",
        "successor": "接替代码",
        "verified": "已核实",
        "code_source": "代码来源",
    },
    "sector": {"code": "行业代码", "name": "名称", "name_en": "英文名称"},
    "department": {
        "code": "单位代码",
        "name": "名称",
        "short": "简称",
        "kind": "类型",
        "supervisor": "监督单位",
        "duties": "职责",
        "clauses": "条款",
        "from": "起始日",
        "until": "终止日",
    },
    "rule": RULE_COLUMNS,
}
# What the sheets of a workbook are called.
TITLES: Final[Mapping[str, str]] = {
    "rule": "规则",
    "region": "区域",
    "sector": "行业",
    "department": "单位",
    "head": "表头",
}
CODES: Final = "代码 codes"  # the sheet of an export that explains codes, and is not read
_DAYS: Final = frozenset({"valid_from", "valid_to", "from", "until"})
_MAY_BE_LEFT_OUT: Final = _DAYS | {"successor", "verified", "code_source"}
_TRUTHS: Final = {"true": True, "false": False, "是": True, "否": False}
_HEAD: Final = ("site", "source", "discipline")

Entry = Region | Sector | Department


@dataclass(frozen=True, slots=True)
class Given:
    """The cells of one sheet.

    Attributes:
        rows: cells as text, the head first.
        unread: cells that could not be read, by row and column from 1: what was expected.
    """

    rows: Sequence[Sequence[str]]
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)


def part_of(first_row: Sequence[str]) -> str:
    """Return the part that a sheet is for, by its first row; "" where nothing tells."""
    known = {
        part: sum(bool(key_of(cell, wanted)) for cell in first_row if cell.strip())
        for part, wanted in COLUMNS.items()
    }
    best = max(known, key=lambda part: known[part] / len(COLUMNS[part]))
    return best if known[best] else ""


def head_of(part: str) -> tuple[str, ...]:
    """Return the cells of the first row of a part's sheet."""
    return tuple(f"{name} {key}" for key, name in COLUMNS[part].items())


def rows_of(routing: Routing, part: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a part that is not "rule"."""
    if part == "head":
        yield tuple(getattr(routing, key) for key in _HEAD)
        return
    for entry in _entries(routing, part).values():
        yield tuple(_cell(entry, key) for key in COLUMNS[part])


def _entries(routing: Routing, part: str) -> Mapping[str, Entry]:
    named: dict[str, Mapping[str, Entry]] = {
        "region": routing.regions.by_code,
        "sector": routing.sectors,
        "department": routing.departments,
    }
    return named[part]


def _cell(entry: Entry, key: str) -> str:
    if key in ("from", "until"):
        assert isinstance(entry, Department)
        value: object = entry.days.first if key == "from" else entry.days.last
    else:
        value = getattr(entry, key)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "；".join(map(str, value))
    return "" if value is None else str(value)


def read_part(part: str, given: Given) -> tuple[dict[str, Entry], list[BadCell]]:
    """Return the entries of a sheet of regions, sectors or departments, and what is wrong.

    One thing is named for each row; then, with every row right, what does not fit together.
    """
    found: dict[str, Entry] = {}
    places: dict[str, int] = {}
    cells, bad = _cells(part, given)
    for row, told in cells:
        entry, problem = _entry(part, told, found)
        if entry is not None:
            found[entry.code], places[entry.code] = entry, row
        elif problem is not None:
            bad.append(BadCell(row, problem.key, problem.expected, told.get(problem.key, ""), part))
    if not bad and not found:
        bad.append(BadCell(FIRST_ROW, "code", "at least one", "", part))
    if not bad:
        bad += [
            BadCell(places[code], one.key or "code", one.expected, code, part)
            for code, one in _problems(part, found)
        ]
    return found, bad


def read_head(given: Given) -> tuple[dict[str, str], list[BadCell]]:
    """Return site, source and discipline body of a sheet with one row, and what is wrong."""
    cells, bad = _cells("head", given)
    if not bad and len(cells) != 1:
        bad.append(BadCell(FIRST_ROW, "site", "one row", str(len(cells)), "head"))
    for row, told in cells:
        bad += [
            BadCell(row, key, "a text", "", "head") for key in ("site", "source") if not told[key]
        ]
    return (cells[0][1] if cells else {}), bad


def _cells(part: str, given: Given) -> tuple[list[tuple[int, dict[str, str]]], list[BadCell]]:
    """Return the cells of each row by key, with the row's number; empty rows are passed over."""
    wanted = COLUMNS[part]
    columns, bad = columns_of(given.rows[0] if given.rows else (), wanted, part=part)
    found: list[tuple[int, dict[str, str]]] = []
    if bad:
        return found, bad
    for (row, place), expected in given.unread.items():
        key = columns[place - 1] if place <= len(columns) else ""
        bad.append(BadCell(row, key or f"column {place}", expected, "", part))
    for number, cells in enumerate(given.rows[1:], FIRST_ROW):
        if not any(cell.strip() for cell in cells):
            continue
        told = dict.fromkeys(wanted, "")
        for place, cell in enumerate(cells, 1):
            key = columns[place - 1] if place <= len(columns) else ""
            if key:
                told[key] = cell.strip()
            elif cell.strip():
                expected = "nothing beyond the last column"
                bad.append(BadCell(number, f"column {place}", expected, cell, part))
        bad += [
            BadCell(number, key, "a text without control characters", cell, part)
            for key, cell in told.items()
            if not all(letter.isprintable() or letter == "\n" for letter in cell)
        ]
        found.append((number, told))
    return found, bad


def _entry(
    part: str, told: Mapping[str, str], taken: Mapping[str, Entry]
) -> tuple[Entry | None, Problem | None]:
    data = {
        key: _value(key, cell) for key, cell in told.items() if cell or key not in _MAY_BE_LEFT_OUT
    }
    entry = RuleTable(part, "", data, RoutingFileError)
    try:
        match part:
            case "region":
                return read_region(entry, taken), None
            case "sector":
                return read_sector(entry, taken), None
            case _:
                return read_department(entry, taken), None
    except RoutingFileError as refusal:
        return None, Problem(refusal.key, refusal.expected)


def _value(key: str, cell: str) -> object:
    """Return the value that the file would have; what is none stays text, and is refused."""
    if key in _DAYS:
        found: date | None = day_in(cell)
        return cell if found is None else found
    if key == "clauses":
        listed = listed_in(cell)
        return [int(one) if _is_short_number(one) else one for one in listed]
    if key == "verified":
        return _TRUTHS.get(cell.lower(), cell)
    return cell


def _is_short_number(cell: str) -> bool:
    """Whether it is a number that Python reads: it refuses those of thousands of digits."""
    return len(cell) < 20 and cell.isascii() and cell.isdigit()


def _problems(part: str, found: Mapping[str, Entry]) -> Iterator[tuple[str, Problem]]:
    if part == "region":
        regions = {code: one for code, one in found.items() if isinstance(one, Region)}
        yield from region_problems(regions)
    elif part == "department":
        offices = {code: one for code, one in found.items() if isinstance(one, Department)}
        yield from department_problems(offices)
