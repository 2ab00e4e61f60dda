"""Pauses of a clock, by the reasons and days of the pinned policy (S25), on both databases."""

from datetime import date

import pytest

from asking import accepted, ask_pause, clock, decide_pause, end_pause, notices, to_day
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ClockNotRunningError,
    NotPermittedError,
    PauseRefusedError,
    UnknownAskError,
    WrongStateError,
)
from casework.services import standstills


@pytest.fixture
def report(world):
    return accepted(world)


def due(world, report):
    return clock(world, report).due.due_on.isoformat()


def test_the_clock_stands_still_from_its_day_and_runs_on_from_the_day_of_receipt(world, report):
    """Asked for and granted on 2 March for the 4th; ended on the 14th: ten days stood still."""
    asked = ask_pause(world, report, "2026-03-04", "2026-05-02")
    decide_pause(world, report, asked)
    to_day(world, "2026-03-03")
    assert (clock(world, report).state, due(world, report)) == ("running", "2026-04-01")
    to_day(world, "2026-03-04")
    assert (clock(world, report).state, due(world, report)) == ("paused", "2026-04-02")
    to_day(world, "2026-03-14")
    assert due(world, report) == "2026-04-12"
    case = end_pause(world, report, asked, "2026-03-14", "2026-04-11")
    found = clock(world, report)
    assert (found.state, found.paused_days, due(world, report)) == ("running", 10, "2026-04-11")
    assert case.verify_due_on == date(2026, 4, 11)
    to_day(world, "2026-04-30")
    assert clock(world, report).paused_days == 10


def test_a_refused_pause_stops_nothing(world, report):
    asked = ask_pause(world, report, "2026-03-02", "2026-03-31")
    decide_pause(world, report, asked, kind="pause.refused")
    to_day(world, "2026-03-20")
    assert (clock(world, report).state, due(world, report)) == ("running", "2026-04-01")


@pytest.mark.parametrize("who", ["yjj-leader", "yjj-officer-2", "city-supervisor", "zjj-leader"])
def test_the_department_that_the_clock_binds_does_not_stop_it(world, report, who):
    asked = ask_pause(world, report, "2026-03-02", "2026-03-31")
    with pytest.raises(NotPermittedError):
        decide_pause(world, report, asked, who)
    to_day(world, "2026-03-20")
    assert clock(world, report).state == "running"


def test_a_request_alone_stops_nothing(world, report):
    ask_pause(world, report, "2026-03-02", "2026-03-31")
    to_day(world, "2026-04-02")
    assert clock(world, report).state == "overdue"


# How long -----------------------------------------------------------------------------------


def test_sixty_days_in_all_and_not_one_more(world, report):
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, report, "2026-03-02", "2026-05-01")
    assert (refused.value.reason, refused.value.most) == ("days", 60)
    ask_pause(world, report, "2026-03-02", "2026-04-30")


def test_what_was_used_counts_against_the_next(world, report):
    first = ask_pause(world, report, "2026-03-03", "2026-05-01")
    decide_pause(world, report, first)
    to_day(world, "2026-03-13")
    end_pause(world, report, first, "2026-03-13", "2026-04-11")
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, report, "2026-03-13", "2026-05-02")
    assert (refused.value.reason, refused.value.most) == ("days", 50)
    ask_pause(world, report, "2026-03-13", "2026-05-01")


def test_days_that_are_used_up(world, report):
    first = ask_pause(world, report, "2026-03-02", "2026-04-30")
    decide_pause(world, report, first)
    to_day(world, "2026-05-01")
    with pytest.raises(BadActError, match="due_on"):
        end_pause(world, report, first, "2026-05-01", "2026-06-01")
    end_pause(world, report, first, "2026-05-01", due(world, report))
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, report, "2026-05-01", "2026-05-01")
    assert refused.value.reason == "used_up"


# When ---------------------------------------------------------------------------------------


def test_from_today_on_and_not_beyond_the_last_day(world, report):
    to_day(world, "2026-03-20")
    with pytest.raises(BadActError, match="first"):
        ask_pause(world, report, "2026-03-19", "2026-03-25")
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, report, "2026-04-02", "2026-04-10")
    assert refused.value.reason == "first"
    ask_pause(world, report, "2026-04-01", "2026-04-10")


def test_an_overdue_clock_is_not_stopped(world, report):
    asked = ask_pause(world, report, "2026-04-01", "2026-04-10")
    to_day(world, "2026-04-02")
    with pytest.raises(PauseRefusedError) as refused:
        decide_pause(world, report, asked)
    assert refused.value.reason == "overdue"
    decide_pause(world, report, asked, kind="pause.refused")
    with pytest.raises(PauseRefusedError):
        ask_pause(world, report, "2026-04-02", "2026-04-10")


def test_days_that_are_over_are_not_granted(world, report):
    asked = ask_pause(world, report, "2026-03-02", "2026-03-05")
    to_day(world, "2026-03-06")
    with pytest.raises(PauseRefusedError) as refused:
        decide_pause(world, report, asked)
    assert refused.value.reason == "over"
    to_day(world, "2026-03-05")
    decide_pause(world, report, asked)


# Why, on what, which ------------------------------------------------------------------------


def test_a_reason_that_the_policy_does_not_list(world, report):
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, report, "2026-03-02", "2026-03-05", reason_code="court")
    assert refused.value.reason == "reason_code"
    ask_pause(world, report, "2026-03-02", "2026-03-05", reason_code="waiting_for_reporter")


@pytest.mark.parametrize("document", ["", "  "])
def test_without_a_document_no_clock_stands_still(world, report, document):
    with pytest.raises(BadActError, match="document"):
        ask_pause(world, report, "2026-03-02", "2026-03-05", document=document)


@pytest.mark.parametrize("role", ["leader", "officer"])
def test_the_approver_is_the_policys(world, report, role):
    with pytest.raises(BadActError, match="approver_role"):
        ask_pause(world, report, "2026-03-02", "2026-03-05", approver_role=role)


def test_a_clock_for_which_the_policy_knows_no_pause(world):
    filed = world.file_report()
    with pytest.raises(PauseRefusedError) as refused:
        ask_pause(world, filed.report, "2026-03-02", "2026-03-02", clock="sign_in", since=1)
    assert refused.value.reason == "no_rule"


def test_another_clock_than_those_that_run(world, report):
    with pytest.raises(ClockNotRunningError):
        ask_pause(world, report, "2026-03-02", "2026-03-05", since=1)


def test_one_at_a_time(world, report):
    asked = ask_pause(world, report, "2026-03-10", "2026-03-12")
    with pytest.raises(AlreadyDoneError):
        ask_pause(world, report, "2026-03-20", "2026-03-22")
    decide_pause(world, report, asked)
    with pytest.raises(AlreadyDoneError):
        ask_pause(world, report, "2026-03-20", "2026-03-22")


# The end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["yjj-officer", "yjj-leader", "awb-supervisor"])
def test_either_office_lets_it_run_on(world, report, who):
    asked = ask_pause(world, report, "2026-03-03", "2026-03-31")
    decide_pause(world, report, asked)
    to_day(world, "2026-03-05")
    end_pause(world, report, asked, "2026-03-05", "2026-04-03", who)
    with pytest.raises(WrongStateError):
        end_pause(world, report, asked, "2026-03-05", "2026-04-03", who)


def test_the_day_on_which_a_clock_starts_does_not_count_and_is_not_given_back(world, report):
    asked = ask_pause(world, report, "2026-03-02", "2026-03-31")
    decide_pause(world, report, asked)
    to_day(world, "2026-03-05")
    end_pause(world, report, asked, "2026-03-05", "2026-04-03")


def test_a_pause_ends_today_and_on_no_other_day(world, report):
    asked = ask_pause(world, report, "2026-03-02", "2026-03-31")
    decide_pause(world, report, asked)
    to_day(world, "2026-03-05")
    for on in ("2026-03-04", "2026-03-06"):
        with pytest.raises(BadActError, match="on"):
            end_pause(world, report, asked, on, "2026-04-04")
    for due_on in ("2026-04-02", "2026-04-04"):
        with pytest.raises(BadActError, match="due_on"):
            end_pause(world, report, asked, "2026-03-05", due_on)


def test_one_that_ends_before_it_began_left_out_nothing(world, report):
    asked = ask_pause(world, report, "2026-03-10", "2026-03-31")
    decide_pause(world, report, asked)
    to_day(world, "2026-03-10")
    end_pause(world, report, asked, "2026-03-10", "2026-04-01")
    assert (clock(world, report).paused_days, due(world, report)) == (0, "2026-04-01")


def test_what_was_never_asked_for_is_not_shown(world, report):
    with pytest.raises(UnknownAskError):
        standstills.pause_proposal(world.store, report=report, ordinal=2, now=world.now)


def test_who_decides_and_who_asked_get_a_notice(world, report):
    decide_pause(world, report, ask_pause(world, report, "2026-03-02", "2026-03-05"))
    assert set(notices(world)) >= {
        ("pause.requested", "410329-awb"),
        ("pause.granted", "410329-yjj"),
    }
