"""Who has no part in a case any more: who may note it, and that nothing is done by them."""

import pytest

from case_story import (
    AWB,
    CUSTODIAN_1,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Person,
    begin,
    person,
)
from casework.domain.case import Case
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.drawing import left_out
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    SeparationError,
)
from casework.domain.report import advance, allowed_kinds, replay

NOTED = "recusal.noted"
ZJJ_OFFICER = person("zjj", "410329-zjj", "officer")


def kinds(case: Case, who: Person) -> frozenset[str]:
    return allowed_kinds(case, actor=who.account, office=who.office, roles=who.roles)


@pytest.mark.parametrize(
    ("who", "account", "why"),
    [
        (JOBS, "officer", "declared"),
        (LEADER, "officer", "found"),
        (SUPERVISOR, "leader", "found"),
        (OFFICER, "officer", "own"),
        (LEADER, "leader", "own"),
    ],
)
def test_the_jobs_the_heads_and_oneself_note_it_each_on_their_ground(who, account, why):
    story = begin().accepted().tell(NOTED, who, account=account, why=why)
    assert story.case.recused == {account}
    assert replay("report1", story.acts) == story.case
    assert case_from_json(case_to_json(story.case)) == story.case
    for other in {"declared", "found", "own"} - {why}:
        with pytest.raises(BadActError):
            begin().accepted().tell(NOTED, who, account=account, why=other)


@pytest.mark.parametrize("who", [ZJJ_OFFICER, REPORTER, CUSTODIAN_1])
def test_nobody_outside_the_offices_notes_any(who):
    with pytest.raises(NotPermittedError):
        begin().tell(NOTED, who, account="officer", why="found")


def test_an_officer_takes_out_no_colleague():
    with pytest.raises(NotPermittedError):
        begin().tell(NOTED, OFFICER_2, account="officer", why="found")


def test_who_is_recused_does_nothing_more_and_their_colleagues_go_on():
    story = begin()
    assert {"report.read", "report.accepted"} <= kinds(story.case, OFFICER)
    story.tell(NOTED, JOBS, account="officer")
    assert kinds(story.case, OFFICER) == frozenset()
    with pytest.raises(SeparationError) as refused:
        story.tell("report.accepted", OFFICER)
    assert refused.value.rule == "recused"
    with pytest.raises(SeparationError):
        story.tell(NOTED, OFFICER, account="officer", why="own")
    assert {"report.read", "report.accepted"} <= kinds(story.case, OFFICER_2)
    story.tell("report.accepted", OFFICER_2)


def test_keys_are_wrapped_anew_by_who_is_recused_too():
    """Or an office where one person is left could not change its key."""
    story = begin().tell(NOTED, JOBS, account="officer")
    act = story.act("keys.rewrapped", OFFICER, office=YJJ, key_id="ab" * 32)
    assert advance(story.case, act).events == story.case.events + 1


def test_a_recused_custodian_holds_no_case_back_and_decides_on_no_release():
    story = begin().requested()
    story.tell(NOTED, JOBS, account=CUSTODIAN_1.account)
    with pytest.raises(SeparationError):
        story.tell("release.approved", CUSTODIAN_1)
    story.tell("keys.resealed", CUSTODIAN_1)


def test_it_is_noted_once():
    story = begin().tell(NOTED, JOBS, account="officer")
    with pytest.raises(AlreadyDoneError):
        story.tell(NOTED, JOBS, account="officer")
    with pytest.raises(AlreadyDoneError):
        story.tell(NOTED, LEADER, account="officer", why="found")


def test_who_is_recused_is_not_drawn():
    assert "officer" not in left_out(begin().case)
    assert "officer" in left_out(begin().tell(NOTED, JOBS, account="officer").case)


def test_the_case_goes_one_level_up_once_the_head_is_out():
    story = begin().accepted().tell(NOTED, JOBS, account="leader")
    with pytest.raises(SeparationError):
        story.tell("report.transferred", LEADER, lead="410329-zjj", reason_code="accused")
    story.tell(
        "report.transferred", SUPERVISOR, lead=AWB, supervisor="410300-awb", reason_code="accused"
    )
    assert (story.case.lead, YJJ in story.case.offices) == (AWB, False)
    assert story.case.recused == {"leader"}
