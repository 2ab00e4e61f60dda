"""Findings with their penalty, rectification, proposals to close, and many at once (S27, S28)."""

import re

import pytest

from admin.refusal_codes import CLOSINGS
from casework.domain.closing import REASONS

FINDING = {
    "finding": "substantiated",
    "account": "现场核查属实。",
    "already_known": "no",
    "basis": "documents",
}
ORDER = {"document": "（伊）应急责改〔2026〕1号", "text": "恢复安全阀。"}


@pytest.fixture
def filed(world):
    """A major hazard that was accepted on 2 March 2026."""
    filed = world.file_report(matter="major_hazard")
    world.accept(filed.report)
    return filed


@pytest.fixture
def case(filed):
    return f"/cases/{filed.report}"


def buttons(text):
    """The words on the links of the page that are buttons."""
    return re.findall(r'<a class="btn[^"]*"[^>]*>([^<]+)', text)


def is_mended(world, sign_in, filed):
    """Found, ordered, put right and re-checked; the reporter is told."""
    world.conclude(filed.report)
    world.tell_result(filed.report)
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}"
    desk.post(f"{path}/rectification", **ORDER)
    for name in ("rectified", "rechecked"):
        answer = desk.post(f"{path}/milestones", milestone=name, document="样1号")
        assert answer.status_code == 302, answer.text
    return desk


def test_every_reason_not_to_close_has_words_of_its_own():
    assert set(REASONS) == set(CLOSINGS)
    assert len({str(words) for words in CLOSINGS.values()}) == len(REASONS)


def test_the_penalty_is_told_with_its_day_and_who_decided(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    form = desk.get(f"{case}/finding").text
    assert 'value="伊川县应急管理局"' in form
    told = {**FINDING, "penalty_no": "样罚1号", "fines": "10000", "penalty_by": "伊川县应急管理局"}
    for wrong, words in (
        ({"penalty_no": "", "fines": "", "penalty_on": "2026-03-02"}, "请同时填写处罚决定书文号。"),
        ({"penalty_on": "2026-03-03"}, "不能是还没有到的日子。"),
    ):
        answer = desk.post(f"{case}/finding", **{**told, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    answer = desk.post(f"{case}/finding", **told, penalty_on="2026-03-02")
    # A major hazard leads on to the order to put it right.
    assert answer.location.split("?")[0].endswith("/rectification")
    now = world.case(filed.report)
    assert (now.penalty_no, now.penalty_on, now.penalty_by) == (
        "样罚1号", "2026-03-02", "伊川县应急管理局",
    )  # fmt: skip
    page = desk.get(case).text
    assert "伊川县应急管理局，2026-03-02" in page
    assert "处罚公示期限" in page


@pytest.mark.parametrize(("matter", "page"), [("violation", "cases"), ("general_hazard", "cases")])
def test_other_matters_go_back_to_the_case(world, sign_in, matter, page):
    filed = world.file_report(matter=matter)
    world.accept(filed.report)
    answer = sign_in("yjj-officer").post(f"/cases/{filed.report}/finding", **FINDING)
    assert answer.location.split("?")[0].endswith(f"/{page}/{filed.report}")
    assert "责令整改" in buttons(sign_in("yjj-leader").get(f"/cases/{filed.report}").text)


def test_the_reward_begins_by_itself_and_only_where_it_was_true(world, sign_in, filed, case):
    world.conclude(filed.report)
    page = sign_in("yjj-officer").get(case).text
    assert '<span class="badge-state">待拟定</span>' in page
    assert "2026-03-16 前拟定" in page
    other = world.file_report()
    world.accept(other.report)
    world.conclude(other.report, finding="unsubstantiated", fines_fen=())
    assert "待拟定" not in sign_in("yjj-leader").get(f"/cases/{other.report}").text


def test_an_order_to_mend_needs_its_paper_a_day_to_come_and_words(world, sign_in, filed, case):
    world.conclude(filed.report)
    desk = sign_in("yjj-officer")
    for wrong, words in (
        ({"document": " "}, "请填写文书的文号。"),
        ({"text": ""}, "请写明要整改什么。"),
        ({"due_on": "2026-03-01"}, "不能是已经过去的日子。"),
        ({"document": "样" * 101}, "文号不能超过 100 字。"),
    ):
        answer = desk.post(f"{case}/rectification", **{**ORDER, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True), words
    answer = desk.post(f"{case}/rectification", **ORDER, due_on="2026-03-02")
    assert "已责令整改" in desk.get(answer.location).text
    assert "文书写明 2026-03-02 前完成" in desk.get(case).text
    panel = re.search(r"/clocks/rectify/[0-9]+", desk.get(case).text)
    assert panel is not None
    assert "文书写明 2026-03-02 前完成" in desk.get(f"{case}{panel[0]}").text
    assert "恢复安全阀。" not in desk.get(case).text
    assert "恢复安全阀。" in desk.post(f"{case}/open", page=case).text
    again = desk.post(f"{case}/rectification", **ORDER)
    assert (again.status_code, "这项操作已经完成，不需要重复。" in again.text) == (422, True)


def test_a_recheck_is_recorded_with_what_it_found(world, sign_in, filed, case):
    world.conclude(filed.report)
    desk = sign_in("yjj-officer")
    desk.post(f"{case}/rectification", **ORDER)
    assert "复查不合格" not in desk.get(f"{case}/milestones").text
    desk.post(f"{case}/milestones", milestone="rectified", document="样1号")
    page = desk.get(f"{case}/milestones").text
    assert 'value="rechecked"' in page
    assert 'value="rechecked.not_fixed"' in page
    missing = desk.post(f"{case}/milestones", milestone="rechecked.not_fixed")
    assert (missing.status_code, "登记这个节点须填写文书的文号。" in missing.text) == (422, True)
    desk.post(f"{case}/milestones", milestone="rechecked.not_fixed", document="样2号")
    assert "复查不合格，继续整改，样2号" in desk.get(case).text


def test_what_is_still_to_be_done_is_listed_before_it_is_refused(world, sign_in, filed, case):
    world.conclude(filed.report)
    desk = sign_in("yjj-officer")
    assert "提议办结" not in buttons(desk.get(case).text)
    page = desk.get(f"{case}/closing").text
    assert "还没有把核查结果告知举报人" in page
    assert "还没有责令整改" in page
    refused = desk.post(f"{case}/closing")
    assert (refused.status_code, str(CLOSINGS["not_told"]) in refused.text) == (422, True)
    assert world.case(filed.report).closings == ()


def test_proposed_sent_back_proposed_and_agreed_to(world, sign_in, filed, case):
    officer = is_mended(world, sign_in, filed)
    assert "提议办结" in buttons(officer.get(case).text)
    answer = officer.post(f"{case}/closing")
    assert "已提议办结，等待第二人同意。" in officer.get(answer.location).text
    twice = officer.post(f"{case}/closing")
    assert (twice.status_code, "不需要重复" in twice.text) == (422, True)
    assert officer.get(f"{case}/close").status_code == 403

    leader = sign_in("yjj-leader")
    shown = leader.get("/").text
    assert "提议办结" in shown
    asked = str(world.case(filed.report).closings[0].ordinal)
    stale = leader.post(f"{case}/close", asked="2")
    assert (stale.status_code, "不能进行这项操作" in stale.text) == (422, True)
    empty = leader.post(f"{case}/closing/decline", asked=asked, note="")
    assert (empty.status_code, "请写明还要做什么。" in empty.text) == (422, True)
    leader.post(f"{case}/closing/decline", asked=asked, note="缺复查照片。")
    page = leader.get(case).text
    assert "退回" in page
    assert "缺复查照片。" not in page
    assert "缺复查照片。" in officer.post(f"{case}/open", page=case).text

    officer.post(f"{case}/closing")
    # What was sent back cannot be agreed to by a page that was left open.
    late = leader.post(f"{case}/close", asked=asked)
    assert late.status_code == 422
    asked = str(world.case(filed.report).closings[1].ordinal)
    done = leader.post(f"{case}/close", asked=asked)
    assert "已办结。" in leader.get(done.location).text
    assert world.case(filed.report).state == "closed"


def test_closing_what_nobody_proposed_is_refused_in_words(world, sign_in, filed, case):
    is_mended(world, sign_in, filed)
    leader = sign_in("yjj-leader")
    assert "已核查，待办结" in leader.get("/").text
    answer = leader.post(f"{case}/close")
    assert (answer.status_code, str(CLOSINGS["not_proposed"]) in answer.text) == (422, True)


def test_many_at_once_without_scripts(world, sign_in, filed):
    is_mended(world, sign_in, filed)
    world.propose_closing(filed.report)
    other = world.file_report()
    world.accept(other.report)
    world.conclude(other.report)
    leader = sign_in("yjj-leader")
    path = "/worklist/to-close/bulk"
    assert path in leader.get("/").text
    page = leader.get(path).text
    assert "样本·yjj-officer提议办结" in page
    assert "还有 1 项没有完成" in page
    assert page.count(" checked") == 0
    page = leader.get(f"{path}?all=1").text
    assert page.count(" checked") == 2
    ticked = re.findall(r'name="case"[^>]*value="([^"]+)"', page)
    answer = leader.client.post(
        path,
        data={"csrf_token": leader.token(path), "case": ticked, "act": "close"},
        base_url="https://console.test",
    )
    assert "共 2 件：已办结 1 件，没有办理 1 件。" in answer.text
    assert str(CLOSINGS["not_told"]) in answer.text
    assert world.case(filed.report).state == "closed"
    assert world.case(other.report).state == "concluded"


def test_many_at_once_are_nobodys_with_another_sessions_form(world, sign_in, filed):
    is_mended(world, sign_in, filed)
    world.propose_closing(filed.report)
    path, token = "/worklist/to-close/bulk", sign_in("yjj-officer").token("/")
    leader = sign_in("yjj-leader")
    ticked = f"{filed.report}.{world.case(filed.report).closings[0].ordinal}"
    answer = leader.post(path, csrf_token=token, case=ticked, act="close")
    assert world.case(filed.report).state == "concluded"
    assert f'value="{ticked}" checked' in answer.text


def test_several_allegations_are_found_one_by_one(world, sign_in):
    filed = world.file_report()
    world.accept(filed.report)
    path = f"/cases/{filed.report}"
    desk = sign_in("yjj-officer")
    assert 'name="allegations-5"' in desk.get(f"{path}/finding").text
    true, untrue = "substantiated", "unsubstantiated"
    for wrong, words in (
        ({"allegations-0": true}, "至少两项"),
        ({"allegations-0": true, "allegations-1": "", "allegations-2": true}, "从第一项起"),
        ({"allegations-0": true, "allegations-1": untrue}, "逐项结论与核查结论不一致"),
        ({"allegations-0": "perhaps", "allegations-1": true}, "逐项结论"),
    ):
        answer = desk.post(f"{path}/finding", **FINDING, **wrong)
        assert (answer.status_code, words in answer.text) == (422, True), words
    parts = {"allegations-0": true, "allegations-1": untrue}
    answer = desk.post(f"{path}/finding", **{**FINDING, "finding": "partly"}, **parts)
    assert answer.status_code == 302, answer.text
    assert world.case(filed.report).allegations == (true, untrue)
    assert "第 1 项查证属实、第 2 项查无实据" in desk.get(path).text
