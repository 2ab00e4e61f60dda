"""S19: what no rule matched waits in a pool; who should lead is proposed and carried out."""

from collections.abc import Callable

import pytest

from case_story import AWB, CITY, OFFICER, YJJ, Story, person
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.roles import Role
from casework.domain.waiting import waiting_in

ZJJ, JTJ = "410329-zjj", "410329-jtj"
OPERATOR, CLERK = person("op", AWB, "operator"), person("clerk", AWB, "officer")
CHIEF = person("chief", AWB, "supervisor")
POOL = {"lead": AWB, "supervisor": CITY, "offices": [AWB, CITY], "rule": ""}


@pytest.fixture
def pool(begun: Callable[..., Story]) -> Story:
    """A report that no rule matched."""
    return begun(**POOL)


def proposed(story: Story, **changed: object) -> Story:
    """Proposed by the operator: ZJJ leads, JTJ helps."""
    return story.tell("assignment.proposed", OPERATOR, **{"co": [JTJ]} | changed)


def carry_out(story: Story, who=CHIEF, **changed: object) -> Story:
    """Carried out as it stands."""
    facts = {"lead": ZJJ, "supervisor": AWB, "co": [JTJ], "proposal": 2,
             "reason_code": "lead_by_duty"}  # fmt: skip
    return story.tell("report.transferred", who, **facts | changed)


def marks(story: Story) -> list[str]:
    """The names of what started or ended clocks."""
    return [one.name for one in story.case.marks]


def test_only_what_no_rule_matched_is_undetermined(pool: Story, begun: Callable[..., Story]):
    assert marks(pool) == ["submitted", "undetermined"]
    assert marks(begun()) == ["submitted", "dispatched"]


def test_a_proposal_waits_for_the_supervisor_who_has_the_pool(pool: Story):
    case = proposed(pool).case
    assert case.proposals[0].co == (JTJ,)
    [one] = waiting_in(case)
    assert (one.kind, one.key, one.since, one.of) == ("decide", "assign", 1, "assignment")
    assert (one.office, one.role) == (AWB, Role.SUPERVISOR)


def test_carried_out_it_names_lead_and_co_handlers_and_ends_the_pool(pool: Story):
    case = carry_out(proposed(pool)).case
    assert (case.lead, case.co_handlers, case.offices) == (ZJJ, (JTJ,), (ZJJ, AWB, JTJ))
    assert marks(pool)[-2:] == ["transferred", "dispatched"]
    assert [one.of for one in waiting_in(case)] == [JTJ]


def test_the_supervisor_may_choose_otherwise(pool: Story):
    case = carry_out(proposed(pool), lead=YJJ, proposal=None, co=None).case
    assert (case.lead, case.co_handlers) == (YJJ, ())


@pytest.mark.parametrize(
    "changed",
    [{"lead": YJJ}, {"co": None}, {"co": ["410329-jw"]}, {"proposal": 1}, {"proposal": 3}],
)
def test_what_says_it_carries_a_proposal_out_does_that(pool: Story, changed):
    proposed(pool)
    with pytest.raises(BadActError):
        carry_out(pool, **changed)


def test_the_newest_proposal_stands(pool: Story):
    proposed(proposed(pool), lead=YJJ)
    with pytest.raises(BadActError, match="proposal"):
        carry_out(pool)
    assert carry_out(pool, lead=YJJ, proposal=3).case.lead == YJJ


def test_nobody_carries_out_what_they_proposed(pool: Story):
    both = person("op", AWB, "operator", "supervisor")
    proposed(pool)
    with pytest.raises(SeparationError) as refusal:
        carry_out(pool, both)
    assert refusal.value.rule == "proposed_lead"


def test_only_people_of_the_office_that_has_the_pool_propose(pool: Story):
    proposed(pool).tell("assignment.proposed", CLERK)
    for who in (CHIEF, OFFICER, person("x", CITY, "officer"), person("h", AWB, "leader")):
        with pytest.raises(NotPermittedError):
            pool.tell("assignment.proposed", who)


def test_what_a_rule_matched_or_somebody_accepted_is_in_no_pool(
    pool: Story, begun: Callable[..., Story]
):
    with pytest.raises(WrongStateError):
        begun().tell("assignment.proposed", OFFICER)
    pool.tell("report.accepted", CHIEF)
    with pytest.raises(WrongStateError):
        proposed(pool)
    assert waiting_in(pool.case) == ()


def test_neither_the_accused_nor_the_office_itself_is_proposed(begun: Callable[..., Story]):
    story = begun(**POOL, about=ZJJ)
    with pytest.raises(AccusedOfficeError):
        proposed(story)
    with pytest.raises(AccusedOfficeError):
        proposed(story, lead=YJJ, co=[ZJJ])
    with pytest.raises(BadActError, match="lead"):
        proposed(story, lead=AWB)
    with pytest.raises(BadActError, match="co"):
        proposed(story, lead=YJJ, co=[JTJ, YJJ])
