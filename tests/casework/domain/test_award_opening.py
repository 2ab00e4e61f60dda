"""A claim opens by itself, follows its facts, is agreed to in order, and ends in one way."""

import pytest

from case_story import (
    APPROVER,
    AWB,
    CASHIER,
    CASHIER_2,
    FINANCE,
    JOBS,
    LEADER,
    OFFICER,
    REPORTER,
    SHA,
    SUPERVISOR,
    Story,
    person,
)
from casework.domain.award_opening import wants_computing
from casework.domain.award_values import Award, AwardState
from casework.domain.errors import (
    ApprovalVoidError,
    AwardExistsError,
    AwardReviewError,
    BadActError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.ledger_lines import lines_of

COMPUTED = {
    "award": "a1",
    "year": 2026,
    "policy": "yichuan-2022",
    "policy_sha256": SHA,
    "trace_sha256": "cd" * 32,
    "outcome": "amount",
    "amount_fen": 6_000_000,
    "more_fen": 6_000_000,
    "pot": "county",
}
PROPOSED = {
    "award": "a1",
    "amount_fen": 6_000_000,
    "year": 2026,
    "trace_sha256": "cd" * 32,
    "rungs": ["leader", "approver", "finance"],
}


def computed(story: Story, **changed: object) -> Story:
    return story.tell("reward.computed", JOBS, **{**COMPUTED, **changed})


def award_of(story: Story) -> Award:
    assert story.case.award is not None
    return story.case.award


def test_a_finding_wants_a_claim_until_it_has_one_and_again_when_its_facts_change(story: Story):
    assert not wants_computing(story.accepted().case)
    story.tell("finding.recorded", OFFICER)
    assert wants_computing(story.case)
    computed(story)
    assert not wants_computing(story.case)
    assert (award_of(story).state, award_of(story).reserved_fen) == ("computed", 6_000_000)
    story.tell("finding.recorded", OFFICER, fines_fen=[20_000_000])
    assert wants_computing(story.case)
    computed(story, amount_fen=3_000_000, more_fen=None, less_fen=3_000_000)
    assert award_of(story).reserved_fen == 3_000_000
    assert not wants_computing(story.case)


def test_a_claim_without_money_stands_open_and_wants_it(story: Story):
    computed(story.concluded(), more_fen=None, reason="short")
    assert (award_of(story).state, award_of(story).reserved_fen) == ("eligibility", 0)
    assert wants_computing(story.case)
    computed(story)
    assert award_of(story).state is AwardState.COMPUTED


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"more_fen": 6_000_001}, "more_fen"),
        ({"more_fen": None}, "reason"),
        ({"reason": "short"}, "reason"),
        ({"less_fen": 1}, "less_fen"),
    ],
)
def test_what_is_set_aside_is_what_is_due(story: Story, changed: dict[str, object], named: str):
    with pytest.raises(BadActError) as refusal:
        computed(story.concluded(), **changed)
    assert refusal.value.fact == named


def test_only_the_jobs_process_computes_and_one_claim_at_a_time(story: Story):
    with pytest.raises(NotPermittedError):
        story.concluded().tell("reward.computed", OFFICER, **COMPUTED)
    computed(story)
    with pytest.raises(AwardExistsError):
        computed(story, award="a2")


def test_the_ladder_is_climbed_in_order_each_rung_by_somebody_else(story: Story):
    computed(story.concluded()).tell("reward.proposed", OFFICER, **PROPOSED)
    with pytest.raises(NotPermittedError):
        story.tell("reward.approved", APPROVER)
    story.tell("reward.approved", LEADER)
    both = person(LEADER.account, AWB, "approver")
    with pytest.raises(SeparationError):
        story.tell("reward.approved", both)
    story.tell("reward.approved", APPROVER)
    with pytest.raises(NotPermittedError):
        story.tell("reward.approved", person("approver2", AWB, "approver"))
    assert award_of(story).state is AwardState.PROPOSED
    story.tell("reward.funded", FINANCE)
    assert [one.role for one in award_of(story).approvals] == ["leader", "approver", "finance"]
    assert award_of(story).state is AwardState.NOTIFIED
    assert [mark.name for mark in story.case.marks[-2:]] == ["approved", "notified"]


def test_another_sum_or_a_new_finding_voids_who_agreed_before(story: Story):
    computed(story.concluded(), outcome="range").tell("reward.proposed", OFFICER, **PROPOSED)
    story.tell("reward.approved", LEADER)
    story.tell("reward.proposed", OFFICER, **{**PROPOSED, "amount_fen": 5_000_000})
    assert award_of(story).approvals == ()
    story.tell("reward.approved", LEADER).tell("reward.approved", APPROVER)
    story.tell("finding.recorded", OFFICER, fines_fen=[30_000_000])
    assert (award_of(story).state, award_of(story).approvals) == (AwardState.COMPUTED, ())


def test_what_the_reporter_declares_voids_them_too_until_it_is_agreed_to(story: Story):
    computed(story.concluded()).tell("reward.proposed", OFFICER, **PROPOSED)
    story.tell("reward.approved", LEADER)
    said = {"relation": "staff", "prior": [], "signers": 1}
    story.tell("reward.declared", REPORTER, **said)
    assert wants_computing(story.case)
    with pytest.raises(ApprovalVoidError):
        story.tell("reward.approved", APPROVER)
    computed(story, amount_fen=6_600_000, more_fen=600_000)
    assert award_of(story).approvals == ()
    again = {**PROPOSED, "amount_fen": 6_600_000, "rungs": ["approver"]}
    story.tell("reward.proposed", OFFICER, **again).tell("reward.approved", APPROVER)
    with pytest.raises(WrongStateError):
        story.tell("reward.declared", REPORTER, **said)


def test_the_last_yes_sets_free_what_is_beyond_the_sum(story: Story):
    computed(story.concluded(), outcome="range")
    less = {**PROPOSED, "amount_fen": 4_000_000, "rungs": ["leader", "approver"]}
    story.tell("reward.proposed", OFFICER, **less)
    with pytest.raises(BadActError):
        story.tell("reward.approved", LEADER, less_fen=2_000_000)
    story.tell("reward.approved", LEADER)
    with pytest.raises(BadActError):
        story.tell("reward.approved", APPROVER)
    story.tell("reward.approved", APPROVER, less_fen=2_000_000)
    assert award_of(story).reserved_fen == award_of(story).amount_fen == 4_000_000


def test_a_lapsed_award_is_reopened_with_its_money_and_each_line_has_its_turn(story: Story):
    story.approved()
    lapse = story.act("reward.lapsed", JOBS, award="a1")
    (line,) = lines_of(lapse.kind, lapse.facts, "00" * 32, award=award_of(story))
    assert (line.kind, line.amount_fen, line.turn) == ("RELEASE", 6_000_000, 1)
    story.tell("reward.lapsed", JOBS, award="a1")
    facts = {"award": "a1", "reason_code": "illness", "year": 2027, "pot": "county"}
    with pytest.raises(BadActError):
        story.tell("reward.reopened", APPROVER, **facts, more_fen=1)
    act = story.act("reward.reopened", person("b", AWB, "approver"), **facts, more_fen=6_000_000)
    (line,) = lines_of(act.kind, act.facts, "00" * 32, award=award_of(story))
    assert (line.kind, line.year, line.turn) == ("RESERVATION", 2027, 2)
    story.tell("reward.reopened", APPROVER, **facts, more_fen=6_000_000)
    assert (award_of(story).state, award_of(story).year) == (AwardState.NOTIFIED, 2027)


def test_what_the_bank_sends_back_is_set_aside_and_claimed_anew(story: Story):
    story.paid()
    sent_back = {"award": "a1", "amount_fen": 6_000_000, "year": 2026}
    story.tell("reward.returned", CASHIER, **sent_back, reason_code="account_closed")
    assert (award_of(story).state, award_of(story).reserved_fen) == ("notified", 6_000_000)
    story.tell("reward.claimed", REPORTER, item="i2")
    story.tell("release.requested", CASHIER, item="i2", release="r2")
    story.tell("release.approved", person("c1", "x", "custodian"), release="r2")
    story.tell("release.approved", person("c2", "y", "custodian"), release="r2", seat=2)
    story.tell("release.opened", CASHIER, release="r2")
    pay = story.act("reward.paid", CASHIER)
    (line,) = lines_of(pay.kind, pay.facts, "00" * 32, award=award_of(story))
    assert (line.kind, line.turn) == ("DISBURSEMENT", 2)


def test_while_the_bank_has_the_order_nothing_but_its_answer_moves_the_award(story: Story):
    order = {"award": "a1", "amount_fen": 6_000_000, "batch": "b1", "reference": "TG1"}
    story.opened().tell("reward.ordered", CASHIER, **order)
    for kind, who in (("reward.claimed", REPORTER), ("reward.ordered", CASHIER)):
        with pytest.raises(WrongStateError):
            story.tell(kind, who, **(order if who is CASHIER else {}))
    with pytest.raises(BadActError):
        story.tell("reward.paid", CASHIER_2, reference="TG2")
    story.tell("reward.undone", CASHIER, award="a1", batch="b1", reason_code="other")
    story.tell("reward.ordered", CASHIER, **{**order, "batch": "b2", "reference": "TG3"})
    story.tell("reward.paid", CASHIER_2, reference="TG3")
    assert award_of(story).state is AwardState.PAID


def test_an_account_taken_back_while_the_bank_had_the_order_is_ordered_no_more(story: Story):
    order = {"award": "a1", "amount_fen": 6_000_000, "batch": "b1", "reference": "TG1"}
    story.opened().tell("reward.ordered", CASHIER, **order)
    story.tell("identity.withdrawn", REPORTER)
    assert award_of(story).state is AwardState.ORDERED
    story.tell("reward.undone", CASHIER, award="a1", batch="b1", reason_code="other")
    assert (award_of(story).state, award_of(story).item) == (AwardState.NOTIFIED, "")
    for kind, facts in (("reward.ordered", order), ("reward.paid", {})):
        with pytest.raises(WrongStateError):
            story.tell(kind, CASHIER, **facts)


def test_nothing_is_paid_while_a_review_is_open_and_it_takes_nothing_away(story: Story):
    story.claimed().tell("reward.objected", REPORTER, award="a1")
    asked = story.case.events
    with pytest.raises(AwardReviewError):
        story.tell("reward.paid", CASHIER)
    redo = {"award": "a1", "asked": asked, "outcome": "redo"}
    with pytest.raises(BadActError):
        story.tell("reward.reviewed", SUPERVISOR, **redo, beside="a2")
    story.tell("reward.reviewed", SUPERVISOR, **redo)
    with pytest.raises(BadActError) as refusal:
        story.tell(
            "reward.proposed",
            OFFICER,
            **{**PROPOSED, "amount_fen": 5_999_999, "rungs": ["approver"]},
        )
    assert refusal.value.fact == "amount_fen"


def test_who_had_a_part_in_an_award_does_not_review_it(story: Story):
    story.approved().tell("reward.objected", REPORTER, award="a1")
    facts = {"award": "a1", "asked": story.case.events, "outcome": "kept"}
    with pytest.raises(SeparationError):
        story.tell("reward.reviewed", person("approver", AWB, "supervisor"), **facts)
    story.tell("reward.reviewed", SUPERVISOR, **facts)
    assert award_of(story).objected == 0


def test_what_a_review_adds_to_a_paid_award_comes_beside_it(story: Story):
    story.paid().tell("reward.objected", REPORTER, award="a1")
    asked = story.case.events
    redo = {"award": "a1", "asked": asked, "outcome": "redo"}
    with pytest.raises(BadActError):
        story.tell("reward.reviewed", SUPERVISOR, **redo)
    story.tell("reward.reviewed", SUPERVISOR, **redo, beside="a2")
    assert [one.state for one in story.case.awards] == ["paid", "eligibility"]
    more = {"award": "a2", "amount_fen": 100_000, "more_fen": 100_000, "year": 2026}
    story.tell(
        "reward.proposed", OFFICER, **more, trace_sha256=SHA, rungs=["approver"], because="复核补发"
    )
    assert story.case.shares[0].state is AwardState.PROPOSED


def test_a_paid_award_is_reconciled_by_finance_and_recalled_by_a_decision(story: Story):
    story.paid()
    with pytest.raises(NotPermittedError):
        story.tell("reward.reconciled", CASHIER, award="a1", statement="s1")
    story.tell("reward.reconciled", FINANCE, award="a1", statement="s1")
    recall = {"award": "a1", "amount_fen": 6_000_000, "document": "伊应急追〔2026〕1号"}
    with pytest.raises(BadActError):
        story.tell(
            "reward.recalled", APPROVER, **{**recall, "amount_fen": 6_000_001}, reason_code="fraud"
        )
    story.tell("reward.recalled", APPROVER, **recall, reason_code="fraud")
    assert award_of(story).state is AwardState.RECALLED
    assert story.case.live_award is None


def test_of_which_part_is_to_be_paid_back_nothing_is_opened_anew(story: Story):
    story.paid()
    recall = {"award": "a1", "amount_fen": 1, "document": "伊应急追〔2026〕1号"}
    story.tell("reward.recalled", APPROVER, **recall, reason_code="mistake")
    assert story.case.live_award is not None
