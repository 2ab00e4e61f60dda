"""A call-back by telephone rests on the one look at the contact item, and answers the question."""

from dataclasses import replace

import pytest

from case_story import JOBS, LEADER, OFFICER, REPORTER, SUPERVISOR, Story, person
from casework.domain.case import Release, ReleaseState
from casework.domain.errors import NotPermittedError, PhoningRefusedError, WrongStateError
from casework.domain.phoning import may_phone, opened_by
from casework.domain.satisfaction import question

OPERATOR = person("operator", "410329-awb", "operator")
FIRST = {"month": 1, "on": "2026-04-22", "at": "2026-04-21T16:00:00Z"}
AT = "2026-04-23T08:00:00Z"


def asked(story: Story, opened_at: str = "2026-04-23T02:00:00Z", **changed: object) -> Story:
    """Closed and asked after a month, and the operator has opened the contact item."""
    story.concluded("unsubstantiated").proposed().tell("case.closed", LEADER)
    story.tell("callback.asked", JOBS, **FIRST)
    release = Release(
        "r1", ReleaseState.OPENED, "i1", 1, "contact_reporter", "operator", "410329-awb", 2,
        "2026-04-22T02:00:00Z", "2026-04-25T02:00:00Z", opened_at=opened_at,
    )  # fmt: skip
    story.case = replace(story.case, releases={"r1": replace(release, **changed)})  # type: ignore[arg-type]
    return story


def test_what_was_said_answers_the_question_as_in_the_mailbox(story: Story):
    asked(story).tell("callback.phoned", OPERATOR, at=AT)
    [one] = story.case.callbacks
    assert (one.month, one.answer, one.answered_on) == (1, "solved", "2026-04-23")
    assert question(story.case) is None
    with pytest.raises(WrongStateError):
        story.tell("callback.phoned", OPERATOR, at=AT)


def test_who_is_not_reached_may_be_called_again_and_still_answer(story: Story):
    asked(story).tell("callback.phoned", OPERATOR, at=AT, answer="not_reached")
    assert question(story.case) == 1
    story.tell("callback.phoned", OPERATOR, at=AT, answer="partly")
    assert story.case.callbacks[0].answer == "partly"


def test_not_solved_opens_the_review(story: Story):
    asked(story).tell("callback.phoned", OPERATOR, at=AT, answer="not_solved")
    assert story.case.marks[-1].name == "objection_received"


@pytest.mark.parametrize(
    "changed",
    [
        {"state": ReleaseState.APPROVED},
        {"purpose": "examine_evidence"},
        {"requester": "somebody"},
        {"id": "r2"},
        {"opened_at": "2026-04-21T15:59:59Z"},
    ],
)
def test_it_rests_on_the_contact_item_that_the_caller_opened_since_it_was_asked(
    story: Story, changed
):
    with pytest.raises(PhoningRefusedError):
        asked(story, **changed).tell("callback.phoned", OPERATOR, at=AT)


def test_the_first_moment_of_the_day_counts(story: Story):
    assert opened_by(asked(story, opened_at="2026-04-21T16:00:00Z").case, "operator") is not None


def test_neither_the_office_that_handled_it_nor_others_call(story: Story):
    mine = person("operator", "410329-yjj", "operator")
    with pytest.raises(NotPermittedError):
        asked(story).tell("callback.phoned", mine, at=AT)
    for who in (OFFICER, LEADER, REPORTER):
        with pytest.raises(NotPermittedError):
            story.tell("callback.phoned", who, at=AT)
    with pytest.raises(PhoningRefusedError):
        story.tell("callback.phoned", SUPERVISOR, at=AT)


def test_nobody_is_called_right_after_closing_or_about_another_month(story: Story):
    story.concluded("unsubstantiated").proposed().tell("case.closed", LEADER)
    assert not may_phone(story.case)
    with pytest.raises(WrongStateError):
        story.tell("callback.phoned", OPERATOR, at=AT)
    story.tell("callback.asked", JOBS, **FIRST)
    assert may_phone(story.case)
    with pytest.raises(WrongStateError):
        story.tell("callback.phoned", OPERATOR, at=AT, month=3)
