"""Rectification, proposals to close and the close itself (S27, S28), on both databases."""

import pytest

from asking import notices
from casework.domain.errors import (
    BadActError,
    ClosingRefusedError,
    NotPermittedError,
    SeparationError,
    SignatureRefusedError,
    StaleActError,
)
from casework.services import closing, milestones, rectification
from casework.services.clock_rows import agree


@pytest.fixture
def report(world):
    """A major hazard that was found."""
    filed = world.file_report(matter="major_hazard")
    world.accept(filed.report)
    world.conclude(filed.report)
    return filed.report


def order(world, report, who="yjj-officer", kind="rectification", **facts):
    text = world.sealed_object(kind, report)
    return rectification.order_rectification(
        world.store,
        act=world.sign(
            who, "rectification.ordered", report, {"document": "样责改1号", **facts}, [text]
        ),
        text=text,
        trust=world.trust,
        now=world.now,
    )


def milestone(world, report, name, **more):
    return milestones.record_milestone(
        world.store,
        act=world.sign(
            "yjj-officer",
            "milestone.recorded",
            report,
            {"milestone": name, "document": "样1号", **more},
        ),
        trust=world.trust,
        now=world.now,
    )


def decline(world, report, who="yjj-leader", kind="closing_note", asked=None):
    note = world.sealed_object(kind, report)
    facts = {"asked": asked or world.case(report).closings[-1].ordinal}
    return closing.decline_closing(
        world.store,
        act=world.sign(who, "closing.declined", report, facts, [note]),
        note=note,
        trust=world.trust,
        now=world.now,
    )


def waits(world, office, role):
    found = world.store.read(lambda uow: uow.waiting.waits_for("decide", office=office, role=role))
    return [one.waiting.of for one in found]


def is_whole(world, report):
    """Whether every row made from the case is the one that its events give."""
    return world.store.read(
        lambda uow: (
            uow.reports.agrees(uow.reports.get(report))
            and uow.waiting.agrees(uow.reports.get(report))
            and agree(uow, uow.reports.get(report))
        )
    )


def test_mended_told_proposed_and_agreed_to(world, report):
    world.tell_result(report)
    with pytest.raises(ClosingRefusedError) as refusal:
        world.propose_closing(report)
    assert refusal.value.reason == "rectification_missing"
    order(world, report)
    milestone(world, report, "rectified")
    milestone(world, report, "rechecked", outcome="not_fixed")
    milestone(world, report, "rectified")
    with pytest.raises(ClosingRefusedError) as refusal:
        world.propose_closing(report)
    assert refusal.value.reason == "rectification_open"
    milestone(world, report, "rechecked")
    world.propose_closing(report)
    assert waits(world, "410329-yjj", "leader") == ["closing"]
    assert is_whole(world, report)
    assert world.agree_to_closing(report).state == "closed"
    assert waits(world, "410329-yjj", "leader") == []
    assert ("closing.proposed", "410329-yjj") in notices(world)
    assert is_whole(world, report)


def test_sent_back_with_sealed_words_and_proposed_again(world, report):
    order(world, report)
    milestone(world, report, "rectified")
    milestone(world, report, "rechecked")
    world.tell_result(report)
    world.propose_closing(report, "yjj-leader")
    assert waits(world, "410329-yjj", "leader") == []
    assert waits(world, "410329-awb", "supervisor") == ["closing"]
    with pytest.raises(SeparationError):
        decline(world, report)
    with pytest.raises(BadActError, match="added"):
        decline(world, report, "awb-supervisor", kind="account")
    decline(world, report, "awb-supervisor")
    assert ("closing.declined", "410329-yjj") in notices(world)
    assert world.case(report).state == "concluded"
    world.propose_closing(report)
    assert [one.answer for one in world.case(report).closings] == ["declined", ""]
    world.agree_to_closing(report, "awb-supervisor")
    assert is_whole(world, report)


def test_the_service_believes_no_page(world, report):
    """Whatever a console would send: role, day, key, act and text are looked at again."""
    order(world, report)
    milestone(world, report, "rectified")
    milestone(world, report, "rechecked")
    world.tell_result(report)
    world.propose_closing(report)
    before = world.case(report)
    asked = before.closings[-1].ordinal
    facts = {"asked": asked}

    def close(who, *, day="2026-03-02", **pen):
        act = world.sign(who, "case.closed", report, {**facts, "closed_on": day}, **pen)
        return closing.close_case(world.store, act=act, trust=world.trust, now=world.now)

    with pytest.raises(NotPermittedError):
        close("yjj-officer-2")
    with pytest.raises(BadActError, match="closed_on"):
        close("yjj-leader", day="2026-03-03")
    with pytest.raises(SignatureRefusedError):
        close("yjj-leader", deed=True)
    with pytest.raises(StaleActError):
        close("yjj-leader", ordinal=before.events)
    with pytest.raises(NotPermittedError):
        closing.close_case(
            world.store,
            act=world.sign("yjj-leader", "closing.declined", report, {"asked": asked}),
            trust=world.trust,
            now=world.now,
        )
    assert world.case(report) == before
    close("yjj-leader")
    with pytest.raises(StaleActError):  # the second of a double click
        close("yjj-leader", ordinal=before.events + 1)


def test_an_order_to_mend_comes_with_its_text(world, report):
    with pytest.raises(BadActError, match="added"):
        order(world, report, kind="account")
    with pytest.raises(BadActError, match="due_on"):
        order(world, report, due_on="2026-03-01")
    with pytest.raises(NotPermittedError):
        order(world, report, "awb-supervisor")
    assert world.case(report).rectifications == ()
    order(world, report, due_on="2026-03-31")
    assert world.case(report).rectifications[0].due_on == "2026-03-31"
    assert is_whole(world, report)
