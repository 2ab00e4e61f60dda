"""S21: an office that a case is not for asks to return it; whoever dispatched it decides."""

from collections.abc import Callable

import pytest

from case_story import AWB, CITY, LEADER, OFFICER, SUPERVISOR, YJJ, Person, Story, person
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.report import allowed_kinds
from casework.domain.roles import Role
from casework.domain.waiting import waiting_in

ZJJ, JTJ = "410329-zjj", "410329-jtj"
HEAD = person("head", AWB, "leader")
ZJJ_OFFICER, JTJ_OFFICER = person("zo", ZJJ, "officer"), person("jo", JTJ, "officer")


def asked(story: Story, **changed: object) -> Story:
    """The officer of the lead office asks to return it, as the second act."""
    return story.tell("return.requested", OFFICER, **changed)


def upheld(story: Story, to: str, **changed: object) -> Story:
    """The supervising office gives it to another one."""
    ordinal = story.case.returns[-1].ordinal
    return story.tell("report.transferred", SUPERVISOR, lead=to, returned=ordinal, **changed)


def test_asking_stops_no_clock_but_the_right_to_ask(story: Story):
    before = story.case
    case = asked(story).case
    [one] = case.returns
    assert (one.office, one.since, one.to, one.outcome) == (YJJ, 1, ZJJ, "")
    assert (one.decider_role, one.asked_on) == (Role.SUPERVISOR, "2026-03-22")
    assert [mark.name for mark in case.marks[len(before.marks) :]] == ["return_requested"]
    assert (case.lead, case.state) == (YJJ, before.state)


def test_it_needs_the_clause_that_says_whose_duty_it_is(story: Story):
    with pytest.raises(BadActError, match="citation"):
        asked(story, citation="  ")
    with pytest.raises(BadActError, match="to"):
        asked(story, to=YJJ)


def test_it_is_not_returned_to_the_office_that_the_report_is_about(begun: Callable[..., Story]):
    with pytest.raises(AccusedOfficeError):
        asked(begun(about=ZJJ))
    assert asked(begun(about=ZJJ), to="").case.returns[0].to == ""


def test_an_office_asks_once_and_not_after_it_accepted(story: Story):
    with pytest.raises(AlreadyDoneError):
        asked(asked(story))
    story.tell("return.overruled", SUPERVISOR)
    with pytest.raises(AlreadyDoneError):
        asked(story)


def test_what_is_accepted_is_not_returned(story: Story):
    with pytest.raises(WrongStateError):
        asked(story.accepted())


def test_who_accepts_after_all_keeps_it(story: Story):
    case = asked(story).accepted().case
    assert case.returns[0].outcome == "kept"
    with pytest.raises(WrongStateError):
        story.tell("return.overruled", SUPERVISOR)


def test_upheld_it_goes_to_another_office_which_may_ask_too(story: Story):
    case = upheld(asked(story), JTJ).case
    assert (case.lead, case.returns[0].outcome, case.returns[0].decider) == (
        JTJ, "upheld", "supervisor",
    )  # fmt: skip
    assert story.tell("return.requested", JTJ_OFFICER).case.returns[1].since == 3


def test_overruled_it_stays(story: Story):
    case = asked(story).tell("return.overruled", SUPERVISOR).case
    assert (case.lead, case.returns[0].outcome) == (YJJ, "overruled")
    assert "supervisor" in case.supervised_by
    with pytest.raises(WrongStateError):
        story.tell("return.overruled", SUPERVISOR)


@pytest.mark.parametrize(
    "who",
    [
        OFFICER,
        LEADER,
        HEAD,
        person("c", CITY, "supervisor"),
        person("z", ZJJ, "officer", "leader", "supervisor"),
    ],
)
def test_nobody_decides_but_the_supervisor_above(story: Story, who):
    asked(story)
    for kind, facts in (
        ("return.overruled", {"asked": 2}),
        ("report.transferred", {"returned": 2, "lead": JTJ}),
    ):
        with pytest.raises((NotPermittedError, SeparationError)):
            story.tell(kind, who, **facts)
    assert story.case.returns[0].outcome == ""


def test_who_asked_does_not_decide_from_another_office(story: Story):
    asked(story)
    moved = person("officer", AWB, "supervisor")
    for kind, facts in (
        ("return.overruled", {"asked": 2}),
        ("report.transferred", {"returned": 2, "lead": JTJ}),
    ):
        with pytest.raises(SeparationError) as refusal:
            story.tell(kind, moved, **facts)
        assert refusal.value.rule == "asked"


def test_a_transfer_names_the_return_that_waits_and_no_other(story: Story):
    with pytest.raises(WrongStateError):
        story.tell("report.transferred", SUPERVISOR, returned=2)
    asked(story)
    for wrong in (None, 1, 3):
        with pytest.raises(BadActError, match="returned"):
            story.tell("report.transferred", SUPERVISOR, returned=wrong)
    upheld(story, ZJJ)


def test_the_lead_office_passes_a_report_on_once_and_before_acceptance(begun: Callable[..., Story]):
    passed = begun().tell("report.transferred", OFFICER)
    refused: tuple[tuple[Story, Person, dict[str, object]], ...] = (
        (passed, ZJJ_OFFICER, {"lead": JTJ}),
        (begun().accepted(), OFFICER, {}),
        (asked(begun()), OFFICER, {"returned": 2}),
        (asked(begun()).tell("return.overruled", SUPERVISOR), LEADER, {}),
    )
    for story, who, facts in refused:
        with pytest.raises(SeparationError) as refusal:
            story.tell("report.transferred", who, **facts)
        assert refusal.value.rule == "passed_on"
        kinds = allowed_kinds(story.case, actor=who.account, office=who.office, roles=who.roles)
        assert "report.transferred" not in kinds
    # Whoever dispatches does so as often as it takes.
    passed.tell("report.transferred", SUPERVISOR, lead=JTJ)
    passed.tell("report.transferred", SUPERVISOR, lead=ZJJ)


def test_the_third_return_is_for_the_head_of_the_supervising_office(story: Story):
    upheld(asked(story), ZJJ)
    story.tell("return.requested", ZJJ_OFFICER, to="")
    story.tell("return.overruled", SUPERVISOR, asked=4)
    assert story.case.lead == ZJJ
    story.tell("report.transferred", SUPERVISOR, lead=JTJ)
    story.tell("return.requested", JTJ_OFFICER, to="")
    third = story.case.returns[-1]
    assert (third.ordinal, third.decider_role) == (7, Role.LEADER)
    [waits] = [one for one in waiting_in(story.case) if one.of == "return"]
    assert (waits.office, waits.role, waits.key) == (AWB, Role.LEADER, "accept")
    for kind, facts in (
        ("return.overruled", {"asked": 7}),
        ("report.transferred", {"returned": 7, "lead": YJJ}),
    ):
        with pytest.raises(NotPermittedError):
            story.tell(kind, SUPERVISOR, **facts)
    story.tell("report.transferred", HEAD, returned=7, lead=YJJ)
    assert (story.case.lead, story.case.returns[-1].decider) == (YJJ, "head")


def test_after_one_decision_it_is_still_the_supervisors(story: Story):
    upheld(asked(story), ZJJ)
    case = story.tell("return.requested", ZJJ_OFFICER, to="").case
    assert case.returns[-1].decider_role == Role.SUPERVISOR


def test_the_head_above_transfers_nothing_that_nobody_returned(story: Story):
    with pytest.raises(NotPermittedError):
        story.tell("report.transferred", HEAD)


def test_where_the_lead_supervises_itself_its_head_decides(begun: Callable[..., Story]):
    story = begun(lead=AWB, supervisor=AWB, offices=[AWB])
    clerk = person("clerk", AWB, "officer")
    story.tell("return.requested", clerk)
    with pytest.raises(NotPermittedError):
        story.tell("return.overruled", SUPERVISOR)
    with pytest.raises(NotPermittedError):
        story.tell("report.transferred", SUPERVISOR, returned=2)
    story.tell("report.transferred", HEAD, returned=2)
    assert story.case.lead == ZJJ


def test_it_waits_until_it_is_decided_and_the_case_is_open(story: Story):
    asked(story)
    [one] = waiting_in(story.case)
    assert (one.kind, one.key, one.since, one.of) == ("decide", "accept", 1, "return")
    assert (one.office, one.role, one.sort_key) == (AWB, Role.SUPERVISOR, "2026-03-22")
    story.tell("return.overruled", SUPERVISOR)
    assert waiting_in(story.case) == ()
