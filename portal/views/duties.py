"""The page "who handles what": the list of duties from the routing data, found by a form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from casework.domain.case import Matter
from casework.domain.duties import Duty, duties, places_apart
from casework.domain.routing import ANY, Department, Routing
from portal.extensions import PublicSite
from portal.forms.wording import MATTER_NAMES
from portal.language import DEFAULT, current, sector

# The routing file cites its source by a short key of its own.
SOURCE_KEY: Final = "003 "
# What most sectors have one rule for; the rest is for every sector alike.
USUAL: Final = {Matter.GENERAL_HAZARD, Matter.MAJOR_HAZARD, Matter.VIOLATION}
TIER_NAMES: Final = {
    "central": _l("中央企业"),
    "provincial": _l("省属企业"),
    "city": _l("市属企业"),
    "county": _l("县属企业"),
    "township": _l("乡镇属企业"),
    "other": _l("其他企业"),
}
GRADE_NAMES: Final = {"general": _l("一般隐患"), "major": _l("重大隐患")}


@dataclass(frozen=True, slots=True)
class Body:
    """A department as the page names it: a link to what it does, if it stands there."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One line: what, who leads, who helps, who supervises, why."""

    sector: str
    matters: str
    lead: Body
    co: tuple[Body, ...]
    supervisor: Body
    undetermined: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for; a code that the lists do not have is told and passed over."""

    region: str
    sector: str
    unknown: bool

    @property
    def any(self) -> bool:
        """Whether they look for something at all."""
        return bool(self.region or self.sector)


def asked(here: PublicSite, args: Mapping[str, str]) -> Asked:
    """Read the form."""
    region, sector = args.get("region", "").strip(), args.get("sector", "").strip()
    known = (not region or region in here.choices.regions) and (
        not sector or sector in here.choices.sectors
    )
    return Asked(region, sector, unknown=False) if known else Asked("", "", unknown=True)


def duties_of(here: PublicSite, wanted: Asked) -> dict[str, Any]:
    """Return what the page shows, in the order of the routing file."""
    routing, today = here.routing, here.clock.today()
    region = wanted.region or here.instance.region
    found = duties(routing, region, on=today, sector=wanted.sector or None)
    lines = [_line(routing, one) for one in found if one.sector != ANY or wanted.sector]
    special = [_line(routing, one) for one in found if one.sector == ANY and not wanted.sector]
    return {
        "asked": wanted,
        "regions": here.choices.regions.values(),
        "sectors": here.choices.sectors.values(),
        "region_name": here.choices.regions[region].name,
        "sector_name": sector(routing.sectors[wanted.sector]) if wanted.sector else "",
        "lines": lines,
        "special": special,
        "apart": [routing.regions.by_code[code].name for code in places_apart(routing, on=today)],
        "departments": _departments(routing, found, all_of_them=not wanted.any, today=today),
        "source": routing.source,
    }


def _line(routing: Routing, duty: Duty) -> DutyLine:
    return DutyLine(
        sector=str(sector(routing.sectors[duty.sector])) if duty.sector != ANY else "",
        matters=_matters(duty),
        lead=_body(routing, duty.lead),
        co=tuple(_body_in_short(routing, code) for code in duty.co),
        supervisor=_body_in_short(routing, duty.supervisor),
        undetermined=duty.undetermined,
        reason=_unnamed() if duty.undetermined else _in_words(routing, duty.reason),
    )


def _matters(duty: Duty) -> str:
    if len(duty.matters) == len(Matter):
        names = str(_("各类事情"))
    elif set(duty.matters) == USUAL:
        names = str(_("事故隐患、安全生产违法行为"))
    else:
        names = str(_("、")).join(str(MATTER_NAMES[one]) for one in duty.matters)
    whose = [str(TIER_NAMES[duty.tier])] if duty.tier != ANY else []
    whose += [str(GRADE_NAMES[duty.grade])] if duty.grade != ANY else []
    if not whose:
        return names
    return str(_("%(names)s（只限%(whose)s）", names=names, whose=_("、").join(whose)))


def _departments(
    routing: Routing, found: Iterable[Duty], *, all_of_them: bool, today: Any
) -> list[dict[str, str]]:
    """Return what each department does; of a search, those that stand in its lines."""
    named = {code for one in found for code in (one.lead, *one.co, one.supervisor)}
    return [
        {
            "code": one.code,
            "name": one.name,
            "duties": _in_words(routing, one.duties),
            "clauses": _clauses(one),
        }
        for one in routing.departments.values()
        if one.handles and today in one.days and (all_of_them or one.code in named)
    ]


def _clauses(department: Department) -> str:
    return str(_("、")).join(str(_("第%(n)d条", n=clause)) for clause in department.clauses)


def _body(routing: Routing, code: str) -> Body:
    return Body(code, routing.department(code).name)


def _body_in_short(routing: Routing, code: str) -> Body:
    """Name it as everybody does; the full name stands where the link leads."""
    return Body(code, routing.department(code).short)


def _unnamed() -> str:
    """What is done where no rule says who takes a report; the domain says it in Chinese."""
    return str(
        _(
            "没有匹配的规则，由安委办按“谁主管谁牵头、谁为主谁牵头、谁靠近谁牵头”的原则"
            "指定承办单位（%(source)s 第8条）",
            source=_("本县实施办法"),
        )
    )


def _in_words(routing: Routing, told: str) -> str:
    """A sentence of the routing table, in which the county's measures have a short number.

    It stays as it was written, in Chinese; so what is put in has to be Chinese too.
    """
    return told.replace(
        SOURCE_KEY, str(_("本县实施办法")) if current() == DEFAULT else routing.source
    )
