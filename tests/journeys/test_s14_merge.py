"""S14: three people report the same pit; the work is done once, and none learns of the others."""

import re

from actors import Reporter
from console_words import ended_clocks, running_clocks
from moving import Moving
from visitor import Page

VERIFY = "核查期限"
TOLD = "已与同一事项的举报合并办理，您的举报按收到时间单独记录。"
RESULT = "查证属实，坑洞已回填，责任单位已被处罚。"


def reports(season: Moving, text: str) -> Reporter:
    """A citizen reports the pit; the log takes it in before the next one does."""
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative=text, enterprise="样本路桥有限公司", anonymous="y")
    assert reporter.case_number
    season.jobs()
    return reporter


def three(season: Moving) -> tuple[Reporter, Reporter, Reporter]:
    """At 09:00, at 09:05, and on day 3 with new evidence."""
    first = reports(season, "储罐区路面塌陷成坑，无人围挡。")
    season.world.move(minutes=5)
    second = reports(season, "罐区门口有个大坑。")
    for one in (first, second):
        season.officer().accepts(one.case_number)
    season.until("2026-03-04")
    third = reports(season, "坑更大了，有人掉下去，附照片。")
    return first, second, third


def merges(season: Moving, joining: Reporter, lead: Reporter, kind: str = "same") -> Page:
    """The officer lets one case join another, by its number."""
    officer = season.officer()
    officer.opens_case(joining.case_number)
    officer.follows("并案")
    return officer.sends("签署并案", number=lead.case_number, kind=kind)


def at_case(season: Moving, login: str, reporter: Reporter) -> Page:
    """The page of a case that no list of open ones has any more."""
    page = season.clerk(login).visitor.get(f"/cases/{season.report_of(reporter.case_number)}")
    assert page.status == 200
    return page


def each_sees_the_own(season: Moving, first: Reporter, *joined: Reporter) -> None:
    """The mailbox tells rank and work to those who joined, and the first one nothing new."""
    numbers = [one.case_number for one in (first, *joined)]
    lead_due = running_clocks(season.officer().opens_case(numbers[0]))[VERIFY][:10]
    for rank, reporter in enumerate(joined, 2):
        mailbox = reporter.looks_in()
        assert TOLD in mailbox.text
        assert f"按收到时间，您的举报在这一事项中排第 {rank} 位。" in mailbox.text
        assert "已受理，正在核查" in mailbox.text
        assert f"核查期限 {lead_due}" in mailbox.text
        others = [one for one in numbers if one != reporter.case_number]
        assert not [one for one in others if one in mailbox.text]
    mailbox = first.looks_in()
    for word in ("合并", "并案", "位次", "同一事项", *numbers[1:]):
        assert word not in mailbox.text


def told_one_by_one_and_closed(season: Moving, first: Reporter, *joined: Reporter) -> None:
    """The finding is recorded and told once, to each alone, before the close."""
    number = first.case_number
    officer = season.officer()
    officer.concludes(number, finding="unsubstantiated", penalty_no="", fines="")
    officer.tells(number, RESULT)
    refused = officer.proposes_closing(number)
    assert (refused.status, "并入的举报还有没告知核查结果的" in refused.text) == (422, True)
    officer.opens_case(number)
    officer.follows("并案情况")
    page = officer.follows("逐一告知")
    assert "还有 2 位举报人没有得到核查结果" in page.text
    assert "已逐一告知" in officer.sends("逐一发送", text=RESULT).text
    officer.proposes_closing(number)
    season.leader().closes(number)
    for reporter in (first, *joined):
        mailbox = reporter.looks_in()
        assert mailbox.text.count(RESULT) == 1
        assert "查无实据" in mailbox.text
        assert "已办结" in mailbox.text
    assert not [text for text, _ in joined[0].looks_in().links if text == "补充材料"]


def test_three_reports_of_one_pit_are_worked_on_once_and_ranked_by_the_log(season: Moving):
    first, second, third = three(season)
    numbers = [one.case_number for one in (first, second, third)]

    # Given a hint, staff merge: the later ones join the first, whichever was accepted
    officer = season.officer()
    hinted = officer.opens_case(numbers[1])
    assert [at for text, at in hinted.links if text == "并案" and "into=" in at]
    wrong = merges(season, first, second)
    assert (wrong.status, "请反过来，把它并入先收到的这一件" in wrong.text) == (422, True)
    merges(season, third, first, "supplementary")
    page = merges(season, second, first)

    # Then the proof ranks 1st, 2nd and supplementary, whatever was merged first
    found = re.findall(r"第 (\d) 位 (\S+) 收到", page.text)
    assert found == [(str(rank), number) for rank, number in enumerate(numbers, 1)]
    assert "补充举报（有新的证据）" in page.text
    assert "并案时签署为第 2 位" in page.text, "the third was second until the second joined"
    assert "登记事件摘要" in page.text
    assert page.body.count("<summary>系统签发的回执".encode()) == 3
    digests = re.findall(r"登记事件摘要 ([0-9a-f]{64})", page.text)
    assert len(set(digests)) == 3

    # And each sees the own thread and rank, the work in words, and nothing of the others
    each_sees_the_own(season, first, second, third)

    # And the threads stay apart: a letter, more evidence and urging in one case
    second.writes("我是第二个说这事的人。")
    assert "补充的材料已经送到" in second.adds("又拍了一张。").text
    again = second.visitor.get("/follow-up/case")
    assert "催办已经送到" in second.visitor.send(again.form("/follow-up/urge")).text
    season.jobs()
    assert "第二个" not in first.looks_in().text + third.looks_in().text

    # And work is done once: no clock runs where a case was merged, nothing is offered there
    for reporter in (second, third):
        page = at_case(season, "yjj-officer", reporter)
        assert running_clocks(page) == {}
        assert not {"登记核查结论", "提议办结", "受理", "不予受理"} & {t for t, _ in page.links}
        assert reporter.case_number not in season.officer().visitor.get("/").text
    assert VERIFY in ended_clocks(at_case(season, "yjj-officer", second))

    # Told one by one; until then the case is not closed
    told_one_by_one_and_closed(season, first, second, third)

    # And signed events, rows and register agree
    season.jobs()
    assert season.problems() == []
    assert "并案，与同一事项的举报合并办理" in season.audit(numbers[1]).text


def test_what_was_merged_by_mistake_goes_its_own_way_again(season: Moving):
    first, second, _third = three(season)
    before = running_clocks(season.officer().opens_case(second.case_number))
    merges(season, second, first)
    season.until("2026-03-06")

    # Only the head of the office undoes it
    page = at_case(season, "yjj-officer", second)
    assert "撤销并案" not in page.text
    leader = season.leader()
    leader.visitor.get(f"/cases/{season.report_of(second.case_number)}")
    leader.follows("撤销并案")
    missing = leader.sends("签署撤销", reason_code="")
    assert (missing.status, "请选择理由。" in missing.text) == (422, True)
    undone = leader.sends("签署撤销", reason_code="another_matter")
    assert "已撤销并案" in undone.text

    # The clocks run from their own first day: what was merged away was not won
    after = running_clocks(undone)
    assert after[VERIFY][:10] == before[VERIFY][:10]
    mailbox = second.looks_in()
    assert TOLD not in mailbox.text
    assert "恢复单独办理您的举报" in mailbox.text
    assert "合并" not in first.looks_in().text
    gone = season.officer().visitor.get(f"/cases/{season.report_of(first.case_number)}/merged")
    assert gone.status == 404
    season.jobs()
    assert season.problems() == []


def test_one_who_joined_says_it_is_not_solved_and_has_it_redone_in_the_case_that_leads(
    season: Moving,
):
    # Given a matter of two, told to each and closed
    first, second, third = three(season)
    for one in (third, second):
        merges(season, one, first)
    told_one_by_one_and_closed(season, first, second, third)

    # When the second answers, and nobody else
    form = second.visitor.follow("回答")
    sent = second.visitor.send(
        form.form("/follow-up/satisfaction"),
        {"answer": "not_solved", "text": "坑还在原处。", "retaliation": "no"},
    )
    assert "您的回答已经送到。" in sent.text
    season.jobs()
    assert "坑还在" not in first.looks_in().text + third.looks_in().text

    # Then who supervises reviews it in that case, and sees what was found in the other
    number = second.case_number
    supervisor = season.clerk("awb-supervisor")
    assert number in supervisor.visitor.get("/").text
    supervisor.opens_case(number)
    page = supervisor.follows("复核异议")
    assert "结论所在的主件" in page.text
    assert first.case_number in page.text
    assert "查无实据" in page.text
    done = supervisor.sends("签署决定", outcome="redo", note="照片对不上，重新核查。")
    assert "已返工，重新核查的期限开始计算" in done.text
    assert "返工，由主件重新核查" in done.text

    # And the one case is verified anew, for all of them; the reason is for the second alone
    lead = season.officer().opens_case(first.case_number)
    assert running_clocks(lead)[VERIFY].startswith("2026-04-03 ")
    assert "返工，并入的举报经复核重新核查" in lead.text
    mailbox = second.looks_in()
    assert "复核：重新核查" in mailbox.text
    assert "照片对不上，重新核查。" in mailbox.text
    for other in (first, third):
        assert "照片对不上" not in other.looks_in().text
        assert "正在核查" in other.looks_in().text
    season.jobs()
    assert season.problems() == []
