"""S11: an interest declared, or the office itself accused: those people have no part in it.

Through the pages: whoever is left out is told nothing and finds no address that opens.
"""

import re
from urllib.parse import urljoin

import pytest
import sqlalchemy as sa

from actors import Clerk, Reporter
from admin.app import create_app
from moving import Moving
from visitor import Form, Page

YJJ, AWB, JW = "410329-yjj", "410329-awb", "410329-jw"
TYPED = "样本化工有限公司"  # what a reporter of these tests names
ASKED = "请贵单位研究是否另行指定承办"


def declares(stage: Moving, login: str, name: str = TYPED, **how: str) -> Page:
    clerk = stage.clerk(login)
    clerk.visitor.get("/")
    clerk.follows("利害关系申报")
    return clerk.sends("提交申报", name=name, **how)


def asks(clerk: Clerk, method: str, path: str) -> Page:
    """Ask an address directly, with the token of a page of one's own."""
    page = clerk.visitor.get("/" if method == "POST" else path)
    if method == "GET":
        return page
    token = page.form(field="csrf_token").fields["csrf_token"]
    form = Form(urljoin(page.url, path), "post", {"csrf_token": token}, {"csrf_token", "asked"})
    return clerk.visitor.send(form, {"asked": "1"})


def addresses(stage: Moving, report: str) -> list[tuple[str, str]]:
    """Every method and address under a case, as the console has them."""
    rules = create_app(stage.world.settings).url_map.iter_rules()
    return sorted(
        (method, re.sub(r"<[^>]+>", "1", rule.rule.replace("<report_id>", report)))
        for rule in rules
        if "/cases/<" in rule.rule
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def learns_nothing(stage: Moving, login: str, reporter: Reporter) -> None:
    """No list names the case, and none of its addresses opens."""
    report = stage.report_of(reporter.case_number)
    before = stage.world.case(report)
    clerk = stage.clerk(login)
    boards = ("/board", f"/board/{YJJ}/normal") if login == "yjj-leader" else ()
    for path in ("/", "/worklist/inbox", "/worklist/inbox/bulk", *boards):
        page = clerk.visitor.get(path)
        assert page.status == 200
        assert reporter.case_number not in page.body.decode(), path
    tried = addresses(stage, report)
    assert len(tried) > 40
    assert clerk.visitor.get(f"/cases/{report}").status == 404
    for method, path in tried:
        answer = asks(clerk, method, path)
        assert answer.status in (403, 404), (method, path, answer.status)
        made_up = asks(clerk, method, path.replace(report, "2" * 26))
        assert made_up.status == answer.status, (method, path)
        assert reporter.case_number not in answer.text
        assert "回避" not in answer.text
    assert stage.world.case(report) == before


def test_who_declared_an_interest_is_left_out_on_acceptance_and_told_nothing(season: Moving):
    # Given two officers of the bureau, one with an interest in the enterprise
    done = declares(season, "yjj-officer-2", f"河南省伊川县{TYPED}")
    assert "已申报。名称没有保存。" in done.text
    assert "您现有 1 项申报。" in done.text
    assert "2026-03-02" in done.text
    assert "样本化工" not in done.body.decode()
    rows = season.world.store.read(
        lambda uow: uow.connection.execute(sa.text("SELECT * FROM declared_interest")).all()
    )
    assert len(rows) == 1
    assert "样本" not in str(rows)

    # When the other one accepts a report about it, and routing's second look comes
    reporter = season.reports()
    number = reporter.case_number
    assert number in season.clerk("yjj-officer-2").visitor.get("/").text, "nobody knows yet"
    season.officer().accepts(number)
    season.jobs()

    # Then the first has no part in it and is told nothing; the others go on
    learns_nothing(season, "yjj-officer-2", reporter)
    assert [text for _office, text in season.mails() if ASKED in text] == []
    assert "与申报的利害关系相符" in season.officer().opens_case(number).text
    season.officer().replies(number, "已经开始核查。")

    # And the exclusion is in the log
    assert "回避" in season.audit(number).text
    assert "一名工作人员依法回避" in reporter.looks_in().text
    assert season.problems() == []


def test_without_a_head_the_office_above_is_asked_to_take_it_and_does(season: Moving):
    declares(season, "yjj-leader")
    reporter = season.reports()
    number = reporter.case_number
    season.officer().accepts(number)
    season.jobs()
    learns_nothing(season, "yjj-leader", reporter)
    [(office, text)] = [mail for mail in season.mails() if ASKED in mail[1]]
    assert number in text
    assert "样本" not in text
    assert YJJ not in office

    supervisor = season.clerk("awb-supervisor")
    supervisor.opens_case(number)
    page = supervisor.follows("转办")
    assert "举报涉及本单位，应当回避" in page.text
    supervisor.sends("转办", lead="410329-zjj", reason_code="accused")
    case = season.world.case(season.report_of(number))
    assert (case.lead, YJJ in case.offices) == ("410329-zjj", False)
    assert season.problems() == []


def test_a_person_stays_out_and_a_head_takes_a_colleague_out(season: Moving):
    reporter = season.reports()
    number = reporter.case_number
    officer = season.officer()
    officer.opens_case(number)
    page = officer.follows("回避")
    me = season.world.people["yjj-officer"].account
    assert season.world.people["yjj-officer-2"].account not in page.body.decode()
    assert "已登记回避，这件举报您不再办理。" in officer.sends("登记回避", account=me).text
    report = season.report_of(number)
    assert officer.visitor.get(f"/cases/{report}").status == 404

    leader = season.leader()
    leader.opens_case(number)
    offered = leader.follows("回避").body.decode()
    assert me not in offered
    assert season.world.people["awb-supervisor"].account not in offered
    other = season.world.people["yjj-officer-2"].account
    assert "已登记回避，系统不通知本人。" in leader.sends("登记回避", account=other).text
    stranger = season.officer("yjj-officer-2")
    assert stranger.visitor.get(f"/cases/{report}").status == 404
    learns_nothing(season, "yjj-officer-2", reporter)
    learns_nothing(season, "yjj-officer", reporter)
    assert season.world.case(report).recused == {me, other}
    assert season.problems() == []


@pytest.mark.parametrize(("accused", "lead"), [(YJJ, JW), (JW, AWB)])
def test_a_report_that_accuses_the_department_goes_past_it(season: Moving, accused: str, lead: str):
    reporter = season.reporter()
    page = reporter.opens_the_form(matter="监管执法人员失职或违纪")
    value = re.search(rf'value="({accused})"', page.body.decode())
    assert value is not None
    reporter.visitor.send(page.form("/report", field="about"), {"about": accused})
    reporter.reports(narrative="检查前通知了企业。", anonymous="y")
    assert reporter.case_number is not None
    case = season.world.case(season.report_of(reporter.case_number))
    assert (case.about, case.lead) == (accused, lead)
    assert accused not in case.offices
    season.jobs()
    logins = [one for one, person in season.world.people.items() if person.office == accused]
    for login in logins:
        clerk = season.clerk(login)
        assert reporter.case_number not in clerk.visitor.get("/").text
        assert clerk.visitor.get(f"/cases/{case.report_id}").status == 404
    assert season.problems() == []


def test_a_declaration_is_withdrawn_by_its_name_and_no_name_is_refused(season: Moving):
    refused = declares(season, "cashier", "（——）")
    assert "您现有 0 项申报。" in refused.text
    assert "看不出是哪个企业" in refused.text
    assert "（——）" not in refused.body.decode()
    declares(season, "cashier")
    unknown = declares(season, "cashier", "宏远建材厂", what="withdraw")
    assert "您没有申报过这个企业。" in unknown.text
    assert "宏远" not in unknown.body.decode()
    assert "已撤回这项申报。" in declares(season, "cashier", what="withdraw").text
    assert "您现有 0 项申报。" in season.clerk("cashier").visitor.get("/interests").text


def test_an_operator_with_an_interest_finds_nothing_to_ask_for_by_the_number(season: Moving):
    reporter = season.reports()
    number, operator = reporter.case_number, season.clerk("operator")
    season.officer().accepts(number)
    assert operator.visitor.get(f"/releases/new?number={number}").status == 200
    declares(season, "operator")
    season.jobs()
    report = season.report_of(number)
    found = operator.visitor.get(f"/releases/new?number={number}")
    made_up = operator.visitor.get("/releases/new?number=410329-2026-AAAAAAAA")
    assert (found.status, found.text) == (made_up.status, made_up.text)
    assert operator.visitor.get(f"/cases/{report}/releases").status == 404
    assert season.world.case(report).recused == frozenset(), "nothing is noted of who reads none"


def test_lists_and_pages_mark_what_was_accepted_by_lapse_of_time(season: Moving):
    reporter = season.reports()
    season.until("2026-03-25")
    officer = season.officer()
    assert "视为受理" in officer.visitor.get("/worklist/inbox").text
    assert "视为受理" in officer.opens_case(reporter.case_number).text
    later = season.reports()
    officer.accepts(later.case_number)
    assert "视为受理" not in officer.opens_case(later.case_number).text
