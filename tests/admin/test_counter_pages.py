"""The counter: found by the claim number, confirmed by a second officer, paid once; or by card."""

import pytest

from crypto.claim_number import (
    claim_hash,
    confirm_hash,
    draw_claim_number,
    draw_confirmation,
)

WRONG = "领奖号不对，或举报人后来又取了新号。请当面核对。"
FIRST_WITNESS = "窗口发放需要第二名工作人员先在自己的工作台核对确认。"


def path(filed, rest=""):
    return f"/cases/{filed.report}{rest}"


@pytest.fixture
def counter(world):
    """An award claimed at the counter; with it number and confirmation."""
    world.appropriate()
    filed = world.approved()
    number, digits = draw_claim_number(), draw_confirmation()
    hashed = claim_hash(number, pepper=world.pepper)
    confirmed = confirm_hash(digits, hashed, pepper=world.pepper)
    world.claim(filed, how="counter", claim_hash=hashed, confirm_hash=confirmed)
    return filed, number, digits


def test_the_counter_finds_the_award_by_its_number_alone_and_pays_once(world, sign_in, counter):
    filed, number, digits = counter
    desk, second = sign_in("cashier"), sign_in("operator")
    assert desk.post("/counter", claim_number="1234").status_code == 422
    assert desk.post("/counter", claim_number=draw_claim_number()).status_code == 422
    found = desk.post("/counter", claim_number=f"{number[:4]} {number[4:]}")
    assert found.status_code == 200
    assert "陆万元整" in found.text
    assert "还要等第二名工作人员" in found.text

    where = path(filed, "/reward/payment")
    early = desk.deed(where, claim_number=number)
    assert (early.status_code, FIRST_WITNESS in early.text) == (422, True)

    assert filed.case_number in second.get("/counter/waiting").text
    seen = second.deed(
        path(filed, "/reward/confirmation"), confirmation=f"{digits[:4]}-{digits[4:]}"
    )
    assert seen.status_code == 302, seen.text
    assert "已核对，请出纳付款。" in second.get(seen.location).text
    assert "还要等第二名工作人员" not in desk.post("/counter", claim_number=number).text

    wrong = desk.deed(where, claim_number=draw_claim_number())
    assert (wrong.status_code, WRONG in wrong.text) == (422, True)
    assert desk.deed(where, claim_number=number).status_code == 302
    assert world.case(filed.report).award.means == "cash"
    assert desk.post("/counter", claim_number=number).status_code == 422
    assert desk.deed(where, claim_number=number).status_code == 422


@pytest.mark.parametrize("typed", ["", "1234", "12345678", "not digits"])
def test_another_confirmation_confirms_nothing(world, sign_in, counter, typed):
    filed, number, _digits = counter
    answer = sign_in("operator").deed(path(filed, "/reward/confirmation"), confirmation=typed)
    assert answer.status_code == 422
    assert world.case(filed.report).award.witness == ""
    assert sign_in("cashier").deed(
        path(filed, "/reward/payment"), claim_number=number
    ).status_code == 422  # fmt: skip


def test_who_confirmed_does_not_pay_and_a_new_claim_wants_a_new_confirmation(
    world, sign_in, counter
):
    filed, number, digits = counter
    alone = sign_in("cashier")
    assert alone.deed(path(filed, "/reward/confirmation"), confirmation=digits).status_code == 302
    answer = alone.deed(path(filed, "/reward/payment"), claim_number=number)
    assert (answer.status_code, FIRST_WITNESS in answer.text) == (422, True)

    fresh = draw_claim_number()
    world.claim(filed, how="counter", claim_hash=claim_hash(fresh, pepper=world.pepper))
    other = sign_in("cashier-2")
    for shown in (number, fresh):
        answer = other.deed(path(filed, "/reward/payment"), claim_number=shown)
        assert answer.status_code == 422
    assert world.case(filed.report).award.state == "claimed"


def test_who_pays_or_confirms_learns_number_and_sum_and_no_more(world, sign_in, counter):
    filed, _number, _digits = counter
    page = sign_in("operator").get(path(filed, "/reward/confirmation")).text
    assert filed.case_number in page
    assert "¥60,000.00" in page
    assert sign_in("operator").get(path(filed)).status_code == 404


def test_a_claim_to_an_account_is_nothing_for_the_counter(world, sign_in):
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    second = sign_in("operator")
    assert second.get(path(filed, "/reward/confirmation")).status_code == 404
    assert filed.case_number not in second.get("/counter/waiting").text


def test_who_lost_the_code_is_paid_by_card_after_a_release_and_two_officers(world, sign_in):
    world.appropriate()
    filed = world.approved()
    cashier, second = sign_in("cashier"), sign_in("operator")
    where = path(filed, "/reward/card")
    page = cashier.get(where)
    assert "请先申请查看举报人身份信息" in page.text
    assert 'name="same"' not in page.text
    assert cashier.deed(where, same="y").status_code == 422

    who = world.item_of(filed.report, "who")
    release = world.ask_for(filed.report, who, "compare_claimant")
    for login in ("seat1-holder", "seat2-deputy"):
        world.agree(filed.report, release, login)
    assert cashier.deed(path(filed, f"/releases/{release}/opening")).status_code == 200
    assert cashier.deed(where).status_code == 422
    assert sign_in("cashier-2").deed(where, same="y").status_code == 422
    assert cashier.deed(where, same="y").status_code == 302
    assert world.case(filed.report).award.how == "card"

    pay = path(filed, "/reward/payment")
    assert FIRST_WITNESS in cashier.deed(pay).text
    assert cashier.deed(path(filed, "/reward/confirmation"), seen_card="y").status_code == 422
    assert second.deed(path(filed, "/reward/confirmation")).status_code == 422
    assert second.deed(path(filed, "/reward/confirmation"), seen_card="y").status_code == 302
    assert cashier.deed(pay).status_code == 302
    assert world.case(filed.report).award.state == "paid"


def test_what_the_bank_sent_back_is_noted_and_may_be_claimed_anew(world, sign_in):
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    for login in ("seat1-holder", "seat2-deputy"):
        world.agree(filed.report, release, login)
    world.open(filed.report, release)
    world.pay(filed.report)
    desk, where = sign_in("cashier"), path(filed, "/reward/returned")
    assert "登记银行退款" in desk.get(path(filed)).text
    assert desk.deed(where).status_code == 422
    assert desk.deed(where, reason_code="account_closed").status_code == 302
    award = world.case(filed.report).award
    assert (award.state, award.reserved_fen) == ("notified", 6_000_000)
    assert desk.deed(where, reason_code="account_closed").status_code == 422
