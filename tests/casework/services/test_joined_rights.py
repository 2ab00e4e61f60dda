"""Reporters whose cases joined another one: each objects, answers and is called back alone."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import objecting
from casework.domain.case import Case, State
from casework.domain.errors import (
    BadActError,
    ClosingRefusedError,
    MergeRefusedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.satisfaction import question
from casework.services import (
    clocks,
    disclosure,
    merging,
    objections,
    orders,
    rulebook,
    verification,
)
from casework.services.clock_rows import agree
from casework.verify import Problem, verify
from crypto.notes import LogKey
from instance import World
from log_keeper import pass_days, take
from objecting import answers, objects
from owning import owner
from people import Filed
from rich_instance import Rich, ask_with_reason
from rich_seats import agree as agree_to_release


@pytest.fixture
def two(world: World) -> tuple[Filed, Filed]:
    """A case with a finding, and one that joined it and whose reporter was told."""
    return pair(world)


def pair(world: World, **given: Any) -> tuple[Filed, Filed]:
    """The same; the reporter of the one that joined gives more."""
    lead, joined = world.file_report(), None
    take(world)
    world.move(minutes=5)
    joined = world.file_report(**given)
    take(world)
    world.accept(lead.report)
    said = merging.joining_of(world.store, report=joined.report, into=lead.report)
    same = {"rank": said.rank, "kind": "same"}
    facts = {"report": joined.report, "place": said.place, **same}
    merging.merge_cases(
        world.store,
        merged=world.sign(
            "yjj-officer", "case.merged", joined.report, {"into": lead.report, **same}
        ),
        joined=world.sign("yjj-officer", "merge.joined", lead.report, facts),
        trust=world.trust,
        now=world.now,
    )
    world.conclude(lead.report, finding="unsubstantiated", fines_fen=())
    tell(world, joined.report)
    return lead, joined


def tell(world: World, report: str) -> Case:
    text, merged = world.sealed_object("message", report), world.case(report).merged
    assert merged is not None
    facts = {"from": "office", "about": "result", "found": world.case(merged.into).found_at}
    return verification.send_message(
        world.store,
        act=world.sign("yjj-officer", "message.sent", report, facts, [text]),
        message=text,
        trust=world.trust,
        now=world.now,
    )


def reviews(
    world: World,
    two: tuple[Filed, Filed],
    outcome: str,
    who: str = "awb-supervisor",
    **changed: Any,
) -> Case:
    """Decide what the joined reporter objected to; `redone=None` leaves the second act out."""
    lead, joined = (one.report for one in two)
    asked = world.case(joined).marks[-1].ordinal
    facts: dict[str, Any] = {"asked": asked, "outcome": outcome}
    redone = None
    if objections.needs_redoing(world.case(lead), facts):
        due = objections.redo_until(world.store, report=lead, now=world.now)
        facts["into"] = lead
        also = {"report": joined, "asked": asked, "verify_due_on": due.due_on.isoformat()}
        redone = world.sign(who, "case.redone", lead, also | changed.pop("also", {}))
    reason = world.sealed_object("reason", joined)
    return objections.decide_review(
        world.store,
        act=world.sign(who, "review.decided", joined, facts | changed.pop("facts", {}), [reason]),
        reason=reason,
        trust=world.trust,
        now=world.now,
        redone=changed.get("redone", redone),
    )


def sees_the_number(world: World, filed: Filed) -> str:
    """Let the operator open the contact item; returns the release."""
    rich = Rich(world, {"it": filed}, LogKey.generate())
    release = ask_with_reason(rich, "it", "contact")
    for login in ("seat1-holder", "seat2-holder"):
        agree_to_release(rich, filed.report, release, login)
    disclosure.open_release(
        world.store,
        act=world.sign("operator", "release.opened", filed.report, {"release": release}),
        trust=world.trust,
        now=world.now,
    )
    return release


def calls(world: World, filed: Filed, release: str, answer: str) -> Case:
    """Let the operator note what was said on the telephone."""
    facts = {"month": 1, "release": release, "answer": answer}
    return objections.note_call(
        world.store,
        act=world.sign("operator", "callback.phoned", filed.report, facts),
        trust=world.trust,
        now=world.now,
    )


def sweep(world: World) -> clocks.Swept:
    return clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def close(world: World, lead: Filed) -> None:
    world.close(lead.report)


def is_whole(world: World, *filed: Filed) -> bool:
    """Whether verification finds nothing and the clocks are what the events give."""
    take(world)
    found = verify(world.store, world.blobs, world.trust)
    cases = [world.case(one.report) for one in filed]
    rows = world.store.read(lambda uow: [agree(uow, case) for case in cases])
    assert [one for one in found if isinstance(one, Problem)] == []
    return all(rows)


def test_told_of_the_result_they_may_object_within_ten_days_and_the_office_above_reviews(
    world, two
):
    lead, joined = two
    right = objections.right_of(
        rulebook.rulebook(world.store), world.case(joined.report), world.now
    )
    assert right is not None
    assert right.until.isoformat() == "2026-03-12"
    objects(world, joined)
    with pytest.raises(ClosingRefusedError) as refusal:
        close(world, lead)
    assert refusal.value.details["reason"] == "review_open"

    after = reviews(world, two, "kept")
    assert (after.state, after.reviews[-1].outcome) == (State.MERGED, "kept")
    assert world.case(lead.report).state is State.CONCLUDED
    assert is_whole(world, *two)
    world.propose_closing(lead.report)
    world.agree_to_closing(lead.report)


def test_what_they_rightly_object_to_is_redone_in_the_case_that_they_joined(world, two):
    lead, joined = two
    objects(world, joined)
    reviews(world, two, "redo")
    after = world.case(lead.report)
    assert (after.state, after.finding) == (State.ACCEPTED, None)
    assert [one.outcome for one in after.reviews] == ["redo"]
    assert world.case(joined.report).state is State.MERGED
    assert is_whole(world, *two)

    world.conclude(lead.report)
    with pytest.raises(ClosingRefusedError):  # told anew, of what was found anew
        close(world, lead)
    tell(world, joined.report)
    assert objections.right_of(rulebook.rulebook(world.store), world.case(joined.report), world.now)


def test_who_handled_the_case_that_they_joined_does_not_review_it(world, two):
    lead, joined = two
    objects(world, joined)
    supervisor = world.people["awb-supervisor"].account
    facts = {"order": "o1", "number": "伊督〔2026〕K7M2Q9XR号", "kind": "order"}
    text = world.sealed_object("order", lead.report)
    orders.issue_order(
        world.store,
        act=world.sign("awb-supervisor", "order.issued", lead.report, facts, [text]),
        text=text,
        trust=world.trust,
        now=world.now,
    )
    with pytest.raises(SeparationError) as refusal:
        reviews(world, two, "kept")
    assert (refusal.value.rule, refusal.value.details["actor"]) == ("handled", supervisor)


@pytest.mark.parametrize(
    "changed",
    [
        {"redone": None},
        {"facts": {"into": ""}},
        {"also": {"asked": 1}},
        {"also": {"verify_due_on": "2026-05-30"}},
    ],
    ids=["one act", "no case", "another objection", "another day"],
)
def test_a_redo_is_two_acts_that_say_the_same_or_none(world, two, changed):
    _lead, joined = two
    objects(world, joined)
    before = [world.case(one.report) for one in two]
    with pytest.raises(BadActError):
        reviews(world, two, "redo", **changed)
    assert [world.case(one.report) for one in two] == before


def test_while_it_is_verified_anew_already_nothing_more_is_redone(world, two):
    lead, joined = two
    objects(world, joined)
    reviews(world, two, "redo")
    world.conclude(lead.report, finding="unsubstantiated", fines_fen=())
    tell(world, joined.report)
    objects(world, joined)
    reviews(world, two, "redo")
    world.conclude(lead.report, finding="unsubstantiated", fines_fen=())
    assert len(world.case(lead.report).reviews) == 2


def test_a_reporter_who_objected_is_not_parted_from_the_case(world, two):
    lead, joined = two
    objects(world, joined)
    why = {"from": lead.report, "reason_code": "another_matter"}
    with pytest.raises(MergeRefusedError) as refusal:
        merging.undo_merge(
            world.store,
            undone=world.sign("yjj-leader", "merge.undone", joined.report, why),
            left=world.sign("yjj-leader", "merge.left", lead.report, {"report": joined.report}),
            trust=world.trust,
            now=world.now,
        )
    assert refusal.value.details["reason"] == "review_open"


def test_once_the_case_is_closed_each_says_whether_it_was_solved_and_is_called_back(world, two):
    lead, joined = two
    with pytest.raises(WrongStateError):
        answers(world, joined, 0, "solved")
    close(world, lead)
    answers(world, joined, 0, "solved")
    take(world)
    pass_days(world, 31)
    assert sweep(world).called_back == 2  # the one who leads, and the one who joined
    assert question(world.case(joined.report)) == 1

    answers(world, joined, 1, "not_solved")
    after = reviews(world, two, "redo")
    assert after.reviews[-1].outcome == "redo"
    assert world.case(lead.report).state is State.ACCEPTED
    assert is_whole(world, *two)


def test_nobody_is_called_back_while_the_case_is_verified_anew(world, two):
    lead, joined = two
    close(world, lead)
    answers(world, joined, 0, "not_solved")
    reviews(world, two, "redo")
    take(world)
    pass_days(world, 31)
    assert sweep(world).called_back == 0
    assert question(world.case(joined.report)) is None


def test_nobody_calls_while_the_case_is_verified_anew(world):
    lead, joined = two = pair(world, identity={"contact": json.dumps({"phone": "1"})})
    close(world, lead)
    take(world)
    pass_days(world, 31)
    sweep(world)
    release = sees_the_number(world, joined)
    calls(world, joined, release, "not_reached")
    assert objections.to_phone(world.store, report=joined.report) is not None

    answers(world, lead, 1, "not_solved")
    objecting.reviews(world, lead.report, "redo")
    assert world.case(lead.report).state is State.ACCEPTED
    assert objections.to_phone(world.store, report=joined.report) is None
    with pytest.raises(WrongStateError):
        calls(world, joined, release, "solved")
    assert question(world.case(joined.report)) == 1
    assert is_whole(world, *two)


def test_a_redo_that_the_other_case_does_not_tell_of_is_named(world, two):
    _lead, joined = two
    objects(world, joined)
    reviews(world, two, "redo")
    take(world)
    with owner(world) as connection:
        connection.execute(
            sa.text("DELETE FROM event WHERE report_id = :id AND kind = 'review.decided'"),
            {"id": joined.report},
        )
    found = verify(world.store, world.blobs, world.trust)
    told = {(one.kind, one.problem) for one in found if isinstance(one, Problem)}
    assert ("merge", "the other case does not say so") in told


def test_a_month_is_counted_from_the_day_on_which_they_were_told(world, two):
    _lead, joined = two
    close(world, two[0])
    world.now += timedelta(days=30)
    take(world)
    assert sweep(world).called_back == 0
    assert question(world.case(joined.report)) == 0
