"""The page of an award, and what is decided on it beside a yes: a no, a notice, a recall."""

import re
from dataclasses import replace

import pytest

from asking import to_day
from casework.domain.award_rules import Manual, Range
from casework.domain.policy import Policies
from casework.services import award_reviews, rulebook
from casework.services.claims import end_claims, open_claims
from casework.storage.rule_version import POLICIES
from visiting import open_visit


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


# What a policy leaves to people: a choice, a sum, a first check


@pytest.fixture
def ruled(world, monkeypatch):
    """Change the policy of the county in every process of this test."""

    def by(**changed):
        found = world.policies.get("yichuan-2022")
        other = replace(found, **changed)
        policies = Policies({**world.policies.by_id, found.id: other}, world.policies.since)
        monkeypatch.setattr(rulebook, "policies_at_hand", lambda: policies)
        world.store.write(lambda uow: uow.rule_version.changed(POLICIES))
        world.policies = policies

    return by


def with_amount(world, amount):
    """The award rule of the county, every item of which gives this."""
    rule = world.policies.get("yichuan-2022").award
    items = tuple(replace(one, amount=amount) for one in rule.items)
    return {"own_award": replace(rule, items=items)}


def works(world):
    open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def test_a_range_is_chosen_in_and_set_aside_by_its_upper_end(world, sign_in, ruled):
    ruled(**with_amount(world, Range(1_000_000, 3_000_000)))
    world.appropriate()
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    works(world)
    assert award(world, filed).reserved_fen == 3_000_000
    desk = sign_in("yjj-officer")
    page = desk.get(path(filed)).text
    assert "¥10,000.00 – ¥30,000.00" in page
    for wrong in ("", "9999.99", "30000.01", "1.234"):
        answer = desk.deed(path(filed), amount_yuan=wrong)
        assert answer.status_code == 422, wrong
    assert "须在 ¥10,000.00 至 ¥30,000.00 之间。" in desk.deed(path(filed), amount_yuan="1").text
    assert desk.deed(path(filed), amount_yuan="10000").status_code == 302
    assert (award(world, filed).amount_fen, award(world, filed).reserved_fen) == (
        1_000_000,
        3_000_000,
    )
    approver = sign_in("awb-approver")
    assert "最后一级同意时释放 ¥20,000.00" in approver.get(path(filed, "/approval")).text
    world.approve(filed.report)
    assert award(world, filed).reserved_fen == 1_000_000


def test_a_sum_that_no_rule_gives_needs_a_reason_that_the_approver_reads(world, sign_in, ruled):
    ruled(**with_amount(world, Manual()))
    world.appropriate()
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    works(world)
    assert (award(world, filed).state, award(world, filed).reserved_fen) == ("eligibility", 0)
    desk = sign_in("yjj-officer")
    assert "由审批人说明理由后确定" in desk.get(path(filed, "/claim")).text
    assert desk.deed(path(filed), amount_yuan="8000").status_code == 422
    assert desk.deed(path(filed), amount_yuan="8000", because="第一行\n第二行").status_code == 422
    because = "避免了一起较大事故"
    assert desk.deed(path(filed), amount_yuan="8000", because=because).status_code == 302
    assert award(world, filed).reserved_fen == 800_000
    assert because in sign_in("awb-approver").get(path(filed, "/approval")).text


def test_a_first_check_is_ticked_where_it_opens_the_claim_and_the_second_officer_sees_it(
    world, sign_in, ruled
):
    filed = world.file_report()
    world.accept(filed.report)
    open_visit(world, filed.report)
    where = f"/cases/{filed.report}/visits/record"
    assert 'name="at_first"' not in sign_in("yjj-officer").get(where).text
    claim = world.policies.get("yichuan-2022").claim
    ruled(own_claim=replace(claim, opens_on="first_check"))
    desk = sign_in("yjj-officer")
    page = desk.get(where).text
    assert "初步核查，举报看来属实" in page
    answers = dict.fromkeys(re.findall(r'name="(answer_[^"]+)"', page), "yes")
    choice = re.findall(r'name="answer_[^"]+"[^>]*value="([^"]+)"', page)[0]
    answer = desk.deed(
        where,
        **dict.fromkeys(answers, choice),
        visited_on="2026-03-02",
        time="14:10 至 15:40",
        place="样本工业园",
        account="储罐区动火作业未办理审批。",
        result="complete",
        at_first="y",
    )
    assert answer.status_code == 302, answer.text
    assert world.case(filed.report).visits[-1].at_first
    second = sign_in("yjj-officer-2").get(f"/cases/{filed.report}/visits/sign").text
    assert "初步核查，举报看来属实。您签字后" in second


# Objections


def objects_to_award(world, filed):
    """Object to the award as its reporter."""
    message = world.sealed_object("message", filed.report)
    facts = {"award": award(world, filed).id}
    act = world.sign_as_reporter(filed, "reward.objected", facts, [message])
    award_reviews.file_award_objection(
        world.store, act=act, message=message, trust=world.trust, now=world.now
    )


def test_an_objection_waits_above_and_is_answered_with_a_reason_in_the_mailbox(
    world, sign_in, opened
):
    world.propose_reward(opened.report)
    world.approve(opened.report)
    objects_to_award(world, opened)
    approver = sign_in("awb-approver")
    assert approver.get(path(opened, "/review")).status_code == 403
    desk, where = sign_in("awb-supervisor"), path(opened, "/review")
    assert opened.case_number in desk.get("/").text
    assert "对奖励有异议" in desk.get("/").text
    page = desk.get(where).text
    [asked] = re.findall(r'name="asked"[^>]*value="(\d+)"', page)
    for missing in ({"note": " "}, {"outcome": ""}):
        given = {"asked": asked, "outcome": "redo", "note": "应按实际罚款核定。"} | missing
        assert desk.deed(where, **given).status_code == 422, missing
    answer = desk.deed(where, asked=asked, outcome="redo", note="应按实际罚款核定。")
    assert answer.status_code == 302, answer.text
    assert "已决定重新核定" in desk.get(answer.location).text
    assert (award(world, opened).state, award(world, opened).floor_fen) == ("computed", 6_000_000)
    assert "复核奖励异议（重新核定）" in desk.get(path(opened, "/claim")).text
    assert "不得少于" in sign_in("yjj-officer").get(path(opened)).text
    assert desk.deed(where, asked=asked, outcome="kept", note="再说一遍。").status_code == 422
