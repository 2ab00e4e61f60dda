"""Referral to the police or a discipline body, and what they write back."""

from datetime import UTC, datetime

import pytest

from case_story import JOBS, LEADER, OFFICER, REPORTER, SUPERVISOR, Story, begin
from casework.domain.calendar import WorkCalendar
from casework.domain.closing import missing
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.policy import Policies
from casework.domain.running import ClockState, Running, clocks_of
from source import ROOT

POLICY = Policies.load(ROOT / "casework" / "policies").get("cn-2018")


def clocks(story: Story, china: WorkCalendar) -> dict[str, Running]:
    now = datetime(2026, 3, 23, 4, tzinfo=UTC)
    return {one.instance: one for one in clocks_of(story.case, POLICY, calendar=china, now=now)}


def test_the_police_answer_by_a_clock_of_their_own(china: WorkCalendar):
    story = begin().accepted().tell("referral.made", OFFICER)
    found = clocks(story, china)["police_answer.3"]
    assert (str(found.due.due_on), found.state) == ("2026-03-25", ClockState.RUNNING)
    story.tell("referral.acknowledged", LEADER)
    assert clocks(story, china)["police_answer.3"].state is ClockState.MET
    [one] = story.case.referrals
    assert (one.to, one.document, one.answer, one.answered_on) == (
        "police",
        "伊应急移〔2026〕1号",
        "伊公回〔2026〕1号",
        "2026-03-22",
    )


def test_a_discipline_body_has_no_clock(china: WorkCalendar):
    story = begin().accepted().tell("referral.made", OFFICER, to="discipline")
    assert not [one for one in clocks(story, china) if one.startswith("police")]
    story.tell("referral.acknowledged", OFFICER)
    assert "police_answered" not in {one.name for one in story.case.marks}


def test_each_body_once_until_it_has_answered():
    story = begin().accepted().tell("referral.made", OFFICER)
    with pytest.raises(AlreadyDoneError):
        story.tell("referral.made", LEADER)
    story.tell("referral.made", OFFICER, to="discipline")
    story.tell("referral.acknowledged", OFFICER, asked=4)
    with pytest.raises(WrongStateError):
        story.tell("referral.acknowledged", OFFICER, asked=4)
    story.tell("referral.acknowledged", OFFICER)
    story.tell("referral.made", OFFICER)


def test_a_referral_waits_for_nobody_here_and_keeps_no_case_open():
    story = begin().concluded().tell("referral.made", OFFICER)
    story.proposed()
    assert not missing(story.case)
    story.tell("case.closed", LEADER).tell("referral.acknowledged", OFFICER, asked=4)


@pytest.mark.parametrize("who", [SUPERVISOR, REPORTER, JOBS])
def test_only_the_lead_office_refers(who):
    for kind in ("referral.made", "referral.acknowledged"):
        with pytest.raises(NotPermittedError):
            begin().accepted().tell(kind, who)


def test_nothing_is_referred_before_it_is_accepted_or_without_a_paper():
    with pytest.raises(WrongStateError):
        begin().tell("referral.made", OFFICER)
    for wrong in ({"document": " "}, {"to": "court"}):
        with pytest.raises(BadActError, match=next(iter(wrong))):
            begin().accepted().tell("referral.made", OFFICER, **wrong)
    story = begin().accepted().tell("referral.made", OFFICER)
    with pytest.raises(BadActError, match="document"):
        story.tell("referral.acknowledged", OFFICER, document="")
    with pytest.raises(WrongStateError):
        story.tell("referral.acknowledged", OFFICER, asked=2)
