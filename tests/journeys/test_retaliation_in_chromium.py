"""Retaliation told and a measure ordered on a phone, without scripts, by keyboard: S12."""

import pytest

from actors import Reporter
from keyboard import Keyboard
from moving import Moving
from people import STAFF

TEAM = {
    "rsj-officer": ("410329-rsj", ("officer",)),
    "rsj-leader": ("410329-rsj", ("leader",)),
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


@pytest.fixture
def staff() -> dict[str, tuple[str, tuple[str, ...]]]:
    """A team that neither of the first offices is in."""
    return {**STAFF, **TEAM}


def looks_in(season: Moving, citizen: Keyboard, code: str) -> Keyboard:
    citizen.opens(f"{season.portal}follow-up")
    citizen.types("code", code)
    citizen.presses("进入")
    return citizen


def test_retaliation_is_told_and_a_measure_ordered(season: Moving, sits_down):
    reporter: Reporter = season.reports()
    citizen = looks_in(season, sits_down(""), reporter.code)
    citizen.seen("mailbox-before")
    citizen.follows("反映打击报复")
    assert "由谁办理" in citizen.seen("retaliation")
    citizen.presses("送出")
    assert "请写明受到了怎样的打击报复。" in citizen.seen("retaliation-empty")
    citizen.types("text", "昨天被辞退，班长说是因为我去举报。")
    citizen.presses("送出")
    shown = citizen.seen("retaliation-receipt")
    assert "您的查询码" in shown
    assert "是否采取保护措施" in shown
    assert "奖金" not in shown
    code = "".join(citizen.page.locator("#code").inner_text().split())
    season.jobs()

    officer = sits_down("rsj-officer")
    assert "紧急" in officer.seen("worklist-retaliation")
    number = season.mails()[-1][1]
    officer.page.locator("a[href*='/cases/']").first.click()
    officer.seen("case-retaliation")
    officer.follows("采取保护措施")
    officer.seen("protection")
    officer.presses("决定采取")
    assert "请选择采取哪一项措施。" in officer.seen("protection-refused")
    officer.picks("measure", "restore")
    officer.types("document", "伊人社护〔2026〕1号")
    officer.presses("决定采取")
    assert "保护措施已登记" in officer.seen("protection-ordered")
    assert "打击报复" not in number, "a mail tells nothing of the matter"

    again = looks_in(season, sits_down(""), code)
    assert "对您的保护" in again.seen("mailbox-protected")
    officer.follows("结束")
    officer.seen("protection-end")
    officer.presses("结束这项措施")
    assert "保护措施已结束" in officer.seen("protection-ended")


def test_that_none_is_needed_is_decided_with_a_reason(season: Moving, sits_down):
    reporter: Reporter = season.reports()
    citizen = looks_in(season, sits_down(""), reporter.code)
    citizen.follows("反映打击报复")
    citizen.types("text", "被调岗。")
    citizen.presses("送出")
    season.jobs()
    leader = sits_down("rsj-leader")
    leader.opens(f"{season.console}")
    leader.page.locator("a[href*='/cases/']").first.click()
    leader.follows("无需保护措施")
    leader.seen("protection-none")
    leader.presses("决定无需采取")
    assert "请写明理由。" in leader.seen("protection-none-refused")
    leader.types("note", "单位已恢复原岗位。")
    leader.presses("决定无需采取")
    assert "已决定无需保护措施" in leader.seen("protection-none-decided")
