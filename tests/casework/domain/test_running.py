"""The clocks of a case as its events give them."""

from datetime import UTC, date, datetime

import pytest

from case_story import AWB, JOBS, LEADER, OFFICER, SUPERVISOR, YJJ, Story, begin
from casework.domain.calendar import WorkCalendar
from casework.domain.clock_kinds import KINDS
from casework.domain.deadline import Pause
from casework.domain.marks import ended_by, last_mark
from casework.domain.running import ClockState, Running, clocks_of, end_of
from clock_policy import clock_policy

POLICY = clock_policy()
NOON = (4, 0)  # 12:00 in China


def at(day: str, hour: int = 4, minute: int = 0) -> datetime:
    """Return an instant of a day, by default noon in China."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=UTC)


def clocks(story: Story, china: WorkCalendar, now: datetime) -> dict[str, Running]:
    """Return the clocks by instance."""
    found = clocks_of(story.case, POLICY, calendar=china, now=now)
    return {one.instance: one for one in found}


def test_a_report_that_came_in_has_the_clocks_of_its_policy(story: Story, china: WorkCalendar):
    found = clocks(story, china, at("2026-03-01"))
    assert {name: str(one.due.due_on) for name, one in found.items()} == {
        "accept.1": "2026-03-16",
        "sign_in.1": "2026-03-02",  # received on a Sunday
    }
    assert {one.state for one in found.values()} == {ClockState.RUNNING}
    assert {one.office for one in found.values()} == {YJJ}


def test_a_clock_runs_until_the_last_moment_of_its_last_day(story: Story, china: WorkCalendar):
    story.accepted()
    last = datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in China
    assert clocks(story, china, last)["verify.2"].state is ClockState.RUNNING
    too_late = datetime(2026, 4, 1, 16, 0, 0, tzinfo=UTC)
    assert clocks(story, china, too_late)["verify.2"].state is ClockState.OVERDUE


@pytest.mark.parametrize(
    ("told_at", "state"),
    [("2026-04-01T15:59:59Z", ClockState.MET), ("2026-04-01T16:00:00Z", ClockState.LATE)],
)
def test_what_met_it_is_judged_by_when_it_was_done(
    story: Story, china: WorkCalendar, told_at, state
):
    story.accepted().tell("finding.recorded", OFFICER, at=told_at, concluded_on="2026-04-01")
    found = clocks(story, china, at("2026-09-01"))["verify.2"]
    assert found.ended is not None
    assert (found.state, found.ended.at) == (state, told_at)


def test_signing_in_stops_that_clock_only(story: Story, china: WorkCalendar):
    story.tell("milestone.recorded", OFFICER, at="2026-03-02T02:00:00Z")
    found = clocks(story, china, at("2026-03-03"))
    assert found["sign_in.1"].state is ClockState.MET
    assert found["accept.1"].state is ClockState.RUNNING


def test_after_a_transfer_the_new_office_signs_in_and_the_case_clock_runs_on(
    story: Story, china: WorkCalendar
):
    story.tell("report.transferred", OFFICER, at="2026-03-02T02:00:00Z")
    found = clocks(story, china, at("2026-03-02"))
    assert found["sign_in.1"].state is ClockState.VOID
    assert (found["sign_in.2"].state, found["sign_in.2"].office) == (
        ClockState.RUNNING, "410329-zjj",
    )  # fmt: skip
    assert str(found["accept.1"].due.due_on) == "2026-03-16"


def test_granted_time_and_pauses_move_the_last_day_and_are_counted_apart(
    story: Story, china: WorkCalendar
):
    story.accepted()
    story.tell("extension.requested", OFFICER, at="2026-03-22T01:00:00Z")
    story.tell("extension.granted", SUPERVISOR, at="2026-03-22T02:00:00Z")
    story.tell("pause.requested", OFFICER, first="2026-03-23", until="2026-05-21")
    story.tell("pause.granted", SUPERVISOR, asked=5)
    found = clocks(story, china, at("2026-03-25"))["verify.2"]
    assert (found.extended, found.paused_days, found.state) == (30, 3, ClockState.PAUSED)
    assert found.pauses == (Pause(date(2026, 3, 23), date(2026, 3, 25), "expert_test"),)
    assert str(found.due.due_on) == "2026-05-04"  # 1 May, and three days
    story.tell(
        "pause.ended", OFFICER, asked=5, at="2026-03-26T02:00:00Z", on="2026-03-26",
        due_on="2026-05-04",
    )  # fmt: skip
    again = clocks(story, china, at("2026-04-20"))["verify.2"]
    assert (again.state, again.paused_days) == (ClockState.RUNNING, 3)
    assert str(again.due.due_on) == "2026-05-04" == str(story.case.verify_due_on)


def test_a_pause_from_tomorrow_does_not_stand_still_today(story: Story, china: WorkCalendar):
    story.accepted()
    story.tell("pause.requested", OFFICER, first="2026-03-24", until="2026-04-24")
    story.tell("pause.granted", SUPERVISOR)
    assert clocks(story, china, at("2026-03-23"))["verify.2"].state is ClockState.RUNNING
    assert clocks(story, china, at("2026-03-24"))["verify.2"].state is ClockState.PAUSED


def test_a_pause_that_is_never_ended_stops_no_clock_for_ever(story: Story, china: WorkCalendar):
    story.accepted().tell("pause.requested", OFFICER).tell("pause.granted", SUPERVISOR)
    found = clocks(story, china, at("2026-12-01"))["verify.2"]
    assert found.paused_days == 60  # 22 March to 20 May
    assert (str(found.due.due_on), found.state) == ("2026-05-31", ClockState.OVERDUE)


def test_a_limit_in_hours_ends_at_its_minute(story: Story, china: WorkCalendar):
    story.tell("milestone.recorded", OFFICER, milestone="accident_known")
    entry = clocks(story, china, at("2026-03-22"))["accident_entry.2"]
    assert entry.due.due_at is not None
    assert entry.due.due_at.isoformat() == "2026-03-23T16:00:00+08:00"
    assert end_of(entry.due) == datetime(2026, 3, 23, 8, 0, 1, tzinfo=UTC)
    on_time = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
    assert clocks(story, china, on_time)["accident_entry.2"].state is ClockState.RUNNING
    late = datetime(2026, 3, 23, 8, 0, 1, tzinfo=UTC)
    assert clocks(story, china, late)["accident_entry.2"].state is ClockState.OVERDUE


def test_two_orders_have_a_clock_each_and_an_answer_meets_its_own(
    story: Story, china: WorkCalendar
):
    story.tell("order.issued", SUPERVISOR)
    story.tell("order.issued", SUPERVISOR, order="o2", number="伊督〔2026〕B2C3D4E5号")
    story.tell("order.answered", LEADER, order="o2")
    found = clocks(story, china, at("2026-03-23"))
    assert found["order_reply.2"].state is ClockState.RUNNING
    assert found["order_reply.3"].state is ClockState.MET


def test_a_right_ends_quietly(story: Story, china: WorkCalendar):
    story.concluded().tell("message.sent", OFFICER, **{"from": "office", "about": "result"})
    found = clocks(story, china, at("2026-04-20"))
    assert found["tell_result.3"].state is ClockState.MET
    assert found["object.4"].state is ClockState.LAPSED
    assert found["object.4"].office == ""


def test_an_objection_binds_the_office_above(story: Story, china: WorkCalendar):
    story.concluded().tell("message.sent", OFFICER, **{"from": "office", "about": "result"})
    story.tell(
        "milestone.recorded", SUPERVISOR, milestone="objection_received", document="异〔2026〕1号"
    )
    found = clocks(story, china, at("2026-03-25"))
    assert found["object.4"].state is ClockState.MET
    assert (found["review.5"].state, found["review.5"].office) == (ClockState.RUNNING, AWB)


def test_a_message_that_is_no_result_tells_no_result(story: Story, china: WorkCalendar):
    story.concluded().tell("message.sent", OFFICER)
    assert clocks(story, china, at("2026-03-25"))["tell_result.3"].state is ClockState.RUNNING


def test_closing_does_not_end_the_duty_to_tell(china: WorkCalendar):
    letter = begin(channel="letter").concluded()
    letter.tell("closing.proposed", OFFICER).tell("case.closed", LEADER)
    found = clocks(letter, china, at("2026-05-01"))
    assert found["tell_result.3"].state is ClockState.OVERDUE
    assert found["close.3"].state is ClockState.MET


def test_deemed_acceptance_starts_verification(story: Story, china: WorkCalendar):
    story.tell("report.deemed_accepted", JOBS, at="2026-03-16T16:00:10Z")
    found = clocks(story, china, at("2026-03-18"))
    assert found["accept.1"].state is ClockState.LATE
    assert str(found["verify.2"].due.due_on) == "2026-04-16"


def test_an_act_that_starts_a_clock_may_meet_it_too(story: Story):
    """The award is in the reporter's mailbox at once; a transfer voids only the clock before."""
    story.approved()
    begun = last_mark(story.case, "approved")
    assert begun is not None
    ended = ended_by(story.case, KINDS["notify"], begun)
    assert ended is not None
    assert (ended.name, ended.ordinal) == ("notified", begun.ordinal)


def test_a_transfer_does_not_end_the_clock_that_it_starts(story: Story):
    story.tell("report.transferred", OFFICER)
    first, second = (mark for mark in story.case.marks if mark.name == "dispatched")
    ended = ended_by(story.case, KINDS["sign_in"], first)
    assert ended is not None
    assert ended.name == "transferred"
    assert ended_by(story.case, KINDS["sign_in"], second) is None
