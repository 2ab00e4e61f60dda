"""The printed papers of a case: what stands on them, what never does, and who gets them."""

import re

import pytest

from asking import issue, to_day
from turning import JW, YJJ, ZJJ, ask_back, name_helpers, propose, transfer

NARRATIVE = "储罐区动火作业未办理审批，安全阀已停用。"
ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
PENALTY = {
    "penalty_no": "样罚〔2026〕7号",
    "fines": "5000\n3000",
    "penalty_by": "伊川县应急管理局",
    "penalty_on": "2026-03-02",
}


def paper(answer):
    """What is printed of a page: the article alone."""
    assert answer.status_code == 200, answer.text
    [found] = ARTICLE.findall(answer.text)
    return found


def found_by(sign_in, world):
    """A report with an account, a finding, two fines and a decision, by the pages themselves."""
    filed = world.file_report()
    world.accept(filed.report)
    answer = sign_in("yjj-officer").post(
        f"/cases/{filed.report}/finding",
        finding="partly",
        basis="documents",
        account="现场检查发现安全阀停用。\n动火作业有审批。",
        **PENALTY,
    )
    assert answer.status_code == 302, answer.text
    return filed


# ---- hand-over order ----------------------------------------------------------------------------


def test_the_hand_over_order_names_the_case_the_rule_and_the_days(world, sign_in):
    filed = world.file_report()
    rule = world.routing.rules[world.case(filed.report).rule]
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/papers/hand-over/{YJJ}"
    assert path in desk.get(f"/cases/{filed.report}").text
    page = paper(desk.get(path))
    for told in (
        "交办单",
        "伊川县安全生产委员会办公室",
        "伊川县应急管理局",
        filed.case_number,
        "伊川县",
        "危险化学品",
        "安全生产违法行为",
        rule.reason,
        "核查期限",
        "自受理起 30 日",
        "尚未起算",
        "2026年3月2日",
        "（印章）",
        "签收人",
    ):
        assert told in page, told
    assert "003" not in page, "the table's own short name of its source is no citation"
    for never in (NARRATIVE, "样本化工", "样本甲"):
        assert never not in page


def test_its_number_names_the_act_and_is_the_same_tomorrow(world, sign_in):
    filed = world.file_report()
    path = f"/cases/{filed.report}/papers/hand-over/{YJJ}"
    number = re.compile(r'paper-number">([^<]+)<')
    before = number.findall(paper(sign_in("yjj-leader").get(path)))
    world.accept(filed.report)
    world.move(days=1)
    after = number.findall(paper(sign_in("yjj-leader").get(path)))
    assert before == after
    assert re.fullmatch(re.escape(filed.case_number) + "-[0-9A-F]{8}", before[0])


def test_each_co_handler_has_an_order_of_its_own_and_nobody_else(world, sign_in):
    filed = world.file_report()
    case = f"/cases/{filed.report}"
    desk = sign_in("yjj-leader")
    assert f"hand-over/{JW}" not in desk.get(case).text
    assert desk.get(f"{case}/papers/hand-over/{JW}").status_code == 404
    name_helpers(world, filed.report, JW)
    assert f"hand-over/{JW}" in desk.get(case).text
    page = paper(desk.get(f"{case}/papers/hand-over/{JW}"))
    assert "现请你单位协办" in page
    assert world.routing.departments[JW].name in page
    assert f"<h1>{world.routing.departments[YJJ].name}</h1>" in page, "who named it issues it"
    assert paper(sign_in("jw-officer").get(f"{case}/papers/hand-over/{JW}"))
    for office in (ZJJ, "nowhere", "410329-awb"):
        assert desk.get(f"{case}/papers/hand-over/{office}").status_code == 404


def test_a_case_of_the_pool_has_none_until_it_is_given_to_somebody(world, sign_in):
    filed = world.file_report(sector="new_business_forms")
    case = f"/cases/{filed.report}"
    desk = sign_in("awb-supervisor")
    assert "交办单" not in desk.get(case).text
    lead = world.case(filed.report).lead
    assert desk.get(f"{case}/papers/hand-over/{lead}").status_code == 404
    propose(world, filed.report)
    transfer(world, filed.report, YJJ, YJJ, JW, proposal=2, co=[JW])
    page = paper(desk.get(f"{case}/papers/hand-over/{YJJ}"))
    assert "伊安委〔2022〕6号 第8条，谁为主谁牵头" in page


def test_after_a_return_that_was_upheld_the_basis_is_the_clause_that_was_cited(world, sign_in):
    filed = world.file_report()
    ask_back(world, filed.report)
    transfer(world, filed.report, ZJJ, ZJJ, returned=2, reason_code="not_competent")
    desk = sign_in("awb-supervisor")
    page = paper(desk.get(f"/cases/{filed.report}/papers/hand-over/{ZJJ}"))
    assert "伊安委〔2022〕6号第十八条" in page
    assert desk.get(f"/cases/{filed.report}/papers/hand-over/{YJJ}").status_code == 404


def test_what_was_reported_stands_on_it_only_after_opening_which_is_recorded(world, sign_in):
    filed = world.file_report(parts={"place": "2 号罐区", "relation": "staff"})
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/papers/hand-over/{YJJ}"
    answer = desk.post(f"{path}/open", page=path)
    page = paper(answer)
    for told in (NARRATIVE, "样本化工有限公司", "2 号罐区"):
        assert told in page
    for never in ("样本甲", "与被举报单位的关系"):
        assert never not in page
    assert world.case(filed.report).events == 2
    assert world.case(filed.report).read
    assert NARRATIVE not in desk.get(path).text


def test_opening_what_is_not_there_records_nothing(world, sign_in):
    filed = world.file_report()
    case = f"/cases/{filed.report}"
    desk = sign_in("yjj-officer")
    for path in (f"hand-over/{ZJJ}", "report"):
        answer = desk.post(f"{case}/papers/{path}/open", page=case)
        assert answer.status_code == 404
    assert world.case(filed.report).events == 1


# ---- verification report ------------------------------------------------------------------------


def test_the_report_tells_finding_fines_decision_clocks_and_people(world, sign_in):
    filed = found_by(sign_in, world)
    world.tell_result(filed.report)  # from now the reporter may object
    desk = sign_in("yjj-leader")
    path = f"/cases/{filed.report}/papers/report"
    assert path in desk.get(f"/cases/{filed.report}").text
    page = paper(desk.get(path))
    for told in (
        "核查报告",
        "部分属实（2026年3月2日）",
        "样罚〔2026〕7号",
        "5,000",
        "3,000",
        "核查期限",
        "按期完成",
        "样本·yjj-officer",
        "尚未办结",
        "（印章）",
        "审核人",
    ):
        assert told in page, told
    for never in ("安全阀", "样本化工", "样本甲"):
        assert never not in page
    assert "举报人提出异议的期限" not in page, "a right of the reporter is no duty"


def test_a_late_clock_and_who_closed_stand_on_it(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    to_day(world, "2026-04-02")  # one day too late
    world.conclude(filed.report)
    world.close(filed.report)
    page = paper(sign_in("yjj-officer").get(f"/cases/{filed.report}/papers/report"))
    assert "超期完成" in page
    assert "2026年4月2日，样本·yjj-leader" in page


def test_the_account_stands_on_it_only_after_opening_which_is_recorded(world, sign_in):
    filed = found_by(sign_in, world)
    before = world.case(filed.report).events
    desk = sign_in("yjj-leader")
    path = f"/cases/{filed.report}/papers/report"
    page = paper(desk.post(f"{path}/open", page=path))
    assert "现场检查发现安全阀停用。" in page
    assert NARRATIVE not in page
    assert world.case(filed.report).events == before + 1


def test_there_is_no_report_before_a_finding(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    desk = sign_in("yjj-officer")
    assert "核查报告" not in desk.get(f"/cases/{filed.report}").text
    assert desk.get(f"/cases/{filed.report}/papers/report").status_code == 404


# ---- dossier ------------------------------------------------------------------------------------


def test_the_dossier_lists_acts_clocks_orders_papers_and_digests(world, sign_in):
    filed = found_by(sign_in, world)
    issue(world, filed.report)
    page = paper(sign_in("yjj-officer").get(f"/cases/{filed.report}/papers/dossier"))
    events = world.store.read(lambda uow: uow.events.of_report(filed.report))
    assert len(events) == 4
    for one in events:
        assert one.event.digest().hex() in page
        for named in one.event.added:
            assert (named.digest in page) == (named.kind in ("object", "file", "item"))
    for told in (
        "举报内容",
        "核查情况",
        "身份信息（只有身份保管人能开启）",
        "伊督〔2026〕K7M2Q9XR号",
        "还没有答复",
        "样罚〔2026〕7号",
        "按期完成",
        "伊川县安全生产委员会办公室",
    ):
        assert told in page, told
    for never in (NARRATIVE, "样本化工", "样本甲", "现场检查"):
        assert never not in page


def test_the_dossier_of_a_report_that_just_came_in(world, sign_in):
    filed = world.file_report(identity={})
    page = paper(sign_in("yjj-officer").get(f"/cases/{filed.report}/papers/dossier"))
    assert "没有。" in page
    assert "身份信息" not in page


def test_printing_is_no_reading_of_the_report(world, sign_in):
    filed = found_by(sign_in, world)
    before = world.case(filed.report).events
    desk = sign_in("yjj-officer")
    for path in (f"hand-over/{YJJ}", "report", "dossier"):
        paper(desk.get(f"/cases/{filed.report}/papers/{path}"))
    assert world.case(filed.report).events == before


# ---- who gets them ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("yjj-officer", 200),
        ("awb-supervisor", 200),
        ("zjj-officer", 404),
        ("operator", 404),
        ("cashier", 404),
        ("seat1-holder", 403),
        ("auditor", 403),
        ("administrator", 403),
    ],
)
def test_who_may_see_the_case_may_print_it_and_nobody_else(world, sign_in, login, status):
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    desk = sign_in(login)
    for path in (f"hand-over/{YJJ}", "report", "dossier"):
        assert desk.get(f"/cases/{filed.report}/papers/{path}").status_code == status


def test_whom_the_report_accuses_gets_no_paper(world, sign_in):
    filed = world.file_report(about=YJJ)
    assert world.case(filed.report).lead != YJJ
    desk = sign_in("yjj-leader")
    for path in (f"hand-over/{YJJ}", "dossier"):
        assert desk.get(f"/cases/{filed.report}/papers/{path}").status_code == 404


def test_the_auditor_prints_the_dossier_alone(world, sign_in):
    filed = found_by(sign_in, world)
    desk = sign_in("auditor")
    path = f"/audit/cases/{filed.report}/dossier"
    assert path in desk.get(f"/audit/cases/{filed.report}").text
    page = paper(desk.get(path))
    assert "样罚〔2026〕7号" in page
    for never in (NARRATIVE, "样本化工", "样本甲", "现场检查"):
        assert never not in page
    assert sign_in("yjj-officer").get(path).status_code == 403
