"""S14: reports of the same matter are worked on once; each keeps what is its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from case_story import (
    AWB,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    Story,
    begin,
    person,
)
from casework.domain.case import Case, State
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    MergeRefusedError,
    NotPermittedError,
    RetentionError,
    SeparationError,
    WrongStateError,
)
from casework.domain.marks import ended_by, runs
from casework.domain.merging import (
    REASONS,
    check_pair,
    in_the_way,
    is_untold,
    may_merge,
    rank_of,
    standing,
)
from casework.domain.report import allowed_kinds, replay
from casework.domain.retention import class_of, finished_on, why_kept
from casework.domain.waiting import waiting_in

ZJJ_OFFICER = person("zo", "410329-zjj", "officer", "leader")


def refused(told: Callable[[], object]) -> str:
    """Tell it, which has to be refused; return the code of why."""
    with pytest.raises(MergeRefusedError) as refusal:
        told()
    assert refusal.value.reason in REASONS
    return refusal.value.reason


def merged(story: Story) -> Story:
    """The case joins another one."""
    return story.tell("case.merged", OFFICER)


def joined(story: Story, report: str = "report2", place: int = 7, rank: int = 2) -> Story:
    """Another case joins it."""
    return story.tell("merge.joined", OFFICER, report=report, place=place, rank=rank)


# ---- the case that joins


@pytest.mark.parametrize("how", [lambda story: story, Story.accepted])
def test_a_case_joins_another_and_all_its_clocks_end_without_a_verdict(story: Story, how):
    before = how(story).case
    case = merged(story).case
    assert case.state is State.MERGED
    assert case.merged is not None
    assert (case.merged.into, case.merged.rank, case.merged.before) == (
        "report2", 2, str(before.state),
    )  # fmt: skip
    for mark in before.marks:
        for key, kind in KINDS.items():
            if ended_by(before, kind, mark) is None:
                ended = ended_by(case, kind, mark)
                assert ended is not None, key
                assert ended.name in kind.voids
    assert replay("report1", story.acts) == case


def test_what_is_its_own_stays(story: Story):
    before = story.accepted().case
    case = merged(story).case
    same = ("lead", "supervisor", "offices", "case_number", "manifest", "reporter_box")
    assert all(getattr(case, name) == getattr(before, name) for name in same)
    story.tell("message.sent", REPORTER, **{"from": "reporter"})
    story.tell("message.sent", OFFICER)
    story.tell("evidence.added", REPORTER)
    story.tell("report.urged", REPORTER)
    assert "case.merged" not in allowed(story.case, LEADER)


def allowed(case: Case, who) -> frozenset[str]:
    return allowed_kinds(case, actor=who.account, office=who.office, roles=who.roles)


def test_nothing_is_worked_on_in_it_any_more(story: Story):
    merged(story.accepted())
    for kind, who in (
        ("finding.recorded", OFFICER),
        ("closing.proposed", OFFICER),
        ("milestone.recorded", OFFICER),
        ("order.issued", SUPERVISOR),
        ("report.transferred", SUPERVISOR),
        ("extension.requested", OFFICER),
        ("pause.requested", OFFICER),
        ("cohandlers.named", LEADER),
        ("case.merged", OFFICER),
    ):
        with pytest.raises(WrongStateError):
            story.tell(kind, who)
    assert waiting_in(story.case) == ()


@pytest.mark.parametrize("who", [OFFICER, LEADER, OFFICER_2])
def test_anybody_of_the_office_that_handles_both_may_merge(story: Story, who):
    assert story.accepted().tell("case.merged", who).case.state is State.MERGED


@pytest.mark.parametrize("who", [SUPERVISOR, ZJJ_OFFICER, REPORTER])
@pytest.mark.parametrize("kind", ["case.merged", "merge.joined"])
def test_nobody_else_may(story: Story, who, kind):
    with pytest.raises(NotPermittedError):
        story.accepted().tell(kind, who)


def test_who_acted_for_the_office_above_does_not(story: Story):
    story.tell("report.transferred", SUPERVISOR)
    moved = person("supervisor", "410329-zjj", "officer")
    story.tell("report.accepted", ZJJ_OFFICER)
    for kind in ("case.merged", "merge.joined"):
        with pytest.raises(SeparationError):
            story.tell(kind, moved)
    assert story.tell("case.merged", ZJJ_OFFICER).case.state is State.MERGED


WAITS: dict[str, Callable[[Story], Story]] = {
    "leads_others": lambda story: joined(story.accepted()),
    "refusal_waits": lambda story: story.tell("refusal.proposed", OFFICER),
    "return_waits": lambda story: story.tell("return.requested", OFFICER),
    "extension_waits": lambda story: story.accepted().tell(
        "extension.requested", OFFICER, at="2026-03-20T02:00:00Z"
    ),
    "pause_waits": lambda story: (
        story.accepted().tell("pause.requested", OFFICER).tell("pause.granted", SUPERVISOR)
    ),
    "order_open": lambda story: story.accepted().tell("order.issued", SUPERVISOR),
    "listed": lambda story: (
        story.accepted()
        .tell("order.issued", SUPERVISOR, kind="listing")
        .tell("order.answered", LEADER)
    ),
    "referral_waits": lambda story: story.accepted().tell("referral.made", OFFICER),
    "release_waits": lambda story: story.accepted().tell(
        "release.requested", OFFICER, purpose="examine_evidence"
    ),
}


@pytest.mark.parametrize("reason", WAITS)
def test_what_waits_in_it_comes_first_and_is_named(story: Story, reason: str):
    WAITS[reason](story)
    before = story.case
    assert refused(lambda: merged(story)) == reason
    assert story.case is before
    assert in_the_way(before)[0] == reason
    assert not may_merge(before)


def test_what_was_answered_is_no_longer_in_the_way(story: Story):
    story.accepted().tell("order.issued", SUPERVISOR).tell("order.answered", LEADER)
    assert merged(story).case.state is State.MERGED


def test_a_case_of_retaliation_is_its_reporters_own(begun):
    assert refused(lambda: merged(begun(matter="retaliation").accepted())) == "retaliation"
    story = begun().accepted()
    story.tell("milestone.recorded", OFFICER, milestone="retaliation_reported", document="样1号")
    assert refused(lambda: merged(story)) == "retaliation"
    story.tell("milestone.recorded", OFFICER, milestone="retaliation_answered", document="样1号")
    assert merged(story).case.state is State.MERGED


def test_where_lives_are_at_stake_somebody_goes_there_first(begun):
    urgent = {"urgent": 1}
    assert refused(lambda: merged(begun(**urgent))) == "urgent_waits"
    there = begun(**urgent).tell("milestone.recorded", OFFICER, milestone="attended")
    assert merged(there).case.state is State.MERGED
    assert merged(begun(**urgent).accepted()).case.state is State.MERGED


def test_what_has_a_finding_of_its_own_is_not_merged(story: Story):
    with pytest.raises(WrongStateError):
        merged(story.concluded())


def test_it_joins_another_case_and_never_as_the_first(story: Story):
    with pytest.raises(BadActError, match="into"):
        story.tell("case.merged", OFFICER, into="report1")
    with pytest.raises(BadActError, match="rank"):
        story.tell("case.merged", OFFICER, rank=1)
    with pytest.raises(BadActError, match="kind"):
        story.tell("case.merged", OFFICER, kind="first")


# ---- the case that leads


def closed(story: Story) -> Story:
    """Closed by the head of the office."""
    return story.concluded("unsubstantiated").proposed().tell("case.closed", LEADER)


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ("received", lambda story: story),
        ("merged", lambda story: merged(story.accepted())),
        ("refused", Story.refused),
        ("closed", closed),
    ],
)  # fmt: skip
def test_nothing_joins_a_case_that_is_not_worked_on(story: Story, state, how):
    how(story)
    assert refused(lambda: joined(story)) == f"into_{state}"


@pytest.mark.parametrize("how", [Story.accepted, Story.concluded])
def test_the_rank_is_what_the_places_in_the_log_give(story: Story, how):
    joined(how(story), "report3", place=30)
    with pytest.raises(BadActError, match="rank"):
        joined(story, "report2", place=31, rank=2)
    with pytest.raises(BadActError, match="rank"):
        joined(story, "report2", place=20, rank=3)
    case = joined(story, "report2", place=20, rank=2).case
    # Who came in before moves the other back, whatever was signed when that one joined.
    assert [one.report for one in standing(case)] == ["report2", "report3"]
    assert [rank_of(case, one) for one in ("report2", "report3", "report9")] == [2, 3, 0]
    assert joined(story, "report4", place=40, rank=4).case.joined[-1].rank == 4


def test_each_joins_once_and_no_case_joins_itself(story: Story):
    joined(story.accepted())
    with pytest.raises(AlreadyDoneError):
        joined(story)
    with pytest.raises(BadActError, match="report"):
        joined(story, "report1", place=9, rank=3)


def test_its_own_clocks_and_state_are_untouched(story: Story):
    before = story.accepted().case
    case = joined(story).case
    assert replace(case, joined=(), events=before.events) == before


def test_it_is_not_given_away_from_those_that_joined_it(story: Story):
    joined(story.accepted())
    assert refused(lambda: story.tell("report.transferred", SUPERVISOR)) == "leads_others"
    story.tell("merge.left", LEADER)
    assert story.tell("report.transferred", SUPERVISOR).case.lead == "410329-zjj"


# ---- two cases that belong together


def pair(lead: Case, joining: Case, **places: int) -> None:
    check_pair(lead, joining, **{"lead_place": 3, "place": 5, **places})


def test_two_cases_of_one_office_the_first_leading(begun):
    lead, other = begun().accepted().case, begun().accepted().case
    pair(lead, other)
    assert refused(lambda: pair(lead, other, place=2)) == "not_first"
    assert refused(lambda: pair(lead, replace(other, lead="410329-zjj"))) == "other_office"
    assert refused(lambda: pair(lead, replace(other, channel="trial"))) == "trial"
    assert refused(lambda: pair(replace(lead, matter="retaliation"), other)) == "retaliation"


def test_not_where_one_accuses_an_office_of_the_other(begun):
    lead, other = begun().accepted().case, begun().accepted().case
    assert refused(lambda: pair(lead, replace(other, about=AWB))) == "accused"
    assert refused(lambda: pair(replace(lead, about=AWB), other)) == "accused"
    assert refused(lambda: pair(lead, replace(other, barred=(AWB,)))) == "accused"
    pair(lead, replace(other, about="410329-gaj"))


def test_not_where_the_discipline_body_would_lose_sight_of_one(begun):
    lead, other = begun().accepted().case, begun().accepted().case
    assert refused(lambda: pair(lead, replace(other, discipline="410329-jw"))) == "discipline"
    both = [replace(one, discipline="410329-jw") for one in (lead, other)]
    pair(*both)


def test_nobody_waits_longer_than_was_promised(begun):
    lead, other = begun().accepted().case, begun().accepted().case
    assert lead.verify_due_on == date(2026, 4, 1)
    later = replace(lead, verify_due_on=date(2026, 4, 2))
    assert refused(lambda: pair(later, other)) == "later_clock"
    pair(lead, replace(other, verify_due_on=date(2026, 4, 2)))
    pair(later, begun().case)  # nobody has promised anything yet


# ---- what its reporter is told


def test_the_result_is_told_of_a_finding_and_may_be_objected_to(story: Story):
    merged(story.accepted())
    with pytest.raises(BadActError, match="found"):
        story.tell("message.sent", OFFICER, about="result")
    case = story.tell("message.sent", OFFICER, about="result", found=4).case
    assert case.merged is not None
    assert (case.merged.told, case.merged.told_on) == (4, "2026-03-22")
    assert [mark.name for mark in case.marks if mark.name == "told"] == ["told"]
    assert runs(case, "object", case.events)


def test_elsewhere_an_answer_names_no_finding_of_another(story: Story):
    with pytest.raises(BadActError, match="found"):
        story.concluded().tell("message.sent", OFFICER, about="result", found=3)
    merged(begin().accepted())
    with pytest.raises(BadActError, match="found"):
        story.tell("message.sent", OFFICER, found=3)


def test_untold_until_told_of_the_newest_finding(begun):
    lead = begun().concluded().case
    other = merged(begun().accepted())
    assert is_untold(other.case, lead)
    other.tell("message.sent", OFFICER, about="result", found=lead.found_at)
    assert not is_untold(other.case, lead)
    assert is_untold(other.case, replace(lead, found_at=lead.found_at + 1))
    assert not is_untold(merged(begun(channel="letter").accepted()).case, lead)


# ---- undone


def test_undone_it_stands_where_it_stood_and_its_clocks_run_from_their_own_day(story: Story):
    before = story.accepted().case
    merged(story)
    with pytest.raises(WrongStateError):
        story.tell("merge.undone", LEADER, **{"from": "report9"})
    case = story.tell("merge.undone", LEADER).case
    assert replace(case, events=before.events) == before
    assert runs(case, "verify", 2)
    assert replay("report1", story.acts) == case


@pytest.mark.parametrize("kind", ["merge.undone", "merge.left"])
def test_only_the_head_of_the_office_undoes_it(story: Story, kind):
    if kind == "merge.undone":
        merged(story)
    else:
        joined(story.accepted())
    for who in (OFFICER, SUPERVISOR, person("l", AWB, "leader")):
        with pytest.raises(NotPermittedError):
            story.tell(kind, who)
    story.tell(kind, LEADER)
    with pytest.raises(WrongStateError):
        story.tell(kind, LEADER)


def test_who_left_has_no_rank_and_may_come_back(story: Story):
    joined(story.accepted())
    joined(story, "report3", place=9, rank=3)
    case = story.tell("merge.left", LEADER).case
    assert [rank_of(case, one) for one in ("report2", "report3")] == [0, 2]
    assert joined(story).case.joined[-1].rank == 2


# ---- how long it is kept


def test_it_is_kept_from_the_day_on_which_its_reporter_was_told(story: Story):
    story.accepted().tell("report.read", OFFICER)
    case = merged(story).case
    assert (finished_on(case), why_kept(case), class_of(case)) == (None, "open", "substantiated")
    with pytest.raises(RetentionError):
        story.tell("destruction.requested", LEADER)
    case = story.tell("message.sent", OFFICER, about="result", found=4).case
    assert (finished_on(case), why_kept(case)) == (date(2026, 3, 22), "")
    assert story.tell("destruction.requested", LEADER).case.destruction is not None
