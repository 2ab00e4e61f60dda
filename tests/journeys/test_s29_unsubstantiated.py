"""S29: not verified: reasons and ways to appeal, no reward, and malice needs two and a law."""

from actors import Clerk, Reporter
from moving import Moving
from visitor import Page

REASON = "到现场看过三次，没有发现动火作业，监控也没有拍到。"
BASIS = "《治安管理处罚法》第二十九条"


def closed(stage: Moving, finding: str = "unsubstantiated") -> Reporter:
    """Received, accepted, not verified, told why and closed on Monday 2 March 2026."""
    reporter = stage.reports()
    number = reporter.case_number
    officer = stage.officer()
    officer.accepts(number)
    officer.concludes(number, finding=finding, penalty_no="", fines="")
    officer.tells(number, REASON)
    officer.proposes_closing(number)
    stage.leader().closes(number)
    return reporter


def at_the_case(stage: Moving, clerk: Clerk, number: str) -> Page:
    """The page of a closed case, which stands in no list of what is to be done."""
    return clerk.visitor.get(f"{stage.console}/cases/{stage.report_of(number)}")


def test_the_reporter_reads_reasons_and_where_to_turn_and_no_reward_exists(season: Moving):
    reporter = closed(season)
    number = reporter.case_number
    page = reporter.looks_in()
    assert "查无实据" in page.text
    assert REASON in page.text
    # The objection with its last day and who reviews, and what the law gives besides.
    assert "2026-03-12以前（含当日）提出异议，由伊川县安全生产委员会办公室复核。" in page.text
    for law in ("《信访工作条例》", "《行政复议法》", "《行政诉讼法》"):
        assert law in page.text
    assert "没有查实的举报没有奖励" in page.text
    assert "领取奖金" not in [text for text, _address in page.links]
    assert "现在还没有奖励" in reporter.visitor.get("/follow-up/reward").text

    # Nobody can propose an award: no button, and the page itself refuses
    officer = season.officer()
    case_page = at_the_case(season, officer, number)
    assert "拟定奖励" not in [text for text, _address in case_page.links]
    refused = officer.visitor.get(case_page.url.partition("?")[0] + "/reward/propose")
    assert refused.status in (404, 409)

    # After the tenth day the way inside is over; the others stay
    season.until("2026-03-13")
    later = reporter.looks_in()
    assert "以前（含当日）提出异议" not in later.text
    assert "《行政复议法》" in later.text
    assert season.problems() == []


def test_a_report_that_cannot_be_verified_is_never_malicious(season: Moving):
    reporter = closed(season, "cannot_be_verified")
    leader = season.leader()
    page = at_the_case(season, leader, reporter.case_number)
    assert "提出恶意举报认定" not in [text for text, _address in page.links]
    leader.visitor.get(page.url.partition("?")[0] + "/malice")
    refused = leader.sends("提出", basis=BASIS)
    assert (refused.status, "以现在的办理状态" in refused.text) == (422, True)


def test_malice_needs_a_legal_basis_and_a_second_person_and_opens_nothing(season: Moving):
    reporter = closed(season)
    number = reporter.case_number

    # An officer cannot propose it, the head of the office can, with a law
    officer = at_the_case(season, season.officer(), number)
    assert "提出恶意举报认定" not in [text for text, _address in officer.links]
    leader = season.leader()
    at_the_case(season, leader, number)
    leader.follows("提出恶意举报认定")
    missing = leader.sends("提出", basis=" ")
    assert (missing.status, "请填写法律依据" in missing.text) == (422, True)
    proposed = leader.sends("提出", basis=BASIS)
    assert "等待上级督办确认。身份信息没有打开。" in proposed.text

    # The head cannot confirm it; the supervising office can, from its worklist
    assert not [at for _text, at in proposed.links if at.endswith("/malice/decide")]
    answer = leader.visitor.get(proposed.url.partition("?")[0] + "/malice/decide")
    assert answer.status == 403
    supervisor = season.clerk("awb-supervisor")
    assert "恶意举报认定" in supervisor.visitor.get("/").text
    supervisor.opens_case(number)
    supervisor.follows("恶意举报认定")
    assert supervisor.visitor.page is not None
    assert BASIS in supervisor.visitor.page.text
    done = supervisor.sends("签署决定", decision="confirm")
    assert "已确认，留下记录。身份信息没有打开。" in done.text

    # Nothing was opened, and the reporter reads all of it
    page = reporter.looks_in()
    assert "提出认定恶意举报，须另一人确认；身份信息没有打开" in page.text
    assert "确认认定恶意举报；身份信息没有打开" in page.text
    assert not season.world.case(season.report_of(number)).releases
    assert season.problems() == []


def test_while_an_objection_is_open_nobody_confirms_it(season: Moving):
    reporter = closed(season)
    number = reporter.case_number
    leader = season.leader()
    at_the_case(season, leader, number)
    leader.follows("提出恶意举报认定")
    leader.sends("提出", basis=BASIS)
    reporter.looks_in()
    form = reporter.visitor.follow("提出异议").form("/follow-up/objection")
    assert "异议已经送到" in reporter.visitor.send(form, {"text": "照片里看得见。"}).text

    supervisor = season.clerk("awb-supervisor")
    at_the_case(season, supervisor, number)
    supervisor.follows("恶意举报认定")
    refused = supervisor.sends("签署决定", decision="confirm")
    assert (refused.status, "以现在的办理状态" in refused.text) == (422, True)
    declined = supervisor.sends("签署决定", decision="decline")
    assert "未确认，不按恶意举报处理。" in declined.text
