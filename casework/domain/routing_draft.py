"""A routing table made from sheets: each sheet takes the place of one part of another table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.domain.region import Regions
from casework.domain.routing import Routing
from casework.domain.routing_checks import Known, rule_problems
from casework.domain.routing_file import parse_routing
from casework.domain.routing_parts import Given, read_head, read_part
from casework.domain.routing_sheet import BadCell, read_rules
from casework.domain.routing_table import Rule
from casework.domain.routing_text import whole, with_rules

_FIELDS: Final = {"region": "regions", "sector": "sectors", "department": "departments"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What sheets made.

    Attributes:
        body: the table, TOML; b"" with anything wrong.
        bad: every cell that is wrong; of row 0 are rules that no sheet brought, and that do
            not fit what the sheets brought.
    """

    body: bytes
    bad: tuple[BadCell, ...] = ()


def draft_of(sheets: Mapping[str, Given], base: Routing, body: bytes, *, file: str) -> Draft:
    """Return the table that *sheets* make of *base*.

    Args:
        sheets: by part: "head", "region", "sector", "department", "rule".
        base: the table whose parts stay where no sheet is for them.
        body: its file; with a sheet of rules alone, all else of it stays, comments too.
        file: name of what was given, for refusals.

    Raises:
        RoutingFileError: every cell is right, and the table cannot be used all the same.
    """
    bad: list[BadCell] = []
    made = base
    if "head" in sheets:
        told, wrong = read_head(sheets["head"])
        bad += wrong
        made = made if wrong else _changed(made, told)
    for part, name in _FIELDS.items():
        if part in sheets:
            found, wrong = read_part(part, sheets[part])
            bad += wrong
            made = made if wrong else _changed(made, {name: found})
    rules, wrong = _rules(sheets.get("rule"), made)
    bad += wrong
    if bad:
        return Draft(b"", tuple(bad))
    new = with_rules(body, rules, file=file) if made is base else whole(made, rules)
    parse_routing(new, file=file)
    return Draft(new)


def _changed(routing: Routing, values: Mapping[str, Any]) -> Routing:
    regions = values.get("regions")
    return replace(routing, **(values if regions is None else {"regions": Regions(regions)}))


def _rules(given: Given | None, made: Routing) -> tuple[list[Rule], list[BadCell]]:
    known = Known(made.regions.by_code, made.departments, made.sectors)
    if given is not None:
        read = read_rules(given.rows, known, unread=given.unread)
        return read.rules, read.bad
    kept = list(made.rules.values())
    return kept, [
        BadCell(0, one.key, one.expected, rule.id)
        for rule in kept
        for one in rule_problems(rule, known)
    ]
