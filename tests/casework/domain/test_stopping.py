"""Who has seen the payee may stop the payment for a named reason, and nobody else may."""

import pytest

from case_story import APPROVER, CASHIER, CASHIER_2, OFFICER, REPORTER, begin
from casework.domain.errors import (
    BadActError,
    NotOpenedError,
    NotPermittedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.report import allowed_kinds

STOP = {"award": "a1", "reason_code": "relation_differs"}


@pytest.fixture
def story():
    return begin().opened()


def stopped(story):
    return story.tell("reward.stopped", CASHIER, **STOP)


def test_the_claim_is_void_and_the_money_stays_set_aside(story):
    before = story.case.award
    award = stopped(story).case.award
    assert (award.state, award.item, award.how) == ("approved", "", "")
    assert (award.reserved_fen, award.amount_fen) == (before.reserved_fen, before.amount_fen)
    assert award.booked == before.booked


def test_who_agreed_may_refuse_it_now(story):
    award = stopped(story).tell("reward.rejected", APPROVER, reason_code="relation").case.award
    assert (award.state, award.reserved_fen) == ("rejected", 0)


def test_the_office_may_let_it_be_claimed_anew(story):
    told = {"award": "a1", "how": "letter", "document": "伊应急奖核〔2026〕1号"}
    stopped(story).tell("reward.notified", OFFICER, **told)
    assert story.case.award.state == "notified"
    assert story.tell("reward.claimed", REPORTER, version=2).case.award.state == "claimed"


def test_without_having_opened_nobody_stops(story):
    with pytest.raises(NotOpenedError):
        story.tell("reward.stopped", CASHIER_2, **STOP)
    with pytest.raises(NotOpenedError):
        begin().claimed().tell("reward.stopped", CASHIER, **STOP)
    for who in (OFFICER, APPROVER):
        with pytest.raises((NotPermittedError, SeparationError)):
            story.tell("reward.stopped", who, **STOP)


def test_a_newer_account_must_be_opened_before_it_is_stopped(story):
    story.tell("reward.claimed", REPORTER, version=2)
    with pytest.raises(NotOpenedError):
        story.tell("reward.stopped", CASHIER, **STOP)


def test_the_reason_is_one_of_a_list_and_what_the_bank_has_is_not_stopped(story):
    with pytest.raises(BadActError):
        story.tell("reward.stopped", CASHIER, award="a1", reason_code="王某是监管人员")
    order = {"award": "a1", "amount_fen": story.case.award.amount_fen}
    story.tell("reward.ordered", CASHIER, **order, batch="K7M2Q9XR", reference="K7M2Q9XR001")
    with pytest.raises(WrongStateError):
        story.tell("reward.stopped", CASHIER, **STOP)


def test_a_stopped_payment_is_not_paid(story):
    stopped(story)
    kinds = allowed_kinds(
        story.case, actor=CASHIER.account, office=CASHIER.office, roles=CASHIER.roles
    )
    assert "reward.paid" not in kinds
    with pytest.raises(WrongStateError):
        story.tell("reward.paid", CASHIER)
