"""What a routing table changes: entries that come, go or differ, and what no rule is for."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from casework.domain.errors import RoutingFileError
from casework.domain.routing import Routing
from casework.domain.routing_matrix import Gap, uncovered
from casework.domain.routing_table import Days

PARTS: Final = ("region", "sector", "department", "rule")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is another than before.

    Attributes:
        values: key of the entry, as the file calls it: its value before and after, as text.
    """

    code: str
    values: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartDifference:
    """What changes in one part of a table: codes or ids in the order of their table."""

    part: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class RoutingDifference:
    """What a table changes in another.

    Attributes:
        head: key of the file's head: its value before and after.
        parts: those of PARTS in which anything changes.
        uncovered: reports that had a rule and have none any more.
        covered: reports that had none and have one now.
    """

    head: Mapping[str, tuple[str, str]]
    parts: tuple[PartDifference, ...]
    uncovered: tuple[Gap, ...]
    covered: tuple[Gap, ...]


def difference(before: Routing, after: Routing, *, on: date) -> RoutingDifference:
    """Return what *after* changes; what no rule is for is looked at on the day *on*."""
    head = {
        key: (str(getattr(before, key)), str(getattr(after, key)))
        for key in ("source", "discipline")
        if getattr(before, key) != getattr(after, key)
    }
    parts = (_part(name, _entries(before, name), _entries(after, name)) for name in PARTS)
    was, now = (
        {(one.region, one.sector, one.matter): one for one in uncovered(routing, on=on)}
        for routing in (before, after)
    )
    return RoutingDifference(
        head=head,
        parts=tuple(one for one in parts if one.added or one.gone or one.changed),
        uncovered=tuple(now[key] for key in now if key not in was),
        covered=tuple(was[key] for key in was if key not in now),
    )


def check_successor(new: Routing, before: Routing, *, file: str) -> None:
    """Check that a table can take the place of another while cases are under way.

    Cases, keys and people carry the codes of regions and departments for years: such a code
    is given a last day, and never left out.

    Raises:
        RoutingFileError: it is of another site, or leaves out a region or a department.
    """
    if new.site != before.site:
        raise RoutingFileError(file, "site", before.site)
    for part in ("region", "department"):
        left = _entries(new, part)
        for code in _entries(before, part):
            if code not in left:
                raise RoutingFileError(file, f"{part} {code}", "the entry, with a last day")


def leading(routing: Routing, *, on: date) -> tuple[str, ...]:
    """Return the departments that rules of a day send reports to, to lead or to help."""
    found: dict[str, None] = {}
    for rule in routing.rules.values():
        if on in rule.days:
            found |= dict.fromkeys((rule.lead, *rule.co))
    return tuple(found)


def _entries(routing: Routing, part: str) -> Mapping[str, Any]:
    named: dict[str, Mapping[str, Any]] = {
        "region": routing.regions.by_code,
        "sector": routing.sectors,
        "department": routing.departments,
        "rule": routing.rules,
    }
    return named[part]


def _part(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> PartDifference:
    both = (code for code in after if code in before and after[code] != before[code])
    return PartDifference(
        part=name,
        added=tuple(code for code in after if code not in before),
        gone=tuple(code for code in before if code not in after),
        changed=tuple(Change(code, _values(before[code], after[code])) for code in both),
    )


def _values(before: Any, after: Any) -> dict[str, tuple[str, str]]:
    """Return each value of an entry that differs, under the key of the file."""
    was, now = _flat(before), _flat(after)
    return {key: (was[key], now[key]) for key in now if was[key] != now[key]}


def _flat(entry: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in fields(entry):
        value = getattr(entry, one.name)
        if isinstance(value, Days):  # which the file calls "from" and "until"
            found |= {"from": str(value.first or ""), "until": str(value.last or "")}
        elif isinstance(value, tuple):
            found[one.name] = ";".join(map(str, value))
        else:
            found[one.name] = "" if value is None else str(value)
    return found
