"""An objection to the result, and its review by people who had no hand in the case."""

from collections.abc import Callable

import pytest

from case_story import (
    APPROVER,
    AWB,
    CITY,
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
from casework.domain import objection
from casework.domain.award import quote_facts
from casework.domain.award_values import AwardState
from casework.domain.case import Case, Finding, State
from casework.domain.case_turns import Review
from casework.domain.errors import (
    BadActError,
    NoFindingError,
    NotPermittedError,
    NotSubstantiatedError,
    ObjectionOpenError,
    ObjectionTooLateError,
    RedoBlockedError,
    RetentionError,
    SeparationError,
    WrongStateError,
)
from casework.domain.marks import runs
from casework.domain.milestone import may_record
from casework.domain.report import allowed_kinds

Begin = Callable[..., Story]
# Told on Sunday 22 March; the tenth day is Wednesday 1 April.
LAST_SECOND = "2026-04-01T15:59:59Z"  # 23:59:59 in China
TOO_LATE = "2026-04-01T16:00:00Z"  # 2 April, 00:00 in China
NEXT_DAY = "2026-04-02T02:00:00Z"
REDO = {"outcome": "redo", "verify_due_on": "2026-05-02", "at": NEXT_DAY}
AWB_LEADER = person("awb-leader", AWB, "leader")


def told(story: Story, finding: str = "unsubstantiated") -> Story:
    """Told the result by the fourth act, on 22 March."""
    return story.concluded(finding).tell("message.sent", OFFICER, about="result")


def closed(story: Story, finding: str = "unsubstantiated") -> Story:
    """Told by the fourth act, closed by the sixth."""
    return story.concluded(finding).proposed().tell("case.closed", LEADER)


def objected(story: Story, finding: str = "unsubstantiated") -> Story:
    """Objected to by the seventh act, on the last day."""
    return closed(story, finding).tell("objection.filed", REPORTER, at=LAST_SECOND)


def marks(case: Case) -> list[str]:
    return [mark.name for mark in case.marks]


# ---- filing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("so_far", [told, closed])
def test_it_may_be_filed_to_the_end_of_the_tenth_day(story: Story, so_far: Callable[..., Story]):
    case = so_far(story).tell("objection.filed", REPORTER, at=LAST_SECOND).case
    assert marks(case)[-1] == "objection_received"
    assert objection.pending(case) == case.events


def test_on_the_eleventh_day_it_is_refused_with_the_day_on_which_the_right_ended(story: Story):
    with pytest.raises(ObjectionTooLateError) as refusal:
        closed(story).tell("objection.filed", REPORTER, at=TOO_LATE)
    assert refusal.value.until.isoformat() == "2026-04-01"


def test_a_second_one_while_one_is_open_is_refused(story: Story):
    with pytest.raises(ObjectionOpenError):
        objected(story).tell("objection.filed", REPORTER, at=LAST_SECOND)


def test_before_the_reporter_was_told_there_is_nothing_to_object_to(story: Story):
    with pytest.raises(WrongStateError):
        story.concluded().tell("objection.filed", REPORTER, since=3)
    assert not objection.may_be_filed(story.case)


def test_another_act_than_the_telling_starts_no_right(story: Story):
    closed(story)
    for since in (2, 3, 5, 99):
        with pytest.raises(WrongStateError):
            story.tell("objection.filed", REPORTER, since=since)


def test_nobody_files_one_for_the_reporter(story: Story):
    with pytest.raises(NotPermittedError):
        closed(story).tell("objection.filed", LEADER)


def test_once_kept_the_same_result_is_not_objected_to_again(story: Story):
    objected(story).tell("review.decided", SUPERVISOR, at=LAST_SECOND)
    with pytest.raises(WrongStateError):
        story.tell("objection.filed", REPORTER, at=LAST_SECOND)


# ---- who reviews ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [SUPERVISOR, AWB_LEADER])
def test_leader_and_supervisor_of_the_office_above_review(story: Story, who: Person):
    assert "review.decided" in allowed_kinds(
        objected(story).case, actor=who.account, office=who.office, roles=who.roles
    )
    story.tell("review.decided", who, at=NEXT_DAY)
    assert story.case.reviews == (Review(7, "kept", who.account, 8, "2026-04-02"),)
    assert story.case.state is State.CLOSED


@pytest.mark.parametrize(
    "who",
    [
        OFFICER,
        OFFICER_2,
        LEADER,
        APPROVER,
        person("x", AWB, "officer"),
        person("y", CITY, "supervisor"),
        person("z", YJJ, "supervisor"),
    ],
    ids=lambda who: who.account,
)
def test_nobody_else_reviews(story: Story, who: Person):
    with pytest.raises(NotPermittedError):
        objected(story).tell("review.decided", who, at=NEXT_DAY)


def test_who_closed_it_does_not_review_it(story: Story):
    story.concluded("unsubstantiated").proposed().tell("case.closed", SUPERVISOR)
    story.tell("objection.filed", REPORTER)
    with pytest.raises(SeparationError) as refusal:
        story.tell("review.decided", SUPERVISOR)
    assert refusal.value.rule == "handled"
    story.tell("review.decided", AWB_LEADER)


def hands(case: str, story: Story) -> Story:
    """Let one person of the office above do something in the case before the objection."""
    one, at = person("one", AWB, "leader", "supervisor", "approver"), "2026-03-20T02:00:00Z"
    if case == "approved":
        told(story, "substantiated").tell("reward.reserved", OFFICER).tell("reward.approved", one)
    elif case == "rejected":
        told(story, "substantiated").tell("reward.reserved", OFFICER).tell("reward.rejected", one)
    elif case == "ordered":
        told(story).tell("order.issued", one)
    elif case == "extended":
        story.accepted().tell("extension.requested", OFFICER, at=at)
        story.tell("extension.granted", one, at=at)
        story.tell(
            "finding.recorded",
            OFFICER,
            finding="unsubstantiated",
            penalty_no="",
            fines_fen=[],
        ).tell("message.sent", OFFICER, about="result")
    else:
        story.accepted().tell("report.transferred", one, lead="410329-zjj")
        other = person("other", "410329-zjj", "officer")
        story.tell(
            "finding.recorded", other, finding="unsubstantiated", penalty_no="", fines_fen=[]
        ).tell("message.sent", other, about="result")
    return story.tell("objection.filed", REPORTER, since=_told(story.case))


def _told(case: Case) -> int:
    return next(mark.ordinal for mark in case.marks if mark.name == "told")


@pytest.mark.parametrize("what", ["approved", "rejected", "ordered", "extended", "transferred"])
def test_who_did_anything_else_in_the_case_does_not_review_it(story: Story, what: str):
    one = person("one", AWB, "leader", "supervisor", "approver")
    asked = hands(what, story).case.events
    with pytest.raises(SeparationError) as refusal:
        story.tell("review.decided", one, asked=asked)
    assert refusal.value.rule == "handled"
    assert story.tell("review.decided", AWB_LEADER, asked=asked).case.reviews


def test_where_nobody_is_above_another_person_of_the_office_reviews(begun: Begin):
    story = begun(lead=AWB, supervisor=AWB, offices=[AWB])
    mine = person("mine", AWB, "officer", "supervisor")
    story.tell("report.accepted", mine)
    story.tell("finding.recorded", mine, finding="unsubstantiated", penalty_no="", fines_fen=[])
    story.tell("message.sent", mine, about="result").tell("objection.filed", REPORTER)
    with pytest.raises(SeparationError):
        story.tell("review.decided", mine, asked=5)
    assert story.tell("review.decided", SUPERVISOR, asked=5).case.reviews[0].outcome == "kept"


def test_a_milestone_does_not_skip_the_review_of_what_was_filed_online(story: Story):
    with pytest.raises(WrongStateError):
        objected(story).tell(
            "milestone.recorded", SUPERVISOR, milestone="reviewed", document="复〔2026〕1号"
        )
    assert "reviewed" not in {one.name for one in may_record(story.case, AWB)}


def test_a_letter_may_be_answered_by_a_letter(story: Story):
    paper = {"document": "来信〔2026〕1号"}
    closed(story).tell("milestone.recorded", SUPERVISOR, milestone="objection_received", **paper)
    story.tell("milestone.recorded", SUPERVISOR, milestone="reviewed", **paper)
    assert not objection.is_pending(story.case)


def test_an_objection_by_letter_is_reviewed_in_the_same_way(story: Story):
    closed(story).tell(
        "milestone.recorded", SUPERVISOR, milestone="objection_received", document="来信〔2026〕1号"
    )
    assert story.tell("review.decided", SUPERVISOR, asked=7).case.reviews[0].outcome == "kept"


# ---- what comes of it -------------------------------------------------------------------------


def test_redone_it_is_an_accepted_case_without_a_finding_and_with_a_new_clock(story: Story):
    before = objected(story).case
    case = story.tell("review.decided", SUPERVISOR, **REDO).case
    assert case.state is State.ACCEPTED
    assert (case.finding, case.finding_facts, case.fines_fen) == (None, "{}", ())
    assert (case.concluded_on, case.closed_on) == (None, None)
    assert str(case.verify_due_on) == "2026-05-02"
    assert marks(case)[-3:] == ["reviewed", "redone", "accepted"]
    assert (case.policy_id, case.accepted_on) == (before.policy_id, before.accepted_on)
    assert objection.times_redone(case) == 1
    # The old finding stands in the history.
    assert [act.facts["finding"] for act in story.acts if act.kind == "finding.recorded"] == [
        "unsubstantiated"
    ]


@pytest.mark.parametrize("key", ["close", "propose"])
def test_what_was_to_follow_from_the_old_finding_is_void(story: Story, key: str):
    told(story, "substantiated").tell("objection.filed", REPORTER, at=LAST_SECOND)
    assert runs(story.case, key, since=3)
    story.tell("review.decided", SUPERVISOR, **REDO, asked=5)
    assert not runs(story.case, key, since=3)


def test_redone_it_cannot_be_closed_before_there_is_a_new_finding(story: Story):
    objected(story).tell("review.decided", SUPERVISOR, **REDO)
    for kind in ("closing.proposed", "case.closed"):
        with pytest.raises(NoFindingError):
            story.tell(kind, LEADER, at=NEXT_DAY, asked=None if kind != "case.closed" else 5)
    with pytest.raises((NotSubstantiatedError, WrongStateError)):
        story.tell("reward.reserved", OFFICER, at=NEXT_DAY)
    with pytest.raises(NotSubstantiatedError):
        quote_facts(story.case)
    story.tell("finding.recorded", OFFICER_2, concluded_on="2026-04-20", at="2026-04-20T02:00:00Z")
    assert story.case.finding is Finding.SUBSTANTIATED
    assert marks(story.case)[-2:] == ["concluded", "substantiated"]
    assert str(story.case.concluded_on) == "2026-04-20"


def test_a_truth_found_again_earns_the_award_again(story: Story):
    objected(story, "substantiated").tell("review.decided", SUPERVISOR, **REDO)
    story.tell("finding.recorded", OFFICER, concluded_on="2026-04-20", at="2026-04-20T02:00:00Z")
    assert marks(story.case).count("substantiated") == 2
    assert story.tell("reward.reserved", OFFICER, at="2026-04-20T03:00:00Z").case.award is not None


def test_an_award_that_was_promised_blocks_a_redo_and_one_that_was_not_is_worked_out_anew(
    story: Story, begun: Begin
):
    objected(story, "substantiated").tell("reward.reserved", OFFICER)
    assert story.tell("review.decided", SUPERVISOR, **REDO).case.state is State.ACCEPTED
    assert story.case.award is not None
    assert story.case.award.state is AwardState.COMPUTED
    promised = objected(begun(), "substantiated").tell("reward.reserved", OFFICER)
    promised.tell("reward.approved", APPROVER)
    with pytest.raises(RedoBlockedError):
        promised.tell("review.decided", SUPERVISOR, **REDO)


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": "kept", "verify_due_on": "2026-05-02"},
        {"outcome": "redo"},
        {"outcome": "redo", "verify_due_on": "2026-04-01"},
    ],
)
def test_a_new_last_day_belongs_to_a_redo_and_lies_ahead(story: Story, facts: dict[str, object]):
    with pytest.raises(BadActError) as refusal:
        objected(story).tell("review.decided", SUPERVISOR, at=NEXT_DAY, **facts)
    assert refusal.value.fact == "verify_due_on"


def test_the_day_itself_is_not_too_early(story: Story):
    on = {**REDO, "verify_due_on": "2026-04-02"}
    assert objected(story).tell("review.decided", SUPERVISOR, **on).case.state is State.ACCEPTED


@pytest.mark.parametrize("asked", [6, 8])
def test_a_review_names_what_it_answers(story: Story, asked: int):
    with pytest.raises(WrongStateError):
        objected(story).tell("review.decided", SUPERVISOR, asked=asked, at=NEXT_DAY)


def test_a_review_is_decided_once(story: Story):
    objected(story).tell("review.decided", SUPERVISOR, at=NEXT_DAY)
    with pytest.raises(WrongStateError):
        story.tell("review.decided", AWB_LEADER, at=NEXT_DAY)


def test_nothing_is_destroyed_while_a_review_is_open(story: Story):
    objected(story).tell("report.read", LEADER)
    with pytest.raises(RetentionError) as refusal:
        story.tell("destruction.requested", LEADER)
    assert refusal.value.details["reason"] == "review"
    story.tell("review.decided", SUPERVISOR, at=NEXT_DAY).tell("destruction.requested", LEADER)
