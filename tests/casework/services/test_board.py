"""The board over 200 open cases: counts, lists and a recount from the event log (S30)."""

from collections import Counter
from datetime import date, timedelta

import pytest

from asking import (
    accepted,
    answer,
    ask_more,
    ask_pause,
    clock,
    decide_pause,
    end_pause,
    grant_more,
    issue,
    see,
    to_day,
)
from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.clock_kinds import KINDS
from casework.domain.report import advance, open_case
from casework.domain.running import ClockState, Running
from casework.domain.waiting import ANSWER, CONFIRM, DECIDE
from casework.queries import board, cases
from casework.services.acts import act_of
from casework.services.clocks import project_new, sweep
from casework.services.rulebook import rulebook
from casework.storage.board import Level
from crypto.events import SignedEvent
from instance import World

YJJ, ZJJ, AWB, CITY = "410329-yjj", "410329-zjj", "410329-awb", "410300-awb"
WORST = [Level.NORMAL, Level.NEAR, Level.PAUSED, Level.OVERDUE]


def swept(world: World) -> None:
    """What the jobs process does all the time."""
    project_new(world.store, now=world.now)
    sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def fill(world: World) -> None:
    """Two hundred open cases of two offices, begun on five days, in every state by 20 April."""
    for day, number in (
        ("2026-03-02", 40), ("2026-03-18", 40), ("2026-03-25", 40), ("2026-04-08", 40),
        ("2026-04-20", 40),
    ):  # fmt: skip
        to_day(world, day)
        for at in range(number):
            to_zjj = at % 4 == 3
            filed = world.file_report(sector="construction" if to_zjj else "hazardous_chemicals")
            officer = "zjj-officer" if to_zjj else "yjj-officer"
            if at % 5 != 4:
                world.accept(filed.report, officer)
                _go_on(world, filed.report, at, officer, day)
    swept(world)


def _go_on(world: World, report: str, at: int, officer: str, day: str) -> None:
    """Lengthen some, let some stand still, conclude some."""
    if at % 10 in (1, 6):
        asked = ask_pause(world, report, day, "2026-04-25", officer)
        decide_pause(world, report, asked)
    elif at % 10 == 2:
        asked = ask_more(world, report, who=officer)
        room = clock(world, report).due.due_on + timedelta(days=30)
        grant_more(world, report, asked, room.isoformat())
    elif at % 10 == 5:
        world.conclude(report, officer)


# The recount: from signed events alone ---------------------------------------------------------


def events_of(world: World, report: str) -> tuple[SignedEvent, ...]:
    """The signed events of a case."""
    return world.store.read(lambda uow: uow.events.of_report(report))


def replayed(world: World) -> list[Case]:
    """Every case, told again by its events."""
    found = []
    for report in world.store.read(lambda uow: uow.reports.ids()):
        signed = events_of(world, report)
        case = open_case(signed[0].event.facts, report_id=report)
        for one in signed[1:]:
            case = advance(case, act_of(one.event, case, world.trust, past=True))
        found.append(case)
    return found


def level(one: Running, today: date) -> Level:
    """The level of a clock that was computed, in words of the requirement."""
    if one.state is ClockState.OVERDUE:
        return Level.OVERDUE
    if one.state is ClockState.PAUSED:
        return Level.PAUSED
    return Level.NEAR if (one.due.due_on - today).days <= 7 else Level.NORMAL


def recount(world: World, office: str, *, supervises: bool) -> tuple[Counter, Counter, Counter]:
    """Cases by office and level, provisional cases by office, clocks by office, key and level."""
    rules, today = rulebook(world.store), world.now.astimezone(SHANGHAI).date()
    by_case: Counter = Counter()
    in_doubt: Counter = Counter()
    by_clock: Counter = Counter()
    for case in replayed(world):
        if office != case.lead and not (supervises and office == case.supervisor):
            continue
        running = [
            one
            for one in rules.clocks(case, world.now)
            if one.running and not KINDS[one.key].is_right
        ]
        levels = [level(one, today) for one in running]
        if levels:
            by_case[case.lead, max(levels, key=WORST.index)] += 1
            in_doubt[case.lead] += any(one.due.provisional for one in running)
        for one, found in zip(running, levels, strict=True):
            by_clock[case.lead, one.key, found] += 1
    return by_case, +in_doubt, by_clock


def shown(found: board.Board) -> tuple[Counter, Counter, Counter]:
    """The same out of the board."""
    by_case: Counter = Counter()
    in_doubt: Counter = Counter()
    by_clock: Counter = Counter()
    for one in found.offices:
        for name, number in one.cases.numbers.items():
            by_case[one.office, name] = number
        in_doubt[one.office] = one.cases.provisional
        for row in one.clocks:
            for name, number in row.numbers.items():
                by_clock[one.office, row.name, name] = number
    return +by_case, +in_doubt, +by_clock


def listed(world: World, office: str, lead: str, at: Level | None, key: str = "") -> list:
    """Every line that a number stands for, seven to a page; no line twice."""
    found: list = []
    after = None
    while True:
        page = board.at_level(
            world.store, office=office, lead=lead, level=at, key=key, now=world.now,
            after=after, limit=7,
        )  # fmt: skip
        found += page.lines
        after = page.next
        if after is None:
            places = [one.clock_place for one in found]
            assert len(set(places)) == len(places)
            assert places == sorted(places)
            return found


def test_200_open_cases_count_as_their_events_say_and_lists_hold_what_was_counted(world):
    fill(world)
    for office, supervises in ((YJJ, False), (ZJJ, False), (AWB, True), (CITY, True)):
        found = board.board(world.store, office=office, supervises=supervises, now=world.now)
        assert shown(found) == recount(world, office, supervises=supervises)
        for one in found.offices:
            for at, number in one.cases.numbers.items():
                lines = listed(world, office, one.office, at)
                assert len({line.id for line in lines}) == len(lines) == number
            for row in one.clocks:
                for at, number in row.numbers.items():
                    assert len(listed(world, office, one.office, at, row.name)) == number
            assert len(listed(world, office, one.office, None)) == one.cases.provisional
    whole = board.board(world.store, office=AWB, supervises=True, now=world.now)
    assert whole.cases.total == 200
    assert all(whole.cases.numbers[at] for at in Level), "every state is there"


def test_the_counts_go_on_through_the_days_without_the_jobs_process(world):
    """Overdue begins at midnight, near due seven days before the end, whoever looks when."""
    report = accepted(world)  # until 1 April
    for day, expected in (
        ("2026-03-24", Level.NORMAL), ("2026-03-25", Level.NEAR), ("2026-04-01", Level.NEAR),
        ("2026-04-02", Level.OVERDUE),
    ):  # fmt: skip
        to_day(world, day)
        verify = listed(world, YJJ, YJJ, expected, "verify")
        assert [one.id for one in verify] == [report]
        found = board.board(world.store, office=YJJ, supervises=False, now=world.now)
        assert recount(world, YJJ, supervises=False)[0] == shown(found)[0]


def test_a_report_counts_as_normal_until_its_clocks_are_worked_out(world):
    filed = world.file_report()
    found = board.board(world.store, office=YJJ, supervises=False, now=world.now)
    assert found.cases.numbers[Level.NORMAL] == 1
    assert [one.id for one in listed(world, YJJ, YJJ, Level.NORMAL)] == [filed.report]
    assert [one.id for one in cases.inbox(world.store, office=YJJ).lines] == [filed.report]
    for other in (ZJJ, CITY):
        assert board.board(world.store, office=other, supervises=True, now=world.now).offices == ()
        assert listed(world, other, YJJ, Level.NORMAL) == []


def test_paused_is_told_until_the_pause_is_over(world):
    report = accepted(world)
    asked = ask_pause(world, report, "2026-03-02", "2026-03-20")
    decide_pause(world, report, asked)
    assert [one.id for one in listed(world, YJJ, YJJ, Level.PAUSED, "verify")] == [report]
    to_day(world, "2026-03-12")
    swept(world)
    due = clock(world, report).due.due_on
    assert [one.clock.due_on for one in listed(world, YJJ, YJJ, Level.PAUSED)] == [due]
    end_pause(world, report, asked, "2026-03-12", (due - timedelta(days=1)).isoformat())
    assert listed(world, YJJ, YJJ, Level.PAUSED) == []


# Inbox and what waits ---------------------------------------------------------------------------


def paged(load, limit: int) -> list:
    """All pages of a list."""
    found: list = []
    after = None
    while True:
        page = load(after, limit)
        found += page.lines
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_an_inbox_is_sorted_by_the_nearest_clock_and_leaves_nothing_out(world, limit):
    filed = []
    for day in ("2026-03-02", "2026-03-05", "2026-03-03"):
        to_day(world, day)
        filed.append(world.file_report().report)
        world.accept(filed[-1])
    to_day(world, "2026-03-06")
    new = world.file_report().report
    lines = paged(
        lambda after, limit: cases.inbox(world.store, office=YJJ, after=after, limit=limit), limit
    )
    assert [one.id for one in lines] == [filed[0], filed[2], filed[1], new]
    assert lines[-1].clock is None
    project_new(world.store, now=world.now)
    lines = paged(
        lambda after, limit: cases.supervised(world.store, office=AWB, after=after, limit=limit),
        limit,
    )
    assert sorted(one.id for one in lines) == sorted([*filed, new])
    assert all(one.clock is not None for one in lines)
    due = [one.clock.due_on for one in lines]
    assert due == sorted(due)


def waiting(world: World, kind: str, office: str, role: str) -> list[tuple[str, str]]:
    """What waits, as pairs of report and what it is."""
    found = board.waits_for(world.store, kind=kind, office=office, role=role)
    return [(one.report.id, one.waiting.of) for one in found.lines]


def test_requests_wait_for_who_decides_the_most_urgent_first(world):
    first, second = accepted(world), accepted(world)
    ask_pause(world, first, "2026-03-10", "2026-03-12")
    ask_more(world, second)  # until 1 April
    asked = ask_pause(world, second, "2026-03-05", "2026-03-06")
    expected = [(second, "pause"), (first, "pause"), (second, "extension")]
    assert waiting(world, DECIDE, AWB, "supervisor") == expected
    assert waiting(world, DECIDE, YJJ, "leader") == []
    assert waiting(world, DECIDE, CITY, "supervisor") == []
    decide_pause(world, second, asked, kind="pause.refused")
    assert waiting(world, DECIDE, AWB, "supervisor") == [expected[1], expected[2]]
    page = board.waits_for(world.store, kind=DECIDE, office=AWB, role="supervisor", limit=1)
    rest = board.waits_for(
        world.store, kind=DECIDE, office=AWB, role="supervisor", after=page.next, limit=1
    )
    assert [one.report.id for one in (*page.lines, *rest.lines)] == [first, second]
    assert rest.next is None


def test_steps_wait_for_whom_they_were_brought_before_until_acknowledged(world):
    report = accepted(world)
    to_day(world, "2026-04-03")
    swept(world)
    assert waiting(world, CONFIRM, YJJ, "leader") == [(report, "head")]
    assert waiting(world, CONFIRM, AWB, "supervisor") == [(report, "supervisor")]
    see(world, report, "yjj-leader", "head")
    assert waiting(world, CONFIRM, YJJ, "leader") == []
    assert waiting(world, CONFIRM, AWB, "supervisor") == [(report, "supervisor")]


def test_an_order_waits_for_the_head_of_the_office_until_it_is_answered(world):
    report = accepted(world)
    issue(world, report)
    found = board.waits_for(world.store, kind=ANSWER, office=YJJ, role="leader").lines
    assert [one.waiting.of for one in found] == ["o1"]
    assert found[0].clock is not None
    answer(world, report)
    assert waiting(world, ANSWER, YJJ, "leader") == []


def test_a_case_with_a_date_that_may_still_move_counts_as_provisional_too(world):
    """S23: accepted on 20 December 2026, when the holidays of 2027 are not known."""
    to_day(world, "2026-12-20")
    report = accepted_on(world)
    row = board.board(world.store, office=YJJ, supervises=False, now=world.now).offices[0].cases
    assert (row.provisional, row.total) == (1, 1)
    assert [one.id for one in listed(world, YJJ, YJJ, None)] == [report]
    assert [one.id for one in listed(world, YJJ, YJJ, None, "verify")] == [report]


def accepted_on(world: World) -> str:
    """Id of a report that was accepted today."""
    filed = world.file_report()
    world.accept(filed.report)
    return filed.report
