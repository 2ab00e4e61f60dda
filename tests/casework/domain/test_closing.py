"""Closing: proposed by the office, agreed to by somebody else, when nothing is left to be done."""

from collections.abc import Callable

import pytest

from case_story import (
    AWB,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Story,
    begin,
    person,
)
from casework.domain.case import Finding, State
from casework.domain.closing import missing, standing
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ClosingRefusedError,
    NoFindingError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.report import allowed_kinds

Begin = Callable[..., Story]
BOTH = person("both", YJJ, "officer", "leader")
ABOVE = person("above", AWB, "leader", "supervisor")
BEFORE = "2026-03-20T02:00:00Z"


def ready(**changed: object) -> Story:
    """Concluded by the officer, and the reporter told."""
    return begin(**changed).concluded().tell("message.sent", OFFICER, about="result")


def refused(story: Story, reason: str) -> None:
    """Both the proposal and, where one waits, the agreement are refused for this reason."""
    tries = [("closing.proposed", OFFICER)]
    tries += [("case.closed", LEADER)] if standing(story.case) else []
    for kind, who in tries:
        with pytest.raises(ClosingRefusedError) as refusal:
            story.tell(kind, who)
        assert refusal.value.reason == reason
    assert reason in missing(story.case)


@pytest.mark.parametrize("finding", list(Finding))
@pytest.mark.parametrize("who", [LEADER, SUPERVISOR, ABOVE])
def test_a_case_with_any_finding_is_closed_once_by_a_second_person(finding, who):
    story = begin().concluded(finding).proposed().tell("case.closed", who)
    assert (story.case.state, story.case.closed_by) == (State.CLOSED, who.account)
    assert (story.case.closings[0].answer, story.case.closings[0].decider) == (
        "agreed",
        who.account,
    )
    for kind in ("closing.proposed", "case.closed"):
        with pytest.raises(WrongStateError):
            story.tell(kind, who)


def test_nothing_is_closed_or_proposed_without_a_finding(begun: Begin):
    for story in (begun(), begun().accepted()):
        for kind, who in (("closing.proposed", OFFICER), ("case.closed", LEADER)):
            with pytest.raises(NoFindingError):
                story.tell(kind, who)


def test_nobody_closes_alone():
    story = ready()
    with pytest.raises(ClosingRefusedError) as refusal:
        story.tell("case.closed", LEADER)
    assert refusal.value.reason == "not_proposed"
    story.tell("closing.proposed", LEADER)
    with pytest.raises(SeparationError) as barred:
        story.tell("case.closed", LEADER)
    assert barred.value.rule == "proposed_closing"
    with pytest.raises(SeparationError):
        story.tell("closing.declined", LEADER)
    story.tell("case.closed", SUPERVISOR)


def test_what_the_head_proposes_waits_for_the_office_above():
    for who, waits_for in ((LEADER, "supervisor"), (OFFICER, "leader")):
        story = ready().tell("closing.proposed", who)
        assert [asked.decider_role for asked in story.case.closings] == [waits_for]


def test_where_the_supervising_office_leads_one_of_its_people_agrees_to_what_another_proposed():
    story = begin(lead=AWB, offices=[AWB])
    one, two = (person(name, AWB, "supervisor", "officer") for name in ("one", "two"))
    story.tell("report.accepted", one).tell("finding.recorded", one)
    story.tell("message.sent", one, about="result").tell("closing.proposed", one)
    with pytest.raises(SeparationError):
        story.tell("case.closed", one)
    story.tell("case.closed", two)


def test_nobody_closes_or_sends_back_what_they_investigated_or_accepted_as_an_officer():
    investigated = begin().accepted().tell("finding.recorded", BOTH)
    accepted = begin().tell("report.accepted", BOTH).tell("finding.recorded", OFFICER)
    rules = (("investigated", investigated), ("handled_as_officer", accepted))
    for rule, story in rules:
        story.proposed()
        for kind in ("case.closed", "closing.declined"):
            with pytest.raises(SeparationError) as barred:
                story.tell(kind, BOTH)
            assert barred.value.rule == rule
    # A head who only assigned the case may close it: small offices have one.
    assigned = begin().tell("report.accepted", LEADER).tell("finding.recorded", OFFICER)
    assigned.proposed().tell("case.closed", LEADER)


@pytest.mark.parametrize("who", [OFFICER_2, person("o", AWB, "officer"), JOBS, REPORTER])
def test_who_may_not_close_may_not_send_back_either(who):
    story = ready().tell("closing.proposed", OFFICER)
    for kind in ("case.closed", "closing.declined"):
        with pytest.raises(NotPermittedError):
            story.tell(kind, who)


@pytest.mark.parametrize("who", [SUPERVISOR, ABOVE, person("x", "410329-zjj", "leader"), JOBS])
def test_only_the_lead_office_proposes(who):
    with pytest.raises(NotPermittedError):
        ready().tell("closing.proposed", who)


def test_two_proposals_do_not_wait_at_a_time():
    story = ready().tell("closing.proposed", OFFICER)
    with pytest.raises(AlreadyDoneError):
        story.tell("closing.proposed", OFFICER_2)
    story.tell("closing.declined", LEADER)
    assert (story.case.state, story.case.closings[0].answer) == (State.CONCLUDED, "declined")
    story.tell("closing.proposed", OFFICER).tell("case.closed", LEADER)
    assert [one.answer for one in story.case.closings] == ["declined", "agreed"]


def test_an_agreement_to_another_proposal_than_the_one_that_waits_is_none():
    story = ready().tell("closing.proposed", OFFICER)
    first = story.case.closings[0].ordinal
    story.tell("closing.declined", LEADER).tell("closing.proposed", OFFICER)
    for asked in (first, first + 1, None):
        with pytest.raises(WrongStateError):
            story.tell("case.closed", LEADER, asked=asked)
    with pytest.raises(WrongStateError):
        story.tell("closing.declined", LEADER, asked=first)


def test_a_new_finding_overtakes_a_proposal_and_is_told_if_it_is_another():
    story = ready().tell("closing.proposed", OFFICER)
    # A fine that became final changes nothing of what the reporter was told.
    story.tell("finding.recorded", OFFICER, fines_fen=[50_000_000])
    assert story.case.closings[0].answer == "overtaken"
    story.tell("closing.proposed", OFFICER)
    story.tell("finding.recorded", OFFICER, finding="partly")
    refused(story, "not_told")
    story.proposed().tell("case.closed", LEADER)


def test_the_reporter_is_told_first():
    story = begin().concluded().tell("message.sent", OFFICER)
    refused(story, "not_told")
    story.tell("message.sent", OFFICER, about="result")
    story.tell("closing.proposed", OFFICER)
    assert story.case.closings[0].answer == ""


def test_who_wrote_a_letter_was_never_given_a_way_back():
    assert not missing(begin(channel="letter").concluded().case)
    assert missing(begin(channel="hotline").concluded().case) == ("not_told",)


OPEN: dict[str, Callable[[Story], Story]] = {
    "rectification_open": lambda story: story.tell("rectification.ordered", OFFICER),
    "order_open": lambda story: story.tell("order.issued", SUPERVISOR),
    "review_open": lambda story: story.tell(
        "milestone.recorded", SUPERVISOR, milestone="objection_received", document="异〔2026〕1号"
    ),
    "extension_waits": lambda story: story.tell(
        "extension.requested", OFFICER, clock="close", since=3, was="2026-05-20"
    ),
    "pause_waits": lambda story: story.tell("pause.requested", OFFICER, clock="close", since=3),
}
DONE: dict[str, Callable[[Story], Story]] = {
    "rectification_open": lambda story: story.tell(
        "milestone.recorded", OFFICER, milestone="rectified", document="改〔2026〕1号"
    ).tell("milestone.recorded", OFFICER, milestone="rechecked", document="复〔2026〕1号"),
    "order_open": lambda story: story.tell("order.answered", LEADER),
    "review_open": lambda story: story.tell(
        "milestone.recorded", SUPERVISOR, milestone="reviewed", document="异〔2026〕2号"
    ),
    "extension_waits": lambda story: story.tell("extension.refused", SUPERVISOR, asked=5),
    "pause_waits": lambda story: story.tell("pause.refused", SUPERVISOR, asked=5),
}


@pytest.mark.parametrize("reason", OPEN)
def test_what_is_open_keeps_a_case_from_being_proposed(reason: str):
    story = OPEN[reason](ready())
    assert missing(story.case) == (reason,)
    refused(story, reason)
    DONE[reason](story)
    story.tell("closing.proposed", OFFICER).tell("case.closed", LEADER)


@pytest.mark.parametrize("reason", OPEN)
def test_what_comes_after_the_proposal_keeps_it_from_being_agreed_to(reason: str):
    story = ready().tell("closing.proposed", OFFICER)
    if reason in ("extension_waits", "pause_waits"):
        DONE[reason] = {
            "extension_waits": lambda one: one.tell("extension.refused", SUPERVISOR, asked=6),
            "pause_waits": lambda one: one.tell("pause.refused", SUPERVISOR, asked=6),
        }[reason]
    OPEN[reason](story)
    with pytest.raises(ClosingRefusedError) as refusal:
        story.tell("case.closed", LEADER)
    assert refusal.value.reason == reason
    DONE[reason](story).tell("case.closed", LEADER)


def test_closed_before_it_was_concluded_is_no_close():
    story = ready().tell("closing.proposed", OFFICER)
    with pytest.raises(BadActError, match="closed_on"):
        story.tell("case.closed", LEADER, closed_on="2026-03-19")
    story.tell("case.closed", LEADER, closed_on="2026-03-20")


def kinds(story: Story, who) -> set[str]:
    """What a person is offered of closing."""
    found = allowed_kinds(story.case, actor=who.account, office=who.office, roles=who.roles)
    return {kind for kind in found if "clos" in kind}


def test_what_is_offered():
    story = begin().concluded()
    assert kinds(story, OFFICER) == set()
    story.tell("message.sent", OFFICER, about="result")
    assert kinds(story, OFFICER) == kinds(story, LEADER) == {"closing.proposed"}
    assert kinds(story, SUPERVISOR) == set()
    story.tell("closing.proposed", LEADER)
    assert kinds(story, OFFICER) == kinds(story, LEADER) == set()
    assert kinds(story, SUPERVISOR) == {"closing.declined", "case.closed"}


def test_the_head_of_an_office_that_only_helps_closes_and_proposes_nothing():
    story = ready().tell("cohandlers.named", LEADER, co=["410329-zjj"])
    helper = person("helper", "410329-zjj", "leader", "officer", "supervisor")
    assert "410329-zjj" in story.case.offices
    with pytest.raises(NotPermittedError):
        story.tell("closing.proposed", helper)
    story.tell("closing.proposed", OFFICER)
    for kind in ("case.closed", "closing.declined"):
        with pytest.raises(NotPermittedError):
            story.tell(kind, helper)
