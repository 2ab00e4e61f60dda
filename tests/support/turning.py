"""What people do about who has a case: pass it on, propose, return, help."""

from typing import Any

from casework.domain.case import Case
from casework.queries import board
from casework.services import assignment, co_handling, returning, verification
from crypto.events import KeyWrap
from instance import World

YJJ, ZJJ, JW, AWB = "410329-yjj", "410329-zjj", "410329-jw", "410329-awb"
CITATION = "伊安委〔2022〕6号第十八条"


def wraps_to(world: World, report: str, *offices: str) -> list[KeyWrap]:
    """Some keys of a case, wrapped to offices."""
    return [world.wrap_to(code, report, kind) for code in offices for kind in ("content", "thread")]


def transfer(
    world: World,
    report: str,
    lead: str,
    *gaining: str,
    who: str = "awb-supervisor",
    supervisor: str = AWB,
    **facts: Any,
) -> Case:
    """Hand the case over, with keys to who gains access."""
    told: dict[str, Any] = {
        "lead": lead,
        "supervisor": supervisor,
        "reason_code": "lead_by_duty",
    } | facts
    wraps = wraps_to(world, report, *gaining)
    return verification.transfer_report(
        world.store,
        act=world.sign(who, "report.transferred", report, told, wraps),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )


def ask_back(world: World, report: str, who: str = "yjj-officer", **facts: Any) -> Case:
    """Ask to return the case."""
    told: dict[str, Any] = {"citation": CITATION, "reason_code": "not_competent", "to": ZJJ} | facts
    return returning.request_return(
        world.store,
        act=world.sign(who, "return.requested", report, told),
        trust=world.trust,
        now=world.now,
    )


def overrule(
    world: World, report: str, asked: int, who: str = "awb-supervisor", kind: str = "ruling"
) -> Case:
    """Leave the case where it is."""
    ruling = world.sealed_object(kind, report)
    return returning.overrule_return(
        world.store,
        act=world.sign(who, "return.overruled", report, {"asked": asked}, [ruling]),
        ruling=ruling,
        trust=world.trust,
        now=world.now,
    )


def name_helpers(
    world: World,
    report: str,
    *co: str,
    keys: tuple[str, ...] | None = None,
    who: str = "yjj-leader",
) -> Case:
    """Name who helps, with keys to them unless to others."""
    wraps = wraps_to(world, report, *(co if keys is None else keys))
    return co_handling.name_co_handlers(
        world.store,
        act=world.sign(who, "cohandlers.named", report, {"co": list(co)}, wraps),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )


def advise(world: World, report: str, who: str = "jw-officer", kind: str = "opinion") -> Case:
    """Give an opinion."""
    opinion = world.sealed_object(kind, report)
    return co_handling.give_opinion(
        world.store,
        act=world.sign(who, "opinion.given", report, {}, [opinion]),
        opinion=opinion,
        trust=world.trust,
        now=world.now,
    )


def propose(world: World, report: str, who: str = "operator", **facts: Any) -> Case:
    """Propose who leads and who helps."""
    told: dict[str, Any] = {"lead": YJJ, "co": [JW], "basis": "who_is_main"} | facts
    return assignment.propose_lead(
        world.store,
        act=world.sign(who, "assignment.proposed", report, told),
        trust=world.trust,
        now=world.now,
    )


def waiting(world: World, office: str, role: str, kind: str = "decide") -> list[tuple[str, str]]:
    """What waits for a role of an office: report, and what it is."""
    found = board.waits_for(world.store, kind=kind, office=office, role=role)
    return [(line.report.id, line.waiting.of) for line in found.lines]
