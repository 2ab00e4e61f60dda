"""Milestones: what starts or ends a clock and is recorded by an officer."""

import pytest

from case_story import LEADER, OFFICER, SUPERVISOR, Story, followed_up
from casework.domain.case import Mark
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import BadActError, NotPermittedError, WrongStateError
from casework.domain.milestone import MILESTONES, may_record
from casework.domain.policy_file import EVENTS

PAPER = "伊应急〔2026〕12号"
NOW = "2026-03-22T08:00:00Z"


def test_an_end_counts_from_the_moment_it_is_recorded(story: Story):
    story.tell("milestone.recorded", OFFICER, milestone="accident_known")
    assert story.case.marks[-1] == Mark("accident_known", 2, NOW)
    story.tell("milestone.recorded", OFFICER, milestone="accident_entered", document=PAPER)
    assert story.case.marks[-1] == Mark("accident_entered", 3, NOW, document=PAPER)


def test_nobody_becomes_punctual_by_a_date_written_in_afterwards(story: Story):
    story.tell("milestone.recorded", OFFICER, milestone="accident_known")
    with pytest.raises(BadActError, match="at"):
        earlier(story, "accident_entered", "2026-03-22T07:00:00Z")


def test_a_start_may_have_happened_earlier_but_not_before_the_report_or_to_come(story: Story):
    earlier(story, "accident_known", "2026-03-20T01:30:00Z")
    assert story.case.marks[-1].at == "2026-03-20T01:30:00Z"
    for wrong in ("2026-02-28T15:59:59Z", "2026-03-22T08:00:01Z"):
        with pytest.raises(BadActError, match="at"):
            earlier(story, "penalty_decided", wrong)


def earlier(story: Story, milestone: str, at: str) -> None:
    """Record a milestone as having happened at *at*."""
    given = {"milestone": milestone, "document": PAPER, "happened_at": at}
    story.tell("milestone.recorded", OFFICER, **given)


def test_what_answers_nothing_is_refused_and_what_is_answered_is_answered(story: Story):
    with pytest.raises(WrongStateError):
        story.tell("milestone.recorded", OFFICER, milestone="rectified", document=PAPER)
    story.tell("milestone.recorded", OFFICER, milestone="ordered", document=PAPER)
    story.tell("milestone.recorded", OFFICER, milestone="rectified", document=PAPER)
    with pytest.raises(WrongStateError):
        story.tell("milestone.recorded", OFFICER, milestone="rectified", document=PAPER)
    story.tell("milestone.recorded", OFFICER, milestone="ordered", document=PAPER)
    story.tell("milestone.recorded", OFFICER, milestone="rectified", document=PAPER)


def test_a_paper_is_named_where_one_is_needed(story: Story):
    for document in ("", "   "):
        with pytest.raises(BadActError, match="document"):
            story.tell("milestone.recorded", OFFICER, milestone="ordered", document=document)


def test_who_is_listed_does_not_take_itself_off_the_list(story: Story):
    story.tell("order.issued", SUPERVISOR, kind="listing")
    for bound in (OFFICER, LEADER):
        with pytest.raises(NotPermittedError):
            story.tell("milestone.recorded", bound, milestone="delisted", document=PAPER)
    followed_up(story)
    story.tell("milestone.recorded", SUPERVISOR, milestone="delisted", document=PAPER)


def test_the_office_above_does_not_sign_in_for_the_one_that_has_to(story: Story):
    with pytest.raises(NotPermittedError):
        story.tell("milestone.recorded", SUPERVISOR)


def test_an_unknown_milestone_is_refused(story: Story):
    with pytest.raises(BadActError, match="milestone"):
        story.tell("milestone.recorded", OFFICER, milestone="closed")


def test_the_pages_offer_what_could_be_recorded(story: Story):
    def names(office: str) -> set[str]:
        return {one.name for one in may_record(story.case, office)}

    assert {"signed_in", "contacted", "ordered", "accident_known"} <= names(story.case.lead)
    assert "rectified" not in names(story.case.lead)
    assert names(story.case.supervisor) == set()
    story.tell("milestone.recorded", OFFICER)
    assert "signed_in" not in names(story.case.lead)


def test_every_mark_that_ends_a_clock_can_happen():
    """No clock waits for something that nobody can do."""
    by_acts = {
        "accepted", "refused", "transferred", "concluded", "told", "closed", "contacted",
        "proposed", "approved", "notified", "rejected", "claimed", "paid", "order_answered",
        "dispatched", "taken_away", "merged", "protection_ordered", "protection_declined",
        "redone", "lapsed", "sent_back", "return_requested",
        "stopped",
    }  # fmt: skip
    ends = {name for kind in KINDS.values() for name in kind.stops | kind.voids}
    assert ends <= by_acts | set(MILESTONES)


def test_every_event_that_a_policy_may_start_a_clock_from_can_happen():
    by_acts = {
        "submitted", "dispatched", "transferred", "accepted", "concluded", "told",
        "substantiated", "listed", "proposed", "approved", "notified", "claimed", "order_issued",
        "urgent", "undetermined",
    }  # fmt: skip
    assert set(EVENTS) <= by_acts | set(MILESTONES)
