"""Rectification: ordered, put right, re-checked; and again until it is mended. Penalty facts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from case_story import JOBS, LEADER, OFFICER, REPORTER, SUPERVISOR, Story, begin
from casework.domain.calendar import WorkCalendar
from casework.domain.case import Case
from casework.domain.closing import missing
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NothingToMendError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.policy import Policies
from casework.domain.rectification import is_missing, is_open
from casework.domain.running import ClockState, Running, clocks_of
from source import ROOT

ORDERED = "2026-03-22T08:00:00Z"
POLICY = Policies.load(ROOT / "casework" / "policies").get("cn-2018")


def milestone(story: Story, name: str, **more: object) -> Story:
    return story.tell("milestone.recorded", OFFICER, milestone=name, document="文1号", **more)


def clocks(case: Case, china: WorkCalendar, day: str) -> dict[str, Running]:
    noon = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
    found = clocks_of(case, POLICY, calendar=china, now=noon)
    return {one.instance: one for one in found}


def test_an_order_starts_its_clock_and_the_recheck_ends_the_last(china: WorkCalendar):
    story = begin().concluded().tell("rectification.ordered", OFFICER, at=ORDERED)
    begun = clocks(story.case, china, "2026-03-23")["rectify.4"]
    assert (begun.state, str(begun.due.due_on)) == (ClockState.RUNNING, "2026-04-21")
    milestone(story, "rectified")
    found = clocks(story.case, china, "2026-03-23")
    assert (found["rectify.4"].state, found["recheck.5"].state) == (
        ClockState.MET,
        ClockState.RUNNING,
    )
    assert is_open(story.case)
    milestone(story, "rechecked", outcome="fixed")
    assert clocks(story.case, china, "2026-03-23")["recheck.5"].state is ClockState.MET
    assert not is_open(story.case)


@pytest.mark.parametrize("day", ["2026-03-22", "2026-03-28", "2026-09-30"])
def test_the_day_of_the_served_paper_is_the_last_one(china: WorkCalendar, day: str):
    """Be it a Saturday, earlier or later than the policy's thirty days."""
    story = begin().concluded().tell("rectification.ordered", OFFICER, at=ORDERED, due_on=day)
    found = clocks(story.case, china, "2026-03-22")["rectify.4"]
    assert (str(found.due.due_on), found.state) == (day, ClockState.RUNNING)
    assert not found.due.skipped
    over = str(date.fromisoformat(day) + timedelta(days=1))
    assert clocks(story.case, china, over)["rectify.4"].state is ClockState.OVERDUE
    # What a re-check orders anew goes by the policy.
    milestone(milestone(story, "rectified"), "rechecked", outcome="not_fixed")
    assert str(clocks(story.case, china, "2026-03-22")["rectify.6"].due.due_on) == "2026-04-21"


def test_what_is_found_not_mended_is_ordered_anew_until_it_is(china: WorkCalendar):
    story = begin().concluded().tell("rectification.ordered", OFFICER)
    for _ in range(2):
        milestone(milestone(story, "rectified"), "rechecked", outcome="not_fixed")
        assert is_open(story.case)
        assert "rectification_open" in missing(story.case)
        with pytest.raises(WrongStateError):
            milestone(story, "rechecked")
    found = clocks(story.case, china, "2026-03-23")
    assert [one for one in found if one.startswith("rectify")] == [
        "rectify.4",
        "rectify.6",
        "rectify.8",
    ]
    assert found["rectify.6"].state is ClockState.MET
    assert found["rectify.8"].state is ClockState.RUNNING
    milestone(milestone(story, "rectified"), "rechecked")
    assert not is_open(story.case)


def test_an_outcome_belongs_to_a_recheck():
    story = begin().concluded().tell("rectification.ordered", OFFICER)
    for outcome in ("fixed", "not_fixed"):
        with pytest.raises(BadActError, match="outcome"):
            milestone(story, "rectified", outcome=outcome)
    milestone(story, "rectified")
    with pytest.raises(BadActError, match="outcome"):
        milestone(story, "rechecked", outcome="perhaps")


@pytest.mark.parametrize("finding", ["unsubstantiated", "cannot_be_verified"])
def test_nothing_is_put_right_that_was_not_found(finding: str):
    with pytest.raises(NothingToMendError):
        begin().concluded(finding).tell("rectification.ordered", OFFICER)


def test_one_order_at_a_time_with_a_document_and_a_day_that_is_not_over():
    story = begin().concluded()
    with pytest.raises(BadActError, match="document"):
        story.tell("rectification.ordered", OFFICER, document="  ")
    with pytest.raises(BadActError, match="due_on"):
        story.tell("rectification.ordered", OFFICER, due_on="2026-03-21")
    story.tell("rectification.ordered", OFFICER, due_on="2026-03-22")
    assert story.case.rectifications[0].due_on == "2026-03-22"
    with pytest.raises(AlreadyDoneError):
        story.tell("rectification.ordered", OFFICER)


@pytest.mark.parametrize("who", [SUPERVISOR, REPORTER, JOBS])
def test_only_the_lead_office_orders(who):
    with pytest.raises(NotPermittedError):
        begin().concluded().tell("rectification.ordered", who)
    begin().concluded().tell("rectification.ordered", LEADER)


def test_nothing_is_ordered_before_the_finding_or_after_the_close():
    with pytest.raises(WrongStateError):
        begin().accepted().tell("rectification.ordered", OFFICER)
    closed = begin().concluded().proposed().tell("case.closed", LEADER)
    with pytest.raises(WrongStateError):
        closed.tell("rectification.ordered", OFFICER)


def test_a_major_hazard_is_not_closed_before_it_was_ordered_to_be_put_right():
    for matter, wanted in (("major_hazard", True), ("general_hazard", False)):
        assert is_missing(begin(matter=matter).concluded().case) is wanted
        assert not is_missing(begin(matter=matter).concluded("unsubstantiated").case)
    story = begin(matter="major_hazard").concluded().tell("rectification.ordered", OFFICER)
    assert not is_missing(story.case)


def test_the_day_of_the_penalty_decision_starts_the_clock_of_its_publication(china: WorkCalendar):
    story = begin().accepted()
    told = {"penalty_on": "2026-03-20", "penalty_by": "样本县应急管理局"}
    story.tell("finding.recorded", OFFICER, **told)
    assert (story.case.penalty_on, story.case.penalty_by) == tuple(told.values())
    # Twenty working days from Friday 20 March, with Tomb-sweeping on Monday 6 April.
    assert str(clocks(story.case, china, "2026-03-23")["publish_penalty.3"].due.due_on) == (
        "2026-04-20"
    )
    # The same decision told once more does not start it again; another one does.
    story.tell("finding.recorded", OFFICER, **told)
    assert [one.name for one in story.case.marks].count("penalty_decided") == 1
    story.tell("finding.recorded", OFFICER, **told, penalty_no="伊应急罚〔2026〕2号")
    assert [one.name for one in story.case.marks].count("penalty_decided") == 2


def test_a_penalty_decision_has_a_number_and_is_not_to_come():
    story = begin().accepted()
    for told in ({"penalty_on": "2026-03-20"}, {"penalty_by": "样本县应急管理局"}):
        with pytest.raises(BadActError, match="penalty_no"):
            story.tell("finding.recorded", OFFICER, penalty_no="", fines_fen=[], **told)
    with pytest.raises(BadActError, match="penalty_on"):
        story.tell("finding.recorded", OFFICER, penalty_on="2026-03-23")
    story.tell("finding.recorded", OFFICER, penalty_on="2026-03-22")


@pytest.mark.parametrize(
    ("finding", "parts", "fits"),
    [
        ("substantiated", ["substantiated", "substantiated"], True),
        ("partly", ["substantiated", "substantiated"], False),
        ("partly", ["substantiated", "unsubstantiated"], True),
        ("substantiated", ["substantiated", "unsubstantiated"], False),
        ("partly", ["partly", "partly"], True),
        ("unsubstantiated", ["unsubstantiated", "cannot_be_verified"], True),
        ("cannot_be_verified", ["unsubstantiated", "cannot_be_verified"], True),
        ("cannot_be_verified", ["unsubstantiated", "unsubstantiated"], False),
        ("partly", ["unsubstantiated", "cannot_be_verified"], False),
        ("substantiated", ["substantiated"], False),
        ("substantiated", ["substantiated"] * 20, True),
        ("substantiated", ["substantiated"] * 21, False),
        ("partly", ["substantiated", "perhaps"], False),
    ],
)
def test_findings_on_several_allegations_come_to_the_finding(finding, parts, fits):
    true = finding in ("substantiated", "partly")
    told = {"finding": finding, "allegations": parts}
    told |= {} if true else {"penalty_no": "", "fines_fen": []}
    story = begin().accepted()
    if fits:
        assert list(story.tell("finding.recorded", OFFICER, **told).case.allegations) == parts
        story.tell("finding.recorded", OFFICER, **{**told, "allegations": None})
        assert story.case.allegations == ()
    else:
        with pytest.raises(BadActError, match="allegations"):
            story.tell("finding.recorded", OFFICER, **told)
