"""A misrouted report, a merge of three, a rectification with re-check, in a browser.

S21, S14 and S27 on a phone of 360 px and a desk of 1440 px, without scripts, by keyboard;
the pages of each turn in Chinese, and again in English.
"""

import pytest

from actors import Reporter
from instance import PASSWORD
from keyboard import Keyboard
from moving import Moving

CITATION = "伊安委〔2022〕6号第十八条"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """In the browser, one database."""
    return sqlite_url


def in_english(hands: Keyboard, name: str) -> str:
    """Turn the page that is shown into English, look at it, and turn it back."""
    hands.presses("English")
    words = hands.seen(f"{name}-en")
    hands.presses("中文")
    return words


def signs(hands: Keyboard, button: str) -> None:
    """Press the button of an act, with the password where it asks for one."""
    if hands.page.locator("main [name=password]").count():
        hands.types("password", PASSWORD)
    hands.presses(button)


def test_a_misrouted_report_goes_back_and_to_its_own_office(season: Moving, sits_down):
    number = season.reports().case_number
    officer = sits_down("yjj-officer")
    officer.follows(number)
    officer.follows("申请退回")
    officer.seen("return")
    assert "Request a return" in in_english(officer, "return")
    officer.presses("提交申请")
    assert "没有依据不能退回" in officer.seen("return-refused")
    officer.chooses("reason_code", "不属于本部门职责")
    officer.types("citation", CITATION)
    officer.chooses("to", "住房和城乡建设局")
    signs(officer, "提交申请")
    assert "全部办理期限照常计算" in officer.seen("return-asked")

    supervisor = sits_down("awb-supervisor")
    assert "申请退回" in supervisor.seen("worklist-returns")
    in_english(supervisor, "worklist-returns")
    supervisor.follows(number)
    supervisor.follows("决定")
    assert CITATION in supervisor.seen("ruling")
    in_english(supervisor, "ruling")
    supervisor.picks("decision", "uphold")
    supervisor.chooses("lead", "住房和城乡建设局")
    signs(supervisor, "作出裁定")
    assert "已同意退回并改派" in supervisor.seen("ruled")
    in_english(supervisor, "ruled")
    assert number in sits_down("zjj-officer").seen("worklist-of-the-right-office")


@pytest.fixture
def three(season: Moving) -> tuple[Reporter, ...]:
    """Three reporters of one pit; the first two are accepted."""
    found = tuple(season.reports() for _ in range(3))
    for one in found[:2]:
        season.officer().accepts(one.case_number)
    return found


def test_three_reports_of_one_pit_are_merged_and_ranked(
    season: Moving, sits_down, three: tuple[Reporter, ...]
):
    first, *joining = three
    officer = sits_down("yjj-officer")
    for one in joining:
        officer.opens(season.console)
        officer.follows(one.case_number)
        officer.follows("并案")
        officer.seen("merge")
        in_english(officer, "merge")
        officer.types("number", first.case_number)
        officer.picks("kind", "same")
        signs(officer, "签署并案")
    ranked = officer.seen("ranks")
    for rank, one in enumerate(three, 1):
        assert f"第 {rank} 位 {one.case_number}" in " ".join(ranked.split())
    in_english(officer, "ranks")

    citizen = sits_down("")
    citizen.opens(f"{season.portal}follow-up")
    citizen.types("code", joining[-1].code)
    citizen.presses("进入")
    mailbox = citizen.seen("mailbox-merged")
    assert "在这一事项中排第 3 位" in mailbox
    assert first.case_number not in mailbox


@pytest.fixture
def hazard(season: Moving) -> str:
    """The number of a major hazard that was found true on Monday 9 March 2026, and told."""
    reporter = season.reporter()
    reporter.opens_the_form(matter="重大事故隐患")
    reporter.reports(narrative="储罐区安全阀停用，电线裸露。", anonymous="y")
    season.jobs()
    officer = season.officer()
    officer.accepts(reporter.case_number)
    season.until("2026-03-09")
    officer = season.officer()
    officer.concludes(
        reporter.case_number, fines="300000", penalty_no="（伊）应急罚〔2026〕样7号",
        penalty_on="2026-03-09", penalty_by="伊川县应急管理局",
    )  # fmt: skip
    officer.tells(reporter.case_number)
    return reporter.case_number


def test_a_major_hazard_is_put_right_rechecked_and_closed_by_a_second_person(
    season: Moving, sits_down, hazard: str
):
    officer = sits_down("yjj-officer")
    officer.follows(hazard)
    officer.seen("case-found")
    in_english(officer, "case-found")
    officer.follows("责令整改")
    officer.seen("order")
    in_english(officer, "order")
    officer.types("document", "（伊）应急责改〔2026〕样1号")
    officer.types("text", "拆除违规电线，恢复安全阀。")
    signs(officer, "责令整改")
    assert "已责令整改，整改期限开始计算" in officer.seen("ordered")

    for milestone, document in (("rectified", "整改报告1号"), ("rechecked", "复查意见书1号")):
        officer.follows("登记办理节点")
        officer.seen(f"milestone-{milestone}")
        in_english(officer, f"milestone-{milestone}")
        officer.picks("milestone", milestone)
        officer.types("document", document)
        signs(officer, "登记")
    officer.follows("提议办结")
    officer.seen("closing")
    in_english(officer, "closing")
    signs(officer, "提议办结")
    assert "等待第二人同意" in officer.seen("closing-proposed")

    leader = sits_down("yjj-leader")
    leader.follows(hazard)
    leader.follows("决定")
    leader.seen("close")
    in_english(leader, "close")
    signs(leader, "同意办结")
    assert "已办结。" in leader.seen("closed")
