"""S12: a reporter who was dismissed tells of it; a protected team has it, and nobody else learns.

The original office tries every address there is, the lists, the search, the hints and the mails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import sqlalchemy as sa

from actors import Clerk, Reporter
from admin.app import create_app
from console_words import ended_clocks, running_clocks
from instance import make_world
from moving import Moving, moving
from people import STAFF
from visitor import Form, Page

RSJ, YJJ, AWB = "410329-rsj", "410329-yjj", "410329-awb"
TEAM = {"rsj-officer": (RSJ, ("officer",)), "rsj-leader": (RSJ, ("leader",))}
WORDS = "昨天被辞退，班长说是因为我去举报。"
ANSWER, PROTECT, URGENT = "打击报复答复期限", "决定保护措施期限", "紧急处置期限"
NAME = "伊川县明发化工有限公司"


@pytest.fixture
def team(tmp_path: Path, database_url: str) -> Iterator[Moving]:
    """An instance on Monday 2 March 2026, with the office for labour rights among its staff."""
    world = make_world(tmp_path, database_url, staff={**STAFF, **TEAM})
    with moving(world) as stage:
        yield stage
    world.store.close()


def reported(stage: Moving) -> Reporter:
    """Somebody whose report is accepted by the emergency bureau."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative="储罐区动火作业未办理审批。", enterprise=NAME, anonymous="y")
    stage.jobs()
    stage.officer().accepts(reporter.case_number)
    return reporter


def tells(reporter: Reporter, text: str = WORDS, *, form: Page | None = None) -> Page:
    """Tell of retaliation, from the mailbox on or on the form that is shown."""
    if form is None:
        reporter.looks_in()
        form = reporter.visitor.follow("反映打击报复")
    return reporter.visitor.send(form.form("/follow-up/retaliation"), {"text": text})


def receipt(reporter: Reporter, page: Page) -> Reporter:
    """Who looks in with the code that the page shows, from another browser."""
    code = re.search(r"(\d{4} ){5}\d{4}", page.text)
    number = re.search(r"410329-\d{4}-[2-9A-Z]{8}", page.text)
    assert code is not None, page.text
    assert number is not None
    assert code.group(0) != reporter.code
    return Reporter(type(reporter.visitor)(reporter.visitor.base), code.group(0), number.group(0))


def rows_of(stage: Moving, table: str, report: str) -> list[object]:
    statement = sa.text(f"SELECT * FROM {table} WHERE report_id = :report")
    return list(
        stage.world.store.read(
            lambda uow: uow.connection.execute(statement, {"report": report}).all()
        )
    )


def everything_stored(stage: Moving, report: str) -> str:
    """All that is stored of a report outside its sealed bodies, as text."""
    case = stage.world.case(report)
    return f"{case} {rows_of(stage, 'event', report)} {rows_of(stage, 'sealed_object', report)}"


def test_a_dismissed_reporter_tells_it_and_a_protected_team_orders_a_measure(team: Moving):
    # Given a sealed insider was dismissed, when they use the code to report retaliation
    first = reported(team)
    before = team.world.case(team.report_of(first.case_number))
    first.looks_in()
    form = first.visitor.follow("反映打击报复")
    assert "伊川县人力资源和社会保障局" in form.text
    assert "谁看不到 伊川县应急管理局" in " ".join(form.text.split())
    empty = tells(first, "", form=form)
    assert (empty.status, "请写明受到了怎样的打击报复。" in empty.text) == (422, True)
    shown = tells(first, form=empty)
    again = tells(first, form=empty)
    second = receipt(first, shown)
    assert second.code in again.text, "sent twice, it is one"
    team.jobs()

    # Then a linked high-priority matter is opened to a protected team
    mails = [(office, text) for office, text in team.mails() if second.case_number in text]
    assert {office for office, _text in mails} == {RSJ, AWB}
    assert all("紧急" in text for _office, text in mails)
    officer = team.officer("rsj-officer")
    page = officer.opens_case(second.case_number)
    assert "举报人反映因举报受到打击报复" in page.text
    assert {ANSWER, PROTECT, URGENT} <= running_clocks(page).keys()
    assert running_clocks(page)[PROTECT].startswith("2026-03-09 ")
    assert first.case_number not in page.text, "the link is sealed"
    opened = officer.sends("打开举报")
    assert WORDS in opened.text
    assert "因哪一件举报被打击报复" in opened.text
    assert first.case_number in opened.text

    # And the original case has no sign of it
    assert team.world.case(team.report_of(first.case_number)) == before
    mailbox = first.looks_in()
    assert WORDS not in mailbox.text
    assert second.case_number not in mailbox.text
    stored = everything_stored(team, team.report_of(second.case_number))
    assert first.case_number not in stored
    assert before.report_id not in stored

    # And protective measures are tracked with their own clock
    officer.opens_case(second.case_number)
    officer.follows("采取保护措施")
    missing = officer.sends("决定采取", measure="restore")
    assert (missing.status, "请填写文书的文号。" in missing.text) == (422, True)
    done = officer.sends("决定采取", measure="restore", document="伊人社护〔2026〕1号")
    assert "保护措施已登记" in done.text
    assert PROTECT in ended_clocks(done)
    assert "要求恢复岗位和待遇，伊人社护〔2026〕1号" in done.text
    told = second.looks_in()
    assert "要求恢复岗位和待遇：正在实行" in told.text
    assert "采取保护措施：要求恢复岗位和待遇" in told.text
    officer.opens_case(second.case_number)
    officer.follows("结束")
    assert "保护措施已结束" in officer.sends("结束这项措施").text
    assert "要求恢复岗位和待遇：2026-03-02 已结束" in second.looks_in().text
    assert team.problems() == []


def test_that_none_is_needed_the_head_decides_with_a_reason(team: Moving):
    first = reported(team)
    second = receipt(first, tells(first))
    team.jobs()
    assert "无需保护措施" not in team.officer("rsj-officer").opens_case(second.case_number).text
    leader = team.leader("rsj-leader")
    leader.opens_case(second.case_number)
    leader.follows("无需保护措施")
    silent = leader.sends("决定无需采取", note="")
    assert (silent.status, "请写明理由。" in silent.text) == (422, True)
    done = leader.sends("决定无需采取", note="单位已恢复原岗位并补发工资。")
    assert PROTECT in ended_clocks(done)
    assert "无需保护措施" not in [text for text, _at in done.links]
    assert "单位已恢复原岗位并补发工资。" in second.looks_in().text
    team.until("2026-03-10")
    page = team.leader("rsj-leader").opens_case(second.case_number)
    assert PROTECT not in running_clocks(page)
    assert team.problems() == []


def test_undecided_it_is_late_after_five_working_days(team: Moving):
    first = reported(team)
    second = receipt(first, tells(first))
    team.jobs()
    team.until("2026-03-10", "00:30")
    page = team.leader("rsj-leader").opens_case(second.case_number)
    assert PROTECT in page.text.partition("超期")[2]
    late = {office for office, text in team.mails() if PROTECT in text and "已过" in text}
    assert late
    assert YJJ not in late


# ---- what the original office learns ---------------------------------------------------------


def pages_of(clerk: Clerk, *paths: str) -> str:
    return "\n".join(clerk.visitor.get(path).body.decode() for path in paths)


def asks(clerk: Clerk, method: str, path: str) -> Page:
    """Ask an address directly, with the token of a page of one's own."""
    page = clerk.visitor.get("/" if method == "POST" else path)
    if method == "GET":
        return page
    token = page.form(field="csrf_token").fields["csrf_token"]
    form = Form(urljoin(page.url, path), "post", {"csrf_token": token}, {"csrf_token", "asked"})
    return clerk.visitor.send(form, {"asked": "1"})


def addresses(stage: Moving) -> list[tuple[str, str]]:
    """Every method and address under a case, as the console has them."""
    rules = create_app(stage.world.settings).url_map.iter_rules()
    return sorted(
        (method, rule.rule)
        for rule in rules
        if "/cases/<" in rule.rule or "/audit/<" in rule.rule
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def filled(rule: str, report: str) -> str:
    rule = rule.replace("<report_id>", report)
    return re.sub(r"<[^>]+>", "1", rule)


@pytest.mark.parametrize("login", ["yjj-officer", "yjj-leader"])
def test_the_office_that_handled_it_learns_nothing_by_any_address(team: Moving, login: str):
    first = reported(team)
    second = receipt(first, tells(first))
    report = team.report_of(second.case_number)
    officer = team.officer("rsj-officer")
    officer.opens_case(second.case_number)
    officer.accepts(second.case_number)
    before = team.world.case(report)
    team.jobs()
    clerk = team.clerk(login)
    told = pages_of(clerk, "/", "/board", "/audit", "/keys", "/fund", "/releases")
    assert second.case_number not in told
    # A page that was asked for it says it back where one changes the language, and nothing more.
    asked = pages_of(clerk, f"/?q={second.case_number}")
    assert second.case_number not in asked.replace(f"/?q={second.case_number}", "")
    assert report not in told + asked
    for method, rule in addresses(team):
        path = filled(rule, report)
        answer = asks(clerk, method, path)
        assert answer.status in (403, 404), (method, rule, answer.status)
        assert second.case_number not in answer.text
        assert WORDS not in answer.text
    assert "可能是同一件事" not in clerk.opens_case(first.case_number).text
    assert [
        text for office, text in team.mails() if office == YJJ and second.case_number in text
    ] == []
    assert team.world.case(report) == before
    # Nor may anybody hand it over or ask it to help.
    above, leader = team.clerk("awb-supervisor"), team.leader("rsj-leader")
    for who, link in ((above, "转办"), (leader, "指定协办单位")):
        who.opens_case(second.case_number)
        offered = who.follows(link).body.decode()
        assert f'value="{YJJ}"' not in offered
        assert 'value="410329-jw"' in offered


def test_no_hint_leads_from_one_to_the_other(team: Moving):
    """The office above sees both, and still no page of one names the other."""
    first = reported(team)
    second = receipt(first, tells(first))
    team.officer("rsj-officer").accepts(second.case_number)
    for one, other in ((first, second), (second, first)):
        page = team.clerk("awb-supervisor").opens_case(one.case_number)
        assert "可能是同一件事" not in page.text
        assert other.case_number not in page.text


def test_yes_in_a_call_back_leads_to_the_form_and_tells_the_office_nothing(team: Moving):
    first = reported(team)
    officer = team.officer()
    officer.concludes(first.case_number, finding="unsubstantiated", penalty_no="", fines="")
    officer.tells(first.case_number, "到现场看过，没有发现。")
    officer.proposes_closing(first.case_number)
    team.leader().closes(first.case_number)
    first.looks_in()
    form = first.visitor.follow("回答").form("/follow-up/satisfaction")
    page = first.visitor.send(form, {"answer": "partly", "retaliation": "yes", "text": "好一些。"})
    assert page.url.partition("?")[0].endswith("/follow-up/retaliation")
    assert "您的回答已经送到。" in page.text
    second = receipt(first, tells(first, form=page))
    team.jobs()
    case = team.world.case(team.report_of(first.case_number))
    assert "retaliation_reported" not in [mark.name for mark in case.marks]
    seen = team.officer().visitor.get(f"/cases/{case.report_id}")
    assert (seen.status, "打击报复" in seen.text) == (200, False)
    assert [text for office, text in team.mails() if office == YJJ and "打击报复" in text] == []
    assert second.case_number in team.officer("rsj-officer").visitor.get("/").text
    assert team.problems() == []


@pytest.mark.parametrize(("sector", "lead"), [("危险化学品", AWB), ("其他", "410300-awb")])
def test_without_a_labour_office_it_goes_one_level_up_and_past_who_handled_it(
    season: Moving, sector: str, lead: str
):
    """Here no labour office has a key; what no rule matched the county's office handles itself."""
    first = season.reporter()
    first.opens_the_form(sector=sector)
    first.reports(narrative="储罐区动火作业未办理审批。", anonymous="y")
    second = receipt(first, tells(first))
    assert season.world.case(season.report_of(second.case_number)).offices == (lead,)
