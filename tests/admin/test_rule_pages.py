"""The pages on which rules are read, proposed and confirmed."""

import re
from datetime import UTC, datetime

import pytest

from casework.services import rule_changes
from casework.services.calendar import work_calendar
from console_words import plain
from instance import PASSWORD
from rule_changing import (
    NEW,
    NOTICE_2027,
    SOURCE,
    activate,
    propose,
    put_at_hand,
    recompute,
    try_out,
)

HIDDEN = r'name="{}"[^>]*value="([^"]*)"'
POLICY = f"/rules/policies/{NEW}"


def hidden(page, name):
    found = re.search(HIDDEN.format(name), page)
    assert found is not None, name
    return found[1]


@pytest.fixture
def new_file(world, monkeypatch, tmp_path):
    return put_at_hand(world, monkeypatch, tmp_path / "policies")


def proposed(world, desk, day="2026-03-02"):
    """Propose the new file; return the address of the proposal."""
    page = desk.get(f"{POLICY}/proposal").text
    answer = desk.deed(f"{POLICY}/proposal", sha256=hidden(page, "sha256"), active_from=day)
    assert answer.status_code == 302, answer.text
    return answer.location.partition("?")[0]


def confirm(desk, path, **changed):
    """Sign what the page shows."""
    page = desk.get(path).text
    fields = {name: hidden(page, name) for name in ("sha256", "dry_run")}
    return desk.deed(path, **(fields | changed))


# Reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "login", ["yjj-leader", "awb-supervisor", "awb-approver", "auditor", "administrator"]
)
def test_rules_are_read_with_their_clauses(sign_in, login):
    desk = sign_in(login)
    assert 'href="/rules"' in desk.get("/").text
    page = desk.get("/rules").text
    assert "伊安委〔2022〕6号" in page
    ended = page.partition("cn-2012")[2].partition("</tr>")[0]
    assert "已失效" in ended
    assert "自 2012-05-01" not in ended  # it is not out of force since that day
    policy = desk.get("/rules/policies/yichuan-2022").text
    assert "受理起 30 日" in policy
    assert "第43条" in policy
    assert "来源文件原文" in policy
    assert "提议启用" not in policy  # it is in force
    assert desk.get("/rules/calendar/2026").status_code == 200
    assert desk.get("/rules/calendar").status_code == 200


def test_a_policy_tells_who_agrees_to_an_award_and_how_it_is_claimed(sign_in):
    page = plain(sign_in("auditor").get("/rules/policies/yichuan-2022").text)
    told = page.partition("奖励由谁同意")[2]
    assert "全部 奖励审批人 本系统：规则没有从零起的一级" in told
    assert "超过 ¥10,000.00 财政 本系统 审批层级：奖励超过1万元时请财政部门同意" in told
    assert "转账到密封的账户、凭领奖号到窗口领取、凭凭证领取、由代理人或者律师代领" in told
    assert "代扣税 免税：财税字〔1994〕20号 第二条第（四）项" in told
    assert "必须是举报人本人" in sign_in("auditor").get("/rules/policies/samr-2021").text


@pytest.mark.parametrize("login", ["yjj-officer", "finance", "cashier", "seat1-holder", "operator"])
def test_others_have_no_page_of_rules(sign_in, login):
    desk = sign_in(login)
    assert desk.get("/rules").status_code == 403
    assert 'href="/rules"' not in desk.get("/").text


def test_every_policy_at_hand_has_a_page_without_codes(world, sign_in, new_file):
    desk = sign_in("awb-supervisor")
    for policy in new_file.by_id:
        page = desk.get(f"/rules/policies/{policy}").text
        body = page[page.index("<main") :]
        assert not re.search(r">[^<]*\b(accepted|working_day|deem_accepted|roll|keep)\b", body), (
            policy
        )
    assert desk.get("/rules/policies/nowhere-1").status_code == 404
    assert desk.get("/rules/calendar/2099").status_code == 404


# A policy -------------------------------------------------------------------------------------


def test_two_persons_put_a_policy_in_force(world, sign_in, new_file):
    filed = world.file_report()
    world.accept(filed.report)
    supervisor, leader = sign_in("awb-supervisor"), sign_in("yjj-leader")
    path = proposed(world, supervisor)
    page = supervisor.get(f"{path}?done=rule_proposed").text
    assert "正在试算" in page
    assert "提议已保存" in page
    assert "试算还没有完成" in leader.get(path).text
    try_out(world)
    page = leader.get(path).text
    assert filed.case_number in page
    assert "2026-04-01" in page
    assert "2026-04-14" in page
    assert "提议人不能确认自己的提议" in supervisor.get(path).text
    answer = confirm(leader, path)
    assert answer.status_code == 302, answer.text
    page = leader.get(answer.location).text
    assert "已确认" in page
    assert "签署并启用" not in page
    assert "自 2026-03-02" in leader.get(POLICY).text
    auditor = sign_in("auditor").get("/audit?which=outside").text
    assert f"启用规则（{NEW}，自 2026-03-02）" in auditor
    assert "试算规则" in auditor


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("auditor", "您的角色不能"),
        ("administrator", "您的角色不能"),
        ("awb-approver", "您的角色不能"),
    ],
)
def test_readers_see_the_result_and_cannot_sign(world, sign_in, new_file, login, words):
    path = proposed(world, sign_in("awb-supervisor"))
    try_out(world)
    desk = sign_in(login)
    page = desk.get(path).text
    assert words in page
    assert "签署并启用" not in page
    row = rule_changes.policy_proposals(world.store, trust=world.trust)[0]
    desk.post(path, page="/", sha256=row.row.sha256, dry_run=row.change.dry_run, password=PASSWORD)
    assert rule_changes.policy_proposals(world.store, trust=world.trust)[0].row.state == "proposed"


@pytest.mark.parametrize("field", ["sha256", "dry_run"])
def test_a_forged_form_confirms_nothing(world, sign_in, new_file, field):
    path = proposed(world, sign_in("awb-supervisor"))
    try_out(world)
    answer = confirm(sign_in("yjj-leader"), path, **{field: "ab" * 32})
    assert answer.status_code == 422
    assert "与提议不一致" in answer.text


def test_the_form_of_one_proposal_confirms_no_other(world, sign_in, new_file):
    desk = sign_in("awb-supervisor")
    first, second = proposed(world, desk), proposed(world, desk, "2026-03-09")
    try_out(world)
    leader = sign_in("yjj-leader")
    page = leader.get(first).text
    token = hidden(page, "csrf_token")
    assert confirm(leader, second, csrf_token=token).status_code == 302
    states = {one.row.id: one.row.state for one in rule_changes.policy_proposals(
        world.store, trust=world.trust)}  # fmt: skip
    assert states == {first.rpartition("/")[2]: "proposed", second.rpartition("/")[2]: "in_force"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"active_from": "2026-03-01"}, "启用日期已经过去"),
        ({"active_from": "soon"}, "请填写启用日期"),
        ({"sha256": "ab" * 32}, "规则文件在提议之后变了"),
        ({"password": "wrong"}, "密码不正确"),
    ],
)
def test_what_cannot_be_proposed_is_told_in_words(world, sign_in, new_file, fields, sentence):
    desk = sign_in("awb-supervisor")
    page = desk.get(f"{POLICY}/proposal").text
    given = {"sha256": hidden(page, "sha256"), "active_from": "2026-03-09", "password": PASSWORD}
    answer = desk.post(f"{POLICY}/proposal", **(given | fields))
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_proposal_is_taken_back(world, sign_in, new_file):
    desk = sign_in("awb-supervisor")
    path = proposed(world, desk)
    assert desk.deed(f"{path}/withdrawal").status_code == 302
    assert "已撤回" in desk.get("/rules").text
    assert desk.deed(f"{path}/withdrawal").status_code == 422
    assert sign_in("auditor").get(f"{path}/withdrawal").status_code == 403


def test_what_is_not_there_is_not_found(sign_in):
    desk = sign_in("awb-supervisor")
    for path in ("/rules/proposals/x", "/rules/calendar/proposals/x"):
        assert desk.get(path).status_code == 404
        assert desk.get(f"{path}/withdrawal").status_code == 404


# The calendar -------------------------------------------------------------------------------------


def preview(desk, **changed):
    return desk.post(
        "/rules/calendar/notice", **({"text": NOTICE_2027, "source": SOURCE, "year": ""} | changed)
    )


def propose_notice(desk, **changed):
    """Paste, look at the preview, propose; return the address of the proposal."""
    page = preview(desk).text
    fields = {"text": NOTICE_2027, "source": SOURCE, "year": "", "digest": hidden(page, "digest")}
    return desk.post(
        "/rules/calendar/proposal",
        page="/rules/calendar/notice",
        **(fields | {"password": PASSWORD} | changed),
    )


def test_a_notice_is_pasted_previewed_proposed_and_confirmed_by_another(world, sign_in):
    """S23: the missing year is asked for, comes in, and moves the case without an edit."""
    world.now = datetime(2026, 12, 20, 4, tzinfo=UTC)
    filed = world.file_report()
    world.accept(filed.report)
    admin, supervisor = sign_in("administrator"), sign_in("awb-supervisor")
    page = admin.get("/rules").text
    assert "工作日历缺少" in page
    assert "个期限暂定" in page

    shown = preview(admin)
    assert shown.status_code == 200
    assert "1月1日 周五" in shown.text
    assert "涉及的在办期限" in shown.text
    assert "1月30日 周六" in shown.text
    answer = propose_notice(admin)
    assert answer.status_code == 302, answer.text
    path = answer.location.partition("?")[0]
    assert "提议人不能确认自己的提议" in admin.get(path).text
    page = supervisor.get(path).text
    assert SOURCE in page
    answer = supervisor.deed(path, digest=hidden(page, "digest"))
    assert answer.status_code == 302, answer.text
    assert "正在重算" in supervisor.get(path).text
    recompute(world)
    assert "期限已重算" in supervisor.get(path).text
    assert "工作日历缺少" not in admin.get("/rules").text
    auditor = sign_in("auditor")
    trace = auditor.get("/audit?which=outside").text
    assert "变更工作日历（2027 年，31 日，依据国务院办公厅关于2027年" in trace


def test_old_and_new_day_stand_in_the_audit_and_in_the_timeline(world, sign_in, new_file):
    world.now = datetime(2026, 12, 20, 4, tzinfo=UTC)
    proposal = propose(world, active_from="2026-12-20")
    try_out(world)
    activate(world, proposal)
    filed = world.file_report()
    world.accept(filed.report)
    admin = sign_in("administrator")
    path = propose_notice(admin).location.partition("?")[0]
    supervisor = sign_in("awb-supervisor")
    supervisor.deed(path, digest=hidden(supervisor.get(path).text, "digest"))
    assert recompute(world).moved >= 1
    case = sign_in("auditor").get(f"/audit/cases/{filed.report}").text
    told = re.search(
        r"工作日历变更，期限重新计算（[^）]*由 \d{4}-\d\d-\d\d 改为 \d{4}-\d\d-\d\d）", case
    )
    assert told is not None


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("1月1日（周五）", "1月1日（周六）", ["第 2 行", "星期不符", "周五"]),
        ("共7天。1月30日", "共8天。1月30日", ["第 3 行", "天数不符", "共7天"]),
        ("五、端午节：6月9日（周三）放假1天。\n", "", ["缺少", "端午节"]),
        ("放假1天。\n七", "大概休息。\n七", ["第 7 行", "看不懂的句子", "大概休息"]),
    ],
)
def test_a_bad_notice_is_refused_whole_with_line_words_and_what_was_expected(
    world, sign_in, old, new, sentences
):
    before = work_calendar(world.store).digest()
    assert old in NOTICE_2027
    answer = preview(sign_in("administrator"), text=NOTICE_2027.replace(old, new))
    assert answer.status_code == 422
    for sentence in sentences:
        assert sentence in answer.text
    assert 'href="#text"' in answer.text
    assert work_calendar(world.store).digest() == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"digest": "ab" * 32}, "预览之后内容变了"),
        ({"text": NOTICE_2027.replace("1月1日（周五）", "1月2日（周六）")}, "应为"),
        ({"password": "wrong"}, "密码不正确"),
        ({"source": ""}, "请填写通知的标题和文号"),
        ({"source": "通知\x00"}, "不要带看不见的字符"),
        ({"source": "通知\n二"}, "请写在一行里"),
        ({"provisional": "y"}, "预览之后内容变了"),
    ],
)
def test_only_what_was_previewed_is_proposed(sign_in, changed, sentence):
    answer = propose_notice(sign_in("administrator"), **changed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_guess_is_marked_provisional(world, sign_in):
    desk = sign_in("administrator")
    page = preview(desk, provisional="y").text
    assert "仍为暂定" in page
    answer = propose_notice(desk, provisional="y", digest=hidden(page, "digest"))
    assert answer.status_code == 302, answer.text
    path = answer.location.partition("?")[0]
    leader = sign_in("yjj-leader")
    leader.deed(path, digest=hidden(leader.get(path).text, "digest"))
    page = leader.get("/rules/calendar").text
    assert re.search(r"2027</a></td>\s*<td[^>]*>暂定", page)
    assert "（暂定）" in leader.get("/rules/calendar/2027").text


def test_a_forged_form_changes_no_calendar(world, sign_in):
    path = propose_notice(sign_in("administrator")).location.partition("?")[0]
    answer = sign_in("awb-supervisor").deed(path, digest="ab" * 32)
    assert answer.status_code == 422
    assert not work_calendar(world.store).is_known(2027)
    for login in ("auditor", "awb-approver"):
        desk = sign_in(login)
        page = desk.get(path).text
        assert "签署并变更" not in page
        desk.post(path, page="/", digest="ab" * 32, password=PASSWORD)
    assert not work_calendar(world.store).is_known(2027)


@pytest.mark.parametrize("login", ["yjj-leader", "auditor", "awb-approver"])
def test_only_administrators_and_supervisors_paste_a_notice(sign_in, login):
    desk = sign_in(login)
    assert desk.get("/rules/calendar/notice").status_code == 403
    assert desk.post("/rules/calendar/proposal", page="/").status_code == 403


def test_a_notice_is_taken_back(world, sign_in):
    admin = sign_in("administrator")
    path = propose_notice(admin).location.partition("?")[0]
    assert admin.deed(f"{path}/withdrawal").status_code == 302
    supervisor = sign_in("awb-supervisor")
    assert "已撤回" in supervisor.get(path).text
    assert "签署并变更" not in supervisor.get(path).text
