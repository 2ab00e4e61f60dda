"""A report that accuses staff reaches the discipline body too; a township learns what it may.

By a routing table in which the misconduct of staff is led by the emergency bureau, and in which the
township gets a copy of orders about dangerous chemicals.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors import Clerk
from casework.domain.routing import load_routing
from instance import make_world
from moving import Moving, moving
from people import ROOT, STAFF
from visitor import Page

YJJ, ZJJ, JW, TOWN = "410329-yjj", "410329-zjj", "410329-jw", "410329-pengpo"
NARRATIVE = "检查前通知了企业，收过好处。"
HAZARD = "储罐区动火作业未办理审批。"
BODY = f"""
[[department]]
code = "{TOWN}"
name = "伊川县彭婆镇人民政府"
short = "彭婆镇"
kind = "department"
supervisor = "410329-awb"
duties = "属地管理。"
clauses = [8]
"""


@pytest.fixture
def copied(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moving]:
    """An instance on Monday 2 March 2026, with people of a township among its staff."""
    text = (ROOT / "casework/routing/410329.toml").read_text(encoding="utf-8")
    led = 'matter = "staff_misconduct"\nlead = "410329-jw"'
    assert led in text
    text = text.replace(led, led.replace(JW, YJJ))
    rule = 'sector = "hazardous_chemicals"\nmatter = "*"\n'
    assert rule in text
    text = text.replace(rule, f'{rule}copy = ["{TOWN}"]\n')
    text = text.replace("\n[[rule]]", f"{BODY}\n[[rule]]", 1)
    routing = load_routing(text.encode())
    monkeypatch.setattr("admin.app.first_routing", lambda _home, _region: routing)
    monkeypatch.setattr("portal.app.first_routing", lambda _home, _region: routing)
    town = {"town-officer": (TOWN, ("officer",)), "town-leader": (TOWN, ("leader",))}
    monkeypatch.setattr("instance.load_routing", lambda _body: routing)
    world = make_world(tmp_path, database_url, staff={**STAFF, **town})
    with moving(world) as stage:
        yield stage
    world.store.close()


def accuses(stage: Moving, accused: str = ZJJ) -> str:
    """Report somebody of a department; returns the case number."""
    reporter = stage.reporter()
    page = reporter.opens_the_form(matter="监管执法人员失职或违纪")
    reporter.visitor.send(page.form("/report", field="about"), {"about": accused})
    form = reporter.visitor.page
    assert form is not None
    if accused != JW:
        assert "同时送 伊川县纪律检查委员会监察委员会" in " ".join(form.text.split())
    receipt = reporter.reports(narrative=NARRATIVE, anonymous="y")
    assert ("纪律检查" in receipt.text) == (accused != JW)
    stage.jobs()
    assert reporter.case_number
    return reporter.case_number


def reports(stage: Moving, relation: str = "none") -> str:
    """Report a hazard in the township; returns the case number."""
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative=HAZARD, anonymous="y", relation=relation)
    stage.jobs()
    assert reporter.case_number
    return reporter.case_number


def test_the_discipline_body_reads_signs_and_answers_and_decides_nothing(copied: Moving):
    number = accuses(copied)
    body = copied.officer("jw-officer")
    listed = body.visitor.get("/").text
    assert "抄送纪检监察" in listed
    assert "待签收" in listed
    page = body.reads(number)
    assert NARRATIVE in page.text
    shown = body.opens_case(number)
    offered = {text for text, _at in shown.links}
    assert {"签收抄送件", "书面回复"} <= offered
    assert offered.isdisjoint({"受理", "转办", "不予受理", "办结", "回复举报人", "移送"})
    body.follows("签收抄送件")
    assert "已签收。" in body.sends("签收").text
    assert "签收抄送件" not in {text for text, _at in body.opens_case(number).links}
    body.follows("书面回复")
    empty = body.sends("提交回复", text="")
    assert (empty.status, "请填写文书的文号。" in empty.text) == (422, True)
    done = body.sends("提交回复", document="伊纪函〔2026〕1号", text="已立案，请先固定检查记录。")
    assert "已加密送达承办和督办单位。" in done.text
    copied.jobs()
    answered = [one for one, text in copied.mails() if number in text and "书面回复" in text]
    assert answered == ["410329-awb", YJJ]
    lead = copied.officer().reads(number)
    assert "已立案，请先固定检查记录。" in lead.text
    assert "伊纪函〔2026〕1号" in lead.text
    # Whom it accuses finds nothing.
    accused = copied.clerk("zjj-leader")
    assert number not in accused.visitor.get("/").text
    assert copied.problems() == []


def test_a_referral_to_it_is_answered_by_itself(copied: Moving):
    number = accuses(copied)
    officer = copied.officer()
    officer.accepts(number)
    officer.opens_case(number)
    officer.follows("移送")
    officer.sends("登记移送", to="discipline", document="伊应急移〔2026〕1号")
    body = copied.officer("jw-officer")
    body.opens_case(number)
    body.follows("登记回执")
    assert "回执登记" in body.sends("登记", document="伊纪回〔2026〕1号").text.replace("已", "")


def test_where_it_is_accused_itself_it_gets_nothing(copied: Moving):
    number = accuses(copied, JW)
    assert JW not in copied.world.case(copied.report_of(number)).offices
    body = copied.clerk("jw-leader")
    assert number not in body.visitor.get("/").text
    report = copied.report_of(number)
    assert body.visitor.get(f"/cases/{report}").status == 404
    assert body.visitor.get(f"/cases/{report}/copy/receipt").status == 404
    assert number not in "".join(text for office, text in copied.mails() if office == JW)


def sent(clerk: Clerk, number: str) -> Page:
    """Send the order's facts to the township."""
    clerk.opens_case(number)
    page = clerk.follows("抄送")
    form = page.form(button="抄送")
    return clerk.visitor.send(form, {"copies": [TOWN]}, press="抄送")


def test_the_township_learns_the_facts_and_no_word_of_the_reporter(copied: Moving):
    number = reports(copied)
    done = sent(copied.officer(), number)
    assert "已抄送。" in done.text
    town = copied.officer("town-officer")
    assert "抄送本单位" in town.visitor.get("/").text
    page = town.opens_case(number)
    assert page.url.endswith("/copy")
    assert HAZARD not in page.text
    assert town.visitor.get(page.url.removesuffix("/copy")).status == 404
    report = copied.report_of(number)
    for path in ("/transfer", "/discipline/answer", "/opinion", "/copies", "/referrals/new"):
        assert town.visitor.get(f"/cases/{report}{path}").status in (403, 404)
    town.opens_case(number)
    town.follows("签收抄送件")
    assert "已签收。" in town.sends("签收").text
    town.follows("反馈看到的情况")
    empty = town.sends("加密提交", text="")
    assert (empty.status, "请写看到的情况。" in empty.text) == (422, True)
    told = town.sends("加密提交", text="夜里有槽车进出。")
    assert "已加密送达承办单位。" in told.text
    for login in ("yjj-officer-2", "awb-supervisor"):
        reader = copied.officer(login)
        assert "夜里有槽车进出。" in reader.reads(number).text
    assert re.search(r"抄送 伊川县彭婆镇人民政府 2026-03-02 签收",
                     " ".join(copied.officer().opens_case(number).text.split()))  # fmt: skip
    wraps = copied.world.store.read(lambda uow: uow.connection.exec_driver_sql(
        "SELECT DISTINCT recipient FROM key_wrap").scalars().all())  # fmt: skip
    assert f"office:{TOWN}" not in wraps
    assert copied.problems() == []


@pytest.mark.parametrize("relation", ["staff", "family"])
def test_nothing_goes_near_who_reports_from_the_inside(copied: Moving, relation: str):
    number = reports(copied, relation=relation)
    refused = sent(copied.officer(), number)
    assert refused.status == 422
    assert "举报人是被举报单位的人员或者其亲属" in refused.text
    assert copied.world.case(copied.report_of(number)).copies == ()
    assert copied.clerk("town-leader").visitor.get("/").text.count(number) == 0


def joins(stage: Moving, number: str, lead: str) -> None:
    officer = stage.officer()
    officer.opens_case(number)
    officer.follows("并案")
    officer.sends("签署并案", number=lead, kind="same")


def test_nothing_goes_near_who_reports_from_the_inside_where_their_report_has_joined_another(
    copied: Moving,
):
    number, other = reports(copied), reports(copied, relation="staff")
    copied.officer().accepts(number)
    joins(copied, other, number)
    assert copied.world.case(copied.report_of(number)).joined
    refused = sent(copied.officer(), number)
    assert refused.status == 422
    assert "举报人是被举报单位的人员或者其亲属" in refused.text
    assert copied.world.case(copied.report_of(number)).copies == ()


def test_who_declared_an_interest_in_the_enterprise_sees_no_copy_either(copied: Moving):
    number = reports(copied)
    copied.officer().accepts(number)
    sent(copied.officer(), number)
    report = copied.report_of(number)
    town = copied.officer("town-officer")
    assert town.visitor.get(f"/cases/{report}/copy").status == 200
    town.visitor.get("/")
    town.follows("利害关系申报")
    town.sends("提交申报", name="样本化工有限公司")
    assert number not in town.visitor.get("/").text
    for path in ("/copy", "/copy/receipt", "/copy/observation"):
        assert town.visitor.get(f"/cases/{report}{path}").status == 404, path
    assert copied.clerk("town-leader").visitor.get(f"/cases/{report}/copy").status == 200
