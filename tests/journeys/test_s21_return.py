"""S21: what is not an office's duty goes back with a citation, and the dispatcher decides."""

import pytest

from actors import Clerk
from console_words import ended_clocks, running_clocks
from moving import Moving
from people import STAFF
from visitor import Page

YJJ, ZJJ, JW = "410329-yjj", "410329-zjj", "410329-jw"
CITATION = "伊安委〔2022〕6号第十八条"


@pytest.fixture
def staff() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The county's safety-committee office has a head."""
    return {**STAFF, "awb-leader": ("410329-awb", ("leader",))}


def asks(stage: Moving, number: str, login: str = "yjj-officer", **values: str) -> Page:
    """Ask to return the case, by the button of its page."""
    clerk = stage.officer(login)
    clerk.opens_case(number)
    clerk.follows("申请退回")
    given = {"reason_code": "not_competent", "citation": CITATION} | values
    return clerk.sends("提交申请", **given)


def opened(stage: Moving, number: str, login: str) -> Clerk:
    """Somebody at the page where it is decided, found in their list."""
    clerk = stage.clerk(login)
    assert "申请退回" in clerk.visitor.get("/").text
    clerk.opens_case(number)
    clerk.follows("决定")
    return clerk


def upholds(stage: Moving, number: str, lead: str, login: str = "awb-supervisor") -> Page:
    """Give it to another office."""
    return opened(stage, number, login).sends("作出裁定", decision="uphold", lead=lead)


def test_returned_with_a_citation_within_two_days_and_the_dispatcher_upholds_it(season: Moving):
    # Given a case outside the body's duty
    reporter = season.reports()
    number = reporter.case_number
    season.until("2026-03-04")
    before = running_clocks(season.officer().opens_case(number))

    # When it is returned, then not without a legal citation
    missing = asks(season, number, citation="")
    assert (missing.status, "没有依据不能退回" in missing.text) == (422, True)
    asked = asks(season, number, to=ZJJ)
    assert "全部办理期限照常计算" in asked.text

    # Then no clock of the case stops, and its office cannot pass it on by itself
    now = running_clocks(asked)
    assert {name: due for name, due in before.items() if name != "退回期限"} == now
    assert "按期完成" in ended_clocks(asked)["退回期限"]
    assert "转办" not in [text for text, _at in asked.links]
    own = season.leader().opens_case(number)
    assert not [at for _text, at in own.links if "/returns/" in at]

    # And the dispatcher sees who asks, why, and the clause, and upholds it
    chief = opened(season, number, "awb-supervisor")
    assert chief.visitor.page is not None
    for words in (CITATION, "不属于本部门职责", "住房和城乡建设局"):
        assert words in chief.visitor.page.text
    nobody = chief.sends("作出裁定", decision="uphold", lead="")
    assert (nobody.status, "请选择改由哪个单位承办。" in nobody.text) == (422, True)
    assert "已同意退回并改派" in chief.sends("作出裁定", decision="uphold", lead=ZJJ).text
    assert number not in season.officer().visitor.get("/").text
    case = season.officer("zjj-officer").opens_case(number)
    assert running_clocks(case)["受理期限"] == before["受理期限"]
    assert running_clocks(case)["退回期限"].startswith("2026-03-06 ")
    mailbox = reporter.looks_in().text
    assert "认为不属于自己的职责，申请退回" in mailbox
    assert CITATION not in mailbox
    season.jobs()
    assert season.problems() == []


def test_overruled_it_stays_and_who_asked_reads_why(season: Moving):
    number = season.reports().case_number
    asks(season, number)
    chief = opened(season, number, "awb-supervisor")
    silent = chief.sends("作出裁定", decision="overrule")
    assert (silent.status, "不同意退回须写明理由。" in silent.text) == (422, True)
    done = chief.sends("作出裁定", decision="overrule", ruling="危化品储存由应急局监管。")
    assert "已裁定不予退回" in done.text

    officer = season.officer()
    page = officer.opens_case(number)
    assert "申请退回" not in [text for text, _at in page.links]
    assert "危化品储存由应急局监管。" in officer.reads(number).text
    again = officer.visitor.get(page.url.partition("?")[0] + "/return")
    assert (again.status, "这个期限不存在，或者已经结束。" in again.text) == (409, True)
    assert "核查期限" in running_clocks(officer.accepts(number))
    season.jobs()
    assert season.problems() == []


def test_after_two_working_days_it_is_kept(season: Moving):
    number = season.reports().case_number
    season.until("2026-03-04", at="23:00")
    assert "申请退回" in [text for text, _at in season.officer().opens_case(number).links]
    season.until("2026-03-05", at="00:01")
    officer = season.officer()
    page = officer.opens_case(number)
    assert "申请退回" not in [text for text, _at in page.links]
    answer = officer.visitor.get(page.url.partition("?")[0] + "/return")
    assert answer.status == 409


def test_the_third_return_of_a_case_needs_the_head_of_the_committees_office(season: Moving):
    number = season.reports().case_number
    asks(season, number)
    upholds(season, number, ZJJ)
    asks(season, number, "zjj-officer")
    upholds(season, number, JW)
    asks(season, number, "jw-officer")

    # The supervisor finds nothing to decide, and no way round it
    chief = season.clerk("awb-supervisor")
    assert "申请退回" not in chief.visitor.get("/").text
    page = chief.opens_case(number)
    assert not [at for _text, at in page.links if at.endswith("/returns/6")]
    case = page.url.partition("?")[0]
    shown = chief.visitor.get(f"{case}/transfer")
    assert "伊川县安全生产委员会办公室 部门负责人" in shown.text
    assert "作出裁定" not in shown.text

    done = upholds(season, number, YJJ, "awb-leader")
    assert "已同意退回并改派" in done.text
    # An office that had it before reads it again, with the keys that it got twice.
    assert "储罐区动火作业未办理审批。" in season.officer().reads(number).text
    season.jobs()
    assert season.problems() == []
