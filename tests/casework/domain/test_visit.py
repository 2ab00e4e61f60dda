"""On-site verification: two officers, one record, both sign; follow-up visits of a listed case."""

import pytest

from case_story import (
    AWB,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Story,
    begin,
    person,
)
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.closing import missing
from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SeparationError,
    VisitRefusedError,
    WrongStateError,
)
from casework.domain.report import allowed_kinds, replay
from casework.domain.visit import purposes, standing, verified

OFFICER_3 = person("officer3", YJJ, "officer")
HELPER = person("helper", "410329-jtj", "officer")
ABOVE = person("above", AWB, "officer")
PAIR = ["officer", "officer2"]
LISTING = {"order": "o1", "number": "伊督〔2026〕K7M2Q9XR号", "kind": "listing"}


def planned(story: Story | None = None, **more: object) -> Story:
    return (story or begin().accepted()).tell("visit.planned", OFFICER, officers=PAIR, **more)


def recorded(story: Story | None = None, who=OFFICER, **more: object) -> Story:
    story = planned() if story is None else story
    return story.tell("visit.recorded", who, visit=story.case.visits[-1].ordinal, **more)


def sign(story: Story, who=OFFICER_2, kind: str = "visit.signed", **more: object) -> Story:
    visit = story.case.visits[-1]
    facts = {"visit": visit.ordinal, "recorded": visit.recorded or 99, **more}
    return story.tell(kind, who, **facts)


def reason_of(story: Story, kind: str, who, **facts: object) -> str:
    with pytest.raises(VisitRefusedError) as refusal:
        story.tell(kind, who, **facts)
    return refusal.value.reason


def test_a_record_counts_once_the_second_officer_has_signed_it():
    story = planned(unannounced=1)
    assert story.case.visits[-1].unannounced
    story.tell("visit.photographed", OFFICER_2, visit=3, photos=["p1", "p2"])
    recorded(story, photos=["p1"])
    assert verified(story.case) is None
    sign(story)
    done = story.case.visits[-1]
    assert verified(story.case) == done
    assert (done.recorder, done.recorded, done.signed, done.shown) == ("officer", 5, 6, ("p1",))
    assert standing(story.case) is None
    assert story.case.investigators == {"officer", "officer2"}
    assert replay("report1", story.acts) == story.case
    assert case_from_json(case_to_json(story.case)) == story.case


def test_nobody_signs_their_own_record_and_nobody_else_does():
    story = recorded()
    with pytest.raises(SeparationError, match="recorded_visit"):
        sign(story, OFFICER)
    with pytest.raises(SeparationError, match="recorded_visit"):
        sign(story, OFFICER, "visit.returned", record=None)
    for other in (OFFICER_3, ABOVE):
        with pytest.raises(SeparationError, match="not_of_visit"):
            sign(story, other)
    for other in (LEADER, REPORTER, JOBS):
        with pytest.raises(NotPermittedError):
            sign(story, other)


def test_who_is_recused_neither_goes_nor_signs():
    story = begin().accepted()
    story.tell("recusal.noted", LEADER, account="officer2", why="found")
    with pytest.raises(BadActError, match="officers"):
        planned(story)
    story = recorded()
    story.tell("recusal.noted", LEADER, account="officer2", why="found")
    with pytest.raises(SeparationError, match="recused"):
        sign(story)


def test_a_record_of_who_was_recused_since_is_not_signed():
    story = recorded()
    story.tell("recusal.noted", LEADER, account="officer", why="found")
    with pytest.raises(VisitRefusedError, match="recused"):
        sign(story)
    story.tell("visit.dropped", LEADER, visit=3, reason_code="recused")


def test_two_are_named_and_no_fewer_or_more():
    for officers in (["officer"], [*PAIR, "officer3"]):
        with pytest.raises(BadActError, match="officers"):
            begin().accepted().tell("visit.planned", OFFICER, officers=officers)


def test_sent_back_it_is_recorded_anew_by_either():
    story = recorded(photos=None)
    sign(story, OFFICER_2, "visit.returned", record=None)
    assert story.case.visits[-1].recorded == 0
    recorded(story, OFFICER_2)
    with pytest.raises(SeparationError, match="recorded_visit"):
        sign(story, OFFICER_2)
    sign(story, OFFICER)
    assert story.case.visits[-1].tries == 2


def test_the_record_that_stands_is_the_one_that_is_signed():
    story = recorded()
    assert reason_of(story, "visit.signed", OFFICER_2, visit=3, recorded=3) == "another_record"
    assert reason_of(story, "visit.signed", OFFICER_2, visit=2, recorded=4) == "not_open"
    assert reason_of(story, "visit.recorded", OFFICER_2, visit=3) == "waits"
    photos = {"visit": 3, "photos": ["p1"]}
    assert reason_of(story, "visit.photographed", OFFICER_2, **photos) == "waits"
    assert reason_of(story, "visit.planned", OFFICER, officers=PAIR) == "open"


def test_photos_are_those_of_the_visit_and_not_without_end():
    story = planned().tell("visit.photographed", OFFICER, visit=3, photos=["p1"])
    for names in (["p1"], [f"q{number}" for number in range(60)]):
        assert reason_of(story, "visit.photographed", OFFICER, visit=3, photos=names) == "photos"
    told = {"visit": 3, "photos": ["p2"]}
    assert reason_of(story, "visit.recorded", OFFICER, **told) == "photos"
    story.tell("visit.photographed", OFFICER, visit=3, photos=[f"q{n}" for n in range(59)])


@pytest.mark.parametrize(("day", "fits"), [
    ("2026-03-21", False), ("2026-03-22", True), ("2026-03-23", False),
])  # fmt: skip
def test_it_was_on_a_day_between_its_opening_and_its_record(day: str, fits: bool):
    if fits:
        recorded(visited_on=day)
    else:
        with pytest.raises(BadActError, match="visited_on"):
            recorded(visited_on=day)


def test_a_finding_rests_on_the_visit_that_was_made():
    assert reason_of(planned(), "finding.recorded", OFFICER, basis="visit") == "unsigned"
    assert reason_of(recorded(), "finding.recorded", OFFICER, basis="documents") == "unsigned"
    story = sign(recorded())
    assert reason_of(story, "finding.recorded", OFFICER, basis="phone") == "other_basis"
    assert story.tell("finding.recorded", OFFICER, basis="visit").case.basis == "visit"


def test_without_a_visit_a_finding_names_what_else_it_rests_on():
    story = begin().accepted()
    assert reason_of(story, "finding.recorded", OFFICER, basis="visit") == "no_visit"
    for basis in ("documents", "phone", "other_body"):
        begin().accepted().tell("finding.recorded", OFFICER, basis=basis)


def test_what_was_left_unseen_is_seen_before_anything_is_found():
    story = sign(recorded(result="partial"))
    assert reason_of(story, "finding.recorded", OFFICER, basis="visit") == "partial"
    unsure = {"finding": "cannot_be_verified", "penalty_no": "", "fines_fen": [], "basis": "visit"}
    sign(recorded(result="partial")).tell("finding.recorded", OFFICER, **unsure)
    sign(recorded(planned(story))).tell("finding.recorded", OFFICER, basis="visit")


def test_a_visit_given_up_by_the_head_leaves_another_basis():
    story = recorded()
    dropped = {"visit": 3, "reason_code": "officer_away"}
    with pytest.raises(NotPermittedError):
        story.tell("visit.dropped", OFFICER, **dropped)
    with pytest.raises(BadActError, match="reason_code"):
        story.tell("visit.dropped", LEADER, visit=3, reason_code="transferred")
    story.tell("visit.dropped", LEADER, **dropped)
    assert verified(story.case) is None
    story.tell("finding.recorded", OFFICER, basis="documents")
    # Who recorded it has investigated all the same.
    assert "officer" in story.case.investigators


def test_a_transfer_ends_what_the_old_office_had_begun():
    story = planned().tell("report.transferred", SUPERVISOR)
    assert story.case.visits[-1].dropped == "transferred"


def test_helpers_go_along_and_nobody_of_other_offices():
    story = begin().accepted().tell("cohandlers.named", LEADER, co=["410329-jtj"])
    story.tell("visit.planned", LEADER, officers=["officer", "helper"])
    recorded(story, HELPER)
    sign(story, OFFICER)
    assert story.case.investigators == {"officer", "helper"}


def test_it_is_no_verification_before_acceptance_and_after_the_finding():
    told = {"officers": PAIR}
    assert reason_of(begin(), "visit.planned", OFFICER, **told) == "no_verify"
    assert reason_of(begin().concluded(), "visit.planned", OFFICER, **told) == "no_verify"
    merged = begin().tell("case.merged", OFFICER)
    with pytest.raises(WrongStateError):
        merged.tell("visit.planned", OFFICER, **told)


def test_who_signed_does_not_close():
    story = sign(recorded()).tell("finding.recorded", OFFICER, basis="visit")
    both = person("officer2", YJJ, "officer", "leader")
    story.tell("message.sent", OFFICER, about="result").tell("closing.proposed", OFFICER)
    with pytest.raises(SeparationError, match="investigated"):
        story.tell("case.closed", both)


# ---- looking again


def mended() -> Story:
    story = begin().concluded().tell("rectification.ordered", OFFICER)
    return story.tell("milestone.recorded", OFFICER, milestone="rectified", document="改1号")


def recheck(story: Story) -> Story:
    told = {"milestone": "rechecked", "document": "查1号", "outcome": "fixed"}
    return story.tell("milestone.recorded", OFFICER, **told)


def test_a_recheck_waits_for_the_visit_that_was_opened_for_it():
    told = {"officers": PAIR, "purpose": "recheck"}
    assert reason_of(begin().concluded(), "visit.planned", OFFICER, **told) == "no_recheck"
    story = planned(mended(), purpose="recheck")
    assert "visit_open" in missing(story.case)
    with pytest.raises(VisitRefusedError, match="unsigned"):
        recheck(story)
    before = story.case.investigators
    recheck(sign(recorded(story)))
    assert story.case.investigators == before


# ---- listed cases


def follow_up(story: Story) -> Story:
    story.tell("visit.planned", SUPERVISOR, officers=["supervisor", "above"], purpose="follow_up")
    recorded(story, SUPERVISOR)
    return sign(story, ABOVE)


def delist(story: Story) -> Story:
    told = {"milestone": "delisted", "document": "摘1号"}
    return story.tell("milestone.recorded", SUPERVISOR, **told)


def test_a_case_leaves_the_list_after_a_visit_that_follows_the_recheck():
    story = mended().tell("order.issued", SUPERVISOR, **LISTING)
    with pytest.raises(VisitRefusedError, match="not_followed_up"):
        delist(story)
    follow_up(story)
    recheck(story)
    with pytest.raises(VisitRefusedError, match="not_followed_up"):
        delist(story)
    delist(follow_up(story))


def test_the_office_above_follows_up_and_verifies_nothing():
    story = begin().accepted()
    told = {"officers": ["supervisor", "above"], "purpose": "follow_up"}
    assert reason_of(story, "visit.planned", SUPERVISOR, **told) == "no_follow_up"
    story.tell("order.issued", SUPERVISOR, **LISTING)
    assert reason_of(story, "visit.planned", OFFICER, **told) == "other_office"
    verify = {**told, "purpose": "verify"}
    assert reason_of(story, "visit.planned", SUPERVISOR, **verify) == "other_office"
    assert purposes(story.case, AWB) == ("follow_up",)
    assert purposes(story.case, YJJ) == ("verify",)
    story.tell("visit.planned", SUPERVISOR, **told)
    with pytest.raises(VisitRefusedError, match="unsigned"):
        delist(story)
    # Those of the department have no part in it.
    with pytest.raises(SeparationError, match="not_of_visit"):
        recorded(story, OFFICER)


def test_the_second_officer_is_offered_to_sign_and_the_first_is_not():
    story = recorded()

    def kinds(who) -> frozenset[str]:
        return allowed_kinds(story.case, actor=who.account, office=who.office, roles=who.roles)

    assert {"visit.signed", "visit.returned"} <= kinds(OFFICER_2)
    assert not {one for one in kinds(OFFICER) if one.startswith("visit.")}
