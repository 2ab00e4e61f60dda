"""Co-handlers read and give an opinion; whatever binds or ends a case is the lead's."""

from collections.abc import Callable

import pytest

from case_story import AWB, LEADER, OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    CaseworkError,
    NotPermittedError,
)
from casework.domain.report import TRANSITIONS, allowed_kinds
from casework.domain.waiting import waiting_in

ZJJ, JTJ = "410329-zjj", "410329-jtj"
HELPER = person("helper", JTJ, "officer", "leader", "supervisor")


def helped(story: Story) -> Story:
    """With the traffic bureau as co-handler."""
    return story.tell("cohandlers.named", LEADER)


def test_what_the_routing_proposes_gives_nobody_access(begun: Callable[..., Story]):
    case = begun(co=[JTJ]).case
    assert (case.routed_co, case.co_handlers, case.offices) == ((JTJ,), (), (YJJ, AWB))
    with pytest.raises(AccusedOfficeError):
        begun(co=[JTJ], about=JTJ)
    with pytest.raises(BadActError, match="co"):
        begun(co=[YJJ])


def test_the_lead_offices_head_or_the_supervisor_names_them(begun: Callable[..., Story]):
    for who in (LEADER, SUPERVISOR):
        case = begun().tell("cohandlers.named", who).case
        assert (case.co_handlers, case.offices) == ((JTJ,), (YJJ, AWB, JTJ))
    for who in (OFFICER, HELPER, person("h", AWB, "leader")):
        with pytest.raises(NotPermittedError):
            begun().tell("cohandlers.named", who)


def test_an_officer_names_nobody_by_passing_the_report_on_either(begun: Callable[..., Story]):
    with pytest.raises(NotPermittedError):
        begun().tell("report.transferred", OFFICER, co=[JTJ])
    case = begun().tell("report.transferred", LEADER, co=[JTJ]).case
    assert case.offices == (ZJJ, AWB, JTJ)


def test_neither_the_lead_nor_the_accused_helps_and_naming_the_same_is_nothing(
    begun: Callable[..., Story],
):
    with pytest.raises(BadActError, match="co"):
        begun().tell("cohandlers.named", LEADER, co=[JTJ, YJJ])
    with pytest.raises(AccusedOfficeError):
        begun(about=JTJ).tell("cohandlers.named", LEADER)
    with pytest.raises(AlreadyDoneError):
        helped(helped(begun()))


def test_they_read_and_advise_and_try_nothing_else_in_any_state(begun: Callable[..., Story]):
    may = {"report.read", "file.read", "opinion.given", "keys.rewrapped", "recusal.noted",
           "interference.noted"}  # fmt: skip
    custody = {"release.requested", "release.opened", "release.attempted"}
    for story in (
        helped(begun()),
        helped(begun().accepted()),
        helped(begun().concluded()),
        helped(begun()).tell("return.requested", OFFICER),
    ):
        kinds = allowed_kinds(
            story.case, actor=HELPER.account, office=HELPER.office, roles=HELPER.roles
        )
        assert {"report.read", "opinion.given"} <= kinds <= may | custody
        for kind in set(TRANSITIONS) - may - custody:
            with pytest.raises(CaseworkError):
                story.tell(kind, HELPER)


def test_an_opinion_is_given_by_co_handlers_alone(story: Story):
    helped(story).tell("opinion.given", HELPER)
    for who in (OFFICER, LEADER, SUPERVISOR, person("z", ZJJ, "officer")):
        with pytest.raises(NotPermittedError):
            story.tell("opinion.given", who)


def test_each_has_the_case_in_its_list_until_it_ends(story: Story):
    def listed() -> set[tuple[str, str, int]]:
        return {(one.office, one.key, one.since) for one in waiting_in(story.case)}

    story.tell("cohandlers.named", LEADER, co=[JTJ, ZJJ])
    assert listed() == {(JTJ, "accept", 1), (ZJJ, "accept", 1)}
    story.accepted()
    assert listed() == {(JTJ, "verify", 3), (ZJJ, "verify", 3)}
    story.tell("cohandlers.named", LEADER, co=[ZJJ])
    assert listed() == {(ZJJ, "verify", 3)}


def test_they_help_the_next_lead_until_it_names_others(story: Story):
    helped(story).tell("report.transferred", SUPERVISOR)
    assert story.case.offices == (ZJJ, AWB, JTJ)
    head = person("zl", ZJJ, "leader")
    story.tell("cohandlers.named", head, co=["410329-jw"])
    assert story.case.offices == (ZJJ, AWB, "410329-jw")
    with pytest.raises(NotPermittedError):
        story.tell("report.read", HELPER)


def test_who_leads_now_does_not_help_as_well(story: Story):
    helped(story).tell("report.transferred", SUPERVISOR, lead=JTJ)
    assert (story.case.co_handlers, story.case.offices) == ((), (JTJ, AWB))
