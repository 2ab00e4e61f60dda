"""Which office pays: who accepted, who fined, who found; settled when the claim opens."""

from dataclasses import replace

import pytest

from case_story import OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.case import Case
from casework.domain.paying import payer_of
from casework.domain.policy import Policies, Policy

ZJJ, JTJ = "410329-zjj", "410329-jtj"
FOUND = person("found", ZJJ, "officer")
FINED = person("fined", JTJ, "officer")


@pytest.fixture
def travelled(story: Story) -> Case:
    """Accepted by the emergency bureau, found true by housing, fined by transport."""
    story.accepted().tell("report.transferred", SUPERVISOR, lead=ZJJ, reason_code="lead_by_duty")
    story.tell("finding.recorded", FOUND, penalty_no="", fines_fen=[])
    moved = replace(story.case, lead=JTJ, offices=(*story.case.offices, JTJ))
    story.case = moved
    return story.tell("finding.recorded", FINED).case


def by(policies: Policies, principle: str) -> Policy:
    """The county's rules with another principle."""
    found = policies.get("yichuan-2022")
    assert found.award is not None
    return replace(found, own_award=replace(found.award, principle=principle))


@pytest.mark.parametrize(
    ("principle", "office"), [("receiver", YJJ), ("finder", ZJJ), ("penaliser", JTJ)]
)
def test_it_pays_who_did_what_the_policy_names(
    travelled: Case, policies: Policies, principle: str, office: str
):
    assert payer_of(travelled, None, by(policies, principle)) == office


@pytest.mark.parametrize("principle", ["finder", "penaliser"])
def test_who_did_nothing_of_it_leaves_it_to_the_lead(
    story: Story, policies: Policies, principle: str
):
    story.accepted()
    assert payer_of(story.case, None, by(policies, principle)) == YJJ


def test_a_report_that_counts_as_accepted_is_paid_by_its_lead(story: Story, policies: Policies):
    deemed = replace(story.accepted().case, accepted_in="")
    assert payer_of(deemed, None, by(policies, "receiver")) == YJJ


def test_a_finding_that_is_not_true_found_nothing_and_its_fine_is_gone(story: Story):
    story.concluded()
    assert (story.case.found_in, story.case.fined_in) == (YJJ, YJJ)
    story.tell("finding.recorded", OFFICER, finding="unsubstantiated", penalty_no="", fines_fen=[])
    assert (story.case.found_in, story.case.fined_in) == ("", "")


def test_the_same_decision_recorded_again_stays_whose_it_was(travelled: Case, story: Story):
    story.case = replace(travelled, lead=YJJ)
    story.tell("finding.recorded", OFFICER, fines_fen=[30_000_000])
    assert (story.case.found_in, story.case.fined_in) == (ZJJ, JTJ)
    story.tell("finding.recorded", OFFICER, penalty_no="伊应急罚〔2026〕2号")
    assert (story.case.found_in, story.case.fined_in) == (ZJJ, YJJ)


def test_what_was_settled_at_opening_stays(story: Story, policies: Policies):
    case = story.reserved().case
    assert case.award is not None
    settled = replace(case.award, payer=ZJJ)
    assert payer_of(case, settled, by(policies, "receiver")) == ZJJ
    assert payer_of(case, replace(settled, payer=""), by(policies, "finder")) == case.lead
