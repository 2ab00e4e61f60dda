"""A new code brings new keys; each act counts with the key of its time."""

import pytest

from case_story import LEADER, OFFICER, REPORTER, Story
from casework.domain.errors import BadActError, NotPermittedError
from casework.domain.report import replay


def changed(story: Story, pair: str) -> Story:
    return story.tell("code.changed", REPORTER, reporter_box=pair * 32, reporter_sign=pair * 32)


def test_each_act_is_signed_with_the_key_of_its_time(story: Story):
    first = story.case.reporter_sign
    story.tell("report.read", OFFICER)
    changed(story, "44")  # the third act, still signed with the first key
    story.tell("report.read", OFFICER)
    changed(story, "55")  # the fifth, signed with the second
    case = story.case
    keys = [case.reporter_sign_at(ordinal) for ordinal in range(1, 8)]
    assert keys == [first] * 3 + ["44" * 32] * 2 + ["55" * 32] * 2
    assert (case.reporter_box, case.reporter_sign) == ("55" * 32, "55" * 32)
    assert replay("report1", story.acts) == case


@pytest.mark.parametrize("pair", ["22", "44"])
def test_no_key_comes_back(story: Story, pair: str):
    changed(story, "44")
    changed(story, "55")
    with pytest.raises(BadActError) as refusal:
        story.tell("code.changed", REPORTER, reporter_box="66" * 32, reporter_sign=pair * 32)
    assert refusal.value.fact == "reporter_sign"


def test_half_a_change_is_none(story: Story):
    with pytest.raises(BadActError) as refusal:
        story.tell("code.changed", REPORTER, reporter_box=story.case.reporter_box)
    assert refusal.value.fact == "reporter_box"


def test_nobody_else_changes_it_and_a_decided_case_may_have_it_changed(story: Story):
    with pytest.raises(NotPermittedError):
        story.tell("code.changed", OFFICER)
    changed(story.concluded().proposed().tell("case.closed", LEADER), "44")
