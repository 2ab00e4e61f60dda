"""S14 below the pages, on both databases: two acts or none, ranks that the log proves."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from casework.domain.case import Case
from casework.domain.errors import (
    BadActError,
    ClosingRefusedError,
    MergeRefusedError,
    NotPermittedError,
    StaleActError,
    UnknownReportError,
)
from casework.services import merging, verification
from casework.services.clock_rows import agree
from casework.services.mailbox import mailbox_view
from casework.storage.schema import metadata
from casework.verify import Problem, verify
from instance import World
from log_keeper import take
from owning import owner


@pytest.fixture
def three(world: World) -> list[str]:
    """Three reports of one pit, five minutes apart, in the log; the first two accepted."""
    found = []
    for _ in range(3):
        found.append(world.file_report().report)
        take(world)
        world.move(minutes=5)
    for report in found[:2]:
        world.accept(report)
    return found


def acts(world: World, report: str, into: str, who: str = "yjj-officer", **changed):
    """The two acts of a join, as the page would sign them."""
    said = merging.joining_of(world.store, report=report, into=into)
    same = {"rank": said.rank, "kind": "same"}
    merged = {"into": into, **same, **changed.pop("merged", {})}
    joined = {"report": report, "place": said.place, **same, **changed.pop("joined", {})}
    second = changed.pop("second", who)
    assert not changed
    return {
        "merged": world.sign(who, "case.merged", report, merged),
        "joined": world.sign(second, "merge.joined", into, joined),
    }


def merge(world: World, report: str, into: str, **changed) -> Case:
    return merging.merge_cases(
        world.store, **acts(world, report, into, **changed), trust=world.trust, now=world.now
    )


def undo(world: World, report: str, into: str, who: str = "yjj-leader") -> Case:
    why = {"from": into, "reason_code": "another_matter"}
    return merging.undo_merge(
        world.store,
        undone=world.sign(who, "merge.undone", report, why),
        left=world.sign(who, "merge.left", into, {"report": report}),
        trust=world.trust,
        now=world.now,
    )


def tell(world: World, report: str, found: int) -> Case:
    text = world.sealed_object("message", report)
    facts = {"from": "office", "about": "result", "found": found}
    return verification.send_message(
        world.store,
        act=world.sign("yjj-officer", "message.sent", report, facts, [text]),
        message=text,
        trust=world.trust,
        now=world.now,
    )


def reason(told) -> str:
    with pytest.raises((MergeRefusedError, ClosingRefusedError)) as refusal:
        told()
    return str(refusal.value.details["reason"])


def is_whole(world: World, *reports: str) -> bool:
    """Whether every row made from the cases is the one that their events give."""

    def look(uow) -> bool:
        cases = [uow.reports.get(one) for one in reports]
        return all(
            uow.reports.agrees(case)
            and uow.waiting.agrees(case)
            and uow.keeping.agrees(case)
            and agree(uow, case)
            for case in cases
        )

    return world.store.read(look)


def problems(world: World) -> list[Problem]:
    take(world)
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_the_later_join_the_first_with_ranks_that_the_log_proves(world, three):
    first, second, third = three
    merge(world, third, first)
    lead = merge(world, second, first)
    assert [one.report for one in lead.joined] == [third, second]
    assert world.case(second).state == world.case(third).state == "merged"
    ranked = merging.ranking(world.store, report=first)
    assert [(one.report_id, one.rank, one.signed) for one in ranked] == [
        (first, 1, 0), (second, 2, 2), (third, 3, 2),
    ]  # fmt: skip
    assert [one.place for one in ranked] == sorted(one.place for one in ranked)
    assert all(one.receipt for one in ranked)
    assert is_whole(world, *three)
    assert problems(world) == []


def test_a_list_of_open_cases_has_the_leading_one_alone(world, three):
    first, second, third = three
    merge(world, second, first)
    merge(world, third, first)
    listed = world.store.read(lambda uow: uow.reports.open_of_lead("410329-yjj"))
    assert [one.id for one in listed] == [first]
    undo(world, second, first)
    listed = world.store.read(lambda uow: uow.reports.open_of_lead("410329-yjj"))
    assert {one.id for one in listed} == {first, second}


def test_both_acts_or_none(world, three):
    first, second, _third = three
    signed = acts(world, second, first)
    merge(world, second, first)
    before = [world.case(one) for one in three]
    with pytest.raises(StaleActError):  # the button pressed twice
        merging.merge_cases(world.store, **signed, trust=world.trust, now=world.now)
    assert [world.case(one) for one in three] == before


WRONG: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "another rank": ({"merged": {"rank": 3}}, BadActError),
    "both another rank": ({"merged": {"rank": 3}, "joined": {"rank": 3}}, BadActError),
    "another kind": ({"joined": {"kind": "supplementary"}}, BadActError),
    "another place": ({"joined": {"place": 0}}, BadActError),
    "another lead": ({"merged": {"into": "x"}}, BadActError),
    "another report": ({"joined": {"report": "x"}}, BadActError),
    "two people": ({"second": "yjj-leader"}, BadActError),
    "another office": ({"who": "zjj-officer"}, NotPermittedError),
    "the office above": ({"who": "awb-supervisor"}, NotPermittedError),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_service_believes_no_page(world, three, wrong):
    changed, refusal = WRONG[wrong]
    before = [world.case(one) for one in three]
    with pytest.raises(refusal):
        merge(world, three[1], three[0], **changed)
    assert [world.case(one) for one in three] == before


def test_who_came_later_does_not_lead_and_a_report_is_its_own_lead_for_nobody(world, three):
    first, second, third = three
    assert reason(lambda: acts(world, first, second)) == "not_first"
    assert reason(lambda: acts(world, second, third)) == "into_received"
    with pytest.raises(UnknownReportError):
        acts(world, first, first)
    merge(world, second, first)
    assert reason(lambda: acts(world, third, second)) == "into_merged"


def test_what_the_log_has_not_taken_in_has_no_rank_yet(world, three):
    late = world.file_report().report
    assert reason(lambda: acts(world, late, three[0])) == "not_logged"
    take(world)
    assert merge(world, late, three[0]).joined[-1].rank == 2


def test_closed_once_each_reporter_was_told_what_stands(world, three):
    first, second, third = three
    merge(world, second, first)
    with pytest.raises(BadActError, match="found"):
        tell(world, second, 3)  # nothing is found yet
    world.conclude(first)
    merge(world, third, first)
    world.tell_result(first)
    found = world.case(first).found_at
    assert reason(lambda: world.propose_closing(first)) == "merged_not_told"
    tell(world, second, found)
    with pytest.raises(BadActError, match="found"):
        tell(world, third, found + 1)
    assert reason(lambda: world.propose_closing(first)) == "merged_not_told"
    tell(world, third, found)
    world.propose_closing(first)
    late = world.file_report().report
    take(world)
    merge(world, late, first)
    assert reason(lambda: world.agree_to_closing(first)) == "merged_not_told"
    tell(world, late, found)
    assert world.agree_to_closing(first).state == "closed"
    assert is_whole(world, *three, late)
    assert problems(world) == []


def test_a_reporter_sees_the_own_rank_and_where_the_work_stands(world, three):
    first, second, third = three
    merge(world, third, first)
    merge(world, second, first)

    def view(report):
        return mailbox_view(world.store, report_id=report, trust=world.trust)

    assert [view(one).rank for one in three] == [0, 2, 3]
    assert view(first).lead is None
    assert view(second).lead == world.case(first)
    undo(world, second, first)
    assert (view(second).lead, view(second).rank, view(third).rank) == (None, 0, 2)


def test_undone_each_row_is_the_one_it_was(world, three):
    first, second, _third = three
    before = world.case(second)
    merge(world, second, first)
    with pytest.raises(NotPermittedError):
        undo(world, second, first, who="yjj-officer")
    take(world)
    world.move(days=3)
    assert replace(undo(world, second, first), events=before.events) == before
    assert is_whole(world, first, second)
    assert problems(world) == []


def test_what_one_case_says_alone_is_named(world, three):
    """Whoever can write deletes the one half of a join, its newest event, and mends the row."""
    first, second, _third = three
    merge(world, second, first)
    take(world)
    lead = world.case(first)
    event, report = metadata.tables["event"], metadata.tables["report"]
    with owner(world) as connection:
        rows = connection.execute(
            sa.delete(event)
            .where(event.c.report_id == first, event.c.kind == "merge.joined")
            .returning(event.c.id)
        ).all()
        assert len(rows) == 1
        connection.execute(
            sa.update(report).where(report.c.id == first).values(events=lead.events - 1)
        )
    found = {(one.kind, one.problem) for one in problems(world)}
    assert ("merge", "the other case does not say so") in found


def test_a_place_that_is_not_the_logs_is_named(world, three):
    first, second, third = three
    merge(world, second, first)
    take(world)
    leaf = metadata.tables["log_leaf"]
    with owner(world) as connection:
        found = connection.execute(sa.select(leaf.c.event, leaf.c.position)).all()
        places = {row.event: row.position for row in found}
        begun = {
            one: world.store.read(lambda uow, r=one: uow.events.of_report(r)[0])
            .event.digest()
            .hex()
            for one in (second, third)
        }
        for one, place in (
            (second, -1),
            (third, places[begun[second]]),
            (second, places[begun[third]]),
        ):
            connection.execute(
                sa.update(leaf).where(leaf.c.event == begun[one]).values(position=place)
            )
    assert ("merge", "the log has its report in another place") in {
        (one.kind, one.problem) for one in problems(world)
    }
