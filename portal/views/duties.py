"""The table "who handles what", from the routing data."""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from casework.domain.routing import ANY, Routing, Rule
from portal.forms.wording import MATTER_NAMES

# The routing file cites its source by a short key of its own.
SOURCE_KEY: Final = "003 "


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One line: what, who, why."""

    sector: Any
    lead: str
    reason: str


def duties_of(routing: Routing) -> dict[str, Any]:
    """Return what the page shows, in the order of the routing file."""
    rules = list(routing.rules.values())
    return {
        "lines": [_line(routing, rule) for rule in rules if rule.matter == ANY],
        "special": [_line(routing, rule) for rule in rules if rule.matter != ANY],
        "departments": [one for one in routing.departments.values() if one.handles],
        "source": routing.source,
    }


def _line(routing: Routing, rule: Rule) -> DutyLine:
    sector = routing.sectors[rule.sector].name if rule.sector != ANY else ""
    matter = MATTER_NAMES[rule.matter] if rule.matter != ANY else ""
    return DutyLine(
        sector=f"{sector}{'：' if sector and matter else ''}{matter}" or "",
        lead=routing.department(rule.lead).name,
        reason=rule.reason.replace(SOURCE_KEY, str(_("本县实施办法"))),
    )
