"""S38, as the reporter reads it: unclaimed, sent back by the bank, to be paid back."""

from actors import Reporter
from casework.domain.award_values import Award
from casework.services import rewards
from moving import Moving

ACCOUNT = "6222020000000000331"
LAPSED = "没有在期限内领取，钱已经退回奖励资金"


def award_of(season: Moving, told: Reporter) -> Award:
    """The one award of the case."""
    award = season.world.case(season.report_of(told.case_number)).award
    assert award is not None
    return award


def lines(season: Moving, told: Reporter) -> list[str]:
    """What the books say of the award."""
    award = award_of(season, told)
    found = season.world.store.read(lambda uow: uow.ledger.of_award(award.id))
    return [str(one.kind) for one in found]


def page_of(told: Reporter) -> str:
    """What the page of the award says."""
    told.looks_in()
    return told.visitor.get("/follow-up/reward").text


def paid(season: Moving, told: Reporter) -> None:
    """Claimed to an account, released to the cashier, and booked."""
    told.claims_to_an_account("样本甲", ACCOUNT)
    number, cashier = told.case_number, season.cashier()
    cashier.asks_for_payee(number)
    season.custodian("seat2-holder").agrees(number)
    season.custodian("seat3-holder").agrees(number)
    assert ACCOUNT in cashier.sees_payee(number).text
    assert cashier.books(number).status == 200


def test_unclaimed_it_lapses_and_the_page_says_what_can_still_be_done(
    season: Moving, told: Reporter
):
    # Sixty days end on 1 May, a holiday: Wednesday 6 May is the last day
    page = page_of(told)
    assert "到 2026-05-06 为止" in page
    assert "申请领取" in page
    season.until("2026-05-06")
    season.working.end_claims()
    assert "申请领取" in page_of(told)
    season.until("2026-05-07")
    season.working.end_claims()

    page = page_of(told)
    assert "逾期未领" in page
    assert LAPSED in page
    assert "申请领取" not in page
    assert "逾期没有领取" in told.looks_in().text
    assert lines(season, told) == ["RESERVATION", "RELEASE"]

    # With a good reason it is opened again
    award = award_of(season, told)
    facts = {
        "award": award.id, "reason_code": "illness", "year": 2026, "pot": award.pot,
        "more_fen": award.amount_fen,
    }  # fmt: skip
    world, report = season.world, season.report_of(told.case_number)
    act = world.sign("awb-approver", "reward.reopened", report, facts)
    rewards.reopen_reward(
        world.store, act=act, trust=world.trust, policies=world.policies, now=world.now
    )
    assert "恢复领取：因病没能按时领取" in told.looks_in().text
    page = page_of(told)
    assert "申请领取" in page
    assert LAPSED not in page
    assert "到 2026-07-06 为止" in page
    assert told.claims_to_an_account("样本甲", ACCOUNT).status == 200
    assert season.problems() == []


def test_what_the_bank_sends_back_is_claimed_anew_in_another_way(season: Moving, told: Reporter):
    paid(season, told)
    assert "已发放" in page_of(told)
    cashier = season.cashier()
    report = season.report_of(told.case_number)
    cashier.visitor.get(f"/cases/{report}/reward/returned")
    assert cashier.sends("签署", reason_code="name_differs").status == 200

    mailbox = told.looks_in()
    assert "银行退回了款项：户名和账号对不上。请重新领取" in mailbox.text
    page = page_of(told)
    assert "银行没有付成：户名和账号对不上。请核对账户，重新选择怎样领取。" in page
    assert "¥60,000.00" in page
    assert lines(season, told) == ["RESERVATION", "DISBURSEMENT", "RETURN"]

    # A later claim has nothing to do with that account, and the note is gone
    told.claims_at_the_counter()
    page = page_of(told)
    assert "银行没有付成" not in page
    assert "到窗口领" in page
    assert award_of(season, told).how == "counter"
    assert season.problems() == []


def test_who_has_to_pay_back_reads_how_much_and_why(season: Moving, told: Reporter):
    paid(season, told)
    award = award_of(season, told)
    facts = {
        "award": award.id, "amount_fen": award.amount_fen, "reason_code": "fraud",
        "document": "样追〔2026〕1号",
    }  # fmt: skip
    world, report = season.world, season.report_of(told.case_number)
    before = lines(season, told)
    act = world.sign("awb-approver", "reward.recalled", report, facts)
    rewards.recall_reward(world.store, act=act, trust=world.trust, now=world.now)
    page = page_of(told)
    assert "决定追回" in page
    assert "须退回 ¥60,000.00，理由：骗取奖励。" in page
    assert "申请领取" not in page
    # No line of the past is touched
    assert lines(season, told) == before
    assert season.problems() == []
