"""The fund's page, and what an auditor sees: everything signed, nothing sealed."""

import re

import pytest


def test_finance_books_a_grant_and_sees_the_ledger(world, sign_in):
    desk = sign_in("finance")
    answer = desk.deed("/fund/appropriation", year="2026", amount_yuan="1,000,000")
    assert answer.status_code == 302
    page = desk.get(answer.location).text
    assert "预算已登记。" in page
    assert "¥1,000,000.00" in page
    assert "资金明细账" in page


@pytest.mark.parametrize("amount", ["", "0", "-5", "1.234", "一百万", "1e9", "１００"])
def test_an_amount_that_is_none_is_refused(world, sign_in, amount):
    answer = sign_in("finance").deed("/fund/appropriation", year="2026", amount_yuan=amount)
    assert answer.status_code == 422
    assert 'href="#amount_yuan"' in answer.text


def test_a_year_can_be_looked_at_and_nonsense_is_this_year(world, sign_in):
    world.appropriate(year=2025)
    desk = sign_in("finance")
    assert "¥1,000,000.00" in desk.get("/fund?year=2025").text
    assert "2026 年" in desk.get("/fund?year=x").text


def test_an_auditor_sees_events_and_lines_and_no_text(world, sign_in):
    world.appropriate()
    filed = world.approved(narrative="审计员看不到的内容")
    desk = sign_in("auditor")
    page = desk.get("/audit").text
    assert "下达预算（¥1,000,000.00）" in page
    assert "预留" in page
    case = desk.get(f"/audit/case?number={filed.case_number.lower()}").text
    assert "批准奖励（¥60,000.00）" in case
    assert "审计员看不到的内容" not in case
    assert desk.get(f"/cases/{filed.report}").status_code == 403
    assert desk.get("/fund/appropriation").status_code == 403


def test_an_unknown_number_is_told_in_words(sign_in):
    answer = sign_in("auditor").get("/audit/case?number=410329-2026-AAAAAAAA")
    assert answer.status_code == 404


@pytest.mark.parametrize("login", ["yjj-officer", "cashier", "administrator", "seat1-holder"])
def test_nobody_else_reads_the_traces(sign_in, login):
    desk = sign_in(login)
    assert desk.get("/audit").status_code == 403
    assert "/audit" not in desk.get("/").text


# Moves that two persons sign -----------------------------------------------------------------


def propose(desk, move="virement", **fields):
    given = {"year": "2026", "source": "county", "office": "", "amount_yuan": "300,000",
             "document": "样财〔2026〕2号", **fields}  # fmt: skip
    return desk.deed(f"/fund/moves/new/{move}", **given)


def test_a_virement_is_proposed_by_one_and_agreed_to_by_another(world, sign_in):
    world.appropriate()
    finance, approver = sign_in("finance"), sign_in("awb-approver")
    answer = propose(finance, to_source="city", to_office="410329-yjj")
    assert answer.status_code == 302, answer.text
    path = answer.location.partition("?")[0]
    assert "等待另一人同意" in finance.get(path).text
    own = finance.deed(path, decision="agree")
    assert own.status_code == 422
    assert "提议人不能同意自己的提议" in own.text

    assert path in approver.get("/fund/moves").text
    assert approver.deed(path, decision="agree").status_code == 302

    page = finance.get("/fund").text
    assert "市级财政·" in page
    assert "¥300,000.00" in page
    assert "调剂" in sign_in("auditor").get("/audit").text


def test_a_proposal_is_taken_back(world, sign_in):
    world.appropriate()
    desk = sign_in("finance")
    path = propose(desk, to_source="city", to_office="").location.partition("?")[0]
    assert desk.deed(path, decision="decline").status_code == 302
    assert "不同意或者撤回" in desk.get(path).text
    assert path not in desk.get("/fund/moves").text


@pytest.mark.parametrize(
    ("move", "fields", "sentence"),
    [
        ("virement", {"to_source": "county"}, "不用调剂"),
        ("virement", {"to_source": "city", "amount_yuan": "1000001"}, "还差 ¥1.00"),
        ("virement", {"to_source": "city", "to_office": "410329-nobody"}, "没有这个部门"),
        ("virement", {"to_source": "city", "document": " "}, "请填写依据文号"),
        ("overdraft", {}, "不允许超支"),
        ("lapse", {}, "年度还没有结束"),
        ("clawback", {"award": ""}, "没有发放过这笔奖励"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_in_words(world, sign_in, move, fields, sentence):
    world.appropriate()
    answer = propose(sign_in("finance"), move, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_only_moves_that_the_policy_allows_are_offered(world, sign_in):
    page = sign_in("finance").get("/fund/moves").text
    assert "/fund/moves/new/lapse" in page
    assert "/fund/moves/new/carry" not in page
    assert "/fund/moves/new/overdraft" not in page
    assert sign_in("awb-supervisor").get("/fund/moves").status_code == 200
    assert sign_in("awb-approver").get("/fund/moves/new/virement").status_code == 403
    assert sign_in("cashier").get("/fund/moves").status_code == 403
    assert sign_in("finance").get("/fund/moves/new/other").status_code == 404


# From a line to what it rests on -------------------------------------------------------------


def paid(world):
    world.appropriate()
    filed = world.approved(narrative="审计员看不到的内容")
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")
    world.agree(filed.report, release, "seat2-deputy")
    world.open(filed.report, release)
    world.pay(filed.report)
    return filed


def run(world, statement, *values):
    world.store.write(lambda uow: uow.connection.exec_driver_sql(statement, values))


def test_s40_a_payment_is_followed_to_its_approvals_finding_and_rules(world, sign_in):
    filed = paid(world)
    desk = sign_in("auditor")
    lines = re.findall(r'href="(/audit/lines/[^"]+)"', desk.get("/audit").text)
    assert len(lines) == 3
    page = desk.get(lines[-1]).text
    assert "没有发现改动" in page
    for told in ("登记核查结论", "拟定奖励并预留资金", "批准奖励", "发放", "属实",
                 "yichuan-2022", "与程序里的规则文件一致", filed.case_number):  # fmt: skip
        assert told in page, told
    assert "审计员看不到的内容" not in page
    assert "没有发现改动" in desk.get(lines[0]).text
    assert desk.get("/audit/lines/none").status_code == 404
    assert sign_in("finance").get(lines[-1]).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE kind = 'DISBURSEMENT'",
        "UPDATE ledger_entry SET pot = 'city' WHERE kind = 'DISBURSEMENT'",
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'substantiated',"
        " 'unsubstantiated') AS BLOB)"
        " WHERE kind = 'finding.recorded'",
        "UPDATE event SET signature = zeroblob(64) WHERE kind = 'reward.approved'",
        "DELETE FROM event WHERE kind = 'reward.approved'",
        "UPDATE event SET body = CAST('x' AS BLOB) WHERE kind = 'reward.reserved'",
        "UPDATE event SET body = CAST('x' AS BLOB) WHERE kind = 'reward.paid'",
    ],
)
def test_s40_a_single_altered_row_is_pointed_out(world, sign_in, statement):
    paid(world)
    desk = sign_in("auditor")
    line = re.findall(r'href="(/audit/lines/[^"]+)"', desk.get("/audit").text)[-1]
    run(world, statement)
    page = desk.get(line)
    assert page.status_code == 200
    assert "核对没有通过" in page.text


def test_a_move_is_followed_to_both_who_signed_it(world, sign_in):
    world.appropriate()
    finance, approver = sign_in("finance"), sign_in("awb-approver")
    path = propose(finance, to_source="city", to_office="").location.partition("?")[0]
    approver.deed(path, decision="agree")
    desk = sign_in("auditor")
    line = re.findall(r'href="(/audit/lines/[^"]+)"', desk.get("/audit").text)[-1]
    page = desk.get(line).text
    assert "没有发现改动" in page
    assert "提议调整资金" in page
    run(world, "DELETE FROM event WHERE kind = 'fund.proposed'")
    assert "核对没有通过" in desk.get(line).text
