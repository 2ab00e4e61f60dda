"""Objection, call-back and review on a phone of 360 px, without scripts, by keyboard: S09, S29."""

import pytest

from actors import Reporter
from instance import PASSWORD
from keyboard import Keyboard
from moving import Moving

WORDS = "储罐还在冒烟，没有人来过。"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Whose report was found untrue, told and closed on Monday 2 March 2026."""
    reporter = season.reports()
    number = reporter.case_number
    officer = season.officer()
    officer.accepts(number)
    officer.concludes(number, finding="unsubstantiated", penalty_no="", fines="")
    officer.tells(number, "到现场看过三次，没有发现。")
    officer.proposes_closing(number)
    season.leader().closes(number)
    return reporter


def at_the_mailbox(season: Moving, citizen: Keyboard, reporter: Reporter) -> Keyboard:
    citizen.opens(f"{season.portal}follow-up")
    citizen.types("code", reporter.code)
    citizen.presses("进入")
    return citizen


def test_an_objection_is_filed_and_the_case_is_redone(season, sits_down, reporter):
    number = reporter.case_number
    season.until("2026-03-12")
    citizen = at_the_mailbox(season, sits_down(""), reporter)
    mailbox = citizen.seen("mailbox-untrue")
    assert "没有查实，您可以这样做" in mailbox
    citizen.follows("提出异议")
    citizen.seen("objection")
    citizen.presses("送出异议")
    assert "请写明不同意的理由。" in citizen.seen("objection-empty")
    citizen.types("text", WORDS)
    citizen.presses("送出异议")
    assert "异议已经送到" in citizen.seen("objection-sent")

    supervisor = sits_down("awb-supervisor")
    assert "复核期限" in supervisor.seen("worklist-review")
    supervisor.follows(number)
    supervisor.seen("case-review")
    supervisor.follows("复核异议")
    supervisor.seen("review")
    supervisor.presses("签署决定")
    assert "请选择维持还是返工。" in supervisor.seen("review-refused")
    supervisor.picks("outcome", "redo")
    supervisor.types("note", "现场照片对不上，重新核查。")
    supervisor.types("password", PASSWORD)
    supervisor.presses("签署决定")
    assert "已返工" in supervisor.seen("review-redone")
    supervisor.follows("看板")
    assert "返工（今年）" in supervisor.seen("board-redone")

    again = at_the_mailbox(season, sits_down(""), reporter)
    assert "现场照片对不上，重新核查。" in again.seen("mailbox-redone")


def test_a_call_back_is_answered_with_a_reason(season, sits_down, reporter):
    season.until("2026-04-02")
    citizen = at_the_mailbox(season, sits_down(""), reporter)
    assert "办结已经满 1 个月，问题解决了吗？" in citizen.seen("mailbox-callback")
    citizen.follows("回答")
    citizen.seen("satisfaction")
    citizen.picks("answer", "not_solved")
    citizen.presses("送出回答")
    assert "请写明哪里没有解决。" in citizen.seen("satisfaction-refused")
    citizen.types("text", WORDS)
    citizen.picks("retaliation", "no")
    citizen.presses("送出回答")
    assert "您的回答已经送到。" in citizen.seen("satisfaction-sent")


def test_malice_is_confirmed_by_a_second_person(season, sits_down, reporter):
    case = f"{season.console}cases/{season.report_of(reporter.case_number)}"
    leader = sits_down("yjj-leader")
    leader.opens(case)
    leader.follows("提出恶意举报认定")
    leader.seen("malice")
    leader.types("basis", "《治安管理处罚法》第二十九条")
    leader.presses("提出")
    assert "等待上级督办确认" in leader.seen("malice-proposed")
    supervisor = sits_down("awb-supervisor")
    supervisor.follows(reporter.case_number)
    supervisor.follows("恶意举报认定")
    supervisor.seen("malice-decide")
    supervisor.picks("decision", "decline")
    supervisor.types("password", PASSWORD)
    supervisor.presses("签署决定")
    assert "未确认" in supervisor.seen("malice-declined")
