"""Holding a report for malicious: on a legal basis, by two people, and it opens nothing."""

from dataclasses import replace

import pytest

from case_story import AWB, CUSTODIAN_1, LEADER, OFFICER, REPORTER, SUPERVISOR, YJJ, Story, person
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    NotSubstantiatedError,
    SeparationError,
    WrongStateError,
)

BASIS = "《治安管理处罚法》第二十九条"


def closed(story: Story, finding: str = "unsubstantiated") -> Story:
    """Told by the fourth act, closed by the sixth, by the office above."""
    return story.concluded(finding).proposed().tell("case.closed", SUPERVISOR)


def proposed(story: Story) -> Story:
    """Proposed by the seventh act."""
    return closed(story).tell("malice.proposed", LEADER)


def test_the_head_of_the_office_proposes_and_the_office_above_confirms(story: Story):
    assert proposed(story).case.malice is not None
    malice = story.tell("malice.confirmed", SUPERVISOR).case.malice
    assert malice is not None
    assert (malice.basis, malice.proposer, malice.decider) == (BASIS, "leader", "supervisor")
    assert malice.answer == "confirmed"


def test_it_opens_nothing(story: Story):
    before = proposed(story).case
    after = story.tell("malice.confirmed", SUPERVISOR).case
    assert replace(after, malice=before.malice, events=before.events) == before
    with pytest.raises(NotPermittedError):
        story.tell("release.requested", CUSTODIAN_1)


@pytest.mark.parametrize("basis", ["", "   "])
def test_without_a_legal_basis_there_is_none(story: Story, basis: str):
    with pytest.raises(BadActError) as refusal:
        closed(story).tell("malice.proposed", LEADER, basis=basis)
    assert refusal.value.fact == "basis"


@pytest.mark.parametrize("finding", ["substantiated", "partly", "cannot_be_verified"])
def test_only_a_report_that_was_found_untrue_can_be_malicious(story: Story, finding: str):
    with pytest.raises(WrongStateError):
        closed(story, finding).tell("malice.proposed", LEADER)


def test_not_before_it_is_closed(story: Story):
    with pytest.raises(WrongStateError):
        story.concluded("unsubstantiated").tell("malice.proposed", LEADER)


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR, REPORTER], ids=lambda who: who.account)
def test_nobody_else_proposes_it(story: Story, who):
    with pytest.raises(NotPermittedError):
        closed(story).tell("malice.proposed", who)


@pytest.mark.parametrize(
    "who", [OFFICER, LEADER, person("x", AWB, "leader"), person("y", YJJ, "supervisor")],
    ids=lambda who: who.account,
)  # fmt: skip
@pytest.mark.parametrize("kind", ["malice.confirmed", "malice.declined"])
def test_nobody_else_decides_on_it(story: Story, who, kind: str):
    with pytest.raises(NotPermittedError):
        proposed(story).tell(kind, who)


@pytest.mark.parametrize("kind", ["malice.confirmed", "malice.declined"])
def test_nobody_decides_on_what_they_proposed_where_one_office_is_both(story: Story, kind: str):
    both = person("both", YJJ, "leader", "supervisor")
    closed(story)
    story.case = replace(story.case, supervisor=YJJ, offices=(YJJ,))
    story.tell("malice.proposed", both)
    with pytest.raises(SeparationError) as refusal:
        story.tell(kind, both)
    assert refusal.value.rule == "proposed_malice"
    story.tell(kind, person("other", YJJ, "supervisor"))


def test_who_investigated_neither_proposes_nor_confirms(story: Story):
    both = person("officer", YJJ, "leader")
    with pytest.raises(SeparationError):
        closed(story).tell("malice.proposed", both)


def test_while_an_objection_is_open_nothing_is_held_against_the_reporter(story: Story):
    closed(story).tell("objection.filed", REPORTER)
    with pytest.raises(WrongStateError):
        story.tell("malice.proposed", LEADER)


def test_an_objection_stops_the_confirming(story: Story):
    proposed(story).tell("objection.filed", REPORTER)
    with pytest.raises(WrongStateError):
        story.tell("malice.confirmed", SUPERVISOR)
    story.tell("malice.declined", SUPERVISOR)


def test_it_is_decided_once_and_proposed_again_only_when_declined(story: Story):
    proposed(story)
    with pytest.raises(AlreadyDoneError):
        story.tell("malice.proposed", LEADER)
    story.tell("malice.declined", SUPERVISOR).tell("malice.proposed", LEADER)
    story.tell("malice.confirmed", SUPERVISOR, asked=9)
    for kind in ("malice.confirmed", "malice.declined"):
        with pytest.raises(WrongStateError):
            story.tell(kind, SUPERVISOR, asked=9)
    with pytest.raises(AlreadyDoneError):
        story.tell("malice.proposed", LEADER)


def test_an_answer_names_what_it_answers(story: Story):
    with pytest.raises(WrongStateError):
        proposed(story).tell("malice.confirmed", SUPERVISOR, asked=6)


@pytest.mark.parametrize("finding", ["unsubstantiated", "cannot_be_verified"])
def test_what_is_not_verified_earns_no_award(story: Story, finding: str):
    with pytest.raises(NotSubstantiatedError):
        closed(story, finding).tell("reward.reserved", OFFICER)
    assert story.case.award is None
