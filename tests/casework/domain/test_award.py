"""The one award of a case: who may do what with it, and that it is paid once."""

from collections.abc import Callable

import pytest

from case_story import (
    APPROVER,
    AWB,
    CASHIER,
    CASHIER_2,
    CUSTODIAN_1,
    OFFICER,
    REPORTER,
    YJJ,
    Story,
    person,
)
from casework.domain.errors import (
    AlreadyDoneError,
    ApprovalVoidError,
    AwardExistsError,
    BadActError,
    ClaimNumberError,
    ClaimWayError,
    NoAwardError,
    NotOpenedError,
    NotPermittedError,
    NotSubstantiatedError,
    PolicyPinError,
    ReleaseVoidError,
    SeparationError,
    WitnessMissingError,
    WrongStateError,
)

Begin = Callable[..., Story]


@pytest.mark.parametrize("finding", ["unsubstantiated", "cannot_be_verified"])
def test_no_award_without_a_true_finding(begun: Begin, finding: str):
    with pytest.raises(NotSubstantiatedError):
        begun().concluded(finding).tell("reward.reserved", OFFICER)
    with pytest.raises(WrongStateError):
        begun().accepted().tell("reward.reserved", OFFICER)


def test_an_award_follows_the_policy_that_was_pinned(story: Story):
    with pytest.raises(PolicyPinError):
        story.concluded().tell("reward.reserved", OFFICER, policy="henan-2025")
    with pytest.raises(PolicyPinError):
        story.tell("reward.reserved", OFFICER, policy_sha256="ef" * 32)


def test_a_case_has_one_award_and_another_only_after_a_rejection(story: Story):
    story.reserved()
    with pytest.raises(AwardExistsError):
        story.tell("reward.reserved", OFFICER, award="a2")
    story.tell("reward.rejected", APPROVER)
    with pytest.raises(AlreadyDoneError):
        story.tell("reward.reserved", OFFICER)
    story.tell("reward.reserved", OFFICER, award="a2")
    with pytest.raises(NoAwardError):
        story.tell("reward.approved", APPROVER, award="a1")


@pytest.mark.parametrize("changed", [{"amount_fen": 5_999_999}, {"binding": "00" * 32}])
def test_an_approval_is_bound_to_amount_facts_and_policy(story: Story, changed: dict[str, object]):
    with pytest.raises(ApprovalVoidError):
        story.reserved().tell("reward.approved", APPROVER, **changed)


def test_who_verified_accepted_or_proposed_neither_approves_nor_rejects(begun: Begin):
    everything = person("all", YJJ, "officer", "approver")
    tales = (
        begun().accepted().tell("finding.recorded", everything).tell("reward.reserved", OFFICER),
        begun()
        .tell("report.accepted", everything)
        .tell("finding.recorded", OFFICER)
        .tell("reward.reserved", OFFICER),
        begun().concluded().tell("reward.reserved", everything),
    )
    for story in tales:
        for kind in ("reward.approved", "reward.rejected"):
            with pytest.raises(SeparationError):
                story.tell(kind, everything)
        story.tell("reward.approved", APPROVER)


def test_an_approved_award_is_not_approved_or_rejected_again(story: Story):
    story.approved()
    other = person("approver2", AWB, "approver")
    for kind in ("reward.approved", "reward.rejected"):
        with pytest.raises(WrongStateError):
            story.tell(kind, other)


def test_only_the_reporter_claims_and_only_what_is_approved(begun: Begin):
    with pytest.raises(WrongStateError):
        begun().reserved().tell("reward.claimed", REPORTER)
    with pytest.raises(NotPermittedError):
        begun().approved().tell("reward.claimed", OFFICER)


@pytest.mark.parametrize(
    ("how", "facts", "named"),
    [
        ("account", {"item": None}, "item"),
        ("account", {"version": None}, "version"),
        ("account", {"claim_hash": "00" * 32}, "claim_hash"),
        ("counter", {"claim_hash": "00" * 32}, "item"),
        ("counter", {"item": None, "version": None}, "claim_hash"),
    ],
)
def test_a_claim_has_the_facts_of_its_way(
    story: Story, how: str, facts: dict[str, object], named: str
):
    with pytest.raises(BadActError) as refusal:
        story.approved().tell("reward.claimed", REPORTER, how=how, **facts)
    assert refusal.value.fact == named


def test_a_claim_may_be_corrected_until_it_is_paid_and_ends_what_would_open_the_old_one(
    story: Story,
):
    story.claimed().tell("reward.claimed", REPORTER, version=2)
    with pytest.raises(BadActError, match="version"):
        story.tell("reward.claimed", REPORTER, version=1)
    story.tell("release.requested", CASHIER, version=2)
    story.tell("reward.claimed", REPORTER, version=3)
    assert story.case.releases["r1"].reason_code == "new_version"
    with pytest.raises(ReleaseVoidError):
        story.tell("release.approved", CUSTODIAN_1)
    story.tell("release.requested", CASHIER, release="r2", version=3)


def test_a_counter_claim_is_paid_in_cash_without_any_release(story: Story):
    counter = {"how": "counter", "claim_hash": "00" * 32, "item": None, "version": None}
    story.approved().tell("reward.claimed", REPORTER, **counter)
    with pytest.raises(ClaimWayError):
        story.tell("reward.paid", CASHIER)
    with pytest.raises(WrongStateError):
        story.tell("release.requested", CASHIER)
    for number in (None, "11" * 32):
        with pytest.raises(ClaimNumberError):
            story.tell("reward.paid", CASHIER, means="cash", claim_hash=number)
    with pytest.raises(WitnessMissingError):
        story.tell("reward.paid", CASHIER, means="cash", claim_hash="00" * 32)
    story.tell("reward.witnessed", CASHIER_2, award="a1", claim_hash="00" * 32)
    story.tell("reward.paid", CASHIER, means="cash", claim_hash="00" * 32)
    with pytest.raises(WrongStateError):
        story.tell("reward.paid", CASHIER, means="cash", claim_hash="00" * 32)


def test_a_transfer_needs_the_item_opened_by_the_one_who_pays_in_its_newest_version(begun: Begin):
    other = person("cashier2", "410329-czj", "cashier")
    with pytest.raises(NotOpenedError):
        begun().claimed().tell("reward.paid", CASHIER)
    with pytest.raises(NotOpenedError):
        begun().opened().tell("reward.paid", other)
    with pytest.raises(NotOpenedError):
        begun().opened().tell("reward.claimed", REPORTER, version=2).tell("reward.paid", CASHIER)
    with pytest.raises(ClaimWayError):
        begun().opened().tell("reward.paid", CASHIER, means="cash")


@pytest.mark.parametrize("changed", [{"amount_fen": 6_000_001}, {"year": 2027}])
def test_what_is_paid_is_what_was_reserved(story: Story, changed: dict[str, object]):
    with pytest.raises(BadActError):
        story.opened().tell("reward.paid", CASHIER, **changed)


def test_an_award_is_paid_once(story: Story):
    story.paid()
    for kind, who in (("reward.paid", CASHIER), ("reward.claimed", REPORTER)):
        with pytest.raises(WrongStateError):
            story.tell(kind, who)


def test_who_approved_verified_or_proposed_does_not_pay_nor_see_the_payee(begun: Begin):
    approver = person("both", "410329-czj", "approver", "cashier")
    story = begun().reserved().tell("reward.approved", approver).tell("reward.claimed", REPORTER)
    for kind in ("release.requested", "reward.paid"):
        with pytest.raises(SeparationError):
            story.tell(kind, approver)
    officer = person("officer", YJJ, "officer", "cashier")
    with pytest.raises(SeparationError):
        begun().claimed().tell("release.requested", officer)
