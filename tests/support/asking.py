"""What people ask for about the time limits of a case, with the facts that the rules want."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.domain.policy import Policies
from casework.domain.running import Running, clock_of
from casework.services import extensions, milestones, orders, rulebook, standstills
from casework.services.rules import POLICY_FOLDER
from casework.storage.policies import PolicyActivation
from instance import World

VERIFY: Mapping[str, Any] = {"clock": "verify", "since": 2}  # accepted by the second act
NUMBER = "伊督〔2026〕K7M2Q9XR号"


def with_rules(
    world: World, monkeypatch: pytest.MonkeyPatch, folder: Path, **changed: tuple[str, str]
) -> None:
    """Put Yichuan's file in force as it would be with pieces of its text replaced.

    Args:
        world: in which to.
        monkeypatch: restores the shipped files.
        folder: an empty one, for the files.
        changed: pairs of old and new text, by any name.
    """
    for file in POLICY_FOLDER.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        if file.stem == "yichuan-2022":
            for old, new in changed.values():
                assert text.count(old) == 1, old
                text = text.replace(old, new)
        (folder / file.name).write_text(text, encoding="utf-8")
    policies = Policies.load(folder)
    monkeypatch.setattr(rulebook, "policies_at_hand", lambda: policies)
    row = PolicyActivation(
        new_id(), "yichuan-2022", policies.get("yichuan-2022").pin, date(2022, 4, 25), ""
    )
    world.store.write(lambda uow: uow.policies.activate(row))


def clock(world: World, report: str, key: str = "verify", since: int = 2) -> Running:
    """A clock of a case as of now."""
    book = rulebook.rulebook(world.store)
    found = clock_of(book.clocks(world.case(report), world.now), key, since)
    assert found is not None
    return found


def accepted(world: World) -> str:
    """Id of a report that was accepted on 2 March 2026; its last day is 1 April."""
    filed = world.file_report()
    world.accept(filed.report)
    assert clock(world, filed.report).due.due_on == date(2026, 4, 1)
    return filed.report


def to_day(world: World, day: str) -> None:
    """Let time pass until noon of a day in China."""
    world.now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SHANGHAI).astimezone(UTC)


# More time ----------------------------------------------------------------------------------


def ask_more(
    world: World, report: str, value: int = 30, who: str = "yjj-officer", **changed: Any
) -> int:
    """Ask for more time; returns the ordinal of the request."""
    facts = {
        **VERIFY,
        "value": value,
        "unit": "day",
        "reason_code": "complex",
        "approver_role": "supervisor",
        "was": clock(world, report).due.due_on.isoformat(),
    } | changed
    case = extensions.request_extension(
        world.store,
        act=world.sign(who, "extension.requested", report, facts),
        trust=world.trust,
        now=world.now,
    )
    return case.events


def grant_more(
    world: World,
    report: str,
    asked: int,
    due_on: str,
    who: str = "awb-supervisor",
    tell: bool = True,
) -> Case:
    """Grant more time, and tell the reporter why unless told otherwise."""
    message = world.sealed_object("reason", report) if tell else None
    facts = {"asked": asked, "due_on": due_on}
    added = [message] if message else []
    return extensions.decide_extension(
        world.store,
        act=world.sign(who, "extension.granted", report, facts, added),
        message=message,
        trust=world.trust,
        now=world.now,
    )


def refuse_more(world: World, report: str, asked: int, who: str = "awb-supervisor") -> Case:
    """Refuse more time."""
    return extensions.decide_extension(
        world.store,
        act=world.sign(who, "extension.refused", report, {"asked": asked}),
        message=None,
        trust=world.trust,
        now=world.now,
    )


# Pauses -------------------------------------------------------------------------------------


def ask_pause(
    world: World, report: str, first: str, until: str, who: str = "yjj-officer", **changed: Any
) -> int:
    """Ask for a pause; returns the ordinal of the request."""
    facts = {
        **VERIFY,
        "reason_code": "expert_test",
        "document": "样鉴〔2026〕1号",
        "approver_role": "supervisor",
        "first": first,
        "until": until,
    } | changed
    case = standstills.request_pause(
        world.store,
        act=world.sign(who, "pause.requested", report, facts),
        trust=world.trust,
        now=world.now,
    )
    return case.events


def decide_pause(
    world: World, report: str, asked: int, who: str = "awb-supervisor", kind: str = "pause.granted"
) -> Case:
    """Grant or refuse a pause."""
    return standstills.decide_pause(
        world.store,
        act=world.sign(who, kind, report, {"asked": asked}),
        trust=world.trust,
        now=world.now,
    )


def end_pause(
    world: World, report: str, asked: int, on: str, due_on: str, who: str = "yjj-officer"
) -> Case:
    """End a pause."""
    facts = {"asked": asked, "on": on, "due_on": due_on}
    return standstills.end_pause(
        world.store,
        act=world.sign(who, "pause.ended", report, facts),
        trust=world.trust,
        now=world.now,
    )


# Milestones and orders ----------------------------------------------------------------------


def record(
    world: World, report: str, milestone: str, who: str = "yjj-officer", **more: str
) -> Case:
    """Record a milestone."""
    facts = {"milestone": milestone, "document": "", **more}
    return milestones.record_milestone(
        world.store,
        act=world.sign(who, "milestone.recorded", report, facts),
        trust=world.trust,
        now=world.now,
    )


def issue(
    world: World,
    report: str,
    who: str = "awb-supervisor",
    *,
    order: str = "o1",
    number: str = NUMBER,
    kind: str = "order",
    sealed: str = "order",
) -> Case:
    """Issue an order."""
    text = world.sealed_object(sealed, report)
    facts = {"order": order, "number": number, "kind": kind}
    return orders.issue_order(
        world.store,
        act=world.sign(who, "order.issued", report, facts, [text]),
        text=text,
        trust=world.trust,
        now=world.now,
    )


def answer(
    world: World,
    report: str,
    who: str = "yjj-leader",
    *,
    order: str = "o1",
    sealed: str = "order_answer",
) -> Case:
    """Answer an order."""
    text = world.sealed_object(sealed, report)
    return orders.answer_order(
        world.store,
        act=world.sign(who, "order.answered", report, {"order": order}, [text]),
        text=text,
        trust=world.trust,
        now=world.now,
    )


def see(
    world: World, report: str, who: str, rung: str, key: str = "verify", since: int = 2
) -> Case:
    """Acknowledge a step."""
    facts = {"clock": key, "since": since, "rung": rung}
    return orders.acknowledge_step(
        world.store,
        act=world.sign(who, "step.acknowledged", report, facts),
        trust=world.trust,
        now=world.now,
    )


def notices(world: World) -> list[tuple[str, str]]:
    """The notices that wait to go out: kind and office, sorted."""
    rows = world.store.read(
        lambda uow: uow.connection.execute(
            sa.text("SELECT payload FROM outbox WHERE kind = 'notice'")
        ).all()
    )
    found = [json.loads(one.payload) for one in rows]
    return sorted((one["notice"], one["office"]) for one in found)
