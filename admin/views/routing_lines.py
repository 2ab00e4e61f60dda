"""What a routing table changes, as lines of a page: names for codes, and who has no keys."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.routing_words import PART_NAMES, column
from admin.forms.rule_words import GRADES, TIERS
from admin.forms.words import MATTERS, word
from casework.domain.routing import Routing
from casework.domain.routing_difference import (
    Change,
    PartDifference,
    difference,
    leading,
)
from casework.domain.routing_matrix import Gap
from casework.domain.routing_table import ANY, GRID, TOWNSHIP, Rule

SHOWN_MAX: Final = 200  # lines of each kind on the page; how many there are is always said
OFFICES: Final = frozenset({"lead", "co", "copy", "supervisor", "discipline"})
REGIONS: Final = frozenset({"region", "parent", "successor"})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry that comes, goes or differs.

    Attributes:
        what: "added", "gone" or "changed".
        told: what it is, or each value before and after.
    """

    what: str
    code: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartLines:
    """What changes in one part."""

    name: str
    counts: Mapping[str, int]
    lines: tuple[Line, ...]

    @property
    def hidden(self) -> int:
        """How many lines are not shown."""
        return sum(self.counts.values()) - len(self.lines)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a table shows.

    Attributes:
        head: values of the head that differ.
        keyless: departments that rules send reports to and that have no keys, by code.
        newly_keyless: those of them that had no rule before.
    """

    after: Routing
    head: tuple[str, ...]
    parts: tuple[PartLines, ...]
    uncovered: tuple[str, ...]
    covered: tuple[str, ...]
    keyless: tuple[str, ...]
    newly_keyless: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether the two tables say the same."""
        return not (self.head or self.parts)


def shown(before: Routing, after: Routing, on: date) -> Shown:
    """Return what *after* changes in *before*, from the day *on*."""
    found = difference(before, after, on=on)
    keyset = console().trust().keyset
    named = _Names(before, after)
    had = set(leading(before, on=on))
    keyless = tuple(one for one in leading(after, on=on) if not keyset.has_office(one))
    return Shown(
        after=after,
        head=tuple(
            _changed(key, named.value(key, was), named.value(key, now))
            for key, (was, now) in found.head.items()
        ),
        parts=tuple(_part(one, before, after, named) for one in found.parts),
        uncovered=_gaps(found.uncovered, named),
        covered=_gaps(found.covered, named),
        keyless=tuple(map(named.office, keyless)),
        newly_keyless=tuple(named.office(one) for one in keyless if one not in had),
    )


class _Names:
    """What codes of either table are called; the newer one has the say."""

    def __init__(self, before: Routing, after: Routing) -> None:
        self._tables = (after, before)

    def office(self, code: str) -> str:
        near = {TOWNSHIP: _("所在乡镇"), GRID: _("所在网格")}
        return near.get(code) or self._name(lambda one: one.departments, code)

    def region(self, code: str) -> str:
        return self._name(lambda one: one.regions.by_code, code)

    def sector(self, code: str) -> str:
        return _("所有行业") if code == ANY else self._name(lambda one: one.sectors, code)

    def value(self, key: str, told: str) -> str:
        """A value of an entry in words."""
        if not told:
            return _("（无）")
        if key in OFFICES:
            return _("、").join(map(self.office, told.split(";")))
        if key in REGIONS:
            return self.region(told)
        if key == "sector":
            return self.sector(told)
        kinds = {"matter": MATTERS, "tier": TIERS, "grade": GRADES}
        if told == ANY:
            return _("不限")
        return word(kinds[key], told) if key in kinds else told

    def rule(self, rule: Rule) -> str:
        """For what a rule is, and who takes it."""
        limits = [
            self.value(key, getattr(rule, key))
            for key in ("tier", "grade")
            if getattr(rule, key) != ANY
        ]
        matter = _("各类事项") if rule.matter == ANY else word(MATTERS, rule.matter)
        what = _("，").join((self.region(rule.region), self.sector(rule.sector), matter, *limits))
        told = _("%(what)s：由%(lead)s承办", what=what, lead=self.office(rule.lead))
        if rule.co:
            told += _("，%(co)s协办", co=_("、").join(map(self.office, rule.co)))
        return told

    def _name(self, of: Callable[[Routing], Mapping[str, Any]], code: str) -> str:
        for table in self._tables:
            known = of(table).get(code)
            if known is not None:
                return str(known.name)
        return code


def _part(found: PartDifference, before: Routing, after: Routing, named: _Names) -> PartLines:
    def told(routing: Routing, code: str) -> tuple[str, ...]:
        match found.part:
            case "rule":
                return (named.rule(routing.rules[code]),)
            case "region":
                return (named.region(code),)
            case "sector":
                return (named.sector(code),)
            case _:
                return (named.office(code),)

    lines = [Line("gone", code, told(before, code)) for code in found.gone]
    lines += [Line("added", code, told(after, code)) for code in found.added]
    lines += [Line("changed", one.code, _values(one, named)) for one in found.changed]
    counts = {
        "added": len(found.added), "gone": len(found.gone), "changed": len(found.changed),
    }  # fmt: skip
    return PartLines(word(PART_NAMES, found.part), counts, tuple(lines[:SHOWN_MAX]))


def _values(change: Change, named: _Names) -> tuple[str, ...]:
    return tuple(
        _changed(key, named.value(key, was), named.value(key, now))
        for key, (was, now) in change.values.items()
    )


def _changed(key: str, was: str, now: str) -> str:
    return _("%(key)s：%(was)s → %(now)s", key=column(key), was=was, now=now)


def _gaps(gaps: Iterable[Gap], named: _Names) -> tuple[str, ...]:
    """Name what has or has no rule, a line for each sector of a region."""
    together: dict[tuple[str, str], list[str]] = {}
    for one in gaps:
        together.setdefault((one.region, one.sector), []).append(word(MATTERS, one.matter))
    return tuple(_gap(named, *place, matters) for place, matters in together.items())


def _gap(named: _Names, region: str, sector: str, matters: Iterable[str]) -> str:
    return _(
        "%(region)s，%(sector)s：%(matters)s",
        region=named.region(region), sector=named.sector(sector), matters=_("、").join(matters),
    )  # fmt: skip
