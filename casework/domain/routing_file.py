"""Reads a routing file: regions, departments, sectors, rules; checked together, refused whole."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from casework.domain.case import Matter
from casework.domain.errors import RoutingFileError
from casework.domain.region import Region
from casework.domain.routing_checks import (
    Known,
    Problem,
    department_problems,
    region_problems,
    rule_problems,
    ties,
    unsupervised_day,
)
from casework.domain.routing_table import (
    ANY,
    DISCIPLINE,
    GRADES,
    KINDS,
    TIERS,
    Days,
    Department,
    Rule,
    Sector,
    Tables,
)
from casework.domain.rule_table import RuleTable, open_rules

_CODE = re.compile(r"[a-z0-9_]{1,40}\Z", re.ASCII)
_DEPARTMENT = re.compile(r"([0-9]{6}|[0-9]{12})-[a-z0-9]{1,20}\Z", re.ASCII)
_REGION = re.compile(r"([0-9]{6}|[0-9]{12})\Z", re.ASCII)


def parse_routing(body: bytes, *, file: str) -> Tables:
    """Return the tables of a routing file.

    Raises:
        RoutingFileError: no TOML, a key missing or unknown, a code twice or in a wrong form, a
            code that no other table has, a loop, a lead that cannot handle reports, days that
            do not fit, or a tie. It names file, line, key and what was expected.
    """
    table = open_rules(file, body, RoutingFileError)
    site = table.text("site")
    named = table.text("discipline", "") if table.has("discipline") else None
    entries = {name: table.tables(name) for name in ("region", "department", "sector", "rule")}
    regions = _regions(entries["region"])
    departments = _departments(entries["department"])
    sectors = _sectors(entries["sector"])
    rules = tuple(_rule(entry) for entry in entries["rule"])
    source = table.text("source")
    table.done()
    for name, found in (("region", regions), ("department", departments), ("sector", sectors)):
        if not found:
            raise table.refuse(name, "at least one")
    _refuse_first(region_problems(regions), "region", entries["region"], regions)
    _refuse_first(
        department_problems(departments), "department", entries["department"], departments
    )
    _check_top(table, site, named, departments)
    _check_rules(entries["rule"], rules, Known(regions, departments, sectors))
    return Tables(
        site=site,
        source=source,
        sha256=hashlib.sha256(body).hexdigest(),
        discipline=_only_discipline(site, departments) if named is None else named,
        regions=MappingProxyType(regions),
        departments=MappingProxyType(departments),
        sectors=MappingProxyType(sectors),
        rules=rules,
    )


def _code(
    entry: RuleTable, form: re.Pattern[str], expected: str, taken: Mapping[str, object]
) -> str:
    code = entry.text("code")
    if not form.match(code) or code in taken:
        raise entry.refuse("code", f"{expected}, each once, not {code!r}")
    return code


def _given(entry: RuleTable, key: str) -> str:
    """Take a text that may be empty and must stand there: a lost line is not "none"."""
    if not entry.has(key):
        raise entry.refuse(key, 'a text, "" for none')
    return entry.text(key, "")


def _listed(entry: RuleTable, key: str) -> RuleTable:
    if not entry.has(key):
        raise entry.refuse(key, "a list, [] for none")
    return entry


def _days(entry: RuleTable) -> Days:
    """Take `from` and `until`, the first and the last day; left out: since ever, for good."""
    days = Days(entry.day_or_none("from"), entry.day_or_none("until"))
    if (days.first or date.min) > (days.last or date.max):
        raise entry.refuse("until", f"a day not before {days.first}")
    return days


def _regions(entries: Sequence[RuleTable]) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for entry in entries:
        one = read_region(entry, regions)
        regions[one.code] = one
    return regions


def read_region(entry: RuleTable, taken: Mapping[str, object]) -> Region:
    """Return the region of an entry, whose code is none of *taken*.

    Raises:
        RoutingFileError: a key is missing, unknown or wrong.
    """
    region = Region(
        code=_code(entry, _REGION, "6 or 12 digits", taken),
        name=entry.text("name"),
        kind=entry.choice("kind", ("county", "township", "grid")),
        parent=_given(entry, "parent"),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day_or_none("valid_to"),
        successor=entry.text("successor", ""),
        verified=entry.truth("verified", False),
        code_source=entry.text("code_source", ""),
    )
    entry.done()
    return region


def _departments(entries: Sequence[RuleTable]) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for entry in entries:
        one = read_department(entry, departments)
        departments[one.code] = one
    return departments


def read_department(entry: RuleTable, taken: Mapping[str, object]) -> Department:
    """Return the department of an entry; otherwise as `read_region`."""
    department = Department(
        code=_code(entry, _DEPARTMENT, "a region code, hyphen, letters", taken),
        name=entry.text("name"),
        short=entry.text("short"),
        kind=entry.choice("kind", KINDS),
        supervisor=_given(entry, "supervisor"),
        duties=entry.text("duties"),
        clauses=_listed(entry, "clauses").wholes("clauses", 1, 999),
        days=_days(entry),
    )
    entry.done()
    return department


def _sectors(entries: Sequence[RuleTable]) -> dict[str, Sector]:
    sectors: dict[str, Sector] = {}
    for entry in entries:
        one = read_sector(entry, sectors)
        sectors[one.code] = one
    return sectors


def read_sector(entry: RuleTable, taken: Mapping[str, object]) -> Sector:
    """Return the sector of an entry; otherwise as `read_region`."""
    code = _code(entry, _CODE, "lower-case letters, digits and _", taken)
    sector = Sector(code, entry.text("name"), entry.text("name_en"))
    entry.done()
    return sector


def _rule(entry: RuleTable) -> Rule:
    rule = Rule(
        id=entry.text("id"),
        region=entry.text("region"),
        sector=entry.text("sector"),
        matter=entry.choice("matter", (ANY, *Matter)),
        lead=entry.text("lead"),
        co=_listed(entry, "co").texts("co"),
        reason=entry.text("reason"),
        clause=_given(entry, "clause"),
        tier=entry.choice("tier", (ANY, *TIERS), ANY),
        grade=entry.choice("grade", (ANY, *GRADES), ANY),
        days=_days(entry),
        copy=entry.texts("copy"),
    )
    entry.done()
    return rule


def _refuse_first(
    problems: Iterator[tuple[str, Problem]],
    name: str,
    entries: Sequence[RuleTable],
    codes: Mapping[str, object],
) -> None:
    """Refuse at the line of the first region or department that is wrong, if one is."""
    for code, problem in problems:
        entry = entries[list(codes).index(code)]
        # What a person looks for is the code, not how many entries stand before it.
        told = f"{name} {code}.{problem.key}" if problem.key else name
        raise entry.refuse(problem.key or "code", problem.expected, told=told)


def _check_top(
    table: RuleTable, site: str, discipline: str | None, departments: Mapping[str, Department]
) -> None:
    lacking = unsupervised_day(site, departments)
    if lacking is not None:
        on = f" on every day, also on {lacking}" if lacking != date.min else ""
        raise table.refuse("department", f"a supervisor {site}-…{on} for what no rule matches")
    if discipline and (discipline not in departments or departments[discipline].kind != DISCIPLINE):
        raise table.refuse("discipline", 'the code of a department of kind discipline, or ""')


def _only_discipline(site: str, departments: Mapping[str, Department]) -> str:
    """Return the one discipline body of the site; where there are several, the file names one."""
    found = [
        one.code for one in departments.values() if one.kind == DISCIPLINE and one.region == site
    ]
    return found[0] if len(found) == 1 else ""


def _check_rules(entries: Sequence[RuleTable], rules: Sequence[Rule], known: Known) -> None:
    ids: set[str] = set()
    for entry, rule in zip(entries, rules, strict=True):
        if rule.id in ids:
            raise entry.refuse("id", f"each id once, not {rule.id!r} again")
        ids.add(rule.id)
        for problem in rule_problems(rule, known):
            raise entry.refuse(problem.key, problem.expected)
    for place, other in sorted(ties(rules).items()):
        before = rules[other].id
        raise entries[place].refuse(
            "id", f"no tie: {before} is for the same reports and days as {rules[place].id}"
        )
