"""S24: thirty more days, asked for on day 28, decided by whom the policy names."""

from pathlib import Path

import pytest

from actors import Clerk, Reporter
from console_words import linked, running_clocks
from moving import Moving
from rule_changing import put_at_hand
from rule_desk import put_in_force
from visitor import Page

VERIFY = "核查期限"
# Up to 15 days the head of the department, more the supervising office, which also decides
# on whatever is asked for a second time.
LADDER = (
    ('value = 30\nunit = "working_day"', 'value = 30\nunit = "day"\nend = "keep"'),
    ('inherits = "cn-2012"', 'inherits = "cn-2018"'),
    (
        'max_times = 1\nmax_value = 30\nunit = "day"\napprover_role = "supervisor"'
        "  # 部门负责人申请，安委办批准",
        'max_times = 2\nmax_value = 30\nmax_total = 45\nunit = "day"\napprover_role = "leader"\n'
        'over = 15\nover_role = "supervisor"\nagain_role = "supervisor"',
    ),
)


@pytest.fixture
def ladder(season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Moving:
    """The stage with such a policy in force since Monday 2 March 2026."""
    put_at_hand(season.world, monkeypatch, tmp_path / "policies", *LADDER)
    put_in_force(season, "yichuan-2026", "2026-03-02")
    return season


def accepted(stage: Moving) -> Reporter:
    """A report accepted on 2 March; its last day is Wednesday 1 April."""
    reporter = stage.reports()
    shown = stage.officer().accepts(reporter.case_number)
    assert running_clocks(shown)[VERIFY].startswith("2026-04-01 ")
    return reporter


def asks(stage: Moving, number: str, days: str) -> tuple[Clerk, Page]:
    """The officer asks for more time, by the link beside the clock."""
    officer = stage.officer()
    page = officer.opens_case(number)
    officer.visitor.get(linked(page, "/clocks/verify/2/extend"))
    return officer, officer.sends("提交申请", value=days, reason_code="expert_test")


def decides(stage: Moving, login: str, number: str, **how: str) -> Page:
    """Somebody decides, from the worklist on."""
    clerk = stage.clerk(login)
    page = clerk.visitor.get("/")
    assert "申请延期" in page.text
    page = clerk.opens_case(number)
    clerk.visitor.get(linked(page, "/extensions/"))
    return clerk.sends(
        "签署决定", **{"decision": "grant", "note": "鉴定机构要到五月出报告。"} | how
    )


def test_thirty_days_asked_for_on_day_28_need_the_supervising_office_and_the_reporter_is_told(
    ladder: Moving,
):
    # Given day 28
    reporter = accepted(ladder)
    number = reporter.case_number
    ladder.until("2026-03-30")
    assert "还有 2 日" in reporter.looks_in().text

    # When the investigator asks for 30 more days with a reason
    officer = ladder.officer()
    page = officer.opens_case(number)
    form = officer.visitor.get(linked(page, "/clocks/verify/2/extend"))
    assert "15 日以内由部门负责人决定，超过的由上级督办决定" in form.text
    missing = officer.sends("提交申请", value="30")
    assert (missing.status, "请选择理由。" in missing.text) == (422, True)
    asked = officer.sends("提交申请", value="30", reason_code="expert_test")
    assert "决定之前，原来的期限照常计算" in asked.text
    assert running_clocks(asked)[VERIFY].startswith("2026-04-01 ")

    # Then the section head cannot grant it, nor who asked
    leader = ladder.leader()
    assert "申请延期" not in leader.visitor.get("/").text
    page = leader.opens_case(number)
    assert "核查期限：延期申请 伊川县安全生产委员会办公室 上级督办" in page.text
    assert not [at for _text, at in page.links if "/extensions/" in at]

    # And the supervising office can, but not without telling the reporter why
    silent = decides(ladder, "awb-supervisor", number, note="")
    assert (silent.status, "批准延期须向举报人说明理由" in silent.text) == (422, True)
    granted = decides(ladder, "awb-supervisor", number)
    assert "已批准延期" in granted.text
    assert running_clocks(granted)[VERIFY].startswith("2026-05-01 ")

    # And the reporter reads the new date and the reason, by the code alone
    mailbox = reporter.looks_in()
    assert "经批准延长到 2026-05-01，理由：需要鉴定、检验或者检测。" in mailbox.text
    assert "鉴定机构要到五月出报告。" in mailbox.text
    assert "批准延期，最后一日改为 2026-05-01" in mailbox.text

    # When the old last day has passed, then nothing is overdue
    ladder.until("2026-04-02")
    assert "正常" in running_clocks(ladder.officer().opens_case(number))[VERIFY]
    assert not [text for _office, text in ladder.mails() if number in text and VERIFY in text
                and "已过" in text]  # fmt: skip
    assert ladder.problems() == []


def test_up_to_fifteen_days_the_head_decides_and_a_second_time_the_supervising_office(
    ladder: Moving,
):
    reporter = accepted(ladder)
    number = reporter.case_number
    ladder.until("2026-03-30")
    asks(ladder, number, "15")
    assert "申请延期" not in ladder.clerk("awb-supervisor").visitor.get("/").text
    granted = decides(ladder, "yjj-leader", number)
    assert running_clocks(granted)[VERIFY].startswith("2026-04-16 ")

    # A second request, be it for one day, is not the head's any more
    ladder.until("2026-04-15")
    _officer, asked = asks(ladder, number, "1")
    assert "决定之前，原来的期限照常计算" in asked.text
    assert "申请延期" not in ladder.leader().visitor.get("/").text
    granted = decides(ladder, "awb-supervisor", number)
    assert running_clocks(granted)[VERIFY].startswith("2026-04-17 ")

    # And there is no third
    page = ladder.officer().opens_case(number)
    refused = ladder.officer()
    refused.opens_case(number)
    answer = refused.visitor.get(page.url.partition("?")[0] + "/clocks/verify/2/extend")
    assert answer.status == 409
    assert "这个期限的延期次数已经用完（最多 2 次）。" in answer.text
    assert not [at for _text, at in page.links if at.endswith("/extend")]


def test_sixteen_days_are_not_the_heads(ladder: Moving):
    number = accepted(ladder).case_number
    asks(ladder, number, "16")
    assert "申请延期" not in ladder.leader().visitor.get("/").text
    assert "申请延期" in ladder.clerk("awb-supervisor").visitor.get("/").text


@pytest.mark.parametrize("day", ["2026-04-01", "2026-04-02"])
def test_on_the_last_day_and_after_it_nothing_can_be_asked_for(ladder: Moving, day: str):
    number = accepted(ladder).case_number
    ladder.until("2026-03-31")
    officer = ladder.officer()
    page = officer.opens_case(number)
    officer.visitor.get(linked(page, "/clocks/verify/2/extend"))

    # Who opened the form in time is refused too, in words
    ladder.world.move(hours=13)  # past midnight: Wednesday, 1 April
    late = officer.visitor
    if day == "2026-04-02":
        ladder.until(day)
    again = ladder.officer()
    page = again.opens_case(number)
    assert not [at for _text, at in page.links if at.endswith("/extend")]
    answer = again.visitor.get(page.url.partition("?")[0] + "/clocks/verify/2/extend")
    assert answer.status == 409
    assert "期限最后一日是 2026-04-01：当日或之后不能申请延期" in answer.text
    assert late.page is not None
    form = late.page.form(button="提交申请")
    form.fields["csrf_token"] = again.visitor.get("/").forms[0].fields["csrf_token"]
    sent = again.visitor.send(form, {"value": "10", "reason_code": "complex"})
    assert sent.status == 409
    assert "当日或之后不能申请延期" in sent.text


def test_a_refusal_leaves_the_day_and_the_reporter_reads_that(ladder: Moving):
    reporter = accepted(ladder)
    ladder.until("2026-03-30")
    asks(ladder, reporter.case_number, "10")
    done = decides(ladder, "yjj-leader", reporter.case_number, decision="refuse", note="")
    assert "未批准延期，原来的期限不变。" in done.text
    assert running_clocks(done)[VERIFY].startswith("2026-04-01 ")
    assert "没有批准延期" in reporter.looks_in().text
