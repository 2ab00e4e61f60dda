"""The page of an award, and what is decided on it beside a yes: a no, a notice, a recall."""

import re

import pytest

from asking import to_day
from casework.services.claims import end_claims, open_claims


@pytest.fixture
def concluded(world):
    """A substantiated report with a fine of 400,000 yuan, and a million in the fund."""
    world.appropriate()
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    return filed


@pytest.fixture
def opened(world, concluded):
    """The same after the jobs process went round: a claim of 60,000 yuan is open."""
    open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    return concluded


def path(filed, rest=""):
    return f"/cases/{filed.report}/reward{rest}"


def award(world, filed):
    return world.case(filed.report).award


def test_the_page_lists_conditions_working_ladder_and_what_may_be_done(world, sign_in, opened):
    desk = sign_in("yjj-officer")
    assert opened.case_number in desk.get("/").text
    assert "待拟定的奖励" in desk.get("/").text
    page = desk.get(path(opened, "/claim")).text
    for words in (
        "¥60,000.00",
        "已核算，资金已预留",
        "查证属实",
        "举报人还没有申报",
        "奖励审批人",
        "财政",
        "400,000 × 15 %",
        "系统：核算奖励（¥60,000.00）",
        "拟定奖励",
    ):
        assert words in page
    assert "不予奖励" not in re.sub(r"<title>.*</title>", "", page)
    assert "不予奖励" in sign_in("awb-approver").get(path(opened, "/claim")).text


def test_a_case_without_an_award_has_no_such_page(world, sign_in, concluded):
    assert sign_in("yjj-officer").get(path(concluded, "/claim")).status_code == 404


def test_another_office_sees_nothing_of_it(world, sign_in, opened):
    assert sign_in("zjj-officer").get(path(opened, "/claim")).status_code == 404


def test_what_ended_a_yes_is_told_with_its_amount(world, sign_in, opened):
    world.propose_reward(opened.report)
    world.say_yes(opened.report)
    world.conclude(opened.report, fines_fen=(30_000_000,))
    page = sign_in("awb-approver").get(path(opened, "/claim")).text
    assert "已经作废的同意" in page
    assert "同意的 ¥60,000.00 已作废" in page
    assert "核查结论或者罚款更正" in page
    open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert "¥45,000.00" in sign_in("yjj-officer").get(path(opened, "/claim")).text


def test_it_is_sent_back_with_a_reason_and_proposed_anew(world, sign_in, opened):
    world.propose_reward(opened.report)
    desk, where = sign_in("awb-approver"), path(opened, "/approval")
    assert desk.deed(where, decision="send_back").status_code == 422
    answer = desk.deed(where, decision="send_back", back_code="facts")
    assert answer.status_code == 302
    assert award(world, opened).state == "computed"
    assert award(world, opened).reserved_fen == 6_000_000
    officer = sign_in("yjj-officer")
    assert "退回重新拟定（事实或者处罚需要补充核实）" in officer.get(path(opened, "/claim")).text
    assert officer.deed(path(opened)).status_code == 302
    assert award(world, opened).state == "reserved"


def test_it_is_refused_before_anybody_proposed_it(world, sign_in, opened):
    desk, where = sign_in("awb-approver"), path(opened, "/refusal")
    assert desk.deed(where).status_code == 422
    answer = desk.deed(where, reason_code="from_media")
    assert answer.status_code == 302
    page = desk.get(answer.location).text
    assert "举报的内容已由媒体公开" in page
    assert award(world, opened).state == "rejected"
    assert desk.deed(where, reason_code="from_media").status_code == 422


def test_who_has_no_mailbox_is_told_by_letter(world, sign_in):
    world.appropriate()
    filed = world.file_report(channel="letter")
    world.accept(filed.report)
    world.conclude(filed.report)
    open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    world.propose_reward(filed.report)
    world.approve(filed.report)
    assert award(world, filed).state == "funded"
    desk = sign_in("yjj-officer")
    assert "已批准，待通知举报人" in desk.get("/").text
    where = path(filed, "/notice")
    for kind in ("notice", "announcement"):
        printed = path(filed, "").removesuffix("/reward")
        link = f"{printed}/papers/awards/{award(world, filed).id}/{kind}"
        assert link in desk.get(where).text
        assert desk.get(link).status_code == 200
    assert desk.post(where, how="letter", document="").status_code == 422
    assert desk.post(where, how="letter", document="第一行\n第二行").status_code == 422
    answer = desk.post(where, how="letter", document="伊应急奖通〔2026〕1号")
    assert answer.status_code == 302
    assert "寄送领奖通知书，伊应急奖通〔2026〕1号" in desk.get(answer.location).text
    assert (award(world, filed).state, award(world, filed).notified_how) == ("notified", "letter")


def test_a_lapsed_one_is_reopened_for_a_cause_from_the_money_of_the_year(world, sign_in, opened):
    world.propose_reward(opened.report)
    world.approve(opened.report)
    to_day(world, "2026-06-30")
    end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert award(world, opened).state == "lapsed"
    desk, where = sign_in("awb-approver"), path(opened, "/reopening")
    assert "2026 年的专项资金中重新预留：¥60,000.00" in desk.get(where).text
    assert desk.deed(where).status_code == 422
    assert desk.deed(where, reason_code="illness").status_code == 302
    assert (award(world, opened).state, award(world, opened).reserved_fen) == (
        "notified",
        6_000_000,
    )
    assert "恢复领取（因病）" in desk.get(path(opened, "/claim")).text


def test_a_paid_one_is_recalled_and_no_more_than_was_paid(world, sign_in, opened):
    world.propose_reward(opened.report)
    world.approve(opened.report)
    world.claim(opened, how="counter")
    world.pay(opened.report, means="cash", claim_hash="ab" * 32)
    desk, where = sign_in("awb-approver"), path(opened, "/recall")
    assert 'value="60000"' in desk.get(where).text
    given = {"reason_code": "fraud", "document": "伊应急追〔2026〕1号"}
    answer = desk.deed(where, amount_yuan="60000.01", **given)
    assert answer.status_code == 422
    assert "最多 ¥60,000.00" in answer.text
    assert desk.deed(where, amount_yuan="50000", **given).status_code == 302
    assert (award(world, opened).state, award(world, opened).recall_fen) == (
        "recalled",
        5_000_000,
    )
    assert "骗取奖励，伊应急追〔2026〕1号" in desk.get(path(opened, "/claim")).text
