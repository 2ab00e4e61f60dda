"""The routing table in force: what no rule is for, who handles what, and a try of one report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import rule_words
from admin.forms.words import MATTERS, word
from admin.permissions import requires
from casework.domain.case import Matter
from casework.domain.duties import Duty, duties, places_apart
from casework.domain.errors import CaseworkError
from casework.domain.routing import Routed, Routing, route
from casework.domain.routing_matrix import Gap, uncovered
from casework.domain.routing_table import ANY

bp = Blueprint("duties", __name__, url_prefix="/rules/duties")

ASKED: Final = ("region", "sector", "matter", "about", "tier", "grade", "on")
USUAL: Final = {Matter.GENERAL_HAZARD, Matter.MAJOR_HAZARD, Matter.VIOLATION}


@dataclass(frozen=True, slots=True)
class GapLine:
    """What no rule is for in one sector.

    Attributes:
        covered_in: names of the townships that have a rule of their own for some of it.
    """

    region: str
    sector: str
    matters: str
    covered_in: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What routing would do with one report; or the sentence why it does nothing."""

    routed: Routed | None = None
    trouble: str = ""


@bp.get("")
@requires("rules.view")
def index() -> ResponseReturnValue:
    """What no rule is for, the list of duties, and where one report would go."""
    here = console()
    routing, today = here.routing, here.clock.today()
    given = {name: request.args.get(name, "").strip() for name in ASKED}
    tried = _try(routing, given, today) if given["sector"] else None
    page = render_template(
        "duties/index.html",
        routing=routing,
        gaps=_gap_lines(uncovered(routing, on=today)),
        lines=duties(routing, here.instance.region, on=today),
        apart=places_apart(routing, on=today),
        unnamed=_(
            "没有匹配的规则，由安委办按“谁主管谁牵头、谁为主谁牵头、谁靠近谁牵头”的原则"
            "指定承办单位（%(source)s 第8条）",
            source=routing.source,
        ),
        matters_of=matters_of,
        matters=MATTERS,
        rule_words=rule_words,
        sector_options=[(code, here.sector_name(code)) for code in routing.sectors],
        region_options=[
            (one.code, one.name) for one in routing.regions.by_code.values() if one.is_valid(today)
        ],
        body_options=[(one.code, one.name) for one in routing.departments.values()],
        given=given,
        today=today,
        tried=tried,
    )
    return page, 422 if tried is not None and tried.trouble else 200


def matters_of(duty: Duty) -> str:
    """Name the matters of a line, and whom it is limited to."""
    names = _matters(duty.matters)
    limits = [
        word(words, code)
        for words, code in ((rule_words.TIERS, duty.tier), (rule_words.GRADES, duty.grade))
        if code != ANY
    ]
    if not limits:
        return names
    return _("%(names)s（只限%(limits)s）", names=names, limits=_("、").join(limits))


def _matters(codes: Iterable[str]) -> str:
    named = set(codes)
    if len(named) == len(Matter):
        return _("各类事项")
    if named == USUAL:
        return _("事故隐患、安全生产违法行为")
    return _("、").join(word(MATTERS, one) for one in Matter if one in named)


def _gap_lines(gaps: Iterable[Gap]) -> list[GapLine]:
    here = console()
    together: dict[tuple[str, str], list[Gap]] = {}
    for one in gaps:
        together.setdefault((one.region, one.sector), []).append(one)
    return [
        GapLine(
            region=here.region_name(region),
            sector=here.sector_name(sector),
            matters=_matters(one.matter for one in found),
            covered_in=_("、").join(
                dict.fromkeys(here.region_name(code) for one in found for code in one.covered_in)
            ),
        )
        for (region, sector), found in together.items()
    ]


def _try(routing: Routing, given: Mapping[str, str], today: date) -> Tried:
    try:
        on = date.fromisoformat(given["on"]) if given["on"] else today
    except ValueError:
        return Tried(trouble=_("日期请写成 2026-03-01 这样。"))
    try:
        return Tried(
            route(
                routing,
                given["region"] or routing.site,
                given["sector"],
                given["matter"],
                given["about"] or None,
                on=on,
                tier=given["tier"] or None,
                grade=given["grade"] or None,
            )
        )
    except CaseworkError as refusal:
        return Tried(trouble=explain(refusal))
