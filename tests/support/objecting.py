"""What a reporter does once the result is told, and what people one level up make of it."""

from datetime import timedelta
from typing import Any

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.objection import pending
from casework.services import malice, objections, rulebook
from instance import World
from people import Filed


def right(world: World, filed: Filed) -> objections.Right:
    """The right to object, by the pinned policy."""
    book = rulebook.rulebook(world.store)
    found = objections.right_of(book, world.case(filed.report), world.now)
    assert found is not None
    return found


def objects(world: World, filed: Filed, **changed: Any) -> Case:
    """File an objection."""
    message = world.sealed_object("message", filed.report)
    mine = right(world, filed)
    facts = {"since": mine.since, "until": mine.until.isoformat()} | changed
    act = world.sign_as_reporter(filed, "objection.filed", facts, [message])
    return objections.file_objection(
        world.store, act=act, message=message, trust=world.trust, now=world.now
    )


def answers(world: World, filed: Filed, month: int, answer: str, *, words: bool = True) -> Case:
    """Answer whether it was solved."""
    message = world.sealed_object("message", filed.report) if words else None
    facts = {"month": month, "answer": answer}
    added = [message] if message else []
    act = world.sign_as_reporter(filed, "satisfaction.given", facts, added)
    return objections.give_satisfaction(
        world.store, act=act, message=message, trust=world.trust, now=world.now
    )


def reviews(
    world: World, report: str, outcome: str, who: str = "awb-supervisor", **changed: Any
) -> Case:
    """Decide the review that waits."""
    reason = world.sealed_object("reason", report)
    facts: dict[str, Any] = {"asked": pending(world.case(report)), "outcome": outcome}
    if outcome == "redo":
        due = objections.redo_until(world.store, report=report, now=world.now)
        facts["verify_due_on"] = due.due_on.isoformat()
    act = world.sign(who, "review.decided", report, facts | changed, [reason])
    return objections.decide_review(
        world.store, act=act, reason=reason, trust=world.trust, now=world.now
    )


def closed(world: World, finding: str = "unsubstantiated") -> Filed:
    """A report that was accepted, told and closed today."""
    filed = world.file_report()
    world.accept(filed.report)
    fines = (40_000_000,) if finding in ("substantiated", "partly") else ()
    world.conclude(filed.report, finding=finding, fines_fen=fines)
    world.close(filed.report)
    return filed


def proposes_malice(world: World, report: str, basis: str = "《治安管理处罚法》第二十九条") -> int:
    """Propose to hold the report for malicious; returns the ordinal of the proposal."""
    act = world.sign("yjj-leader", "malice.proposed", report, {"basis": basis})
    return malice.propose_malice(world.store, act=act, trust=world.trust, now=world.now).events


def decides_malice(world: World, report: str, asked: int, kind: str = "malice.confirmed") -> Case:
    """Decide on it as the office above."""
    act = world.sign("awb-supervisor", kind, report, {"asked": asked})
    return malice.decide_malice(world.store, act=act, trust=world.trust, now=world.now)


def in_days(world: World, days: int) -> str:
    """The day in China so many days from now."""
    return (world.now.astimezone(SHANGHAI).date() + timedelta(days=days)).isoformat()
