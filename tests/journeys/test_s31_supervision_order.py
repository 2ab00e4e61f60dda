"""S31: an order of the supervising office on a case that is five working days overdue."""

import re

from console_words import ended_clocks, linked, running_clocks
from moving import Moving
from visitor import Page

VERIFY, REPLY = "核查期限", "督办单答复期限"
YJJ, AWB = "410329-yjj", "410329-awb"
NUMBER = re.compile(r"伊督〔2026〕[2-9A-Z]+号")
DEMAND = "一、说明逾期原因。\r\n二、一周内办结。"


def late_case(stage: Moving) -> str:
    """A case accepted on 2 March, urged on 2 April, five working days late on 9 April."""
    reporter = stage.reports()
    stage.officer().accepts(reporter.case_number)
    stage.until("2026-04-02")
    page = reporter.looks_in()
    assert "已超期 1 日" in page.text
    assert "催办已经送到" in reporter.visitor.send(page.form("/urge", button="催办")).text
    for day in ("03", "07", "08", "09"):  # 4 to 6 April: the Qingming holiday
        stage.until(f"2026-04-{day}")
    return reporter.case_number


def issue(stage: Moving, case_number: str) -> Page:
    """The supervising office issues an order about the verification clock."""
    supervisor = stage.clerk("awb-supervisor")
    page = supervisor.opens_case(case_number)
    assert "举报人：催办" in page.text
    assert "已超期 8 天" in running_clocks(page)[VERIFY]
    form = supervisor.follows("下达督办单")
    assert "答复期限 2026年4月16日" in form.text
    assert "核查期限，最后一日 2026-04-01" in form.text
    return supervisor.sends("签署并下达", text=DEMAND)


def steps(stage: Moving, case_number: str, clock: str) -> list[tuple[str, str]]:
    """The offices before which a clock of the case was brought, and as what."""
    found = re.compile(rf"举报编号 {case_number} 的{clock} \S+ 已过，(现\S+?)，请登录查看并确认。")
    hits = ((office, found.match(text)) for office, text in stage.mails())
    return [(office, hit[1]) for office, hit in hits if hit]


def test_an_order_is_answered_by_the_head_prints_and_its_answer_stops_its_clock(season: Moving):
    # Given a case 5 working days overdue after one urge
    number = late_case(season)
    listed = (AWB, "现列入挂牌督办")
    assert listed in steps(season, number, VERIFY)

    # When the supervision office issues an order
    issued = issue(season, number)
    assert "下达时已超期 8 天" in issued.text
    found = NUMBER.search(issued.text)
    assert found is not None
    season.jobs()
    told = f"举报编号 {number} 有一份督办单待贵单位负责人答复，请登录工作台办理。"
    assert (YJJ, told) in season.mails()

    # Then it prints with its number and a field for the seal, of the office that issued it
    supervisor = season.clerk("awb-supervisor")
    page = supervisor.opens_case(number)
    supervisor.visitor.get(linked(page, f"/orders/{order_id(season, number)}"))
    paper = supervisor.follows("打印督办单")
    sheet = " ".join(re.sub(r"<[^>]+>", " ", article(paper)).split())
    assert sheet.startswith(f"伊川县安全生产委员会办公室 督办单 {found[0]} 伊川县应急管理局：")
    for words in (
        number,
        "该件核查期限的最后一日为2026年4月1日，截至本单下达之日已超期8天",
        "一、说明逾期原因。 二、一周内办结。",
        "请你单位负责人于2026年4月16日前（含当日）书面答复",
        "2026年4月9日 （印章） 签发人 签收人 签收日期",
    ):
        assert words in sheet, sheet

    # And the head has it to answer, the officers of the department have not
    officer = season.officer()
    page = officer.opens_case(number)
    page = officer.visitor.get(linked(page, f"/orders/{order_id(season, number)}"))
    assert "答复" not in [text for text, _address in page.links]
    leader = season.leader()
    assert "待答复的督办单" in leader.visitor.get("/").text
    page = leader.opens_case(number)
    assert running_clocks(page)[REPLY].startswith("2026-04-16 ")

    # When the head answers on the last day, then that clock stops, and no other
    season.until("2026-04-16")
    leader = season.leader()
    page = leader.opens_case(number)
    before = running_clocks(page)
    leader.visitor.get(linked(page, "/answer"))
    answered = leader.sends("签署并答复", text="企业停产，鉴定延误；4 月 22 日前办结。")
    assert "企业停产，鉴定延误" in answered.text
    after = leader.opens_case(number)
    assert before.keys() - running_clocks(after).keys() == {REPLY}
    assert ended_clocks(after)[REPLY] == "2026-04-16 按期完成"
    assert "待答复" not in after.text

    # And nothing comes of the order any more, while the case itself climbs on
    season.until("2026-04-30")
    assert steps(season, number, REPLY) == []
    assert any("安委会" in what for _office, what in steps(season, number, VERIFY))
    assert article(supervisor_paper(season, number)) == article(paper), "a paper stays as it was"
    assert season.problems() == []


def test_an_order_that_nobody_answers_is_brought_one_level_up(season: Moving):
    number = late_case(season)
    issue(season, number)

    # On its last day the head is still in time
    season.until("2026-04-16")
    assert steps(season, number, REPLY) == []
    late = [text for _office, text in season.mails() if REPLY in text]
    assert late[-1] == f"举报编号 {number} 的{REPLY}到 2026-04-16 为止，请按期办理。"

    # On the day after, a Friday, it is brought before the head
    season.until("2026-04-17")
    assert steps(season, number, REPLY) == [(YJJ, "现报本单位负责人")]

    # And on the working day after that before the office above, no further
    season.until("2026-04-20")
    up = [(AWB, "现报请贵单位督办"), (YJJ, "现报本单位负责人")]
    assert sorted(steps(season, number, REPLY)) == up
    supervisor = season.clerk("awb-supervisor")
    assert f"{REPLY}超期：上级督办" in supervisor.visitor.get("/").text
    page = supervisor.opens_case(number)
    supervisor.visitor.get(linked(page, "/steps/order_reply/"))
    assert "阅知超期上报（督办单答复期限，上级督办）" in supervisor.sends("登记阅知").text

    # The head may answer late, which stops the clock and shows as late
    season.until("2026-04-21")
    assert sorted(steps(season, number, REPLY)) == up
    leader = season.leader()
    page = leader.opens_case(number)
    assert "已超期 5 天" in running_clocks(page)[REPLY]
    leader.visitor.get(linked(page, "/answer"))
    leader.sends("签署并答复", text="迟复致歉，已办结。")
    after = leader.opens_case(number)
    assert ended_clocks(after)[REPLY] == "2026-04-16 超期完成"
    season.until("2026-05-08")
    assert sorted(steps(season, number, REPLY)) == up
    assert season.problems() == []


def order_id(stage: Moving, case_number: str) -> str:
    """The id of the case's one order."""
    (order,) = stage.world.case(stage.report_of(case_number)).orders
    return order.id


def supervisor_paper(stage: Moving, case_number: str) -> Page:
    """The order as it prints now."""
    supervisor = stage.clerk("awb-supervisor")
    page = supervisor.opens_case(case_number)
    supervisor.visitor.get(linked(page, f"/orders/{order_id(stage, case_number)}"))
    return supervisor.follows("打印督办单")


def article(page: Page) -> str:
    """The sheet of a page that prints."""
    found = re.search(r"<article.*?</article>", page.body.decode(), re.S)
    assert found is not None
    return found[0]
