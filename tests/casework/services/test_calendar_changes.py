"""A year's notice comes into the calendar by two persons, and running clocks follow it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from asking import ask_pause, decide_pause, end_pause
from casework.domain.calendar import CalendarRow, DayKind
from casework.domain.errors import CaseworkError, NotPermittedError, RuleChangeError
from casework.queries.cases import timeline
from casework.queries.rules import MissingYear, missing_years
from casework.services import calendar_changes, rulebook
from casework.services.calendar import calendars, work_calendar
from casework.services.clocks import project_new
from casework.services.outbox import claim
from casework.storage.unit_of_work import Store
from instance import make_world
from people import STAFF
from rule_changing import (
    NEW,
    SOURCE,
    activate,
    calendar_row,
    change_facts,
    confirm_calendar,
    console_store,
    jobs_store,
    notice,
    propose,
    propose_calendar,
    put_at_hand,
    put_in_calendar,
    recompute,
    try_out,
)

LATE_HOLIDAY = CalendarRow(date(2026, 11, 5), DayKind.HOLIDAY, name="样本纪念日")


@pytest.fixture
def world(tmp_path, database_url, monkeypatch):
    """An instance whose reports are verified within 30 working days."""
    made = make_world(tmp_path / "home", database_url)
    put_at_hand(made, monkeypatch, tmp_path / "policies")
    proposal = propose(made)
    try_out(made)
    activate(made, proposal)
    yield made
    made.store.close()


def at_noon(world, day):
    """Let it be noon of a day in China."""
    world.now = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)


def accepted_on(world, day):
    """A report that was filed and accepted on a day."""
    at_noon(world, day)
    filed = world.file_report()
    world.accept(filed.report)
    assert world.case(filed.report).policy_id == NEW
    return filed.report


def days_of_2026(world, *more):
    """The rows of 2026 with some more."""
    return [*work_calendar(world.store).rows(2026), *more]


def verify_clock(world, report):
    [found] = [
        one for one in world.store.read(lambda uow: uow.clocks.of_report(report))
        if one.key == "verify"
    ]  # fmt: skip
    return str(found.due_on), found.provisional


def recomputed(world, report, key="verify"):
    """Old and new day of each event of a clock."""
    lines = timeline(world.store, report=report)
    return [
        (one.facts["was"], one.facts["due_on"])
        for one in lines
        if one.kind == "clock.recomputed" and one.facts["clock"] == key
    ]


# S22, S23 ---------------------------------------------------------------------------------------


def test_thirty_working_days_over_the_holidays_and_a_late_holiday(world):
    """S22: accepted on a Sunday that is worked; the 30th working day is 6 November."""
    report = accepted_on(world, "2026-09-20")
    assert str(world.case(report).verify_due_on) == "2026-11-06"
    skipped = {
        str(one.on)
        for clock in rulebook.rulebook(world.store).clocks(world.case(report), world.now)
        if clock.key == "verify"
        for one in clock.due.skipped
    }
    assert {"2026-09-25", "2026-10-01", "2026-10-07"} <= skipped
    assert "2026-10-10" not in skipped  # a Saturday that is worked

    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    done = recompute(world, jobs_store(world))

    assert (done.looked >= 1, done.failed) == (True, [])
    assert recomputed(world, report) == [("2026-11-06", "2026-11-09")]
    assert str(world.case(report).verify_due_on) == "2026-11-09"
    assert verify_clock(world, report) == ("2026-11-09", False)


def test_a_year_that_is_missing_is_provisional_until_its_notice_comes(world):
    """S23: accepted on 20 December 2026; nobody edits the case. 30 January is worked."""
    report = accepted_on(world, "2026-12-20")
    before = str(world.case(report).verify_due_on)
    assert (before, verify_clock(world, report)[1]) == ("2027-01-29", True)
    today = date(2026, 12, 20)
    [missing] = missing_years(world.store, today=today)
    assert missing.year == 2027
    assert missing.clocks >= 1

    put_in_calendar(world)
    recompute(world, jobs_store(world))

    assert missing_years(world.store, today=today) == ()
    assert verify_clock(world, report) == ("2027-01-30", False)
    assert recomputed(world, report) == [(before, "2027-01-30")]
    kinds = [one.kind for one in timeline(world.store, report=report)]
    assert set(kinds) == {"report.received", "report.accepted", "clock.recomputed"}


def test_where_no_last_day_moves_only_the_word_provisional_goes(world):
    report = accepted_on(world, "2026-12-20")
    rows = [one for one in notice()[1] if one.on.month > 4]
    rows += [CalendarRow(date(2027, 1, 1), DayKind.WORKDAY, name="元旦")]
    put_in_calendar(world, rows)
    recompute(world)
    assert verify_clock(world, report) == ("2027-01-29", False)
    assert recomputed(world, report) == []


def test_a_guess_before_the_notice_leaves_the_year_provisional(world):
    report = accepted_on(world, "2026-12-20")
    guess = [CalendarRow(one.on, one.kind, True, one.name) for one in notice()[1]]
    put_in_calendar(world, guess)
    recompute(world)
    assert verify_clock(world, report) == ("2027-01-30", True)
    assert [one.year for one in missing_years(world.store, today=date(2026, 12, 20))] == [2027]
    put_in_calendar(world)
    recompute(world)
    assert verify_clock(world, report) == ("2027-01-30", False)
    assert recomputed(world, report) == [("2027-01-29", "2027-01-30")]


@pytest.mark.parametrize(
    ("today", "years"), [("2026-10-31", ()), ("2026-11-01", (MissingYear(2027, 0),))]
)
def test_next_years_notice_is_asked_for_from_november_on(world, today, years):
    assert missing_years(world.store, today=date.fromisoformat(today)) == years


# The walk ---------------------------------------------------------------------------------------


def test_the_walk_tells_each_clock_once_and_the_office_by_mail(world):
    report = accepted_on(world, "2026-09-20")
    claim(world.store, limit=100, now=world.now)
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    claim(world.store, limit=100, now=world.now)
    first, second = recompute(world), recompute(world)
    assert first.moved >= 1
    assert (second.moved, second.looked) == (0, 0)
    assert len(recomputed(world, report)) == 1
    waiting = [one.payload for one in claim(world.store, limit=100, now=world.now)]
    [mail] = [one for one in waiting if one.get("clock") == "verify"]
    assert (mail["notice"], mail["office"], mail["on"]) == (
        "clock.recomputed", "410329-yjj", "2026-11-09",
    )  # fmt: skip


def test_what_has_ended_is_left_as_it_was_and_does_not_become_late(world):
    """The clock was met on its last day, 6 November; then 5 October turns out to be worked."""
    report = accepted_on(world, "2026-09-20")
    at_noon(world, "2026-11-06")
    world.conclude(report)
    world.move(days=1)
    rows = [one for one in days_of_2026(world) if str(one.on) != "2026-10-05"]
    put_in_calendar(world, rows, 2026)
    recompute(world)
    assert recomputed(world, report) == []
    [clock] = [
        one for one in rulebook.rulebook(world.store).clocks(world.case(report), world.now)
        if one.key == "verify"
    ]  # fmt: skip
    assert (clock.state, str(clock.due.due_on)) == ("met", "2026-11-06")


def test_a_case_accepted_after_the_change_and_before_the_walk_has_nothing_to_be_told(world):
    at_noon(world, "2026-09-20")
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    report = accepted_on(world, "2026-09-20")
    assert str(world.case(report).verify_due_on) == "2026-11-09"
    recompute(world)
    assert recomputed(world, report) == []


def test_two_changes_are_told_one_after_the_other_after_a_week_without_the_jobs_process(world):
    report = accepted_on(world, "2026-09-20")
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    world.move(days=1)
    put_in_calendar(
        world,
        days_of_2026(world, CalendarRow(date(2026, 11, 9), DayKind.HOLIDAY, name="样本纪念日")),
        2026,
    )
    world.move(days=7)
    recompute(world)
    assert recomputed(world, report) == [
        ("2026-11-06", "2026-11-09"), ("2026-11-09", "2026-11-10"),
    ]  # fmt: skip
    assert verify_clock(world, report) == ("2026-11-10", False)


def test_a_case_that_fails_holds_up_no_other_and_is_looked_at_again(world, monkeypatch):
    reports = sorted(accepted_on(world, "2026-09-20") for _ in range(3))
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    plain = rulebook.Rulebook.clocks

    def failing(self, case, now):
        if case.report_id == reports[1]:
            raise CaseworkError
        return plain(self, case, now)

    with monkeypatch.context() as broken:
        broken.setattr(rulebook.Rulebook, "clocks", failing)
        assert recompute(world).failed == [reports[1]]
    assert [len(recomputed(world, one)) for one in reports] == [1, 0, 1]
    assert recompute(world).failed == []
    assert [len(recomputed(world, one)) for one in reports] == [1, 1, 1]


def test_a_report_that_just_came_in_is_worked_out_by_the_new_calendar(world):
    at_noon(world, "2026-12-20")
    filed = world.file_report()
    put_in_calendar(world)
    recompute(world)
    project_new(world.store, now=world.now)
    rows = world.store.read(lambda uow: uow.clocks.of_report(filed.report))
    assert {one.provisional for one in rows} == {False}


def test_a_walk_that_begins_anew_tells_no_clock_a_second_time(world):
    """First contact is due within a working day, here of 4 November: no act tells its day."""
    at_noon(world, "2026-11-04")
    filed = world.file_report()
    project_new(world.store, now=world.now)
    world.move(hours=1)
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    recompute(world)
    told = [("2026-11-05", "2026-11-06")]
    assert recomputed(world, filed.report, "first_contact") == told
    [change] = world.store.read(lambda uow: uow.rule_changes.calendar_changes())
    world.store.write(lambda uow: uow.rule_changes.keep_walk(change.id, after="", done=False))
    assert recompute(world).moved == 0
    assert recomputed(world, filed.report, "first_contact") == told


def test_a_clock_that_stands_still_is_told_its_last_day_by_the_end_of_the_pause(world):
    report = accepted_on(world, "2026-09-20")
    asked = ask_pause(world, report, "2026-09-21", "2026-10-20")
    decide_pause(world, report, asked)
    at_noon(world, "2026-09-22")
    put_in_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    assert recompute(world).failed == []
    assert recomputed(world, report) == []
    due_on = str(rulebook.rulebook(world.store).due_after_pause(
        world.case(report), asked, world.now).due_on)  # fmt: skip
    end_pause(world, report, asked, "2026-09-22", due_on)
    # One working day stood still, and 5 November is free: 6 November becomes the 10th.
    assert (due_on, str(world.case(report).verify_due_on)) == ("2026-11-10", "2026-11-10")
    assert verify_clock(world, report) == ("2026-11-10", False)


# Two persons ------------------------------------------------------------------------------------


def test_console_and_jobs_have_the_rights_that_they_need(world):
    console = console_store(world)
    proposal = propose_calendar(world, store=console)
    confirm_calendar(world, proposal, store=console)
    assert work_calendar(world.store).is_known(2027)
    row = calendar_row(world, proposal)
    assert (row.state, row.number, row.source) == ("in_force", 1, SOURCE)
    assert work_calendar(world.store).digest() == row.digest
    assert [one.digest() for one in calendars_of(world)] == [row.before, row.digest]
    console.close()
    # The public site tells reporters when clocks end.
    portal = Store.open(world.settings.database_url_of("portal"), site=world.store.site)
    assert rulebook.rulebook(portal).calendar.is_known(2027)
    assert work_calendar(portal).digest() == row.digest
    portal.close()


def calendars_of(world):
    return world.store.read(calendars)


@pytest.mark.parametrize("who", ["yjj-leader", "yjj-officer", "auditor", "finance"])
def test_others_do_not_propose_a_notice(world, who):
    with pytest.raises(RuleChangeError) as refused:
        propose_calendar(world, who=who)
    assert refused.value.reason == "role"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("administrator", "administrator", "same_person"),
        ("awb-supervisor", "city-supervisor", "same_role"),
        ("administrator", "yjj-officer", "role"),
        ("administrator", "awb-approver", "role"),
    ],
)
def test_somebody_in_another_role_confirms_a_notice(world, first, second, why):
    proposal = propose_calendar(world, who=first)
    with pytest.raises(RuleChangeError) as refused:
        confirm_calendar(world, proposal, second)
    assert refused.value.reason == why
    assert not work_calendar(world.store).is_known(2027)
    confirm_calendar(world, proposal, "yjj-leader")
    assert work_calendar(world.store).is_known(2027)


def test_a_department_does_not_move_the_limits_that_bind_it_by_a_calendar_of_its_own(
    tmp_path, database_url
):
    staff = {**STAFF, "yjj-administrator": ("410329-yjj", ("administrator",))}
    world = make_world(tmp_path / "own", database_url, staff=staff)
    proposal = propose_calendar(world, who="yjj-administrator")
    with pytest.raises(RuleChangeError) as refused:
        confirm_calendar(world, proposal, "yjj-leader")
    assert refused.value.reason == "same_office"
    assert not work_calendar(world.store).is_known(2027)
    confirm_calendar(world, proposal, "awb-supervisor")
    assert work_calendar(world.store).is_known(2027)
    world.store.close()


@pytest.mark.parametrize(
    ("fact", "value"),
    [("year", 2028), ("rows", 1), ("digest", "ab" * 32), ("provisional", True), ("number", 7)],
)
def test_a_forged_confirmation_changes_nothing(world, fact, value):
    proposal = propose_calendar(world)
    with pytest.raises(RuleChangeError) as refused:
        confirm_calendar(world, proposal, **{fact: value})
    assert refused.value.reason in ("other_facts", "overtaken")
    assert not work_calendar(world.store).is_known(2027)


def test_a_proposal_that_tells_other_days_than_it_brings_is_refused(world):
    told = calendar_changes.proposal_facts(
        work_calendar(world.store), proposal="p1", year=2027, rows=notice()[1], source=SOURCE
    )
    with pytest.raises(RuleChangeError) as refused:
        calendar_changes.propose_calendar(
            world.store,
            act=world.sign("administrator", "calendar.proposed", "", told),
            rows=notice()[1][:-1],
            trust=world.trust,
            now=world.now,
        )
    assert refused.value.reason == "other_facts"


def test_the_same_notice_again_is_no_change(world):
    put_in_calendar(world)
    with pytest.raises(RuleChangeError) as refused:
        propose_calendar(world)
    assert refused.value.reason == "nothing_changes"


def test_of_two_proposals_the_second_is_overtaken(world):
    first = propose_calendar(world)
    second = propose_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    confirm_calendar(world, first)
    with pytest.raises(RuleChangeError) as refused:
        confirm_calendar(world, second)
    assert refused.value.reason == "overtaken"


def test_of_two_proposals_confirmed_at_one_moment_one_counts(world):
    first = propose_calendar(world)
    second = propose_calendar(world, days_of_2026(world, LATE_HOLIDAY), 2026)
    facts = {one: change_facts(world, one) for one in (first, second)}

    def confirm(proposal):
        try:
            confirm_calendar(world, proposal, **facts[proposal])
        except CaseworkError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(confirm, [first, second]))
    assert sorted(answers, key=str) == [RuleChangeError, None]
    [change] = world.store.read(lambda uow: uow.rule_changes.calendar_changes())
    assert work_calendar(world.store).digest() == calendar_row(world, change.id).digest


def test_what_was_withdrawn_is_not_confirmed(world):
    proposal = propose_calendar(world)
    calendar_changes.withdraw_calendar(
        world.store,
        act=world.sign("administrator", "calendar.withdrawn", "", {"proposal": proposal}),
        trust=world.trust,
        now=world.now,
    )
    with pytest.raises(RuleChangeError) as refused:
        confirm_calendar(world, proposal)
    assert refused.value.reason == "not_open"


def test_an_act_of_another_kind_is_not_taken(world):
    act = world.sign("finance", "fund.appropriated", "", {"year": 2026, "amount_fen": 1})
    for service in (calendar_changes.change_calendar, calendar_changes.withdraw_calendar):
        with pytest.raises(NotPermittedError):
            service(world.store, act=act, trust=world.trust, now=world.now)


# The preview --------------------------------------------------------------------------------------


def test_the_preview_counts_what_would_move(world, monkeypatch):
    accepted_on(world, "2026-09-20")
    rows = days_of_2026(world, LATE_HOLIDAY)
    found = calendar_changes.preview(world.store, year=2026, rows=rows, now=world.now)
    assert [str(one.on) for one in found.difference.days] == ["2026-11-05"]
    assert found.difference.workdays == found.difference.workdays_before - 1
    assert found.touched >= 1
    assert found.moved == recomputed_by(world, rows)
    monkeypatch.setattr("casework.services.calendar_changes.COUNTED_MAX", 0)
    more = days_of_2026(world, CalendarRow(date(2026, 11, 9), DayKind.HOLIDAY, name="样本"))
    again = calendar_changes.preview(world.store, year=2026, rows=more, now=world.now)
    assert again.moved is None


def recomputed_by(world, rows):
    """How many last days really move when the rows come into the calendar."""
    put_in_calendar(world, rows, 2026)
    return recompute(world).moved
