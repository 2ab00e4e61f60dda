"""S19: a report that no rule matches: a pool with a day of its own, a proposal, an assignment."""

from actors import Reporter
from console_words import ended_clocks, linked, running_clocks
from moving import Moving
from visitor import Page

YJJ, JW, ZJJ = "410329-yjj", "410329-jw", "410329-zjj"
ASSIGN = "指定承办期限"


def pooled(stage: Moving) -> Reporter:
    """A report of a trade that no rule names, filed on Monday 2 March 2026."""
    reporter = stage.reporter()
    reporter.opens_the_form(sector="新业态")
    reporter.reports(narrative="密室场所堵塞疏散通道。", anonymous="y")
    assert reporter.case_number
    stage.jobs()
    return reporter


def proposes(stage: Moving, number: str, lead: str = YJJ, **values: str | list[str]) -> Page:
    """The operator proposes from the pool's list."""
    operator = stage.operator()
    page = operator.visitor.get("/")
    assert "待定归属" in page.text
    assert number in page.text
    form = operator.visitor.get(linked(page, "/assignment"))
    assert "没有分派规则：" in form.text
    filled = {"lead": lead, "basis": "who_is_main"} | values
    return operator.visitor.send(form.form(button="提交建议"), filled, press="提交建议")


def test_the_pool_has_one_working_day_and_the_operator_proposes_who_leads_and_who_helps(
    season: Moving,
):
    # Given no rule matches region and trade, when saved
    number = pooled(season).case_number

    # Then it lies in the county's pool with a clock of one working day, and no other office sees it
    chief = season.clerk("awb-supervisor")
    page = chief.visitor.get("/")
    assert "待定归属（最早的在前）" in page.text
    case = chief.opens_case(number)
    assert "没有分派规则：" in case.text
    assert running_clocks(case)[ASSIGN].startswith("2026-03-03 ")
    assert "退回期限" not in running_clocks(case)
    assert number not in season.officer().visitor.get("/").text
    assert number not in season.clerk("city-supervisor").visitor.get("/worklist/undetermined").text

    # When the operator proposes a lead and a body that helps
    twice = proposes(season, number, co=[YJJ])
    assert (twice.status, "承办单位不能同时协办。" in twice.text) == (422, True)
    done = proposes(season, number, co=[JW])
    assert "建议已提交" in done.text
    assert not [at for _text, at in season.operator().opens_case(number).links if "/open" in at]

    # Then a supervisor finds it, and carries it out
    page = chief.visitor.get("/")
    assert "建议承办单位" in page.text
    page = chief.opens_case(number)
    shown = chief.visitor.get(linked(page, "/assignment/2"))
    for words in ("谁为主谁牵头", "伊川县应急管理局", "operator"):
        assert words in shown.text
    assert "已指定承办单位" in chief.sends("照此指定").text

    # And the lead has it with clocks of its own, the pool's has ended, both bodies can read it
    case = season.officer().opens_case(number)
    assert ended_clocks(case)[ASSIGN].find("按期完成") >= 0
    assert running_clocks(case)["签收期限"].startswith("2026-03-03 ")
    helper = season.officer("jw-officer")
    listed = helper.visitor.get("/")
    assert "本单位协办" in listed.text
    assert number in listed.text
    assert "密室场所堵塞疏散通道。" in helper.reads(number).text
    assert number not in season.clerk("city-supervisor").visitor.get("/").text
    assert number not in season.operator().visitor.get("/").text
    season.jobs()
    assert [office for office, text in season.mails() if number in text and "协办" in text] == [JW]
    assert season.problems() == []


def test_a_helping_body_advises_and_decides_nothing(season: Moving):
    number = pooled(season).case_number
    proposes(season, number, co=[JW])
    chief = season.clerk("awb-supervisor")
    chief.visitor.get(linked(chief.opens_case(number), "/assignment/2"))
    chief.sends("照此指定")

    helper = season.officer("jw-officer")
    page = helper.opens_case(number)
    for words in ("受理", "转办", "登记核查结论", "办结", "回复举报人", "申请退回"):
        assert words not in [text for text, _at in page.links], words
    for address in ("accept", "transfer", "reply", "finding", "closing", "refuse", "return"):
        answer = helper.visitor.get(page.url.partition("?")[0] + f"/{address}")
        forms = [one for one in answer.forms if "csrf_token" in one.fields and one.buttons]
        for form in forms:
            if form.action.endswith(address):
                assert helper.visitor.send(form).status in (403, 404, 409, 422), address
    assert season.world.case(season.report_of(number)).state == "received"

    helper.opens_case(number)
    helper.follows("提出协办意见")
    empty = helper.sends("提交意见")
    assert (empty.status, "请写意见。" in empty.text) == (422, True)
    helper.sends("提交意见", text="消防通道须在三日内恢复。")
    assert "消防通道须在三日内恢复。" in season.officer().reads(number).text
    season.jobs()
    told = [office for office, text in season.mails() if number in text and "协办意见" in text]
    assert told == [YJJ]
    assert season.problems() == []


def test_the_supervisor_chooses_otherwise_and_nobody_decides_for_a_day(season: Moving):
    number = pooled(season).case_number
    proposes(season, number)
    season.until("2026-03-04")
    chief = season.clerk("awb-supervisor")
    case = chief.opens_case(number)
    assert "超期" in running_clocks(case)[ASSIGN]
    chief.visitor.get(linked(case, "/assignment/2"))
    chief.follows("另行指定")
    done = chief.sends("转办", lead=ZJJ, reason_code="lead_by_duty")
    assert "已转办" in done.text
    case = season.officer("zjj-officer").opens_case(number)
    assert "超期完成" in ended_clocks(case)[ASSIGN]
    stale = chief.visitor.get(case.url.partition("?")[0] + "/assignment/2")
    assert (stale.status, "没有这份申请" in stale.text) == (409, True)
    assert season.problems() == []
