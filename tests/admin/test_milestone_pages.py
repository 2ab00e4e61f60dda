"""Signing in, milestones, steps seen, and replies that tell the result, at the console (S20)."""

import re

import pytest

from asking import clock, to_day
from casework.services import clocks


@pytest.fixture
def filed(world):
    return world.file_report()


@pytest.fixture
def case(world, filed):
    """The path of a report that was accepted on 2 March 2026; its last day is 1 April."""
    world.accept(filed.report)
    return f"/cases/{filed.report}"


def buttons(text):
    """The words on the links of the page that are buttons."""
    return re.findall(r'<a class="btn[^"]*"[^>]*>([^<]+)', text)


# Signing in ---------------------------------------------------------------------------------


def test_one_button_signs_for_a_case_and_stops_that_clock_only(world, sign_in, filed):
    path = f"/cases/{filed.report}"
    desk = sign_in("yjj-officer")
    assert "签收" in buttons(desk.get(path).text)
    page = desk.get(f"{path}/sign-in").text
    assert page.count("<button") == 3  # to sign for it, to read English, and to leave
    answer = desk.post(f"{path}/sign-in")
    assert answer.status_code == 302
    assert "已签收" in desk.get(answer.location).text
    assert clock(world, filed.report, "sign_in", 1).state == "met"
    assert clock(world, filed.report, "accept", 1).state == "running"
    assert "签收" not in buttons(desk.get(path).text)


def test_signing_twice_is_refused_in_words(world, sign_in, filed):
    desk = sign_in("yjj-officer")
    desk.post(f"/cases/{filed.report}/sign-in")
    answer = desk.post(f"/cases/{filed.report}/sign-in")
    assert answer.status_code == 422
    assert "以现在的办理状态，不能进行这项操作。" in answer.text


def test_the_new_office_signs_for_a_case_that_was_handed_over(world, sign_in, filed):
    path = f"/cases/{filed.report}"
    first = sign_in("yjj-officer")
    first.post(f"{path}/sign-in")
    first.post(f"{path}/transfer", lead="410329-zjj", reason_code="not_competent")
    desk = sign_in("zjj-officer")
    assert "签收" in buttons(desk.get(path).text)
    assert desk.post(f"{path}/sign-in").status_code == 302


# Milestones ---------------------------------------------------------------------------------


def test_a_milestone_that_starts_a_clock_may_have_been_earlier(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    page = desk.get(f"{case}/milestones").text
    assert "获知事故（开始计时，不用文号）" in page
    assert "事故信息已录入" not in page
    answer = desk.post(
        f"{case}/milestones", milestone="accident_known", document="快报1号",
        happened_at="2026-03-02T08:30",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    mark = world.case(filed.report).marks[-1]
    assert (mark.name, mark.at, mark.document) == (
        "accident_known",
        "2026-03-02T00:30:00Z",
        "快报1号",
    )
    assert "事故信息已录入" in desk.get(f"{case}/milestones").text
    assert "登记办理节点（获知事故，快报1号）" in desk.get(case).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"milestone": ""}, "请选择要登记的节点。"),
        ({"milestone": "accident_entered"}, "登记什么"),
        ({"milestone": "objection_received"}, "登记什么"),
        ({"milestone": "ordered", "document": " "}, "登记这个节点须填写文书的文号。"),
        ({"milestone": "ordered", "document": "\u200b"}, "不要带看不见的字符"),
        ({"happened_at": "2026-03-03T08:30"}, "不能是还没有到的时间。"),
        ({"happened_at": "2026-03-01T23:59"}, "不能早于收到举报的那一天。"),
        ({"happened_at": "gestern"}, "实际发生的时间"),
        ({"milestone": "contacted", "happened_at": "2026-03-02T08:30"}, "请把时间留空。"),
        ({"document": "长" * 101}, "文号不能超过 100 字。"),
    ],
)
def test_a_milestone_that_does_not_fit_comes_back(world, sign_in, filed, typed, told):
    fields = {"milestone": "accident_known", "document": "1号", "happened_at": ""} | typed
    answer = sign_in("yjj-officer").post(f"/cases/{filed.report}/milestones", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(filed.report).events == 1


def test_each_office_is_offered_its_own_milestones(world, sign_in, filed, case):
    world.conclude(filed.report)
    assert "收到异议" not in sign_in("yjj-officer").get(f"{case}/milestones").text
    assert "没有可以登记的节点" in sign_in("awb-supervisor").get(f"{case}/milestones").text


# Steps --------------------------------------------------------------------------------------


def test_each_addressee_sees_their_own_step_and_says_so_once(world, sign_in, filed, case):
    to_day(world, "2026-04-03")
    clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    leader, supervisor = sign_in("yjj-leader"), sign_in("awb-supervisor")
    step = f"{case}/steps/verify/2/head/acknowledge"
    above = f"{case}/steps/verify/2/supervisor/acknowledge"
    assert step in leader.get(case).text
    assert step not in supervisor.get(case).text
    answer = leader.post(step)
    assert answer.status_code == 302, answer.text
    assert "verify.2/head" in world.case(filed.report).acknowledged
    assert step not in leader.get(case).text
    assert leader.post(step).status_code == 422
    refused = leader.post(above)
    assert refused.status_code == 422
    assert "您的角色或部门不能进行这项操作。" in refused.text
    assert supervisor.post(above).status_code == 302


@pytest.mark.parametrize(
    "step", ["verify/2/committee", "verify/1/head", "never/2/head", "verify/2/nowhere"]
)
def test_a_step_that_was_never_taken_is_not_acknowledged(sign_in, case, step):
    answer = sign_in("yjj-leader").get(f"{case}/steps/{step}/acknowledge")
    assert answer.status_code == 409


# A reply that tells the result --------------------------------------------------------------


def test_a_reply_tells_the_result_only_once_there_is_one(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    assert "这是核查结果答复" not in desk.get(f"{case}/reply").text
    desk.post(f"{case}/reply", text="正在核查。", is_result="y")
    assert not any(mark.name == "told" for mark in world.case(filed.report).marks)

    world.conclude(filed.report)
    since = world.case(filed.report).events
    assert "这是核查结果答复" in desk.get(f"{case}/reply").text
    desk.post(f"{case}/reply", text="请补充一张照片。")
    assert clock(world, filed.report, "tell_result", since).state == "running"
    desk.post(f"{case}/reply", text="经查属实，将按规定奖励。", is_result="y")
    assert clock(world, filed.report, "tell_result", since).state == "met"
    page = desk.get(case).text
    assert "发送消息（致举报人，答复核查结果）" in page
    opened = desk.post(f"{case}/open", page=case).text
    assert "答复核查结果" in opened
