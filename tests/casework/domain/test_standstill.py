"""A clock stands still for a listed reason, with a document, granted by the office above."""

from datetime import date

import pytest

from case_story import AWB, JOBS, LEADER, OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.case import AskState
from casework.domain.deadline import Pause
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.standstill import pauses_of

TODAY = date(2026, 3, 25)


def asked(story: Story, **changed: object) -> Story:
    """Accepted on 2 March; a pause from 22 March asked for on that day."""
    return story.accepted().tell("pause.requested", OFFICER, **changed)


def test_granted_the_days_from_the_first_on_do_not_count(story: Story):
    asked(story).tell("pause.granted", SUPERVISOR, at="2026-03-24T08:00:00Z")
    assert pauses_of(story.case, "verify", 2, TODAY) == (
        Pause(date(2026, 3, 22), TODAY, "expert_test"),
    )


def test_asked_for_or_refused_every_day_counts(story: Story):
    asked(story)
    assert pauses_of(story.case, "verify", 2, TODAY) == ()
    story.tell("pause.refused", SUPERVISOR)
    assert story.case.standstills[0].state is AskState.REFUSED
    assert pauses_of(story.case, "verify", 2, TODAY) == ()


def test_the_bound_office_never_grants_its_own_pause(story: Story):
    asked(story, approver_role="leader")
    with pytest.raises(NotPermittedError):
        story.tell("pause.granted", LEADER)


def test_where_the_office_above_leads_itself_nobody_can_grant_one(story: Story):
    story.tell("report.transferred", SUPERVISOR, lead=AWB, supervisor=AWB)
    story.tell("report.accepted", person("s2", AWB, "supervisor"))
    story.tell("pause.requested", person("s2", AWB, "supervisor"), since=3)
    with pytest.raises(NotPermittedError):
        story.tell("pause.granted", SUPERVISOR, asked=4)


def test_it_counts_again_from_the_day_of_its_end(story: Story):
    asked(story).tell("pause.granted", SUPERVISOR)
    story.tell("pause.ended", OFFICER, at="2026-03-25T02:00:00Z", on="2026-03-25")
    [one] = story.case.standstills
    assert (one.state, one.last) == (AskState.ENDED, "2026-03-24")
    assert pauses_of(story.case, "verify", 2, date(2026, 4, 30)) == (
        Pause(date(2026, 3, 22), date(2026, 3, 24), "expert_test"),
    )


def test_ended_on_its_first_day_it_left_no_day_out(story: Story):
    asked(story).tell("pause.granted", SUPERVISOR)
    story.tell("pause.ended", OFFICER)  # on 22 March
    assert pauses_of(story.case, "verify", 2, date(2026, 4, 30)) == ()


def test_it_never_lasts_beyond_its_last_possible_day(story: Story):
    asked(story, until="2026-03-24").tell("pause.granted", SUPERVISOR)
    longest = (Pause(date(2026, 3, 22), date(2026, 3, 24), "expert_test"),)
    assert pauses_of(story.case, "verify", 2, date(2026, 4, 30)) == longest
    story.tell("pause.ended", JOBS, at="2026-03-30T02:00:00Z", on="2026-03-30")
    assert pauses_of(story.case, "verify", 2, date(2026, 4, 30)) == longest


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"document": "  "}, "document"),
        ({"first": "2026-03-21"}, "first"),  # yesterday
        ({"until": "2026-03-21"}, "until"),
        ({"clock": "object"}, "clock"),
        ({"clock": "police_answer"}, "clock"),
    ],
)
def test_without_paper_or_for_days_that_passed_there_is_none(story: Story, facts, key):
    with pytest.raises(BadActError, match=key):
        asked(story, **facts)


def test_one_at_a_time(story: Story):
    asked(story)
    with pytest.raises(AlreadyDoneError):
        story.tell("pause.requested", OFFICER)
    story.tell("pause.granted", SUPERVISOR)
    with pytest.raises(AlreadyDoneError):
        story.tell("pause.requested", OFFICER)
    story.tell("pause.ended", person("o9", YJJ, "officer"))
    assert story.tell("pause.requested", OFFICER).case.standstills[1].ordinal == 6


def test_what_does_not_last_is_not_ended_and_no_day_but_today_is_its_end(story: Story):
    asked(story)
    with pytest.raises(WrongStateError):
        story.tell("pause.ended", OFFICER)
    story.tell("pause.granted", SUPERVISOR)
    with pytest.raises(BadActError, match="on"):
        story.tell("pause.ended", OFFICER, on="2026-03-21")
    with pytest.raises(BadActError, match="on"):
        story.tell("pause.ended", OFFICER, on="2026-03-23")


def test_what_has_ended_does_not_stand_still(story: Story):
    story.concluded()
    with pytest.raises(WrongStateError):
        story.tell("pause.requested", OFFICER)
