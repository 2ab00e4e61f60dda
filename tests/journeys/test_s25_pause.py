"""S25: a clock stands still for an expert's appraisal, from its day until its receipt."""

from datetime import date

import pytest

from actors import Reporter
from console_words import board_row, days_listed, linked, running_clocks
from moving import Moving
from visitor import Page

VERIFY, YJJ = "核查期限", "伊川县应急管理局"
DOCUMENT = "样鉴〔2026〕1号"


def accepted(stage: Moving) -> Reporter:
    """A report accepted on Monday 2 March; its last day is Wednesday 1 April."""
    reporter = stage.reports()
    shown = stage.officer().accepts(reporter.case_number)
    assert running_clocks(shown)[VERIFY].startswith("2026-04-01 ")
    return reporter


def asks(stage: Moving, number: str, first: str, until: str, **how: str) -> Page:
    """The officer asks for a pause, by the link beside the clock."""
    officer = stage.officer()
    page = officer.opens_case(number)
    officer.visitor.get(linked(page, "/clocks/verify/2/pause"))
    given = {"reason_code": "expert_test", "document": DOCUMENT, "first": first, "until": until}
    return officer.sends("提交申请", **given | how)


def decides(stage: Moving, number: str, decision: str = "grant") -> Page:
    """The supervising office decides, from the worklist on."""
    supervisor = stage.clerk("awb-supervisor")
    assert "申请暂停" in supervisor.visitor.get("/").text
    page = supervisor.opens_case(number)
    supervisor.visitor.get(linked(page, "/pauses/"))
    return supervisor.sends("签署决定", decision=decision)


def panel_of(stage: Moving, number: str) -> Page:
    officer = stage.officer()
    officer.opens_case(number)
    return officer.follows(VERIFY)


def left_out(panel: Page) -> list[str]:
    """The days that do not count because the clock stood still."""
    days = days_listed(panel).items()
    return [on[:10] for on, told in days if told == ("–", "暂停计时，不计")]


def test_the_clock_stands_still_from_that_day_and_runs_on_upon_receipt(season: Moving):
    # Given an expert appraisal that is ordered on Tuesday 10 March
    reporter = accepted(season)
    number = reporter.case_number
    season.until("2026-03-10")

    # When a pause is asked for with a listed reason and its document, then only the office
    # above can grant it
    asked = asks(season, number, "2026-03-10", "2026-04-30")
    assert "暂停申请已提交" in asked.text
    assert "暂停计时" not in running_clocks(asked)[VERIFY]
    head = season.leader().opens_case(number)
    assert not [at for _text, at in head.links if "/pauses/" in at]
    granted = decides(season, number)
    assert "已批准暂停计时" in granted.text
    assert "暂停计时" in running_clocks(granted)[VERIFY]

    # Then the clock stands still from that day: the end moves by a day a day
    season.until("2026-03-20")
    panel = panel_of(season, number)
    assert "暂停计时" in panel.text
    assert "最后一日 2026-04-12" in panel.text
    assert "暂停天数 11 天，最多 60 天" in panel.text
    assert left_out(panel) == [f"2026-03-{day}" for day in range(10, 21)]
    assert DOCUMENT in panel.text
    assert "鉴定、检验、检测期间" in panel.text
    mailbox = reporter.looks_in().text
    assert "自 2026-03-10 起暂停，最长到 2026-04-30" in mailbox
    assert DOCUMENT not in mailbox

    # And the pause is seen in the figures
    leader = season.leader()
    board = leader.visitor.get("/board")
    assert board_row(board, YJJ) == {
        "超期": 0, "暂停": 1, "临期": 0, "正常": 0, "暂定": 0, "合计": 1
    }  # fmt: skip
    assert board_row(board, VERIFY)["暂停"] == 1
    listed = leader.visitor.get(linked_level(board, "paused?clock=verify"))
    assert number in listed.text
    assert "暂停计时" in listed.text

    # And nobody is reminded of it meanwhile, nor is it overdue on the old last day
    season.until("2026-04-02")
    assert "超期" not in running_clocks(season.officer().opens_case(number))[VERIFY]
    assert not [text for _office, text in season.mails() if VERIFY in text]

    # When the appraisal is received on Friday 3 April, then the clock runs on that day
    season.until("2026-04-03")
    officer = season.officer()
    page = officer.opens_case(number)
    officer.visitor.get(linked(page, "/end"))
    resumed = officer.sends("恢复计时")
    assert "已恢复计时，今天起计入期限。" in resumed.text
    assert running_clocks(resumed)[VERIFY].startswith("2026-04-25 ")  # 24 days later than 1 April
    panel = panel_of(season, number)
    assert "暂停天数 24 天，最多 60 天" in panel.text
    days = [f"2026-03-{day}" for day in range(10, 32)] + ["2026-04-01", "2026-04-02"]
    assert left_out(panel) == days
    assert days_listed(panel)["2026-04-03 周五"][0] == "8", "seven days were over before"
    assert "已停 24 天，不计入期限。" in reporter.looks_in().text

    # And the department is held to the new day
    season.until("2026-04-26")
    assert "已超期 1 天" in running_clocks(season.leader().opens_case(number))[VERIFY]
    assert season.problems() == []


def test_a_pause_has_a_maximum_for_all_times_together_and_ends_by_itself(season: Moving):
    reporter = accepted(season)
    number = reporter.case_number
    season.until("2026-03-10")

    # 61 days are refused in words, 60 are not
    refused = asks(season, number, "2026-03-10", "2026-05-09")
    assert refused.status == 422
    assert "60 天" in refused.text
    asks(season, number, "2026-03-10", "2026-03-19")
    decides(season, number)

    # Nobody ends it: on the day after its last one the clock runs by itself
    season.until("2026-03-20")
    shown = season.officer().opens_case(number)
    assert running_clocks(shown)[VERIFY].startswith("2026-04-11 ")
    assert "暂停计时" not in running_clocks(shown)[VERIFY]
    assert "系统：恢复计时（核查期限，新的最后一日 2026-04-11）" in season.audit(number).text
    told = f"举报编号 {number} 的暂停计时已结束，核查期限到 2026-04-11 为止，请继续办理。"
    assert ("410329-yjj", told) in season.mails()

    # Ten days are used up: 51 more are too many, 50 are not
    refused = asks(season, number, "2026-03-20", "2026-05-09")
    assert (refused.status, "50 天" in refused.text) == (422, True)
    asked = asks(season, number, "2026-03-20", "2026-05-08")
    assert "暂停申请已提交" in asked.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"document": "  "}, "没有文书不能暂停"),
        ({"reason_code": ""}, "请选择理由。"),
        ({"reason_code": "court"}, "暂停的理由"),
        ({"first": "2026-03-09"}, "不能早于今天"),
        ({"until": "2026-03-09"}, "不能早于开始的那一天"),
    ],
)
def test_no_pause_without_a_listed_reason_a_document_and_days_to_come(
    season: Moving, typed: dict[str, str], told: str
):
    number = accepted(season).case_number
    season.until("2026-03-10")
    given = {"first": "2026-03-10", "until": "2026-04-30"} | typed
    refused = asks(season, number, **given)
    assert (refused.status, told in refused.text) == (422, True), refused.text
    assert season.world.case(season.report_of(number)).standstills == ()


def test_a_refused_pause_leaves_the_clock_running(season: Moving):
    number = accepted(season).case_number
    season.until("2026-03-10")
    asks(season, number, "2026-03-10", "2026-04-30")
    refused = decides(season, number, "refuse")
    assert "未批准暂停，期限照常计算。" in refused.text
    season.until("2026-04-02")
    shown = season.officer().opens_case(number)
    assert "已超期 1 天" in running_clocks(shown)[VERIFY]
    assert season.world.case(season.report_of(number)).verify_due_on == date(2026, 4, 1)


def linked_level(board: Page, end: str) -> str:
    """The address of a number of the board."""
    return next(address for _text, address in board.links if address.endswith(end))
