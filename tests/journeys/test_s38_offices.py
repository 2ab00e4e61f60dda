"""S38, as the offices see it: nobody came, the bank sent it back, it must be paid back."""

from actors import Reporter
from casework.domain.award_values import Award
from casework.domain.ledger import Line
from console_words import linked
from moving import Moving

ACCOUNT = "6222020000000000331"


def award_of(season: Moving, told: Reporter) -> Award:
    """The one award of the case."""
    award = season.world.case(season.report_of(told.case_number)).award
    assert award is not None
    return award


def lines(season: Moving, told: Reporter) -> tuple[Line, ...]:
    """What the books say of the award."""
    award = award_of(season, told)
    return season.world.store.read(lambda uow: uow.ledger.of_award(award.id))


def announced(season: Moving, told: Reporter) -> bool:
    """Whether the public list has the case by its number, and nothing else of it."""
    page = season.reporter().visitor.get("/register/announced").text
    assert "60,000" not in page
    assert "样本甲" not in page
    return told.case_number in page


def pays(season: Moving, told: Reporter) -> None:
    """Claimed to an account, released to the cashier, and booked."""
    told.looks_in()
    told.claims_to_an_account("样本甲", ACCOUNT)
    cashier = season.cashier()
    cashier.asks_for_payee(told.case_number)
    for login in ("seat2-holder", "seat3-holder"):
        season.custodian(login).agrees(told.case_number)
    cashier.sees_payee(told.case_number)
    assert cashier.books(told.case_number).status == 200


def available(season: Moving) -> int:
    return season.world.store.read(lambda uow: uow.ledger.balance(2026)).available_fen


def test_nobody_came_so_it_lapses_is_posted_and_an_approver_opens_it_again_for_a_cause(
    season: Moving, told: Reporter
):
    season.until("2026-05-06")
    season.working.end_claims()
    assert (announced(season, told), available(season)) == (False, 94_000_000)

    # The day after the last one it lapses: money back, posted by code, the office told
    season.until("2026-05-07")
    season.working.end_claims()
    assert (announced(season, told), available(season)) == (True, 100_000_000)
    season.jobs()
    assert [text for _to, text in season.mails() if told.case_number in text and "逾期" in text]

    # For a cause it is opened again, by a decision with a reason; then it is off the list
    approver, report = season.approver(), season.report_of(told.case_number)
    approver.visitor.get(f"/cases/{report}/reward/reopening")
    assert approver.sends("签署并恢复").status == 422
    assert approver.sends("签署并恢复", reason_code="illness").status == 200
    season.until("2026-05-07", "12:06")  # the list is worked out anew every five minutes
    assert (announced(season, told), available(season)) == (False, 94_000_000)
    assert [str(one.kind) for one in lines(season, told)] == [
        "RESERVATION", "RELEASE", "RESERVATION",
    ]  # fmt: skip
    pays(season, told)
    assert season.problems() == []


def test_the_bank_sends_it_back_and_it_is_claimed_and_paid_again(season: Moving, told: Reporter):
    pays(season, told)
    before = lines(season, told)
    cashier, report = season.cashier(), season.report_of(told.case_number)
    cashier.opens_case(told.case_number)
    cashier.follows("登记银行退款")
    assert cashier.sends("签署并登记", reason_code="account_closed").status == 200
    assert lines(season, told)[: len(before)] == before
    pays(season, told)
    assert [(str(one.kind), one.turn) for one in lines(season, told)] == [
        ("RESERVATION", 1), ("DISBURSEMENT", 1), ("RETURN", 1), ("DISBURSEMENT", 2),
    ]  # fmt: skip
    assert season.world.case(report).award is not None
    assert available(season) == 94_000_000
    assert season.problems() == []


def test_fraud_is_recovered_by_new_entries_and_no_past_one_is_touched(
    season: Moving, told: Reporter
):
    pays(season, told)
    before, report = lines(season, told), season.report_of(told.case_number)

    # A decision in the case, by somebody who neither investigated nor paid
    leader = season.leader()
    leader.visitor.get(f"/cases/{report}/reward/recall")
    decided = leader.sends(
        "签署决定", amount_yuan="60000", reason_code="fraud", document="伊应急追〔2026〕1号"
    )
    assert decided.status == 200, decided.text
    assert lines(season, told) == before

    # The money itself comes back as a move that two persons sign
    finance, award = season.clerk("finance"), award_of(season, told)
    finance.visitor.get("/fund/moves/new/clawback")
    proposed = finance.sends(
        "签署提议", year="2026", amount_yuan="60000", award=award.id, document="伊财追〔2026〕1号"
    )
    assert proposed.status == 200, proposed.text
    second = season.approver()
    second.visitor.get(linked(second.visitor.get("/fund/moves"), "/fund/moves/"))
    assert second.sends("签署", decision="agree").status == 200

    # Then the entry is a new one, and the fund has its money
    after = lines(season, told)
    assert after[: len(before)] == before
    assert [str(one.kind) for one in after[len(before) :]] == ["CLAWBACK"]
    assert available(season) == 100_000_000
    assert season.problems() == []
