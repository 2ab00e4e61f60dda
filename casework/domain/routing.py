"""Which department takes a report: by region, kind of matter and sector, from a table.

The most specific rule wins: the nearest region, then a rule for the matter,
then one for the sector. What no rule matches goes to the safety-committee
office (003 clause 8), marked undetermined. Nobody the report is about receives
it: that body is left out and its supervisor steps in, one level up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.case import Matter
from casework.domain.errors import (
    NoOfficeLeftError,
    UnknownDepartmentError,
    UnknownMatterError,
    UnknownSectorError,
)
from casework.domain.region import Regions
from casework.domain.routing_file import Department, Rule, Sector, Tables, parse_routing

__all__ = ["Department", "Routed", "Routing", "Rule", "Sector", "load_routing", "route"]

ANY = "*"
SUPERVISING = "supervisor"  # kind of a department that supervises others


@dataclass(frozen=True, slots=True)
class Routing:
    """The routing table of one site, indexed.

    Attributes:
        sha256: of the file's bytes.
    """

    site: str
    source: str
    sha256: str
    regions: Regions
    departments: Mapping[str, Department]
    sectors: Mapping[str, Sector]
    rules: Mapping[tuple[str, str, str], Rule]

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

    def supervising_office(self, region: str) -> str:
        """Return the supervising department of the nearest region that has one."""
        for code in self.regions.up(region):
            for department in self.departments.values():
                if department.kind == SUPERVISING and department.region == code:
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
        RoutingFileError: the file is refused whole; file, key and what was expected are named.
    """
    tables: Tables = parse_routing(body, file=file)
    return Routing(
        site=tables.site,
        source=tables.source,
        sha256=tables.sha256,
        regions=Regions(tables.regions),
        departments=tables.departments,
        sectors=tables.sectors,
        rules={(rule.region, rule.matter, rule.sector): rule for rule in tables.rules},
    )


def route(
    routing: Routing, region: str, sector: str, matter: str, about: str | None = None, *, on: date
) -> Routed:
    """Return who takes a report, who helps, who supervises, by which rule and why.

    Args:
        routing: the table.
        region: code of a county or township in it.
        sector: sector code.
        matter: one of case.Matter.
        about: department that the report is about, or None.
        on: civil date on which the report came in.

    Raises:
        UnknownRegionError, UnknownSectorError, UnknownMatterError, UnknownDepartmentError:
            a code that the table does not have (on that day).
        NoOfficeLeftError: everybody who could take it is who it is about.

    Source: Yichuan [2022] No. 6, clauses 8, 41 and 43 (territorial jurisdiction, tiered
    responsibility; what is unclear the safety-committee office assigns).
    """
    routing.regions.get(region, on)
    if sector not in routing.sectors:
        raise UnknownSectorError(sector=sector)
    if matter not in set(Matter):
        raise UnknownMatterError(matter=matter)
    if about is not None:
        routing.department(about)
    rule = _find(routing, region, sector, matter)
    wanted = rule.lead if rule else routing.supervising_office(region)
    lead = _first_free(routing, wanted, about)
    above = routing.department(lead).supervisor
    supervisor = _first_free(routing, above, about, or_else=lead) if above else lead
    co_handlers = tuple(code for code in rule.co if code not in (about, lead)) if rule else ()
    return Routed(
        lead=lead,
        lead_name=routing.department(lead).name,
        co_handlers=co_handlers,
        supervisor=supervisor,
        undetermined=rule is None,
        rule=rule.id if rule else None,
        reason=_reason(rule, moved=lead != wanted),
        clause=rule.clause if rule else "003 第8条",
        excluded=about if about in (wanted, above) or (rule and about in rule.co) else None,
    )


def _find(routing: Routing, region: str, sector: str, matter: str) -> Rule | None:
    for code in routing.regions.up(region):
        for key in ((matter, sector), (matter, ANY), (ANY, sector), (ANY, ANY)):
            rule = routing.rules.get((code, *key))
            if rule is not None:
                return rule
    return None


def _first_free(
    routing: Routing, code: str, about: str | None, *, or_else: str | None = None
) -> str:
    """Return the first of a department and its supervisors that the report is not about."""
    for candidate in routing.chain_up(code):
        if candidate != about:
            return candidate
    if or_else is None:
        raise NoOfficeLeftError(department=code)
    return or_else


def _reason(rule: Rule | None, *, moved: bool) -> str:
    reason = rule.reason if rule else "没有匹配的规则，由安委办指定承办单位（003 第8条）"
    return f"{reason}；举报涉及该单位，改由其上一级接收" if moved else reason
