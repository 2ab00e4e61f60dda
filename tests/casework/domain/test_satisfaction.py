"""Whether it was solved: asked right after closing and after 1, 3 and 6 months, answered once."""

from datetime import date

import pytest

from case_story import JOBS, LEADER, OFFICER, REPORTER, SUPERVISOR, Story, begin
from casework.domain import objection
from casework.domain.case import Case, State
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.satisfaction import callback_on, due_callback, next_callback, question

# Closed on 22 March 2026.
FIRST = {"month": 1, "on": "2026-04-22", "at": "2026-04-21T16:00:00Z"}  # 00:00 in China
THIRD = {"month": 3, "on": "2026-06-22", "at": "2026-06-22T02:00:00Z"}
SIXTH = {"month": 6, "on": "2026-09-22", "at": "2026-09-22T02:00:00Z"}


def closed(story: Story) -> Story:
    """Told by the fourth act, closed by the sixth."""
    return story.concluded("unsubstantiated").proposed().tell("case.closed", LEADER)


def marks(case: Case) -> list[str]:
    return [mark.name for mark in case.marks]


@pytest.mark.parametrize(
    ("on", "month", "expected"),
    [
        (date(2026, 3, 22), 1, date(2026, 4, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_call_back_is_so_many_calendar_months_on(on: date, month: int, expected: date):
    assert callback_on(on, month) == expected


def test_the_days_come_one_after_the_other(story: Story):
    assert next_callback(story.case) is None
    assert next_callback(closed(story).case) == (1, date(2026, 4, 22))
    story.tell("callback.asked", JOBS, **FIRST)
    assert next_callback(story.case) == (3, date(2026, 6, 22))
    story.tell("callback.asked", JOBS, **THIRD).tell("callback.asked", JOBS, **SIXTH)
    assert next_callback(story.case) is None


def test_it_is_due_on_the_day_and_not_the_day_before(story: Story):
    case = closed(story).case
    assert due_callback(case, date(2026, 4, 21)) is None
    assert due_callback(case, date(2026, 4, 22)) == 1


def test_after_a_standstill_only_the_latest_question_is_asked(story: Story):
    assert due_callback(closed(story).case, date(2026, 6, 22)) == 3
    assert due_callback(story.case, date(2027, 1, 1)) == 6
    assert due_callback(story.tell("callback.asked", JOBS, **SIXTH).case, date(2027, 1, 1)) is None


def test_no_question_is_asked_a_day_early(story: Story):
    early = {"month": 1, "on": "2026-04-21", "at": "2026-04-21T15:59:59Z"}
    with pytest.raises(BadActError):
        closed(story).tell("callback.asked", JOBS, **early)
    assert story.tell("callback.asked", JOBS, **FIRST).case.callbacks[0].month == 1


def test_no_question_is_asked_twice_or_after_a_later_one(story: Story):
    closed(story).tell("callback.asked", JOBS, **THIRD)
    for month in (1, 3):
        with pytest.raises(AlreadyDoneError):
            story.tell("callback.asked", JOBS, **{**THIRD, "month": month})


def test_nobody_is_asked_in_a_trial_or_before_the_case_is_closed(story: Story):
    assert next_callback(closed(begin(channel="trial")).case) is None
    with pytest.raises(WrongStateError):
        story.concluded().tell("callback.asked", JOBS, **FIRST)


def test_only_the_jobs_process_asks_and_only_the_reporter_answers(story: Story):
    for who in (OFFICER, LEADER, SUPERVISOR, REPORTER):
        with pytest.raises(NotPermittedError):
            (story if story.case.closed_on else closed(story)).tell("callback.asked", who, **FIRST)
    with pytest.raises(NotPermittedError):
        story.tell("satisfaction.given", OFFICER)


def test_right_after_closing_it_is_asked_once(story: Story):
    assert question(story.case) is None
    assert question(closed(story).case) == 0
    case = story.tell("satisfaction.given", REPORTER, answer="partly").case
    assert question(case) is None
    assert [(one.month, one.answer) for one in case.callbacks] == [(0, "partly")]
    with pytest.raises(AlreadyDoneError):
        story.tell("satisfaction.given", REPORTER)


def test_each_call_back_is_answered_once_and_while_it_is_the_latest(story: Story):
    closed(story).tell("callback.asked", JOBS, **FIRST)
    with pytest.raises(AlreadyDoneError):  # the question right after closing is past
        story.tell("satisfaction.given", REPORTER, month=0)
    story.tell("satisfaction.given", REPORTER, month=1, at="2026-04-23T02:00:00Z")
    assert story.case.callbacks[0].answered_on == "2026-04-23"
    with pytest.raises(AlreadyDoneError):
        story.tell("satisfaction.given", REPORTER, month=1)
    story.tell("callback.asked", JOBS, **THIRD)
    assert question(story.case) == 3
    assert next_callback(story.case) == (6, date(2026, 9, 22))


def test_not_solved_opens_a_review_long_after_the_right_to_object(story: Story):
    closed(story).tell("callback.asked", JOBS, **SIXTH)
    case = story.tell("satisfaction.given", REPORTER, month=6, answer="not_solved").case
    assert objection.pending(case) == 8
    story.tell("review.decided", SUPERVISOR, asked=8)
    assert story.case.reviews[0].asked == 8


@pytest.mark.parametrize("answer", ["solved", "partly"])
def test_any_other_answer_opens_none(story: Story, answer: str):
    assert not objection.is_pending(
        closed(story).tell("satisfaction.given", REPORTER, answer=answer).case
    )


def test_not_solved_while_an_objection_is_open_adds_no_second_review(story: Story):
    closed(story).tell("objection.filed", REPORTER)
    case = story.tell("satisfaction.given", REPORTER, answer="not_solved").case
    assert objection.pending(case) == 7
    assert marks(case).count("objection_received") == 1


@pytest.mark.parametrize("given", ["yes", "no"])
def test_whether_there_was_retaliation_is_never_told_to_who_handled_it(story: Story, given: str):
    with pytest.raises(BadActError):
        closed(story).tell("satisfaction.given", REPORTER, retaliation=given)


def test_redone_and_closed_again_the_questions_begin_anew(story: Story):
    closed(story).tell("satisfaction.given", REPORTER, answer="not_solved")
    at = {"at": "2026-03-23T02:00:00Z"}
    story.tell("review.decided", SUPERVISOR, outcome="redo", verify_due_on="2026-04-22", **at)
    assert (next_callback(story.case), question(story.case)) == (None, None)
    with pytest.raises(WrongStateError):
        story.tell("callback.asked", JOBS, **FIRST)
    again = {"at": "2026-04-10T02:00:00Z"}
    story.tell("finding.recorded", OFFICER, concluded_on="2026-04-10", finding="unsubstantiated",
               penalty_no="", fines_fen=[], **again)  # fmt: skip
    story.tell("message.sent", OFFICER, about="result", **again)
    story.tell("closing.proposed", OFFICER, **again)
    proposed = story.case.events
    story.tell("case.closed", LEADER, asked=proposed, closed_on="2026-04-10", **again)
    assert story.case.state is State.CLOSED
    assert question(story.case) == 0
    assert next_callback(story.case) == (1, date(2026, 5, 10))
