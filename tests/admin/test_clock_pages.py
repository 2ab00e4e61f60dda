"""More time and pauses at the console, by the people who may (S24, S25)."""

import re

import pytest

from asking import (
    accepted,
    ask_more,
    ask_pause,
    clock,
    decide_pause,
    issue,
    refuse_more,
    to_day,
    with_rules,
)
from casework.services import mailbox
from crypto.context import digest, part_context, wrap_context
from crypto.mailbox import open_message

LEADER_DECIDES = (
    'approver_role = "supervisor"  # 部门负责人申请，安委办批准',
    'approver_role = "leader"',
)


@pytest.fixture
def filed(world):
    return world.file_report()


@pytest.fixture
def case(world, filed):
    """The path of a report that was accepted on 2 March 2026; its last day is 1 April."""
    world.accept(filed.report)
    return f"/cases/{filed.report}"


def hidden(name, text):
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found is not None, text
    return found[1]


# More time ----------------------------------------------------------------------------------


def test_more_time_is_asked_for_granted_and_told(world, sign_in, filed, case):
    to_day(world, "2026-03-29")
    officer = sign_in("yjj-officer")
    page = officer.get(f"{case}/clocks/verify/2/extend").text
    assert "2026年4月1日" in page
    assert "这一次最多 30 日。由上级督办决定。" in page
    was = hidden("was", page)
    answer = officer.post(
        f"{case}/clocks/verify/2/extend", value="30", reason_code="expert_test", was=was
    )
    assert answer.status_code == 302, answer.text
    assert "决定之前，原来的期限照常计算" in officer.get(answer.location).text

    supervisor = sign_in("awb-supervisor")
    shown = supervisor.get(case).text
    assert "核查期限：延期申请" in shown
    where = f"{case}/extensions/3"
    assert where in shown
    page = supervisor.get(where).text
    for told in (
        "样本·yjj-officer",
        "30 日",
        "需要鉴定、检验或者检测",
        "2026年4月1日",
        "2026年5月1日",
    ):
        assert told in page
    answer = supervisor.deed(
        where, decision="grant", note="等待鉴定机构出具报告。", due_on=hidden("due_on", page)
    )
    assert answer.status_code == 302, answer.text
    assert world.case(filed.report).verify_due_on.isoformat() == "2026-05-01"
    assert "批准延期（核查期限，新的最后一日 2026-05-01）" in supervisor.get(case).text

    # The reporter: by the receipt code alone.
    assert told_to_reporter(world, filed, "reason") == ["等待鉴定机构出具报告。"]
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    granted = next(one for one in view.entries if one.kind == "extension.granted")
    assert granted.facts["due_on"] == "2026-05-01"


def told_to_reporter(world, filed, kind):
    """Open what the mailbox of a receipt code holds of a kind."""
    opened = mailbox.open_mailbox(world.store, locator=filed.locator)
    assert opened is not None
    wrap, manifest = opened.wraps[0], opened.manifests[0]
    context = wrap_context(
        world.store.site, filed.report, wrap.sending, "thread", digest(manifest.body)
    )
    thread = filed.key.open_thread_key(wrap.body, context, wrap.key_id)
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    return [
        open_message(
            one.body, key=thread, context=part_context(world.store.site, filed.report, kind, one.id)
        )
        for one in view.objects.values()
        if one.kind == kind
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"value": "31"}, "请填写 1 到 30 的整数。"),
        ({"value": "0"}, "请填写 1 到 30 的整数。"),
        ({"value": "三十"}, "不是有效的整数"),
        ({"reason_code": ""}, "请选择理由。"),
        ({"reason_code": "court"}, "延期的理由"),
        ({"was": "2026-05-01"}, "期限的日期在您打开页面之后有了变化"),
        ({"was": "first of May"}, "期限的日期在您打开页面之后有了变化"),
    ],
)
def test_a_request_that_does_not_fit_comes_back(world, sign_in, filed, case, typed, told):
    fields = {"value": "10", "reason_code": "complex", "was": "2026-04-01"} | typed
    answer = sign_in("yjj-officer").post(f"{case}/clocks/verify/2/extend", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(filed.report).extensions == ()


@pytest.mark.parametrize("day", ["2026-04-01", "2026-04-02"])
def test_on_the_last_day_and_after_it_the_page_says_so(world, sign_in, filed, case, day):
    to_day(world, day)
    desk = sign_in("yjj-officer")
    answer = desk.get(f"{case}/clocks/verify/2/extend")
    assert answer.status_code == 409
    assert "期限最后一日是 2026-04-01：当日或之后不能申请延期" in answer.text
    answer = desk.post(
        f"{case}/clocks/verify/2/extend", page=f"{case}/reply", value="10", reason_code="complex",
        was="2026-05-01",
    )  # fmt: skip
    assert answer.status_code == 409
    assert world.case(filed.report).extensions == ()


@pytest.mark.parametrize("where", ["verify/1", "verify/9", "close/2", "sign_in/1", "%2E%2E/2"])
def test_a_clock_that_does_not_run_has_no_page(sign_in, case, where):
    answer = sign_in("yjj-officer").get(f"{case}/clocks/{where}/extend")
    assert answer.status_code in (404, 409)
    assert "没有执行" in answer.text or "没有找到" in answer.text


def decision(sign_in, case, login, **typed):
    desk = sign_in(login)
    page = desk.get(f"{case}/extensions/3").text
    found = re.search(r'name="due_on"[^>]*value="([^"]*)"', page)
    fields = {"decision": "grant", "note": "说明", "due_on": found[1] if found else "2026-05-01"}
    return desk.deed(f"{case}/extensions/3", **(fields | typed), csrf_token=desk.token(case))


def test_a_refusal_leaves_the_day_and_needs_no_words(world, sign_in, filed, case):
    ask_more(world, filed.report)
    answer = decision(sign_in, case, "awb-supervisor", decision="refuse", note="")
    assert answer.status_code == 302
    assert world.case(filed.report).verify_due_on.isoformat() == "2026-04-01"
    assert told_to_reporter(world, filed, "reason") == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"note": "  "}, "批准延期须向举报人说明理由"),
        ({"decision": ""}, "请选择是否批准。"),
        ({"password": "wrong"}, "密码不正确"),
        ({"due_on": "2026-05-02"}, "期限的日期在您打开页面之后有了变化"),
        ({"due_on": ""}, "期限的日期在您打开页面之后有了变化"),
    ],
)
def test_a_decision_that_does_not_fit_comes_back(world, sign_in, filed, case, typed, told):
    ask_more(world, filed.report)
    password = typed.get("password")
    if password:
        desk = sign_in("awb-supervisor")
        answer = desk.post(
            f"{case}/extensions/3", decision="grant", note="说明", due_on="2026-05-01",
            password=password,
        )  # fmt: skip
    else:
        answer = decision(sign_in, case, "awb-supervisor", **typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(filed.report).extensions[0].state == "requested"


@pytest.mark.parametrize("login", ["yjj-leader", "yjj-officer"])
def test_the_department_cannot_grant_its_own_request(world, sign_in, filed, case, login):
    ask_more(world, filed.report)
    desk = sign_in(login)
    page = desk.get(f"{case}/extensions/3")
    assert page.status_code in (200, 403)
    assert "签署决定" not in page.text
    answer = desk.deed(
        f"{case}/extensions/3", decision="grant", note="说明", due_on="2026-05-01",
        csrf_token=desk.token(case),
    )  # fmt: skip
    assert answer.status_code in (403, 422)
    assert world.case(filed.report).extensions[0].state == "requested"


def test_who_asked_does_not_decide_even_with_the_right_role(world, sign_in, monkeypatch, tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    with_rules(world, monkeypatch, folder, leader=LEADER_DECIDES)
    report = accepted(world)
    ask_more(world, report, who="yjj-leader", approver_role="leader")
    case = f"/cases/{report}"
    desk = sign_in("yjj-leader")
    assert "申请人自己不能决定" in desk.get(f"{case}/extensions/3").text
    answer = decision(sign_in, case, "yjj-leader")
    assert answer.status_code == 422
    assert "申请人不能决定自己提出的申请" in answer.text


def test_a_decision_is_made_once(world, sign_in, filed, case):
    ask_more(world, filed.report)
    assert decision(sign_in, case, "awb-supervisor").status_code == 302
    answer = decision(sign_in, case, "awb-supervisor", due_on="2026-05-01")
    assert answer.status_code == 422
    assert "以现在的办理状态，不能进行这项操作。" in answer.text


def test_ordinals_of_other_acts_and_cases_name_nothing(world, sign_in, filed, case):
    other = accepted(world)
    ask_more(world, other)
    desk = sign_in("awb-supervisor")
    for ordinal in (2, 3, 99):
        for page in (f"extensions/{ordinal}", f"pauses/{ordinal}", f"pauses/{ordinal}/end"):
            answer = desk.get(f"{case}/{page}")
            assert answer.status_code == 409, page
            assert "这件举报没有这份申请或督办单。" in answer.text


# Pauses -------------------------------------------------------------------------------------


def pause_fields(**changed):
    return {
        "reason_code": "expert_test",
        "document": "样鉴〔2026〕1号",
        "first": "2026-03-03",
        "until": "2026-04-30",
    } | changed


def test_a_pause_is_asked_for_granted_and_ended(world, sign_in, filed, case):
    officer = sign_in("yjj-officer")
    page = officer.get(f"{case}/clocks/verify/2/pause").text
    assert "累计最多还能暂停 60 天" in page
    assert 'value="2026-03-02"' in page
    answer = officer.post(f"{case}/clocks/verify/2/pause", **pause_fields())
    assert answer.status_code == 302, answer.text

    supervisor = sign_in("awb-supervisor")
    page = supervisor.get(f"{case}/pauses/3").text
    for told in ("样鉴〔2026〕1号", "鉴定、检验、检测期间", "2026-03-03 起，最迟到 2026-04-30"):
        assert told in page
    assert supervisor.deed(f"{case}/pauses/3", decision="grant").status_code == 302
    to_day(world, "2026-03-13")
    assert clock(world, filed.report).state == "paused"

    officer = sign_in("yjj-officer")
    page = officer.get(f"{case}/pauses/3/end").text
    assert "2026年4月11日" in page
    answer = officer.post(f"{case}/pauses/3/end", due_on=hidden("due_on", page))
    assert answer.status_code == 302, answer.text
    assert clock(world, filed.report).due.due_on.isoformat() == "2026-04-11"
    assert "恢复计时（核查期限，新的最后一日 2026-04-11）" in officer.get(case).text
    again = officer.post(f"{case}/pauses/3/end", page=f"{case}/reply", due_on="2026-04-11")
    assert again.status_code == 422
    assert "以现在的办理状态" in again.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"document": " "}, "没有文书不能暂停"),
        ({"document": "\u200b"}, "不要带看不见的字符"),
        ({"document": "1号\x00"}, "不要带看不见的字符"),
        ({"reason_code": ""}, "请选择理由。"),
        ({"reason_code": "court"}, "暂停的理由"),
        ({"first": ""}, "请填写日期"),
        ({"first": "2026-03-01"}, "已经过去的日子照常计入"),
        ({"until": "2026-03-02"}, "不能早于开始的那一天。"),
        ({"until": "2026-05-02"}, "累计最多还能暂停 60 天，请改短。"),
        ({"first": "2026-04-02"}, "暂停必须在期限的最后一日之前（含当日）开始。"),
    ],
)
def test_a_pause_that_does_not_fit_comes_back(world, sign_in, filed, case, typed, told):
    answer = sign_in("yjj-officer").post(f"{case}/clocks/verify/2/pause", **pause_fields(**typed))
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(filed.report).standstills == ()


@pytest.mark.parametrize("login", ["yjj-leader", "yjj-officer"])
def test_the_bound_department_does_not_stop_its_own_clock(world, sign_in, filed, case, login):
    ask_pause(world, filed.report, "2026-03-03", "2026-03-10")
    desk = sign_in(login)
    page = desk.get(f"{case}/pauses/3")
    assert page.status_code in (200, 403)
    assert "签署决定" not in page.text
    answer = desk.deed(f"{case}/pauses/3", decision="grant", csrf_token=desk.token(case))
    assert answer.status_code in (403, 422)
    assert world.case(filed.report).standstills[0].state == "requested"


def test_a_changed_last_day_does_not_end_a_pause(world, sign_in, filed, case):
    decide_pause(world, filed.report, ask_pause(world, filed.report, "2026-03-02", "2026-03-10"))
    to_day(world, "2026-03-05")
    answer = sign_in("yjj-officer").post(f"{case}/pauses/3/end", due_on="2026-05-01")
    assert answer.status_code == 422
    assert "期限的日期在您打开页面之后有了变化" in answer.text
    assert hidden("due_on", answer.text) == "2026-04-03"


def test_an_overdue_clock_is_not_offered_a_pause(world, sign_in, case):
    to_day(world, "2026-04-02")
    answer = sign_in("yjj-officer").get(f"{case}/clocks/verify/2/pause")
    assert answer.status_code == 409
    assert "这个期限已经超期，不能再暂停。" in answer.text


# Who sees what ------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["zjj-officer", "jw-leader", "city-supervisor", "auditor"])
def test_a_stranger_finds_none_of_it(world, sign_in, filed, case, login):
    ask_more(world, filed.report)
    issue(world, filed.report)
    desk = sign_in(login)
    for page in (
        "sign-in", "milestones", "clocks/verify/2/extend", "clocks/verify/2/pause",
        "extensions/3", "pauses/3", "orders/new", "orders/o1", "orders/o1/paper",
        "orders/o1/answer", "steps/verify/2/head/acknowledge",
    ):  # fmt: skip
        assert desk.get(f"{case}/{page}").status_code in (403, 404), page


def test_the_accused_office_finds_none_of_it(world, sign_in):
    filed = world.file_report(matter="staff_misconduct", about="410329-zjj")
    desk = sign_in("zjj-leader")
    for page in ("sign-in", "milestones", "clocks/accept/1/extend", "orders/new"):
        assert desk.get(f"/cases/{filed.report}/{page}").status_code in (403, 404)


# Where the office above leads itself ---------------------------------------------------------


def test_where_nobody_is_above_nothing_is_offered_that_nobody_could_grant(world, sign_in):
    filed = world.file_report(sector="other", about="410329-awb")
    case = world.case(filed.report)
    assert case.lead == case.supervisor == "410300-awb"
    path = f"/cases/{filed.report}"
    world.accept(filed.report, "city-supervisor")
    desk = sign_in("city-supervisor")
    page = desk.get(path).text
    for words in ("申请延期", "申请暂停", "下达督办单"):
        assert words not in page
    answer = desk.post(
        f"{path}/clocks/verify/2/extend", value="10", reason_code="complex", was="2026-04-01"
    )
    assert answer.status_code == 422
    assert "没有上一级可以批准延期" in answer.text
    answer = desk.post(f"{path}/clocks/verify/2/pause", **pause_fields())
    assert answer.status_code == 422
    assert "没有上一级可以批准暂停" in answer.text
    answer = desk.deed(f"{path}/orders/new", kind="order", clock="", text="督办")
    assert answer.status_code == 422
    assert "您的角色或部门不能进行这项操作。" in answer.text


def test_a_clock_offers_what_its_rule_allows_and_no_more(world, sign_in, filed, case):
    officer = sign_in("yjj-officer")
    assert offered(officer.get(case).text) == ["申请延期", "申请暂停"]
    asked = ask_more(world, filed.report)
    assert offered(officer.get(case).text) == ["申请暂停"]
    refuse_more(world, filed.report, asked)
    assert offered(officer.get(case).text) == ["申请延期", "申请暂停"]
    assert offered(sign_in("awb-supervisor").get(case).text) == []
    to_day(world, "2026-04-01")
    assert offered(sign_in("yjj-officer").get(case).text) == ["申请暂停"]
    to_day(world, "2026-04-02")
    assert offered(sign_in("yjj-officer").get(case).text) == []


def offered(text):
    """What a case's clocks offer to ask for."""
    return re.findall(r"(申请延期|申请暂停)<span", text)
