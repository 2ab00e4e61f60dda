"""S27: a major hazard is found; it is put right, looked at again, and closed by a second person."""

import pytest

from actors import Reporter
from console_words import ended_clocks, running_clocks
from moving import Moving

PENALTY = "（伊）应急罚〔2026〕样7号"
RECTIFY, RECHECK, PUBLISH = "整改期限", "复查期限", "处罚公示期限"


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Somebody who reported a major hazard on Monday 2 March 2026; it is accepted."""
    reporter = season.reporter()
    reporter.opens_the_form(matter="重大事故隐患")
    reporter.reports(narrative="储罐区安全阀停用，电线裸露。", anonymous="y")
    season.jobs()
    season.officer().accepts(reporter.case_number)
    return reporter


def test_a_major_hazard_is_put_right_and_rechecked_before_a_second_person_closes_it(
    season: Moving, reporter: Reporter
):
    # Given "verified, major hazard", when decision number and fine are entered
    number = reporter.case_number
    season.until("2026-03-09")
    officer = season.officer()
    page = officer.concludes(
        number,
        fines="300000",
        penalty_no=PENALTY,
        penalty_on="2026-03-09",
        penalty_by="伊川县应急管理局",
    )

    # Then the order to put it right is the next page, and without it nothing is closed
    assert "核查结论已登记。" in page.text
    assert "责令整改" in page.text
    officer.tells(number)
    page = officer.opens_case(number)
    assert "提议办结" not in page.text
    refused = officer.visitor.get(page.url.partition("?")[0] + "/closing")
    assert "查实了重大事故隐患，还没有责令整改" in refused.text
    refused = officer.sends("提议办结")
    assert (refused.status, "还没有责令整改，不能办结。" in refused.text) == (422, True)
    ordered = officer.orders_mending(number)

    # And its own clock runs, beside that of the publication of the penalty
    assert "已责令整改，整改期限开始计算" in ordered.text
    clocks = running_clocks(ordered)
    assert clocks[RECTIFY].startswith("2026-04-08 ")
    assert clocks[PUBLISH].startswith("2026-03-16 ")

    # And the matter of the reward has begun by itself
    assert "奖励 待拟定" in ordered.text
    assert "2026-03-23 前拟定" in ordered.text
    assert [at for text, at in ordered.links if text == "拟定奖励"]

    # And nobody proposes to close before it was re-checked
    rejected = officer.visitor.get(ordered.url.partition("?")[0] + "/closing")
    assert "责令整改的事项还没有复查合格" in rejected.text
    assert officer.sends("提议办结").status == 422

    it_is_mended_at_the_second_try(season, number)
    a_second_person_closes_it(season, reporter)
    assert season.problems() == []


def it_is_mended_at_the_second_try(season: Moving, number: str) -> None:
    """Re-checked twice: each time it is not mended, it is ordered anew."""
    # When it is found not mended, then it is ordered anew with a clock of its own
    season.until("2026-03-30")
    officer = season.officer()
    mended = officer.records(number, "rectified", "整改报告1号")
    assert RECTIFY not in running_clocks(mended)
    assert running_clocks(mended)[RECHECK].startswith("2026-04-09 ")
    season.until("2026-04-01")
    officer = season.officer()
    again = officer.records(number, "rechecked.not_fixed", "复查意见书1号")
    assert running_clocks(again)[RECTIFY].startswith("2026-05-06 ")
    assert RECHECK in ended_clocks(again)
    assert "复查不合格，继续整改，复查意见书1号" in again.text
    assert not [text for text, _at in again.links if "提议办结" in text]

    # When it is mended, then that is found too
    officer.records(number, "rectified", "整改报告2号")
    done = officer.records(number, "rechecked", "复查意见书2号")
    assert not {RECTIFY, RECHECK} & set(running_clocks(done))


def a_second_person_closes_it(season: Moving, reporter: Reporter) -> None:
    """Proposed by who investigated, sent back once, then agreed to."""
    # When who investigated proposes the close, then they do not agree to it
    number = reporter.case_number
    officer = season.officer()
    proposed = officer.proposes_closing(number)
    assert "已提议办结，等待第二人同意。" in proposed.text
    assert not [at for _text, at in proposed.links if at.endswith("/close")]
    barred = officer.visitor.get(proposed.url.partition("?")[0] + "/close")
    assert barred.status == 403

    # And a second person sends it back once, with words that the officer reads
    leader = season.leader()
    assert "提议办结" in leader.visitor.get("/").text
    leader.opens_case(number)
    leader.follows("决定")
    leader.follows("退回")
    empty = leader.sends("退回", note="")
    assert (empty.status, "请写明还要做什么。" in empty.text) == (422, True)
    back = leader.sends("退回", note="请补充复查照片。")
    assert "已退回，提议人可以看到您的说明。" in back.text
    assert "请补充复查照片。" in officer.reads(number).text

    # And agrees the second time
    officer.proposes_closing(number)
    closed = leader.closes(number)
    assert "已办结。" in closed.text
    assert "已办结" in reporter.looks_in().text
    mailbox = reporter.looks_in().text
    assert "责令整改" in mailbox
    assert "复查照片" not in mailbox


def test_who_proposed_the_close_does_not_agree_to_it(season: Moving, reporter: Reporter):
    number = reporter.case_number
    officer = season.officer()
    officer.concludes(number, finding="unsubstantiated", fines="", penalty_no="", penalty_by="")
    page = officer.opens_case(number)
    assert "待拟定" not in page.text
    officer.tells(number, "经现场核查，没有发现您反映的情况。")
    leader = season.leader()
    leader.opens_case(number)
    leader.follows("提议办结")
    page = leader.sends("提议办结")
    assert not [at for _text, at in page.links if at.endswith("/close")]
    leader.visitor.get(page.url.partition("?")[0] + "/close")
    barred = leader.sends("同意办结")
    assert (barred.status, "您提议办结了这件举报，须由他人同意或者退回。" in barred.text) == (
        422,
        True,
    )

    # It waits for the office above instead
    supervisor = season.clerk("awb-supervisor")
    assert "提议办结" in supervisor.visitor.get("/").text
    supervisor.opens_case(number)
    supervisor.follows("决定")
    assert "已办结。" in supervisor.sends("同意办结").text
    assert season.problems() == []
