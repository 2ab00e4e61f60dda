"""Referring a case to the police or a discipline body at the console, and their answers."""

import re

import pytest


@pytest.fixture
def filed(world):
    filed = world.file_report()
    world.accept(filed.report)
    return filed


@pytest.fixture
def case(filed):
    return f"/cases/{filed.report}"


def test_referred_and_acknowledged_each_with_its_paper(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    assert ">移送<" in desk.get(case).text
    for wrong, words in (
        ({"document": "样移1号"}, "请选择移送给谁。"),
        ({"to": "police", "document": " "}, "请填写文书的文号。"),
    ):
        answer = desk.post(f"{case}/referrals/new", **wrong)
        assert (answer.status_code, words in answer.text) == (422, True)
    answer = desk.post(f"{case}/referrals/new", to="police", document="样移1号")
    page = desk.get(answer.location).text
    assert "移送已登记。" in page
    assert "公安机关答复期限" in page
    assert "移送公安机关" in page
    again = desk.post(f"{case}/referrals/new", to="police", document="样移2号")
    assert (again.status_code, "不需要重复" in again.text) == (422, True)

    link = re.search(r"/referrals/[0-9]+", page)
    assert link is not None
    assert "样移1号" in desk.get(case + link[0]).text
    answer = desk.post(case + link[0], document="样公回1号")
    page = desk.get(answer.location).text
    assert "回执：样公回1号" in page
    assert "登记回执" not in page
    assert [one.answer for one in world.case(filed.report).referrals] == ["样公回1号"]
    twice = desk.post(case + link[0], document="样公回2号")
    assert (twice.status_code, "不能进行这项操作" in twice.text) == (422, True)


def test_a_referral_that_was_not_made_is_not_there(sign_in, case):
    assert sign_in("yjj-officer").get(f"{case}/referrals/7").status_code == 409


@pytest.mark.parametrize("login", ["cashier", "awb-approver", "seat1-holder"])
def test_who_has_no_part_in_cases_refers_nothing(world, sign_in, filed, case, login):
    desk = sign_in(login)
    assert desk.get(f"{case}/referrals/new").status_code == 403
    assert world.case(filed.report).referrals == ()


def test_the_office_above_sees_it_and_refers_nothing(world, sign_in, filed, case):
    officer, above = sign_in("yjj-officer"), sign_in("awb-supervisor")
    officer.post(f"{case}/referrals/new", to="discipline", document="样移3号")
    page = above.get(case).text
    assert "移送纪检监察机关" in page
    assert "还没有回执" in page
    assert ">移送<" not in page
    answer = above.post(f"{case}/referrals/new", to="police", document="样移4号")
    assert (answer.status_code, "您的角色或部门不能进行这项操作。" in answer.text) == (422, True)
