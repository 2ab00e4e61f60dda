"""A call-back by telephone: the number is released once, the answer stands beside the question.

Through the pages, on both databases.
"""

from typing import Any

import pytest

from actors import Clerk, Reporter
from moving import Moving
from visitor import Page


def closed(stage: Moving, **identity: Any) -> Reporter:
    """Received, found untrue, told and closed on Monday 2 March 2026."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative="储罐区动火作业未办理审批。", **identity)
    stage.jobs()
    number = reporter.case_number
    assert number is not None
    officer = stage.officer()
    officer.accepts(number)
    officer.concludes(number, finding="unsubstantiated", penalty_no="", fines="")
    officer.tells(number, "到现场看过，没有发现冒烟。")
    officer.proposes_closing(number)
    stage.leader().closes(number)
    return reporter


def named(stage: Moving) -> Reporter:
    return closed(stage, name="样本戊", phone="13800000000", consent="y")


def comes_by_the_number(stage: Moving, caller: Clerk, report: str) -> Page:
    """Asked for, agreed to in two seats, and opened."""
    call = f"/cases/{report}/call"
    caller.visitor.get(call)
    caller.follows("申请查看联系方式")
    caller.sends("签署并提交申请", reason="办结满一个月，信箱里没有回答。")
    assert "您已申请查看联系方式" in caller.visitor.get(call).text
    for login in ("seat1-holder", "seat2-deputy"):
        custodian = stage.custodian(login)
        custodian.visitor.get("/releases")
        custodian.follows("审批")
        custodian.sends("签署", decision="approve")
    caller.visitor.get(call)
    caller.follows("查看（仅一次）")
    opened = caller.sends("签署并查看")
    assert "13800000000" in opened.text
    assert "样本戊" not in opened.text
    return caller.follows("打完电话，去登记回访结果")


@pytest.mark.parametrize("login", ["awb-supervisor", "operator"])
def test_who_did_not_answer_in_the_mailbox_is_called_after_a_release(season: Moving, login: str):
    reporter = named(season)
    number = reporter.case_number
    assert number is not None
    report = season.report_of(number)
    call = f"/cases/{report}/call"
    assert season.clerk(login).visitor.get(call).status in (404, 409), "nothing is asked yet"
    season.until("2026-04-02")
    if login == "awb-supervisor":
        page = season.clerk(login).visitor.get(f"/cases/{report}")
        assert [text for text, at in page.links if at.endswith(call)] == ["电话回访"]
    assert season.officer().visitor.get(call).status == 403
    assert season.leader().visitor.get(call).status == 403

    caller = season.clerk(login)
    comes_by_the_number(season, caller, report)
    nothing = caller.sends("登记回访结果")
    assert (nothing.status, "请选择回访的结果。" in nothing.text) == (422, True)
    assert "电话回访的结果已登记" in caller.sends("登记回访结果", answer="not_reached").text
    mailbox = reporter.looks_in().text
    assert "电话回访：没有联系上您" in mailbox
    assert "办结已经满 1 个月，问题解决了吗？" in mailbox

    caller.visitor.get(call)
    caller.sends("登记回访结果", answer="not_solved")
    mailbox = reporter.looks_in().text
    assert "电话回访：没有解决" in mailbox
    assert "问题解决了吗？" not in mailbox
    review = season.clerk("awb-supervisor").visitor.get(f"/cases/{report}")
    assert [at for _text, at in review.links if at.endswith("/review")]
    assert season.problems() == []


def test_who_left_no_number_is_asked_in_the_mailbox_alone(season: Moving):
    reporter = closed(season, anonymous="y")
    number = reporter.case_number
    assert number is not None
    season.until("2026-04-02")
    supervisor = season.clerk("awb-supervisor")
    page = supervisor.visitor.get(f"/cases/{season.report_of(number)}/call")
    assert "举报人没有留联系方式，或者已经撤回" in page.text
    assert "登记回访结果" not in page.body.decode()
