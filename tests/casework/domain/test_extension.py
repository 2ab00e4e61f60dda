"""More time is asked for before the last day, and granted by whom the policy names."""

import pytest

from case_story import AWB, CITY, LEADER, OFFICER, REPORTER, SUPERVISOR, YJJ, Story, person
from casework.domain.case import AskState
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ExtensionTooLateError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)

EARLY = "2026-03-30T02:00:00Z"
DAY_BEFORE = "2026-03-31T15:59:59Z"  # 23:59:59 in China
LAST_DAY = "2026-03-31T16:00:00Z"  # 1 April, 00:00 in China
LAST_MINUTE = "2026-04-01T15:59:59Z"
TOO_LATE = "2026-04-01T16:00:00Z"


def asked(story: Story, **changed: object) -> Story:
    """Accepted on 2 March, due on 1 April; more time asked for on 30 March."""
    return story.accepted().tell("extension.requested", OFFICER, **{"at": EARLY} | changed)


def test_it_is_asked_for_until_the_day_before_the_last_day(story: Story):
    assert asked(story, at=DAY_BEFORE).case.extensions[0].state is AskState.REQUESTED


def test_on_the_last_day_it_is_too_late_to_ask(story: Story):
    with pytest.raises(ExtensionTooLateError) as refusal:
        asked(story, at=LAST_DAY)
    assert refusal.value.details == {"due_on": "2026-04-01"}


def test_granted_it_moves_the_last_day(story: Story):
    case = asked(story).tell("extension.granted", SUPERVISOR, at=LAST_MINUTE).case
    [one] = case.extensions
    assert (one.state, one.decider, one.due_on) == (AskState.GRANTED, "supervisor", "2026-05-01")
    assert str(case.verify_due_on) == "2026-05-01"


def test_after_the_last_day_it_cannot_be_granted(story: Story):
    asked(story)
    with pytest.raises(ExtensionTooLateError):
        story.tell("extension.granted", SUPERVISOR, at=TOO_LATE)
    assert str(story.case.verify_due_on) == "2026-04-01"


def test_refused_the_last_day_stands(story: Story):
    case = asked(story).tell("extension.refused", SUPERVISOR, at=TOO_LATE).case
    assert case.extensions[0].state is AskState.REFUSED
    assert str(case.verify_due_on) == "2026-04-01"


@pytest.mark.parametrize(
    "who",
    [LEADER, person("x", CITY, "supervisor"), person("y", AWB, "supervisor", "leader")],
)
def test_only_the_role_that_the_policy_names_decides(story: Story, who):
    asked(story, approver_role="supervisor")
    if who.office == AWB:
        assert story.tell("extension.granted", who, at=EARLY).case.extensions[0].decider == "y"
    else:
        with pytest.raises(NotPermittedError):
            story.tell("extension.granted", who, at=EARLY)


def test_the_own_head_decides_where_the_policy_says_so(story: Story):
    asked(story, approver_role="leader")
    with pytest.raises(NotPermittedError):
        story.tell("extension.granted", SUPERVISOR, at=EARLY)
    assert story.tell("extension.granted", LEADER, at=EARLY).case.extensions[0].decider == "leader"


def test_nobody_grants_what_they_asked_for(story: Story):
    head = person("head", YJJ, "officer", "leader")
    story.accepted().tell("extension.requested", head, at=EARLY, approver_role="leader")
    with pytest.raises(SeparationError):
        story.tell("extension.granted", head, at=EARLY)


def test_one_request_at_a_time_and_each_is_decided_once(story: Story):
    asked(story)
    with pytest.raises(AlreadyDoneError):
        story.tell("extension.requested", OFFICER, at=EARLY)
    story.tell("extension.refused", SUPERVISOR, at=EARLY)
    with pytest.raises(WrongStateError):
        story.tell("extension.granted", SUPERVISOR, at=EARLY)
    story.tell("extension.requested", OFFICER, at=EARLY)
    assert [one.ordinal for one in story.case.extensions] == [3, 5]


def test_a_new_last_day_is_not_before_the_old_one(story: Story):
    asked(story)
    with pytest.raises(BadActError, match="due_on"):
        story.tell("extension.granted", SUPERVISOR, at=EARLY, due_on="2026-03-31")


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"clock": "object"}, BadActError),  # a right, which nobody lengthens for the office
        ({"clock": "review"}, BadActError),  # binds the office above
        ({"clock": "lunch"}, BadActError),
        ({"since": 1, "clock": "accept"}, WrongStateError),  # met by acceptance
        ({"since": 3}, WrongStateError),  # nothing started there
    ],
)
def test_what_does_not_run_or_binds_another_is_not_lengthened(story: Story, facts, refusal):
    with pytest.raises(refusal):
        asked(story, **facts)


# An award is claimed within sixty days: a right, that may be lengthened for a good reason -------

CLAIM_ENDS = "2026-05-21"  # sixty days after 22 March


def notified(story: Story) -> tuple[Story, dict[str, object]]:
    """Approved, and the reporter told, on 22 March; return the facts of a request, too."""
    story.approved()
    facts = {
        "clock": "claim",
        "since": story.case.events,
        "value": 30,
        "reason_code": "cannot_come",
        "approver_role": "leader",
        "was": CLAIM_ENDS,
    }
    return story, facts


def test_the_time_to_claim_is_lengthened_for_cause(story: Story):
    story, facts = notified(story)
    story.tell("extension.requested", OFFICER, at="2026-05-20T15:59:59Z", **facts)
    asked = story.case.events
    with pytest.raises(NotPermittedError):
        story.tell("extension.granted", SUPERVISOR, at="2026-05-21T01:00:00Z", asked=asked)
    story.tell(
        "extension.granted", LEADER, at="2026-05-21T15:59:59Z", asked=asked, due_on="2026-06-22"
    )
    [one] = story.case.extensions
    assert (one.state, one.clock, one.due_on) == (AskState.GRANTED, "claim", "2026-06-22")


def test_on_the_last_day_of_the_claim_it_is_too_late_to_ask(story: Story):
    story, facts = notified(story)
    with pytest.raises(ExtensionTooLateError):
        story.tell("extension.requested", OFFICER, at="2026-05-20T16:00:00Z", **facts)


def test_what_was_claimed_needs_no_more_time(story: Story):
    story, facts = notified(story)
    story.tell("reward.claimed", REPORTER)
    with pytest.raises(WrongStateError):
        story.tell("extension.requested", OFFICER, **facts)


@pytest.mark.parametrize("clock", ["reward_object", "object", "return"])
def test_no_other_right_is_lengthened(story: Story, clock: str):
    story, facts = notified(story)
    with pytest.raises(BadActError):
        story.tell("extension.requested", OFFICER, **facts | {"clock": clock})


def test_a_claim_is_never_paused(story: Story):
    story, facts = notified(story)
    with pytest.raises(BadActError):
        story.tell("pause.requested", OFFICER, clock="claim", since=facts["since"])


def closed_over_a_claim(story: Story) -> tuple[Story, dict[str, object]]:
    """Told, objected to by nobody and closed, while the award waits to be claimed."""
    story, facts = notified(story)
    story.proposed().tell("case.closed", SUPERVISOR)
    return story, facts


def test_a_case_that_is_closed_lets_its_award_be_claimed_later_and_nothing_else(story: Story):
    story, facts = closed_over_a_claim(story)
    with pytest.raises(WrongStateError):
        story.tell("extension.requested", OFFICER, clock="tell_result", since=4)
    story.tell("extension.requested", OFFICER, at="2026-05-20T01:00:00Z", **facts)
    story.tell(
        "extension.granted",
        LEADER,
        at="2026-05-20T02:00:00Z",
        asked=story.case.events,
        due_on="2026-06-22",
    )
    assert story.case.extensions[0].state is AskState.GRANTED
