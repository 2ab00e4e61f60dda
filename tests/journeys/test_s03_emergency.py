"""S03: what is burning now hears whom to call first; who goes on goes before everybody else."""

import re

from actors import Stage
from console_words import linked, plain, running_clocks
from moving import Moving
from visitor import Page

YJJ, AWB = "410329-yjj", "410329-awb"
NOW = "正在发生：着火、爆炸、泄漏"
LIMIT = "紧急处置期限"


def calls(page: Page) -> set[str]:
    """The telephone numbers that a page has links to."""
    return {address.removeprefix("tel:") for _text, address in page.links if "tel:" in address}


def first_lines(page: Page, title: str) -> list[str]:
    """The lines of a list of the worklist, in words."""
    found = re.search(rf"<h2[^>]*>{title}</h2>.*?</section>", page.body.decode(), re.S)
    assert found is not None, page.text
    rows = re.findall(r"<tr>\s*<td>.*?</tr>", found[0], re.S)
    return [plain(row) for row in rows]


def test_what_is_burning_hears_whom_to_call_and_the_case_goes_before_all_others(season: Moving):
    # Given two ordinary reports, one of them long there
    early = season.reports()
    season.until("2026-03-10")
    plain_one = season.reports()

    # When somebody chooses "fire burning now, people trapped" on the form's first question
    reporter = season.reporter()
    page = reporter.sorts(NOW)

    # Then the page names 119, 110 and 120 before it asks for anything
    assert page.status == 200
    assert "请先打电话" in page.text
    assert {"119", "110", "120"} <= calls(page)
    assert "事情发生在哪里" not in page.text

    # And it allows to go on: the case is flagged, with a clock of the same day
    reporter.goes_on("继续填写举报")
    form = reporter.opens_the_form(is_sorted=True)
    assert {"119", "110", "120"} <= calls(form)
    receipt = reporter.reports(narrative="储罐区正在着火，有两人被困。", anonymous="y")
    number = reporter.case_number
    assert "已标为紧急" in receipt.text
    assert {"119", "110", "120"} <= calls(receipt)

    # And both offices are told at once, with nothing but the number
    season.jobs()
    told = f"举报编号 {number} 标为紧急，已分派至贵单位办理或者督办，请立即登录工作台查看并处置。"
    assert {(YJJ, told), (AWB, told)} <= set(season.mails())
    assert "着火" not in "".join(text for _office, text in season.mails())

    # And it stands first in every list, in words
    officer = season.officer()
    inbox = first_lines(officer.visitor.get("/"), "本单位在办")
    assert inbox[0].startswith(f"紧急 {number}")
    assert {early.case_number in inbox[1], plain_one.case_number in inbox[1]} == {True, False}
    assert not any(line.startswith("紧急") for line in inbox[1:])
    supervisor = season.clerk("awb-supervisor")
    above = first_lines(supervisor.visitor.get("/"), "所督办部门在办（最紧急的在前）")
    assert above[0].startswith(f"紧急 {number}")
    board = supervisor.visitor.get("/board")
    assert "紧急，待到场处置" in board.text
    assert number in board.text

    # And the case says so, until when, and what waits
    shown = officer.opens_case(number)
    assert "紧急" in shown.text
    assert "紧急：待到场处置" in shown.text
    assert running_clocks(shown)[LIMIT].startswith("2026-03-10 16:00")

    # When nobody is there within four hours of the hour in which it came in, it is overdue
    season.until("2026-03-10", "16:30")
    assert (YJJ, f"举报编号 {number} 的{LIMIT} 2026-03-10 已过，请立即办理。") in season.mails()
    assert LIMIT in reporter.looks_in().text or "紧急处置" in reporter.looks_in().text

    # When somebody is there and says so, then the clock ends and the case goes back in its place
    officer = season.officer()
    page = officer.opens_case(number)
    officer.visitor.get(linked(page, "/milestones"))
    done = officer.sends("登记", milestone="attended")
    assert LIMIT not in running_clocks(done)
    lines = first_lines(officer.visitor.get("/"), "本单位在办")
    assert not any(line.startswith("紧急") for line in lines)
    assert "紧急，待到场处置" not in supervisor.visitor.get("/board").text
    assert "到场处置" in reporter.looks_in().text
    assert season.problems() == []


def test_the_box_on_the_form_does_the_same_without_the_question(season: Moving):
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative="刚刚发生泄漏。", anonymous="y", urgent="y")
    season.jobs()
    page = season.leader().opens_case(reporter.case_number)
    assert LIMIT in running_clocks(page)


def test_each_site_does_its_part_with_the_rights_of_its_own_role(stage: Stage):
    """On PostgreSQL the public site may note that a case waits, and nothing else about it."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    receipt = reporter.reports(narrative="正在泄漏。", anonymous="y", urgent="y")
    assert "已标为紧急" in receipt.text
    page = stage.officer().visitor.get("/")
    assert first_lines(page, "本单位在办")[0].startswith(f"紧急 {reporter.case_number}")
    assert "已收到，等待受理" in reporter.looks_in().text
