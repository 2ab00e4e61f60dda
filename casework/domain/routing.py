"""Which department takes a report: by region, kind of matter and sector, from a table.

The most specific rule wins, in this order: the nearest region, then a rule for the matter,
then one for the sector, then one for the tier of the enterprise, then one for the grade of
the hazard. What no rule matches goes to the safety-committee office (003 clause 8), marked
undetermined. Nobody the report is about receives it: that body is left out and its
supervisor steps in, one level up.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from types import MappingProxyType
from typing import Final

from casework.domain.case import Matter
from casework.domain.errors import (
    FactsError,
    NoOfficeLeftError,
    UnknownDepartmentError,
    UnknownMatterError,
    UnknownSectorError,
)
from casework.domain.region import Regions
from casework.domain.routing_file import parse_routing
from casework.domain.routing_table import (
    ANY,
    GRADES,
    NEAR,
    SUPERVISING,
    TIERS,
    Department,
    Rule,
    Sector,
    Tables,
)

__all__ = ["ANY", "Department", "Routed", "Routing", "Rule", "Sector", "load_routing", "route"]

MATTERS: Final = frozenset(Matter)
GRADE_OF: Final = {Matter.GENERAL_HAZARD: "general", Matter.MAJOR_HAZARD: "major"}
# Source 003, clause 8: who leads where duties cross, decided by the safety-committee office.
NEAREST: Final = "谁主管谁牵头、谁为主谁牵头、谁靠近谁牵头"
UNDETERMINED: Final = f"没有匹配的规则，由安委办按“{NEAREST}”的原则指定承办单位（003 第8条）"
CLAUSE: Final = "003 第8条"
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Routing:
    """The routing table of one site, indexed.

    Attributes:
        sha256: of the file's bytes.
        rules: by id, in the order of the file.
        index: rules by region, matter, sector, tier and grade, the earliest first.
        offices: departments by the region that their code names.
        discipline: the body that reports accusing staff are also for, "" if there is none.
    """

    site: str
    source: str
    sha256: str
    regions: Regions
    departments: Mapping[str, Department]
    sectors: Mapping[str, Sector]
    rules: Mapping[str, Rule]
    index: Mapping[Key, tuple[Rule, ...]]
    offices: Mapping[str, tuple[Department, ...]]
    discipline: str = ""

    def department(self, code: str) -> Department:
        """Return the department of this code.

        Raises:
            UnknownDepartmentError: there is none.
        """
        try:
            return self.departments[code]
        except KeyError:
            raise UnknownDepartmentError(department=code) from None

    def chain_up(self, code: str) -> tuple[str, ...]:
        """Return a department and its supervisors, nearest first."""
        found: list[str] = []
        while code:
            found.append(code)
            code = self.department(code).supervisor
        return tuple(found)

    def supervising_office(self, region: str, on: date) -> str:
        """Return the supervising department of the nearest region that has one on that day."""
        for code in self.regions.up(region, on):
            for department in self.offices.get(code, ()):
                if department.kind == SUPERVISING and on in department.days:
                    return department.code
        raise NoOfficeLeftError(region=region)


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a report goes, and why.

    Attributes:
        supervisor: who supervises the lead; the lead itself where nobody stands above it.
        undetermined: no rule matched; the supervising office decides who handles it.
        rule: id of the rule, None when undetermined.
        excluded: the body that was left out because the report is about it, or None.
            It is logged, and never told to that body.
        copies: who gets a copy of the order, without identity; nobody where staff is accused.
        discipline: the second recipient of a report that accuses staff, once where it leads or
            supervises; None for other reports and where that body is accused or barred.
    """

    lead: str
    lead_name: str
    co_handlers: tuple[str, ...]
    supervisor: str
    undetermined: bool
    rule: str | None
    reason: str
    clause: str = ""
    excluded: str | None = None
    copies: tuple[str, ...] = ()
    discipline: str | None = None

    @property
    def offices(self) -> tuple[str, ...]:
        """Who may open the case: lead and supervisor, each once."""
        return (self.lead,) if self.supervisor == self.lead else (self.lead, self.supervisor)

    def as_json(self) -> dict[str, object]:
        """Return the answer of `tonggui route explain --json` (issue 5)."""
        return {
            "lead": self.lead,
            "lead_name": self.lead_name,
            "co_handlers": list(self.co_handlers),
            "supervisor": self.supervisor,
            "undetermined": self.undetermined,
            "rule": self.rule,
            "reason": self.reason,
        }


def load_routing(body: bytes, *, file: str = "routing.toml") -> Routing:
    """Return the routing table of a TOML file.

    Args:
        body: the file.
        file: its name, for refusals.

    Raises:
        RoutingFileError: the file is refused whole; file, line, key and what was expected are
            named.
    """
    return routing_of(parse_routing(body, file=file))


def routing_of(tables: Tables) -> Routing:
    """Return tables that were read and checked, indexed."""
    return Routing(
        site=tables.site,
        source=tables.source,
        sha256=tables.sha256,
        regions=Regions(tables.regions),
        departments=tables.departments,
        sectors=tables.sectors,
        rules=MappingProxyType({rule.id: rule for rule in tables.rules}),
        index=_indexed(tables.rules),
        offices=_by_region(tables.departments.values()),
        discipline=tables.discipline,
    )


def route(
    routing: Routing,
    region: str,
    sector: str,
    matter: str,
    about: str | None = None,
    *,
    on: date,
    tier: str | None = None,
    grade: str | None = None,
    barred: Collection[str] = (),
) -> Routed:
    """Return who takes a report, who helps, who supervises, by which rule and why.

    Args:
        routing: the table.
        region: code of a county, township or grid in it, or one that such a code replaced.
        sector: sector code.
        matter: one of case.Matter.
        about: department that the report is about, or None.
        barred: further departments that must not have it, though it accuses none of them.
        on: civil date on which the report came in.
        tier: one of TIERS, whose enterprise it is about; None or "*" where nobody knows.
        grade: one of GRADES; None or "*" takes that of the matter, if it is a hazard.

    Raises:
        UnknownRegionError, UnknownSectorError, UnknownMatterError, UnknownDepartmentError:
            a code that the table does not have (on that day).
        FactsError: no such tier or grade.
        NoOfficeLeftError: everybody who could take it is who it is about.

    Source: Yichuan [2022] No. 6, clauses 8, 41 and 43 (territorial jurisdiction, tiered
    responsibility; what is unclear the safety-committee office assigns).
    """
    routing.regions.get(region, on)
    _check(routing, sector, matter, about, tier, grade)
    rule = rule_for(routing, region, sector, matter, on=on, tier=tier, grade=grade)
    wanted = rule.lead if rule else routing.supervising_office(region, on)
    shut = frozenset((*barred, *((about,) if about else ())))
    lead = _first_free(routing, wanted, shut)
    above = routing.department(lead).supervisor
    supervisor = _first_free(routing, above, shut, or_else=lead) if above else lead
    co_handlers = tuple(code for code in rule.co if code not in shut | {lead}) if rule else ()
    accused = _accuses_staff(routing, matter, about)
    known = (*shut, lead, supervisor, *co_handlers)
    return Routed(
        lead=lead,
        lead_name=routing.department(lead).name,
        co_handlers=co_handlers,
        supervisor=supervisor,
        undetermined=rule is None,
        rule=rule.id if rule else None,
        reason=_reason(rule, moved=lead != wanted),
        clause=rule.clause if rule else CLAUSE,
        excluded=about if about in (wanted, above) or (rule and about in rule.co) else None,
        # The fewer know that staff is accused, the better.
        copies=_copies(routing, rule, region, on, known) if rule and not accused else (),
        discipline=_discipline(routing, on, shut) if accused else None,
    )


def rule_for(
    routing: Routing,
    region: str,
    sector: str,
    matter: str,
    *,
    on: date,
    tier: str | None = None,
    grade: str | None = None,
) -> Rule | None:
    """Return the most specific rule that is in force on a day, None if no rule matches.

    The codes are those of `route`, known to exist.
    """
    wide = (
        _or_any(matter),
        _or_any(sector),
        _or_any(tier),
        _or_any(grade if grade not in (None, ANY) else GRADE_OF.get(Matter(matter))),
    )
    keys = tuple(product(*wide))
    for code in routing.regions.up(region, on):
        for key in keys:
            rules = routing.index.get((code, *key))
            if rules is not None:
                rule = _in_force(rules, on)
                if rule is not None:
                    return rule
    return None


def _or_any(code: str | None) -> tuple[str, ...]:
    return (ANY,) if code is None or code == ANY else (code, ANY)


def _in_force(rules: tuple[Rule, ...], on: date) -> Rule | None:
    """Return the one of rules that follow each other which counts on a day."""
    place = bisect_right(rules, on, key=_first_day) - 1
    return rules[place] if place >= 0 and on in rules[place].days else None


def _first_day(rule: Rule) -> date:
    return rule.days.first or date.min


def _indexed(rules: Iterable[Rule]) -> Mapping[Key, tuple[Rule, ...]]:
    found: dict[Key, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.key, []).append(rule)
    return MappingProxyType({key: tuple(sorted(found[key], key=_first_day)) for key in found})


def _by_region(departments: Iterable[Department]) -> Mapping[str, tuple[Department, ...]]:
    found: dict[str, list[Department]] = {}
    for department in departments:
        found.setdefault(department.region, []).append(department)
    return MappingProxyType({code: tuple(found[code]) for code in found})


def _check(
    routing: Routing,
    sector: str,
    matter: str,
    about: str | None,
    tier: str | None,
    grade: str | None,
) -> None:
    if sector not in routing.sectors:
        raise UnknownSectorError(sector=sector)
    if matter not in MATTERS:
        raise UnknownMatterError(matter=matter)
    if about is not None:
        routing.department(about)
    for name, code, codes in (("tier", tier, TIERS), ("grade", grade, GRADES)):
        if code not in (None, ANY, *codes):
            raise FactsError(name, f"one of {', '.join(codes)}")


def _accuses_staff(routing: Routing, matter: str, about: str | None) -> bool:
    """Tell whether a report accuses staff: by its matter, or by whom it is about."""
    if matter == Matter.STAFF_MISCONDUCT:
        return True
    return about is not None and routing.department(about).handles


def _discipline(routing: Routing, on: date, shut: Collection[str]) -> str | None:
    code = routing.discipline
    return code if code and code not in shut and on in routing.department(code).days else None


def _copies(
    routing: Routing, rule: Rule, region: str, on: date, known: tuple[str | None, ...]
) -> tuple[str, ...]:
    """Return who gets a copy; the body of a township or grid only where the table has one."""
    named: list[str] = []
    for code in rule.copy:
        if code not in NEAR:
            named.append(code)
            continue
        for above in routing.regions.up(region, on):
            place = routing.regions.by_code.get(above)
            if place is not None and place.kind == code:
                named += [one.code for one in routing.offices.get(above, ())
                          if one.handles and on in one.days]  # fmt: skip
    return tuple(code for code in dict.fromkeys(named) if code not in known)


def _first_free(
    routing: Routing, code: str, shut: Collection[str], *, or_else: str | None = None
) -> str:
    """Return the first of a department and its supervisors that may have the report."""
    for candidate in routing.chain_up(code):
        if candidate not in shut:
            return candidate
    if or_else is None:
        raise NoOfficeLeftError(department=code)
    return or_else


def _reason(rule: Rule | None, *, moved: bool) -> str:
    reason = rule.reason if rule else UNDETERMINED
    return f"{reason}；举报涉及该单位，改由其上一级接收" if moved else reason
