"""Reads a routing file: regions, departments, sectors, rules; checked together, refused whole."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casework.domain.case import Matter
from casework.domain.errors import RoutingFileError
from casework.domain.region import Region
from casework.domain.rule_table import RuleTable, open_rules

KINDS = ("department", "supervisor", "discipline", "fund", "enterprise")
HANDLING = frozenset({"department", "supervisor", "discipline"})
_CODE = re.compile(r"[a-z0-9_]{1,40}\Z", re.ASCII)
_DEPARTMENT = re.compile(r"[0-9]{6}-[a-z0-9]{1,20}\Z", re.ASCII)
_REGION = re.compile(r"([0-9]{6}|[0-9]{12})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Department:
    """A body that may handle, supervise, pay, or be accused.

    Attributes:
        code: region code, hyphen, short letters.
        kind: one of KINDS; "fund" and "enterprise" never handle a report.
        supervisor: code of the next level up, "" at the top.
        duties: what it handles, for the duty list that anyone can read.
        clauses: clauses of the source that name it.
    """

    code: str
    name: str
    short: str
    kind: str
    supervisor: str
    duties: str
    clauses: tuple[int, ...]

    @property
    def region(self) -> str:
        """The region that the code names."""
        return self.code.partition("-")[0]

    @property
    def handles(self) -> bool:
        """Whether reports may be sent to it."""
        return self.kind in HANDLING


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector that a reporter may choose."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the routing table; "*" stands for any sector or matter."""

    id: str
    region: str
    sector: str
    matter: str
    lead: str
    co: tuple[str, ...]
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class Tables:
    """A routing file, read and checked."""

    site: str
    source: str
    sha256: str
    regions: Mapping[str, Region]
    departments: Mapping[str, Department]
    sectors: Mapping[str, Sector]
    rules: tuple[Rule, ...]


def parse_routing(body: bytes, *, file: str) -> Tables:
    """Return the tables of a routing file.

    Raises:
        RoutingFileError: no TOML, a key missing or unknown, a code twice or in a wrong form, a
            code that no other table has, a loop, a lead that cannot handle reports, or two
            rules for the same region, sector and matter.
    """
    table = open_rules(file, body, RoutingFileError)
    site, source = table.text("site"), table.text("source", "")
    regions = _regions(table.tables("region"))
    departments = _departments(table.tables("department"))
    sectors = _sectors(table.tables("sector"))
    entries = table.tables("rule")
    rules = tuple(_rule(entry) for entry in entries)
    table.done()
    for name, found in (("region", regions), ("department", departments), ("sector", sectors)):
        if not found:
            raise table.refuse(name, "at least one")
    _check_tree(table, "region", {code: region.parent for code, region in regions.items()})
    _check_supervisors(table, departments)
    _check_rules(entries, rules, regions, departments, sectors)
    if not any(d.kind == "supervisor" and d.region == site for d in departments.values()):
        raise table.refuse("department", f"a supervisor {site}-… for what no rule matches")
    return Tables(
        site=site,
        source=source,
        sha256=hashlib.sha256(body).hexdigest(),
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


def _regions(entries: Sequence[RuleTable]) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for entry in entries:
        code = _code(entry, _REGION, "6 or 12 digits", regions)
        regions[code] = Region(
            code=code,
            name=entry.text("name"),
            parent=entry.text("parent", ""),
            kind=entry.choice("kind", ("county", "township")),
            valid_from=entry.day_or_none("valid_from"),
            valid_to=entry.day_or_none("valid_to"),
        )
        entry.anything("verified")
        entry.anything("code_source")
        entry.done()
    return regions


def _departments(entries: Sequence[RuleTable]) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for entry in entries:
        code = _code(entry, _DEPARTMENT, "a region code, hyphen, letters", departments)
        departments[code] = Department(
            code=code,
            name=entry.text("name"),
            short=entry.text("short"),
            kind=entry.choice("kind", KINDS),
            supervisor=entry.text("supervisor", ""),
            duties=entry.text("duties"),
            clauses=entry.wholes("clauses", 1, 999),
        )
        entry.done()
    return departments


def _sectors(entries: Sequence[RuleTable]) -> dict[str, Sector]:
    sectors: dict[str, Sector] = {}
    for entry in entries:
        code = _code(entry, _CODE, "lower-case letters, digits and _", sectors)
        sectors[code] = Sector(code, entry.text("name"), entry.text("name_en"))
        entry.done()
    return sectors


def _rule(entry: RuleTable) -> Rule:
    rule = Rule(
        id=entry.text("id"),
        region=entry.text("region"),
        sector=entry.text("sector"),
        matter=entry.choice("matter", ("*", *Matter)),
        lead=entry.text("lead"),
        co=entry.texts("co"),
        reason=entry.text("reason"),
        clause=entry.text("clause", ""),
    )
    entry.done()
    return rule


def _check_tree(table: RuleTable, name: str, parents: Mapping[str, str]) -> None:
    for code in parents:
        seen: set[str] = set()
        above = code
        while above in parents:
            if above in seen:
                raise table.refuse(name, f"a tree, but {code} leads back to {above}")
            seen.add(above)
            above = parents[above]


def _check_supervisors(table: RuleTable, departments: Mapping[str, Department]) -> None:
    for department in departments.values():
        above = department.supervisor
        if above and (above not in departments or departments[above].kind != "supervisor"):
            raise table.refuse(
                f"department {department.code}.supervisor", 'a department of kind supervisor, or ""'
            )
        if not above and department.kind != "supervisor":
            raise table.refuse(f"department {department.code}.supervisor", "a supervisor's code")
    _check_tree(table, "department", {d.code: d.supervisor for d in departments.values()})


def _check_rules(
    entries: Sequence[RuleTable],
    rules: Sequence[Rule],
    regions: Mapping[str, Region],
    departments: Mapping[str, Department],
    sectors: Mapping[str, Sector],
) -> None:
    ids: set[str] = set()
    keys: dict[tuple[str, str, str], str] = {}
    for entry, rule in zip(entries, rules, strict=True):
        if rule.id in ids:
            raise entry.refuse("id", f"each id once, not {rule.id!r} again")
        ids.add(rule.id)
        if rule.region not in regions:
            raise entry.refuse("region", "the code of a region above")
        if rule.sector != "*" and rule.sector not in sectors:
            raise entry.refuse("sector", 'the code of a sector above, or "*"')
        for name, codes in (("lead", (rule.lead,)), ("co", rule.co)):
            for code in codes:
                if code not in departments or not departments[code].handles:
                    raise entry.refuse(name, f"departments that handle reports, not {code!r}")
        if rule.lead in rule.co:
            raise entry.refuse("co", "others than the lead")
        key = (rule.region, rule.matter, rule.sector)
        if key in keys:
            raise entry.refuse("id", f"no tie: {keys[key]} is for the same reports as {rule.id}")
        keys[key] = rule.id
