"""Not accepted at the console: one person proposes it, another decides, then the reporter reads."""

import re

import pytest

from casework.services import mailbox
from crypto.context import digest, part_context, wrap_context
from crypto.mailbox import open_message

WORDS = "您反映的事项不属于安全生产举报的范围。请向伊川县住房和城乡建设局反映。"


@pytest.fixture
def filed(world):
    return world.file_report()


@pytest.fixture
def case(filed):
    return f"/cases/{filed.report}"


def proposes(desk, case, reason="not_work_safety", note=WORDS):
    return desk.post(f"{case}/refuse?reason={reason}", reason_code=reason, note=note)


def told_to_reporter(world, filed):
    """Every reason that the receipt code opens."""
    opened = mailbox.open_mailbox(world.store, locator=filed.locator)
    assert opened is not None
    wrap, manifest = opened.wraps[0], opened.manifests[0]
    site = world.store.site
    context = wrap_context(site, filed.report, wrap.sending, "thread", digest(manifest.body))
    thread = filed.key.open_thread_key(wrap.body, context, wrap.key_id)
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    return [
        open_message(
            one.body, key=thread, context=part_context(site, filed.report, "reason", one.id)
        )
        for one in view.objects.values()
        if one.kind == "reason"
    ]


def kinds_read(world, filed):
    """The kinds of sealed texts that the public site can read at all."""
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    return {one.kind for one in view.objects.values()}


def test_two_people_refuse_and_then_the_reporter_reads_why(world, sign_in, filed, case):
    officer = sign_in("yjj-officer")
    chosen = officer.get(f"{case}/refuse?reason=not_work_safety").text
    assert "《安全生产法》第七十三条" in chosen
    answer = proposes(officer, case)
    assert answer.status_code == 302, answer.text
    shown = officer.get(answer.location).text
    assert "待另一人确认；确认之前，举报人看不到" in shown
    assert "拟不予受理（不属于安全生产事项）" in re.sub(r"<[^>]+>", "", shown)
    assert f"{case}/refusals/2" not in shown, "nothing to decide for who proposed it"
    assert f"{case}/refuse" not in shown, "nor to propose again"
    assert officer.get(f"{case}/refuse").location == f"{case}/refusals/2"
    assert world.case(filed.report).state == "received"
    assert told_to_reporter(world, filed) == []
    assert "refusal" not in kinds_read(world, filed)

    leader = sign_in("yjj-leader")
    inbox = leader.get("/").text
    assert "待我决定的申请" in inbox
    assert "拟不予受理" in inbox
    assert f"{case}/refusals/2" in leader.get(case).text
    page = leader.get(f"{case}/refusals/2").text
    for told in ("样本·yjj-officer", "不属于安全生产事项", "《安全生产法》第七十三条", WORDS):
        assert told in page
    answer = leader.post(f"{case}/refusals/2", decision="confirm")
    assert answer.status_code == 302, answer.text
    assert "已确认不予受理，举报人可以看到理由。" in leader.get(answer.location).text
    assert world.case(filed.report).state == "refused"
    assert told_to_reporter(world, filed) == [WORDS]
    assert "拟不予受理" not in sign_in("awb-supervisor").get("/").text, "it waits for nobody"


def test_the_office_above_sends_it_back_with_a_reason(world, sign_in, filed, case):
    proposes(sign_in("yjj-leader"), case)
    supervisor = sign_in("awb-supervisor")
    assert "拟不予受理" in supervisor.get("/").text
    for fields, told in (
        ({}, "请选择确认还是退回。"),
        ({"decision": "decline"}, "退回须选择理由。"),
        ({"decision": "decline", "reason_code": "moon"}, "退回须选择理由。"),
    ):
        answer = supervisor.post(f"{case}/refusals/2", **fields)
        assert (answer.status_code, told in answer.text) == (422, True), fields
    answer = supervisor.post(f"{case}/refusals/2", decision="decline", reason_code="to_be_accepted")
    assert answer.status_code == 302, answer.text
    assert "已退回，受理期限照常计算。" in supervisor.get(answer.location).text
    assert told_to_reporter(world, filed) == []
    officer = sign_in("yjj-officer")
    assert "退回不予受理意见（应当受理）" in re.sub(r"<[^>]+>", "", officer.get(case).text)
    assert f"{case}/refuse" in officer.get(case).text
    assert "已退回：应当受理" in officer.get(f"{case}/refusals/2").text


def test_who_proposed_it_does_not_decide_whatever_is_sent(world, sign_in, filed, case):
    leader = sign_in("yjj-leader")
    proposes(leader, case)
    page = leader.get(f"{case}/refusals/2")
    assert "提出人自己不能决定" in page.text
    assert "确认或退回" not in page.text
    for fields in ({"decision": "confirm"}, {"decision": "decline", "reason_code": "other_reason"}):
        answer = leader.post(f"{case}/refusals/2", page=f"{case}/reply", **fields)
        assert answer.status_code == 422
        assert "您提出了不予受理，须由另一人确认或者退回。" in answer.text
    assert world.case(filed.report).state == "received"


def test_an_officer_reads_it_and_decides_nothing(world, sign_in, filed, case):
    proposes(sign_in("yjj-officer"), case)
    officer = sign_in("yjj-officer-2")
    assert "确认或退回" not in officer.get(f"{case}/refusals/2").text
    answer = officer.post(f"{case}/refusals/2", page=f"{case}/reply", decision="confirm")
    assert answer.status_code == 403
    assert world.case(filed.report).state == "received"


def test_a_half_filled_template_is_not_handed_in_and_keeps_what_was_typed(
    world, sign_in, filed, case
):
    officer = sign_in("yjj-officer")
    path = f"{case}/refuse"
    chosen = officer.get(f"{path}?reason=procedure_running").text
    assert "【哪个机关】" in chosen
    half = "县法院 <案号> 已经启动【什么程序】。"
    answer = proposes(officer, case, "procedure_running", half)
    assert answer.status_code == 422
    assert "还没有填写：【什么程序】" in answer.text
    assert "县法院 &lt;案号&gt; 已经启动" in answer.text
    assert 'href="#note"' in answer.text
    for fields in ({"reason_code": "moon", "note": "x"}, {"note": "x"}):
        answer = officer.post(f"{path}?reason=repeated", **fields)
        assert (answer.status_code, "请选择理由。" in answer.text) == (422, True)
    assert proposes(officer, case, "procedure_running", " ").status_code == 422
    assert world.case(filed.report).events == 1
    assert proposes(officer, case, "procedure_running", "已经启动诉讼。").status_code == 302


def test_choosing_no_reason_offers_nothing_to_sign(sign_in, case):
    officer = sign_in("yjj-officer")
    for query in ("", "?reason=", "?reason=moon"):
        page = officer.get(f"{case}/refuse{query}")
        assert page.status_code == 200
        assert "取用模板" in page.text
        assert "提交确认" not in page.text


def test_a_second_click_refuses_once(world, sign_in, filed, case):
    proposes(sign_in("yjj-officer"), case)
    leader = sign_in("yjj-leader")
    token = leader.token(f"{case}/refusals/2")
    answers = [
        leader.post(f"{case}/refusals/2", csrf_token=token, decision="confirm") for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [302, 422]
    assert "以现在的办理状态，不能进行这项操作。" in answers[1].text
    assert len(told_to_reporter(world, filed)) == 1


def test_a_proposal_of_another_case_is_not_there(world, sign_in, case):
    leader = sign_in("yjj-leader")
    assert leader.get(f"{case}/refusals/2").status_code in (404, 409)
    other = world.file_report(sector="construction")
    assert leader.get(f"/cases/{other.report}/refusals/2").status_code == 404
