"""Time limits in a browser of 360 px, without scripts, by keyboard: S24, S25, S30 and S31."""

import pytest

from actors import Reporter
from instance import PASSWORD
from moving import Moving

A4_POINTS = b"/MediaBox [0 0 594.95996 841.91998]"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Whose report was accepted on Monday 2 March 2026; its last day is 1 April."""
    reporter = season.reports()
    season.officer().accepts(reporter.case_number)
    return reporter


def test_more_time_is_asked_for_granted_and_read_by_the_reporter(season, sits_down, reporter):
    number = reporter.case_number
    season.until("2026-03-29")
    officer = sits_down("yjj-officer")
    officer.seen("worklist")
    officer.follows(number)
    assert "申请延期" in officer.seen("case")
    officer.follows("核查期限")
    panel = officer.seen("panel")
    assert "2026-03-29 周日" in panel
    officer.follows("申请延期")
    officer.seen("extend")
    officer.presses("提交申请")
    assert "请选择理由。" in officer.seen("extend-refused")
    officer.types("value", "30")
    officer.chooses("reason_code", "需要鉴定")
    officer.presses("提交申请")
    assert "延期申请已提交" in officer.seen("extend-asked")

    supervisor = sits_down("awb-supervisor")
    assert "申请延期" in supervisor.seen("worklist-supervisor")
    supervisor.follows(number)
    supervisor.follows("决定")
    supervisor.seen("decide-extension")
    supervisor.ticks("decision")
    supervisor.types("note", "鉴定机构要到五月出报告。")
    supervisor.types("password", PASSWORD)
    supervisor.presses("签署决定")
    assert "已批准延期" in supervisor.seen("extension-granted")
    supervisor.follows("核查期限")
    assert "另延长 30 日" in supervisor.seen("panel-extended")

    citizen = sits_down("")
    citizen.opens(f"{season.portal}follow-up")
    citizen.types("code", reporter.code)
    citizen.presses("进入")
    mailbox = citizen.seen("mailbox")
    assert "经批准延长到 2026-05-01，理由：需要鉴定、检验或者检测。" in mailbox
    assert "鉴定机构要到五月出报告。" in mailbox


def test_a_pause_is_asked_for_granted_counted_on_the_board_and_ended(season, sits_down, reporter):
    number = reporter.case_number
    season.until("2026-03-10")
    officer = sits_down("yjj-officer")
    officer.follows(number)
    officer.follows("申请暂停")
    officer.seen("pause")
    officer.chooses("reason_code", "鉴定")
    officer.types("document", "样鉴〔2026〕1号")
    officer.presses("提交申请")
    assert "暂停申请已提交" in officer.seen("pause-asked")

    supervisor = sits_down("awb-supervisor")
    supervisor.follows(number)
    supervisor.follows("决定")
    supervisor.seen("decide-pause")
    supervisor.ticks("decision")
    supervisor.types("password", PASSWORD)
    supervisor.presses("签署决定")
    assert "已批准暂停计时" in supervisor.seen("pause-granted")

    season.until("2026-03-20")
    leader = sits_down("yjj-leader")
    leader.follows("看板")
    leader.seen("board")
    leader.follows("1 暂停")
    assert number in leader.seen("board-paused")
    leader.follows(number)
    leader.follows("核查期限")
    panel = leader.seen("panel-paused")
    assert "暂停计时，不计" in panel
    assert "下列日期随暂停顺延" in panel

    officer = sits_down("yjj-officer")
    officer.follows(number)
    officer.follows("恢复计时")
    assert "2026年4月11日" in officer.seen("end-pause")
    officer.presses("恢复计时")
    assert "已恢复计时" in officer.seen("pause-ended")


def test_an_order_is_issued_printed_and_answered(season, sits_down, reporter):
    number = reporter.case_number
    for day in ("02", "03", "07", "08", "09"):
        season.until(f"2026-04-{day}")
    supervisor = sits_down("awb-supervisor")
    assert "待我阅知的超期上报" in supervisor.seen("worklist-late")
    supervisor.follows(number)
    assert "核查期限，已上报：挂牌督办" in supervisor.seen("case-late")
    supervisor.follows("下达督办单")
    supervisor.seen("order-new")
    supervisor.types("text", "一、说明逾期原因。")
    supervisor.page.keyboard.press("Enter")
    supervisor.page.keyboard.type("二、一周内办结。")
    supervisor.types("password", PASSWORD)
    supervisor.presses("签署并下达")
    assert "二、一周内办结。" in supervisor.seen("order")
    supervisor.follows("打印督办单")
    assert "（印章）" in supervisor.seen("order-paper")
    supervisor.page.emulate_media(media="print")
    sheet = supervisor.page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
    assert A4_POINTS in sheet
    supervisor.page.screenshot(path=supervisor.pictures / "order-printed.png", full_page=True)

    leader = sits_down("yjj-leader")
    assert "待答复的督办单" in leader.seen("worklist-leader")
    leader.follows(number)
    leader.goes_to("/answer")
    leader.seen("order-answer")
    leader.types("text", "企业停产，鉴定延误；4 月 22 日前办结。")
    leader.types("password", PASSWORD)
    leader.presses("签署并答复")
    assert "企业停产，鉴定延误" in leader.seen("order-answered")
    leader.follows("看板")
    assert "超期" in leader.seen("board-late")
