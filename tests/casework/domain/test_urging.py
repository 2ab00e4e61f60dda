"""A reporter may urge an open case, once in seven days."""

from datetime import date

import pytest

from case_story import OFFICER, REPORTER, Story
from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    UrgedLatelyError,
    WrongStateError,
)
from casework.domain.report import replay
from casework.domain.urging import next_urge_on


def urged(story: Story, day: str, time: str = "04:00:00") -> Story:
    return story.tell("report.urged", REPORTER, urged_on=day, at=f"{day}T{time}Z")


def test_after_six_days_it_is_too_early_and_after_seven_it_is_not(story: Story):
    urged(story, "2026-03-02")
    with pytest.raises(UrgedLatelyError) as refusal:
        urged(story, "2026-03-08")
    assert refusal.value.again_on == date(2026, 3, 9)
    urged(story, "2026-03-09")
    assert story.case.urged == ("2026-03-02", "2026-03-09")
    assert next_urge_on(story.case) == date(2026, 3, 16)
    assert replay("report1", story.acts) == story.case


def test_a_case_never_urged_has_no_day_to_wait_for(story: Story):
    assert next_urge_on(story.case) is None


def test_the_day_is_the_county_s_own(story: Story):
    # 16:30 UTC is half an hour past midnight in Shanghai.
    with pytest.raises(BadActError) as refusal:
        urged(story, "2026-03-02", "16:30:00")
    assert (refusal.value.fact, refusal.value.expected) == ("urged_on", "2026-03-03")
    story.tell("report.urged", REPORTER, urged_on="2026-03-03", at="2026-03-02T16:30:00Z")


def test_urging_changes_nothing_but_the_list_of_days(story: Story):
    before = story.accepted().case
    after = urged(story, "2026-03-20").case
    assert (after.state, after.verify_due_on) == (before.state, before.verify_due_on)


def test_only_the_reporter_urges_and_only_an_open_case(story: Story):
    with pytest.raises(NotPermittedError):
        story.tell("report.urged", OFFICER)
    story.refused()
    with pytest.raises(WrongStateError):
        urged(story, "2026-03-20")
