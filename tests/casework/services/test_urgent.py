"""Urgent reports first in every inbox, until somebody is there (S03), on both databases."""

import pytest

from asking import notices, to_day
from casework.queries import cases
from casework.services import milestones, verification
from casework.services.clocks import project_new
from casework.services.rulebook import rulebook
from casework.verify import Problem, verify

YJJ, AWB = "410329-yjj", "410329-awb"


def urgent(world):
    """Id of a report whose reporter says that lives are at stake."""
    day = world.now.strftime("%Y-%m-%d")
    return world.file_report(urgent_from=f"{day}T{world.now:%H}:00:00Z").report


def inbox(world, limit=20):
    """Ids in an inbox, page by page, with what is marked urgent."""
    found, after = [], None
    while True:
        page = cases.inbox(world.store, office=YJJ, after=after, limit=limit)
        found += [(one.id, one.report.urgent) for one in page.lines]
        after = page.next
        if after is None:
            return found


def supervised(world, limit=20):
    found, after = [], None
    while True:
        page = cases.supervised(world.store, office=AWB, after=after, limit=limit)
        found += [(one.id, one.report.urgent) for one in page.lines]
        after = page.next
        if after is None:
            return found


def attend(world, report):
    facts = {"milestone": "attended", "document": ""}
    act = world.sign("yjj-officer", "milestone.recorded", report, facts)
    return milestones.record_milestone(world.store, act=act, trust=world.trust, now=world.now)


def problems(world):
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_urgent_reports_come_first_page_by_page_and_nothing_comes_twice(world, limit):
    late, plain = world.file_report().report, world.file_report().report
    world.accept(late)
    project_new(world.store, now=world.now)
    to_day(world, "2026-05-04")  # one is long overdue
    first, second = urgent(world), urgent(world)
    expected = sorted([(first, True), (second, True)])
    for found in (inbox(world, limit), supervised(world, limit)):
        assert found[:2] == expected
        assert sorted(found[2:]) == sorted([(late, False), (plain, False)])
    project_new(world.store, now=world.now)
    world.accept(first)
    assert inbox(world, limit)[:2] == expected, "who accepted it is not there yet"


def test_its_four_hours_end_before_the_day_on_which_they_do(world):
    world.move(hours=12)  # ten in the evening in China: at two the day of other limits has begun
    report = urgent(world)
    project_new(world.store, now=world.now)
    running = rulebook(world.store).clocks(world.case(report), world.now)
    clocks = {one.key: one for one in running}
    assert clocks["urgent"].due.due_on == clocks["first_contact"].due.due_on
    (line,) = cases.inbox(world.store, office=YJJ).lines
    assert line.clock is not None
    assert line.clock.key == "urgent"


def test_both_offices_are_told_at_once_and_once(world):
    report = urgent(world)
    assert notices(world) == [("report.urgent", AWB), ("report.urgent", YJJ)]
    assert world.case(report).urgent
    assert problems(world) == []


def test_it_goes_back_into_its_place_when_somebody_is_there(world):
    plain, report = world.file_report().report, urgent(world)
    assert inbox(world)[0] == (report, True)
    attend(world, report)
    assert sorted(inbox(world)) == sorted([(plain, False), (report, False)])
    assert problems(world) == []


def test_it_goes_along_with_a_transfer(world):
    report = urgent(world)
    facts = {"lead": "410329-zjj", "supervisor": AWB, "reason_code": "not_competent"}
    wraps = [world.wrap_to("410329-zjj", report, kind) for kind in ("content", "thread")]
    act = world.sign("yjj-officer", "report.transferred", report, facts, wraps)
    verification.transfer_report(
        world.store, act=act, wraps=wraps, trust=world.trust, now=world.now
    )
    assert (report, True) not in inbox(world)
    page = cases.inbox(world.store, office="410329-zjj")
    assert [(one.id, one.report.urgent) for one in page.lines] == [(report, True)]


def test_what_was_worked_through_presses_nobody(world):
    report = urgent(world)
    world.accept(report)
    world.conclude(report)
    assert inbox(world) == [(report, False)]


def test_a_foreign_hour_is_refused_and_nothing_is_stored(world):
    with pytest.raises(Exception, match="urgent_from"):
        world.file_report(urgent_from="2026-03-02T02:30:00Z")
    assert inbox(world) == []
