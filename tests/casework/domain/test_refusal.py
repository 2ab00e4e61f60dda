"""Not accepted: one person proposes it, another confirms it; alone nobody can."""

from collections.abc import Callable

import pytest

from case_story import (
    AWB,
    CITY,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Person,
    Story,
    person,
)
from casework.domain.case import State
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.refusal import DECLINE_REASONS, pending
from casework.domain.report import allowed_kinds, replay
from casework.domain.verification import REFUSAL_REASONS
from casework.domain.waiting import waiting_in

Begin = Callable[..., Story]
OFFICER_LEADS = person("both", YJJ, "officer", "leader")


def proposed(begun: Begin, who: Person = OFFICER, **changed: object) -> Story:
    """A report that somebody proposes not to accept, by its second act."""
    return begun(**changed).tell("refusal.proposed", who)


@pytest.mark.parametrize("reason", [one.code for one in REFUSAL_REASONS])
def test_a_proposal_waits_and_changes_nothing_else(begun: Begin, reason: str):
    story = begun().tell("refusal.proposed", OFFICER, reason_code=reason)
    asked = pending(story.case)
    assert asked is not None
    assert (asked.ordinal, asked.reason_code, asked.proposer) == (2, reason, "officer")
    assert (story.case.state, story.case.reason_code) == (State.RECEIVED, "")
    assert story.case.marks == begun().case.marks, "no clock starts or ends"
    assert case_from_json(case_to_json(story.case)) == story.case


def test_a_proposal_needs_a_coded_reason_and_a_basis(begun: Begin):
    with pytest.raises(BadActError, match="reason_code"):
        begun().tell("refusal.proposed", OFFICER, reason_code="no_time")
    with pytest.raises(BadActError, match="basis"):
        begun().tell("refusal.proposed", OFFICER, basis="  ")


@pytest.mark.parametrize("who", [LEADER, SUPERVISOR], ids=lambda one: one.account)
def test_another_person_confirms_it_and_it_ends_the_road(begun: Begin, who: Person):
    story = proposed(begun).tell("report.refused", who)
    case = story.case
    assert (case.state, case.reason_code) == (State.REFUSED, "no_clear_facts")
    assert (case.refusals[0].proposer, case.refusals[0].decider) == ("officer", who.account)
    for kind, person_ in (("report.accepted", OFFICER), ("evidence.added", REPORTER)):
        with pytest.raises(WrongStateError):
            story.tell(kind, person_)
    story.tell("message.sent", REPORTER, **{"from": "reporter"})
    assert replay("report1", story.acts) == story.case


@pytest.mark.parametrize("kind", ["report.refused", "refusal.declined"])
@pytest.mark.parametrize(
    ("proposer", "decider"),
    [(LEADER, LEADER), (OFFICER_LEADS, OFFICER_LEADS)],
    ids=["head", "officer who heads"],
)
def test_nobody_decides_on_what_they_proposed(
    begun: Begin, kind: str, proposer: Person, decider: Person
):
    story = proposed(begun, proposer)
    with pytest.raises(SeparationError) as refused:
        story.tell(kind, decider)
    assert refused.value.rule == "refusal_proposed"
    assert kind not in allowed_kinds(
        story.case, actor=decider.account, office=decider.office, roles=decider.roles
    )
    story.tell(kind, SUPERVISOR)


def test_who_heads_confirms_after_the_officer_and_the_officer_after_nobody(begun: Begin):
    with pytest.raises(NotPermittedError):
        proposed(begun).tell("report.refused", OFFICER_2)
    proposed(begun).tell("report.refused", LEADER)


def test_where_the_supervising_office_leads_two_of_it_decide(begun: Begin):
    story = proposed(
        begun, SUPERVISOR, lead=AWB, supervisor=AWB, offices=[AWB], rule=""
    )  # fmt: skip
    with pytest.raises(SeparationError):
        story.tell("report.refused", SUPERVISOR)
    story.tell("report.refused", person("supervisor2", AWB, "supervisor"))


@pytest.mark.parametrize(
    "who",
    [
        OFFICER,
        person("x", "410329-zjj", "leader"),
        person("x", CITY, "supervisor"),
        person("x", YJJ, "supervisor"),
        person("x", AWB, "leader"),
        person("x", YJJ, "approver"),
        REPORTER,
        JOBS,
    ],
    ids=lambda one: f"{one.account} {one.office} {[*one.roles]}",
)
def test_others_do_not_decide(begun: Begin, who: Person):
    story = proposed(begun, OFFICER_2)
    for kind in ("report.refused", "refusal.declined"):
        with pytest.raises(NotPermittedError):
            story.tell(kind, who)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (OFFICER, True),
        (LEADER, True),
        (SUPERVISOR, False),
        (person("x", "410329-zjj", "officer"), False),
        (person("x", YJJ, "auditor"), False),
        (REPORTER, False),
    ],
    ids=lambda one: getattr(one, "account", one),
)
def test_the_lead_office_proposes(begun: Begin, who: Person, allowed: bool):
    if allowed:
        proposed(begun, who)
        return
    with pytest.raises(NotPermittedError):
        proposed(begun, who)


def test_nothing_is_refused_that_was_not_proposed(begun: Begin):
    for changed in ({}, {"asked": None}):
        with pytest.raises(WrongStateError):
            begun().tell("report.refused", LEADER, **changed)
    story = proposed(begun)
    for asked in (None, 1, 3):
        with pytest.raises(WrongStateError):
            story.tell("report.refused", LEADER, asked=asked)
    with pytest.raises(BadActError, match="reason_code"):
        story.tell("report.refused", LEADER, reason_code="repeated")
    with pytest.raises(BadActError, match="refused_on"):
        story.tell("report.refused", LEADER, refused_on="2026-02-28")


@pytest.mark.parametrize("reason", [one.code for one in DECLINE_REASONS])
def test_what_is_declined_goes_back_and_may_be_proposed_anew(begun: Begin, reason: str):
    story = proposed(begun).tell("refusal.declined", LEADER, reason_code=reason)
    assert pending(story.case) is None
    assert story.case.refusals[0].declined == reason
    assert story.case.state is State.RECEIVED
    with pytest.raises(WrongStateError):
        story.tell("report.refused", SUPERVISOR)
    story.tell("refusal.proposed", OFFICER).tell("report.refused", SUPERVISOR, asked=4)
    assert replay("report1", story.acts) == story.case


def test_a_decline_needs_a_coded_reason(begun: Begin):
    with pytest.raises(BadActError, match="reason_code"):
        proposed(begun).tell("refusal.declined", LEADER, reason_code="no_time")


def test_one_proposal_at_a_time(begun: Begin):
    with pytest.raises(AlreadyDoneError):
        proposed(begun).tell("refusal.proposed", OFFICER_2)


@pytest.mark.parametrize("kind", ["report.accepted", "report.deemed_accepted"])
def test_a_proposal_falls_when_the_report_is_accepted(begun: Begin, kind: str):
    story = proposed(begun).tell(kind, JOBS if kind.endswith("deemed_accepted") else OFFICER_2)
    assert pending(story.case) is None
    assert waiting_in(story.case) == ()
    with pytest.raises(WrongStateError):
        story.tell("report.refused", LEADER)


def test_a_proposal_falls_with_a_transfer(begun: Begin):
    story = proposed(begun).tell("report.transferred", OFFICER_2)
    new_head = person("zleader", "410329-zjj", "leader")
    assert pending(story.case) is None
    with pytest.raises(WrongStateError):
        story.tell("report.refused", new_head)
    story.tell("refusal.proposed", person("zofficer", "410329-zjj", "officer"))
    story.tell("report.refused", new_head, asked=4)
    assert story.case.state is State.REFUSED


def test_it_waits_for_the_head_and_for_the_office_above_beside_the_limit_for_acceptance(
    begun: Begin,
):
    story = proposed(begun)
    waits = [(one.kind, one.key, one.since, one.office, one.role) for one in waiting_in(story.case)]
    assert waits == [
        ("decide", "accept", 1, YJJ, "leader"),
        ("decide", "accept", 1, AWB, "supervisor"),
    ]
    for kind in ("report.refused", "refusal.declined"):
        assert waiting_in(proposed(begun).tell(kind, LEADER).case) == ()
