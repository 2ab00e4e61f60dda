"""An award at the console: proposed, approved, released to the cashier once, paid once."""

import re
from dataclasses import replace

import pytest

from admin.extensions import Console


def path(filed, rest=""):
    return f"/cases/{filed.report}{rest}"


@pytest.fixture
def concluded(world):
    """A substantiated report with a fine of 400,000 yuan."""
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    return filed


@pytest.fixture
def claimed(world):
    """An approved award whose reporter gave an account."""
    world.appropriate()
    filed = world.approved()
    world.claim(filed)
    return filed


def bound_on(desk, where):
    """The binding that the page of an approval showed."""
    found = re.search(r'name="bound"[^>]*value="([^"]+)"', desk.get(where).text)
    assert found is not None
    return found[1]


def agree(desk, where, **fields):
    """Send the form of an approval with the binding that its page showed."""
    return desk.deed(where, **{"bound": bound_on(desk, where), "decision": "approve"} | fields)


# Proposing and approving


def test_the_working_is_shown_step_by_step_and_the_amount_is_no_field(world, sign_in, concluded):
    world.appropriate()
    desk = sign_in("yjj-officer")
    page = desk.get(path(concluded, "/reward")).text
    assert "¥60,000.00" in page
    assert "400,000 × 15 %" in page
    assert 'name="amount' not in page
    assert desk.deed(path(concluded, "/reward"), amount_fen="99999999").status_code == 302
    assert world.case(concluded.report).award.amount_fen == 6_000_000


def test_a_short_fund_is_told_with_what_is_missing(world, sign_in, concluded):
    world.appropriate(5_000_000)
    answer = sign_in("yjj-officer").deed(path(concluded, "/reward"))
    assert answer.status_code == 422
    assert "还差 ¥10,000.00" in answer.text
    assert world.case(concluded.report).award is None


def test_an_unsubstantiated_report_has_no_award_to_propose(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report, finding="unsubstantiated", fines_fen=())
    page = sign_in("yjj-officer").get(path(filed, "/reward"))
    assert "举报没有查证属实，不能拟定奖励。" in page.text
    assert 'name="password"' not in page.text


@pytest.mark.parametrize("password", ["wrong password", ""])
def test_without_the_password_nothing_is_signed(world, sign_in, concluded, password):
    world.appropriate()
    answer = sign_in("yjj-officer").post(path(concluded, "/reward"), password=password)
    assert answer.status_code == 422
    assert 'href="#password"' in answer.text
    assert world.case(concluded.report).award is None


def test_five_wrong_passwords_on_a_deed_lock_the_account(world, sign_in, concluded):
    world.appropriate()
    desk = sign_in("yjj-officer")
    for _ in range(5):
        desk.post(path(concluded, "/reward"), password="wrong password")
    assert desk.deed(path(concluded, "/reward")).status_code == 422
    world.move(minutes=16)
    assert world.case(concluded.report).award is None


def test_approving_and_rejecting(world, sign_in, concluded):
    world.appropriate()
    world.reserve(concluded.report)
    desk = sign_in("awb-approver")
    assert concluded.case_number in desk.get("/").text
    where = path(concluded, "/reward/approval")
    assert agree(desk, where, decision="reject").status_code == 422
    answer = agree(desk, where, decision="reject", reason_code="already_known")
    assert answer.status_code == 302
    award = world.case(concluded.report).award
    assert (award.state, award.refused) == ("rejected", "already_known")

    world.reserve(concluded.report)
    answer = agree(desk, where)
    assert "已签署，等待下一级审批。" in desk.get(answer.location).text
    assert concluded.case_number not in desk.get("/").text
    assert world.case(concluded.report).award.state == "reserved"
    finance = sign_in("finance")
    assert concluded.case_number in finance.get("/").text
    assert "确认：资金到位" in finance.get(where).text
    assert agree(finance, where).status_code == 302
    assert world.case(concluded.report).award.state == "notified"


def test_who_is_not_next_sees_whom_it_waits_for_and_signs_nothing(world, sign_in, concluded):
    world.appropriate()
    world.reserve(concluded.report)
    finance, where = sign_in("finance"), path(concluded, "/reward/approval")
    page = finance.get(where).text
    assert "现在等待奖励审批人审批。" in page
    assert 'name="password"' not in page
    assert concluded.case_number not in finance.get("/").text
    assert finance.deed(where, decision="approve").status_code == 422
    assert world.case(concluded.report).award.approvals == ()


def test_the_same_yes_from_a_second_browser_is_told_that_the_first_was_faster(
    world, sign_in, concluded
):
    world.appropriate()
    world.reserve(concluded.report)
    where = path(concluded, "/reward/approval")
    first, second = sign_in("awb-approver"), sign_in("awb-approver")
    token, bound = second.token(where), bound_on(second, where)
    seen = str(world.case(concluded.report).events)
    assert agree(first, where).status_code == 302
    answer = second.deed(where, csrf_token=token, bound=bound, decision="approve", seen=seen)
    assert answer.status_code == 422
    assert "批准奖励（¥60,000.00）" in answer.text
    assert len(world.case(concluded.report).award.approvals) == 1


def test_what_changed_since_the_page_was_made_is_not_agreed_to(world, sign_in, concluded):
    world.appropriate()
    world.reserve(concluded.report)
    desk, where = sign_in("awb-approver"), path(concluded, "/reward/approval")
    before = bound_on(desk, where)
    world.conclude(concluded.report, fines_fen=(30_000_000,))
    world.propose_reward(concluded.report)
    answer = desk.deed(where, decision="approve", bound=before)
    assert answer.status_code == 422
    assert "奖励的金额、事实或办法已经改变" in answer.text
    assert agree(desk, where).status_code == 302


# Release and payment


def test_the_whole_way_to_the_account(world, sign_in, claimed):
    cashier = sign_in("cashier")
    assert claimed.case_number in cashier.get("/").text
    asked = {
        "what": f"pay_award.{world.case(claimed.report).award.item}",
        "reason": "按账户发放。",
        "valid_hours": "24",
    }
    assert cashier.deed(path(claimed, "/releases"), **asked).status_code == 302
    (release,) = world.case(claimed.report).releases
    where = path(claimed, f"/releases/{release}")

    for login in ("seat1-holder", "seat2-deputy"):
        custodian = sign_in(login)
        assert claimed.case_number in custodian.get("/").text
        page = custodian.get(f"{where}/decision").text
        assert "发放奖金" in page
        assert "伊安委〔2022〕6号" in page
        answer = custodian.deed(f"{where}/decision", decision="approve")
        assert answer.status_code == 302, answer.text

    once = cashier.deed(f"{where}/opening")
    assert once.status_code == 200
    assert "样本甲" in once.text
    assert "6222000000000000" in once.text
    assert once.headers["Cache-Control"] == "no-store"
    again = cashier.deed(f"{where}/opening")
    assert again.status_code == 422
    assert "6222000000000000" not in again.text

    assert cashier.deed(path(claimed, "/reward/payment")).status_code == 302
    assert world.case(claimed.report).award.state == "paid"
    twice = cashier.deed(path(claimed, "/reward/payment"))
    assert twice.status_code == 422


def test_one_custodian_is_not_enough(world, sign_in, claimed):
    release = world.request(claimed.report)
    world.agree(claimed.report, release, "seat1-holder")
    answer = sign_in("cashier").deed(path(claimed, f"/releases/{release}/opening"))
    assert answer.status_code == 422
    assert "6222000000000000" not in answer.text
    assert world.case(claimed.report).releases[release].state == "requested"


def test_holder_and_deputy_of_one_seat_count_once(world, sign_in, claimed):
    release = world.request(claimed.report)
    world.agree(claimed.report, release, "seat1-holder")
    answer = sign_in("seat1-deputy").deed(
        path(claimed, f"/releases/{release}/decision"), decision="approve"
    )
    assert answer.status_code == 422
    assert "这个席位已经批准过。" in answer.text or "同一单位只能批准一次。" in answer.text


def test_a_refusal_ends_the_request(world, sign_in, claimed):
    release = world.request(claimed.report)
    desk = sign_in("seat3-holder")
    where = path(claimed, f"/releases/{release}/decision")
    assert desk.deed(where, decision="refuse").status_code == 422
    answer = desk.deed(where, decision="refuse", reason_code="not_necessary")
    assert answer.status_code == 302
    assert world.case(claimed.report).releases[release].state == "refused"


def test_another_cashier_cannot_open_what_was_released_to_the_first(world, sign_in, claimed):
    release = world.request(claimed.report)
    for login in ("seat1-holder", "seat2-holder"):
        world.agree(claimed.report, release, login)
    where = path(claimed, f"/releases/{release}/opening")
    other = sign_in("cashier-2")
    assert "只有申请人本人可以查看" in other.get(where).text
    answer = other.deed(where)
    assert answer.status_code == 422
    assert "只有申请人本人可以查看。" in answer.text
    assert "6222000000000000" not in answer.text
    events = world.store.read(lambda uow: uow.events.of_report(claimed.report))
    assert events[-1].event.kind == "release.attempted"
    assert events[-1].event.facts["why"] == "another_opens_release"
    assert "6222000000000000" in sign_in("cashier").deed(where).text


def test_an_expired_release_is_not_approved(world, sign_in, claimed):
    release = world.request(claimed.report, hours=1)
    desk = sign_in("seat1-holder")
    world.move(minutes=14)
    for _ in range(4):
        desk.get("/")
        world.move(minutes=14)
    answer = desk.deed(path(claimed, f"/releases/{release}/decision"), decision="approve")
    assert answer.status_code == 422
    assert "查看申请已经过期" in answer.text


def test_a_custodian_sees_nothing_of_the_case_but_the_request(world, sign_in, claimed):
    desk = sign_in("seat1-holder")
    assert desk.get(path(claimed)).status_code == 403


def test_a_transfer_is_not_booked_before_the_account_was_seen(world, sign_in, claimed):
    answer = sign_in("cashier").deed(path(claimed, "/reward/payment"))
    assert answer.status_code == 422
    assert "您还没有查看最新的收款信息，不能转账。" in answer.text


def test_who_approved_does_not_pay(world, sign_in, claimed):
    answer = sign_in("awb-approver").get(path(claimed, "/reward/payment"))
    assert answer.status_code == 403


def test_an_award_without_money_queues_where_the_policy_lets_it(world, sign_in, monkeypatch):
    world.appropriate(5_000_000)
    shipped = vars(Console)["policies"].fget

    def lenient(here):
        policies = shipped(here)
        found = policies.get("yichuan-2022")
        budget = replace(found.own_budget, on_exhausted="queue")
        changed = replace(found, own_budget=budget)
        return replace(policies, by_id={**policies.by_id, found.id: changed})

    monkeypatch.setattr(Console, "policies", property(lenient))
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    desk, page_path = sign_in("yjj-officer"), f"/cases/{filed.report}/reward"
    page = desk.get(page_path).text
    assert "签署并排队" in page
    answer = desk.deed(page_path, seen=str(world.case(filed.report).events))
    assert answer.status_code == 302, answer.text
    assert "已排队" in desk.get(answer.location).text
    assert "已在排队等候资金" in desk.get(page_path).text
    again = desk.deed(page_path, seen=str(world.case(filed.report).events))
    assert "还差" in again.text

    world.appropriate(5_000_000)
    assert desk.deed(page_path, seen=str(world.case(filed.report).events)).status_code == 302
    assert world.case(filed.report).award is not None
