"""The fund's page, and what an auditor sees: everything signed, nothing sealed."""

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
