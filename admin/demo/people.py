"""The cast of a demo: no invented persons, only posts that say what they are."""

from dataclasses import dataclass
from typing import Final

from admin.ceremony import SeatWanted
from casework.domain.routing import Routing

COUNTY_OFFICE: Final = "410329-awb"
CITY_OFFICE: Final = "410300-awb"
FINANCE_OFFICE: Final = "410329-czj"
EMERGENCY_OFFICE: Final = "410329-yjj"
# In three different offices, as the key set demands; none of them pays or supervises.
SEAT_OFFICES: Final = ("410329-sfj", "410329-jw", "410329-nyncj")
WITHOUT_KEY: Final = frozenset({"enterprise"})


@dataclass(frozen=True, slots=True)
class Post:
    """One demo account."""

    login: str
    name: str
    office: str
    roles: frozenset[str]


def posts_of(routing: Routing) -> tuple[Post, ...]:
    """Return the accounts of a demo: two a department, and everybody who takes part in a reward."""
    found: list[Post] = []
    for code, department in routing.departments.items():
        if department.kind in {"department", "discipline"}:
            short = code.partition("-")[2]
            found.append(_post(f"{short}-officer", department.short, "承办人", code, "officer"))
            found.append(_post(f"{short}-leader", department.short, "负责人", code, "leader"))
    for prefix, office in (("awb", COUNTY_OFFICE), ("city", CITY_OFFICE)):
        name = routing.department(office).short
        found.append(_post(f"{prefix}-supervisor", name, "督办人", office, "supervisor"))
        found.append(_post(f"{prefix}-supervisor2", name, "督办人二", office, "supervisor"))
    county = routing.department(COUNTY_OFFICE).short
    found.append(_post("awb-leader", county, "负责人", COUNTY_OFFICE, "leader"))
    found.append(_post("awb-operator", county, "接线员", COUNTY_OFFICE, "operator"))
    finance = routing.department(FINANCE_OFFICE).short
    emergency = routing.department(EMERGENCY_OFFICE).short
    found += [
        _post("approver", emergency, "奖励审批人", EMERGENCY_OFFICE, "approver"),
        _post("finance", finance, "资金管理人", FINANCE_OFFICE, "finance"),
        _post("finance2", finance, "资金管理人二", FINANCE_OFFICE, "finance"),
        _post("cashier", finance, "出纳", FINANCE_OFFICE, "cashier"),
        _post(
            "auditor",
            routing.department(SEAT_OFFICES[1]).short,
            "审计员",
            SEAT_OFFICES[1],
            "auditor",
        ),
        _post("administrator", emergency, "系统管理员", EMERGENCY_OFFICE, "administrator"),
    ]
    for number, office in enumerate(SEAT_OFFICES, start=1):
        name = routing.department(office).short
        for which, word in (("holder", "保管人"), ("deputy", "副保管人")):
            title = f"席位{number}{word}"
            found.append(_post(f"seat{number}-{which}", name, title, office, "custodian"))
    return tuple(found)


def seats() -> tuple[SeatWanted, ...]:
    """Return who holds and who deputises each custodian seat."""
    return tuple(
        SeatWanted(number, f"seat{number}-holder", f"seat{number}-deputy")
        for number in range(1, len(SEAT_OFFICES) + 1)
    )


def handler_of(office: str) -> str:
    """Return the login of who handles cases in an office."""
    if office == COUNTY_OFFICE:
        return "awb-supervisor"
    if office == CITY_OFFICE:
        return "city-supervisor"
    return f"{office.partition('-')[2]}-officer"


def closer_of(office: str) -> str:
    """Return the login of who closes cases in an office."""
    if office in {COUNTY_OFFICE, CITY_OFFICE}:
        return f"{handler_of(office)}2"
    return f"{office.partition('-')[2]}-leader"


def _post(login: str, office_name: str, title: str, office: str, role: str) -> Post:
    return Post(login, f"演示·{office_name}{title}", office, frozenset({role}))
