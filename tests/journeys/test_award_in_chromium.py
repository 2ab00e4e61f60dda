"""A whole award at the console, by keyboard, at 360 and 1440 px: proposed, agreed, paid."""

from collections.abc import Callable

import pytest

from actors import Reporter
from instance import PASSWORD
from keyboard import Keyboard
from moving import Moving

ACCOUNT = "6222020000000000331"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Whose report proved true, with a fine of 400,000; the claim of 60,000 is open."""
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    assert finance.sends("签署", year="2026", amount_yuan="1000000").status == 200
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    officer = season.officer()
    officer.accepts(reporter.case_number)
    officer.concludes(reporter.case_number)
    season.jobs()
    season.working.open_claims()
    return reporter


def signs(hands: Keyboard, button: str = "签署") -> None:
    """Type the password and send the form."""
    hands.types("password", PASSWORD)
    hands.presses(button)


def pays(season: Moving, sits_down: Callable[[str], Keyboard], number: str) -> None:
    """The cashier asks for the account, gets it from two custodians, and books the payment."""
    cashier = sits_down("cashier")
    assert number in cashier.seen("cashier-worklist")
    cashier.follows(number)
    cashier.follows("申请查看身份信息")
    cashier.types("reason", "按账户发放奖金。")
    cashier.seen("cashier-ask")
    signs(cashier, "签署并提交申请")
    for login in ("seat1-holder", "seat2-deputy"):
        custodian = sits_down(login)
        custodian.follows("审批")
        custodian.seen(f"{login}-decision")
        custodian.picks("decision", "approve")
        signs(custodian)
    cashier.opens(season.console)
    cashier.follows(number)
    cashier.follows("查看收款信息（仅一次）")
    signs(cashier, "签署并查看（仅一次）")
    assert ACCOUNT in cashier.seen("cashier-payee")
    cashier.opens(season.console)
    cashier.follows(number)
    cashier.follows("发放奖金")
    assert "陆万元整" in cashier.seen("cashier-pay")
    signs(cashier, "签署并登记发放")
    assert "已发放" in cashier.seen("cashier-paid")


def reconciles(finance: Keyboard) -> None:
    """Tick the payment and sign that it is in the books of the bank."""
    finance.ticks("line")
    form = finance.page.locator("form", has=finance.page.locator("[name=line]"))
    finance.tabs_to(form.locator("[name=document]"))
    finance.page.keyboard.type("2026-03")
    finance.tabs_to(form.locator("[name=password]"))
    finance.page.keyboard.type(PASSWORD)
    finance.presses("签署，选中的已对账")


def test_a_whole_award_is_worked_by_keyboard_and_every_page_fits(season, sits_down, reporter):
    number = reporter.case_number

    # The officer finds the claim that opened by itself, and proposes what the rules give
    officer = sits_down("yjj-officer")
    assert "待拟定的奖励" in officer.seen("officer-worklist")
    officer.follows(number)
    officer.seen("officer-case")
    officer.follows("条件、算式和经过")
    shown = officer.seen("officer-claim")
    assert "60,000.00" in shown
    assert "举报人还没有申报" in shown
    officer.follows("拟定奖励")
    officer.seen("officer-propose")
    signs(officer, "签署并预留资金")
    assert "等待审批" in officer.seen("officer-proposed")

    # Two tiers agree, the first of them not without a decision
    approver = sits_down("awb-approver")
    assert "奖励待审批" in approver.seen("approver-worklist")
    approver.follows(number)
    approver.follows("审批奖励")
    approver.presses("签署")
    assert "请选择审批意见。" in approver.seen("approver-empty")
    approver.picks("decision", "approve")
    signs(approver)
    assert "等待下一级审批" in approver.page.inner_text("body")
    finance = sits_down("finance")
    finance.follows(number)
    finance.follows("确认资金")
    assert "确认：资金到位" in finance.seen("finance-approval")
    finance.picks("decision", "approve")
    signs(finance)

    # The reporter gives an account; the custodians release it to the cashier, who pays
    reporter.looks_in()
    reporter.claims_to_an_account("样本甲", ACCOUNT)
    pays(season, sits_down, number)

    # Finance finds it in the statement, and the books say so
    finance.opens(f"{season.console}bank/statement")
    assert number in finance.seen("finance-statement")
    reconciles(finance)
    finance.seen("finance-reconciled")
    finance.opens(f"{season.console}fund?year=2026")
    assert "60,000.00" in finance.seen("finance-fund")
    officer.opens(season.console)
    officer.follows(number)
    officer.follows("条件、算式和经过")
    shown = officer.seen("officer-end")
    assert "已对账" in shown
    assert ACCOUNT not in shown
    assert "样本甲" not in shown
    assert season.problems() == []
