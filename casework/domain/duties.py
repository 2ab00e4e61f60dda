"""Who handles what, as a list that anybody can read: a routing table seen from its reports.

Source: POLICIES.md, FEATURES.md 34: powers and duty lists are public (豫政办〔2015〕127号 (18);
伊安委〔2022〕6号, clause 7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.domain.case import Matter
from casework.domain.routing import CLAUSE, UNDETERMINED, Routing, rule_for
from casework.domain.routing_table import ANY, Rule


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the list: these reports have this lead.

    Attributes:
        sector: its code; "*" in a line that is for every sector.
        matters: which kinds of matter.
        tier: whose enterprises, "*" where that does not count.
        grade: of which hazards, "*" where that does not count.
        lead: code of the department; of the one that assigns, where nobody is determined.
        co: codes of those who help.
        supervisor: code of who supervises the lead; the lead where nobody stands above it.
        rule: id of the rule, "" where no rule matches.
    """

    sector: str
    matters: tuple[str, ...]
    tier: str
    grade: str
    lead: str
    co: tuple[str, ...]
    supervisor: str
    rule: str
    clause: str
    reason: str

    @property
    def undetermined(self) -> bool:
        """Whether no rule matches, so that the safety-committee office assigns it."""
        return not self.rule


def duties(
    routing: Routing, region: str, *, on: date, sector: str | None = None
) -> tuple[Duty, ...]:
    """Return who handles what in a region on a day.

    Args:
        routing: the table.
        region: code of a region of the table, in use on that day.
        on: the day.
        sector: only this sector, with what is for every sector, too; None for all sectors, in
            the order of the file, and then what is for every sector.
    """
    found: list[Duty] = []
    wide: dict[Rule, list[str]] = {}
    for code in [sector] if sector else routing.sectors:
        for rule, matters in _by_rule(routing, region, code, on):
            if rule is not None and rule.sector == ANY:
                known = wide.setdefault(rule, [])
                known += [one for one in matters if one not in known]
            else:
                found.append(_duty(routing, region, code, rule, matters, on))
    found += [_duty(routing, region, ANY, rule, matters, on) for rule, matters in wide.items()]
    told = {one.rule for one in found}
    found += [
        _duty(routing, region, rule.sector, rule, _matters(rule), on)
        for rule in _in_reach(routing, region, on)
        if rule.id not in told
        and (rule.tier, rule.grade) != (ANY, ANY)
        and (sector is None or rule.sector in (sector, ANY))
    ]
    return tuple(found)


def places_apart(routing: Routing, *, on: date) -> tuple[str, ...]:
    """Return the regions below another one that have rules of their own on a day."""
    own = {rule.region for rule in routing.rules.values() if on in rule.days}
    return tuple(
        code
        for code, one in routing.regions.by_code.items()
        if code in own and one.is_valid(on) and one.parent in routing.regions.by_code
    )


def _by_rule(
    routing: Routing, region: str, sector: str, on: date
) -> Iterator[tuple[Rule | None, list[str]]]:
    found: dict[Rule | None, list[str]] = {}
    for matter in Matter:
        rule = rule_for(routing, region, sector, matter, on=on)
        found.setdefault(rule, []).append(matter)
    yield from found.items()


def _in_reach(routing: Routing, region: str, on: date) -> Iterator[Rule]:
    above = set(routing.regions.up(region, on))
    yield from (one for one in routing.rules.values() if one.region in above and on in one.days)


def _matters(rule: Rule) -> list[str]:
    return list(Matter) if rule.matter == ANY else [rule.matter]


def _duty(
    routing: Routing, region: str, sector: str, rule: Rule | None, matters: list[str], on: date
) -> Duty:
    lead = rule.lead if rule else routing.supervising_office(region, on)
    return Duty(
        sector=sector,
        matters=tuple(matters),
        tier=rule.tier if rule else ANY,
        grade=rule.grade if rule else ANY,
        lead=lead,
        co=rule.co if rule else (),
        supervisor=routing.department(lead).supervisor or lead,
        rule=rule.id if rule else "",
        clause=rule.clause if rule else CLAUSE,
        reason=rule.reason if rule else UNDETERMINED,
    )
