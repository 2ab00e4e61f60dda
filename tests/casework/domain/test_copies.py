"""Copies: a discipline body reads and answers, a township knows the facts, neither decides."""

from collections.abc import Callable

import pytest

from case_story import AWB, LEADER, OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.copies import may_be_sent
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    CaseworkError,
    CopyRefusedError,
    NotPermittedError,
)
from casework.domain.report import TRANSITIONS, allowed_kinds
from casework.domain.waiting import COPY, DISCIPLINE, waiting_in

ZJJ, JTJ, JW = "410329-zjj", "410329-jtj", "410329-jw"
TOWN, GRID = "410329106000-zf", "410329106201-w"
FOLLOWS = person("follows", JW, "officer", "leader", "supervisor")
NEAR = person("near", TOWN, "officer", "leader", "supervisor")
ACCUSING = {"about": ZJJ, "discipline": JW, "offices": [YJJ, AWB, JW]}
CUSTODY = {"release.requested", "release.opened", "release.attempted"}


@pytest.fixture
def accusing(begun: Callable[..., Story]) -> Story:
    """A report that accuses a department, sealed to the discipline body as well."""
    return begun(**ACCUSING)


# ---- the second recipient ---------------------------------------------------------------------


def test_it_is_sealed_to_lead_supervisor_and_discipline_body_and_to_nobody_else(
    begun: Callable[..., Story],
):
    assert begun(**ACCUSING).case.offices == (YJJ, AWB, JW)
    for offices in ([YJJ, AWB], [YJJ, JW], [YJJ, AWB, JW, JTJ], [YJJ, JW, AWB]):
        with pytest.raises(BadActError, match="offices"):
            begun(**ACCUSING | {"offices": offices})
    with pytest.raises(BadActError, match="offices"):
        begun(offices=[YJJ, AWB, JW])


def test_who_leads_or_supervises_has_it_once(begun: Callable[..., Story]):
    for lead, supervisor in ((JW, AWB), (YJJ, JW)):
        told = {"lead": lead, "supervisor": supervisor, "offices": [lead, supervisor]}
        case = begun(**ACCUSING | told).case
        assert case.offices == (lead, supervisor)
        assert waiting_in(case) == ()


def test_it_keeps_what_it_led_itself(begun: Callable[..., Story]):
    told = {"lead": JW, "offices": [JW, AWB], "matter": "staff_misconduct", "about": None}
    story = begun(**ACCUSING | told).tell("report.transferred", FOLLOWS, lead=JTJ)
    assert story.case.offices == (JTJ, AWB, JW)
    assert [one.kind for one in waiting_in(story.case)] == [DISCIPLINE]
    story.tell("copy.acknowledged", FOLLOWS)


def test_only_what_accuses_somebody_goes_there(begun: Callable[..., Story]):
    with pytest.raises(BadActError, match="discipline"):
        begun(**ACCUSING | {"about": None})
    accused = begun(**ACCUSING | {"about": None, "matter": "staff_misconduct"})
    assert accused.case.discipline == JW


@pytest.mark.parametrize("kept_out", [{"about": JW}, {"barred": [JW]}])
def test_never_to_who_is_accused_or_barred(begun: Callable[..., Story], kept_out):
    with pytest.raises(AccusedOfficeError):
        begun(**ACCUSING | kept_out)


def test_it_reads_signs_and_answers_and_tries_nothing_else_in_any_state(
    begun: Callable[..., Story],
):
    may = {"report.read", "file.read", "copy.acknowledged", "discipline.answered",
           "referral.acknowledged", "recusal.noted", "keys.rewrapped",
           "interference.noted"}  # fmt: skip
    for story in (
        begun(**ACCUSING),
        begun(**ACCUSING).accepted(),
        begun(**ACCUSING).concluded().tell("referral.made", OFFICER, to="discipline"),
        begun(**ACCUSING).refused(),
    ):
        kinds = allowed_kinds(
            story.case, actor=FOLLOWS.account, office=FOLLOWS.office, roles=FOLLOWS.roles
        )
        assert {"report.read", "copy.acknowledged", "discipline.answered"} <= kinds
        assert kinds <= may | CUSTODY
        for kind in set(TRANSITIONS) - may - CUSTODY:
            with pytest.raises(CaseworkError):
                story.tell(kind, FOLLOWS)


def test_it_signs_once_an_office(accusing: Story):
    case = accusing.tell("copy.acknowledged", FOLLOWS, at="2026-03-03T17:00:00Z").case
    (receipt,) = case.receipts
    assert (receipt.office, receipt.officer, receipt.signed_on) == (JW, "follows", "2026-03-04")
    with pytest.raises(AlreadyDoneError):
        accusing.tell("copy.acknowledged", FOLLOWS)
    assert case_from_json(case_to_json(case)) == case
    for who in (OFFICER, LEADER, SUPERVISOR, person("z", JTJ, "officer")):
        with pytest.raises(NotPermittedError):
            accusing.tell("copy.acknowledged", who)


def test_it_answers_on_a_paper(accusing: Story):
    accusing.tell("discipline.answered", FOLLOWS, document="伊纪函〔2026〕1号")
    with pytest.raises(NotPermittedError):
        accusing.tell("observation.given", FOLLOWS)
    with pytest.raises(BadActError, match="document"):
        accusing.tell("discipline.answered", FOLLOWS, document=" ")
    with pytest.raises(NotPermittedError):
        accusing.tell("discipline.answered", OFFICER, document="伊纪函〔2026〕1号")


def test_it_answers_a_referral_to_itself_and_none_to_the_police(accusing: Story):
    accusing.concluded().tell("referral.made", OFFICER, to="police")
    accusing.tell("referral.made", OFFICER, to="discipline")
    with pytest.raises(NotPermittedError):
        accusing.tell("referral.acknowledged", FOLLOWS, asked=4)
    case = accusing.tell("referral.acknowledged", FOLLOWS, asked=5).case
    assert [bool(one.answer) for one in case.referrals] == [False, True]
    accusing.tell("referral.acknowledged", OFFICER, asked=4)


def test_it_keeps_its_copy_through_a_transfer_and_beside_co_handlers(accusing: Story):
    accusing.tell("cohandlers.named", LEADER, co=["410329-gaj"])
    assert accusing.case.offices == (YJJ, AWB, JW, "410329-gaj")
    accusing.tell("report.transferred", SUPERVISOR, lead=JTJ)
    assert accusing.case.offices == (JTJ, AWB, JW, "410329-gaj")
    accusing.tell("report.read", FOLLOWS)


def test_where_it_leads_in_the_end_it_is_the_lead_and_has_no_copy(accusing: Story):
    accusing.tell("report.transferred", SUPERVISOR, lead=JW)
    assert accusing.case.offices == (JW, AWB)
    accusing.tell("report.accepted", FOLLOWS)
    assert [one.kind for one in waiting_in(accusing.case)] == []
    with pytest.raises(NotPermittedError):
        accusing.tell("copy.acknowledged", FOLLOWS)


def test_it_has_the_case_in_a_list_of_its_own_for_as_long_as_it_is_kept(accusing: Story):
    def listed() -> list[tuple[str, str, str]]:
        found = [one for one in waiting_in(accusing.case) if one.kind == DISCIPLINE]
        return [(one.office, one.key, one.sort_key) for one in found]

    assert listed() == [(JW, "accept", "0 2026-03-01")]
    accusing.tell("copy.acknowledged", FOLLOWS)
    assert listed() == [(JW, "accept", "1 2026-03-01")]
    accusing.refused()
    assert listed() == [(JW, "accept", "1 2026-03-01")]


# ---- copies of the order ----------------------------------------------------------------------


def test_a_copy_gives_no_access_whatever_one_tries(story: Story):
    story.tell("copy.sent", OFFICER, copies=[TOWN])
    assert (story.case.copies, story.case.offices) == ((TOWN,), (YJJ, AWB))
    may = {"copy.acknowledged", "observation.given"}
    kinds = allowed_kinds(story.case, actor="near", office=TOWN, roles=NEAR.roles)
    assert "copy.acknowledged" in kinds <= may | CUSTODY
    for kind in set(TRANSITIONS) - may - CUSTODY:
        with pytest.raises(CaseworkError):
            story.tell(kind, NEAR)
    story.tell("copy.acknowledged", NEAR).tell("observation.given", NEAR)
    with pytest.raises(AlreadyDoneError):
        story.tell("copy.acknowledged", NEAR)
    for who in (OFFICER, SUPERVISOR):
        with pytest.raises(NotPermittedError):
            story.tell("observation.given", who)
    story.refused()
    with pytest.raises(CaseworkError):
        story.tell("observation.given", NEAR)


@pytest.mark.parametrize(
    "told", [{"matter": "retaliation"}, {"matter": "staff_misconduct"}, {"about": ZJJ}]
)
def test_none_goes_out_where_staff_is_accused_or_of_retaliation(begun: Callable[..., Story], told):
    with pytest.raises(CopyRefusedError):
        begun(**told).tell("copy.sent", OFFICER, copies=[TOWN])


def test_none_goes_to_who_is_barred_or_has_the_report(begun: Callable[..., Story]):
    with pytest.raises(AccusedOfficeError):
        begun(barred=[TOWN]).tell("copy.sent", OFFICER, copies=[TOWN])
    for office in (YJJ, AWB):
        with pytest.raises(BadActError, match="copies"):
            begun().tell("copy.sent", OFFICER, copies=[office])


def test_the_two_offices_send_them_and_more_may_follow(story: Story):
    for who in (NEAR, FOLLOWS, person("h", AWB, "leader")):
        with pytest.raises(NotPermittedError):
            story.tell("copy.sent", who, copies=[TOWN])
    story.tell("copy.sent", OFFICER, copies=[TOWN]).tell("copy.sent", SUPERVISOR, copies=[GRID])
    assert story.case.copies == (TOWN, GRID)
    with pytest.raises(AlreadyDoneError):
        story.tell("copy.sent", LEADER, copies=[TOWN])
    story.refused()
    with pytest.raises(CaseworkError):
        story.tell("copy.sent", LEADER, copies=["410329106202-w"])


def test_who_is_asked_to_help_after_all_has_the_report_and_no_copy(story: Story):
    story.tell("copy.sent", OFFICER, copies=[TOWN])
    assert [(one.kind, one.office) for one in waiting_in(story.case)] == [(COPY, TOWN)]
    story.tell("cohandlers.named", LEADER, co=[TOWN])
    assert [one.kind for one in waiting_in(story.case)] == ["help"]
    with pytest.raises(NotPermittedError):
        story.tell("copy.acknowledged", NEAR)


def test_it_is_out_of_the_list_when_the_case_ends(story: Story):
    story.tell("copy.sent", OFFICER, copies=[TOWN]).refused()
    assert waiting_in(story.case) == ()


def test_once_retaliation_was_told_of_no_copy_goes_out(begun: Callable[..., Story]):
    story = begun().accepted()
    assert may_be_sent(story.case)
    told = {"milestone": "retaliation_reported", "document": "信1号"}
    story.tell("milestone.recorded", OFFICER, **told)
    assert not may_be_sent(story.case)
    with pytest.raises(CopyRefusedError):
        story.tell("copy.sent", OFFICER, copies=[TOWN])
