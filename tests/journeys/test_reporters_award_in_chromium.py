"""The reporter's award on a phone of 360 px, without scripts, by keyboard: declared to paid."""

import pytest
from playwright.sync_api import FilePayload

from actors import Reporter
from browsing import photograph
from keyboard import Keyboard
from moving import Moving

MANDATE = FilePayload(name="委托书.jpg", mimeType="image/jpeg", buffer=photograph())


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Who gave a name, and whose report was found true."""
    season.world.appropriate()
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(
        narrative="储罐区动火作业未办理审批。", name="样本甲", phone="13800000000", consent="y"
    )
    officer = season.officer()
    officer.accepts(reporter.case_number)
    officer.concludes(reporter.case_number)
    return reporter


def at_the_mailbox(season: Moving, citizen: Keyboard, reporter: Reporter) -> Keyboard:
    citizen.opens(f"{season.portal}follow-up")
    citizen.types("code", reporter.code)
    citizen.presses("进入")
    return citizen


def test_from_the_declaration_to_the_numbers(season, sits_down, reporter):
    number = reporter.case_number
    citizen = at_the_mailbox(season, sits_down(""), reporter)
    citizen.seen("mailbox-before")
    citizen.goes_to("/follow-up/reward")
    citizen.seen("reward-none")
    citizen.goes_to("/follow-up/declaration")
    citizen.seen("declaration")
    citizen.types("day_0", "2025-13-01")
    citizen.presses("签名并申报")
    assert "请填哪一天决定奖励的" in citizen.seen("declaration-refused")
    citizen.types("day_0", "2025-03-05")
    citizen.types("amount_0", "500")
    citizen.chooses("matter_0", "一般事故隐患")
    citizen.presses("签名并申报")
    assert "申报已经送到" in citizen.seen("declared")

    season.officer().proposes(number)
    season.approver().approves(number)
    season.approver("finance").confirms_money(number)

    citizen.opens(f"{season.portal}follow-up/reward")
    told = citizen.seen("reward-told")
    assert "¥60,000.00" in told
    citizen.picks("how", "voucher")
    citizen.presses("申请领取")
    assert "确认码" in citizen.seen("voucher-number")
    citizen.opens(f"{season.portal}follow-up/reward")
    assert "更改领取方式" in citizen.seen("reward-claimed")
    citizen.picks("how", "agent")
    citizen.presses("申请领取")
    citizen.seen("mandate")
    citizen.types("agent", "样本律师")
    citizen.picks("document", "lawyer")
    citizen.types("number", "14103201810123456")
    citizen.presses("封存并要领奖号")
    assert "只选一个文件" in citizen.seen("mandate-refused")
    citizen.page.locator("main [name=identity_files]").set_input_files(MANDATE)
    citizen.presses("封存并要领奖号")
    assert "委托书原件" in citizen.seen("agent-number")

    citizen.opens(f"{season.portal}follow-up/reward")
    citizen.follows("对这份奖励提出异议")
    citizen.seen("award-objection")
    citizen.types("text", "罚款少算了一笔。")
    citizen.presses("送出异议")
    assert "正在复核" in citizen.seen("award-objected")
    citizen.opens(f"{season.portal}follow-up/identity")
    assert "委托书和代理人" in citizen.seen("identity-mandate")
