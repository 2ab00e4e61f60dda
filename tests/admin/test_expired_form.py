"""An expired sign-in during a long form: not a word is lost, and nothing is done unasked."""

import html
import re

import pytest

from instance import PASSWORD

ORIGIN = "https://console.test"
TEXT = "第一段：现场检查情况 <已核实> & 记录。\n第二段：停产整改。"


@pytest.fixture
def reply_form(world, sign_in):
    """A reply that was begun in a session which then ended."""
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/reply"
    token = desk.token(path)
    world.move(minutes=16)
    return filed, desk, path, token


def hidden_fields(page):
    """The hidden inputs of a page, as a browser would send them."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    named = [re.search(r'name="([^"]+)"', one) for one in inputs]
    values = [re.search(r'value="([^"]*)"', one) for one in inputs]
    return {
        name[1]: html.unescape(value[1] if value else "")
        for name, value in zip(named, values, strict=True)
        if name
    }


def sign_in_fields(world, login="yjj-officer", **changed):
    fields = {
        "login": login,
        "password": PASSWORD,
        "code": world.people[login].code(world.now),
    }
    return {f"resume-{name}": text for name, text in (fields | changed).items()}


def send(desk, path, **fields):
    return desk.client.post(path, data=fields, base_url=ORIGIN)


def test_the_text_survives_and_is_sent_only_when_the_person_sends_it(world, reply_form):
    filed, desk, path, token = reply_form
    first = send(desk, path, csrf_token=token, text=TEXT, seen="1")
    assert first.status_code == 401
    assert "文字还在" in first.text
    carried = hidden_fields(first.text)
    assert carried["text"].replace("\r\n", "\n") == TEXT
    assert carried["csrf_token"] != token

    back = desk.client.post(path, data=carried | sign_in_fields(world), base_url=ORIGIN)
    assert back.status_code == 200
    assert "尚未提交" in back.text
    assert html.escape(TEXT.splitlines()[0], quote=False) in back.text
    assert world.case(filed.report).events == 1

    done = send(desk, path, csrf_token=hidden_fields(back.text)["csrf_token"], text=TEXT)
    assert done.status_code == 302
    assert world.case(filed.report).events == 2


def test_a_wrong_password_at_that_point_loses_nothing_either(world, reply_form):
    filed, desk, path, token = reply_form
    carried = hidden_fields(send(desk, path, csrf_token=token, text=TEXT).text)
    wrong = sign_in_fields(world, password="not the password")
    answer = desk.client.post(path, data=carried | wrong, base_url=ORIGIN)
    assert answer.status_code == 422
    assert "登录名、密码或动态口令不正确" in answer.text
    again = hidden_fields(answer.text)
    assert again["text"].replace("\r\n", "\n") == TEXT
    back = desk.client.post(path, data=again | sign_in_fields(world), base_url=ORIGIN)
    assert "尚未提交" in back.text
    assert world.case(filed.report).events == 1


def test_passwords_and_claim_numbers_are_never_carried(world, sign_in):
    world.appropriate()
    filed = world.approved()
    desk = sign_in("cashier")
    token = desk.token("/")
    world.move(minutes=16)
    answer = send(
        desk,
        f"/cases/{filed.report}/reward/payment",
        csrf_token=token,
        password=PASSWORD,
        claim_number="1234 5678 9012 3456",
        seen="5",
    )
    assert PASSWORD not in answer.text
    assert "1234 5678" not in answer.text
    assert hidden_fields(answer.text)["seen"] == "5"


def test_who_signs_in_there_without_the_right_sees_no_form(world, reply_form):
    _filed, desk, path, token = reply_form
    carried = hidden_fields(send(desk, path, csrf_token=token, text=TEXT).text)
    answer = desk.client.post(
        path, data=carried | sign_in_fields(world, "auditor"), base_url=ORIGIN
    )
    assert answer.status_code == 403
    assert TEXT.splitlines()[1] not in answer.text


def test_a_button_without_a_page_leads_back_to_the_case(world, sign_in):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}"
    token = desk.token(path)
    world.move(minutes=16)
    carried = hidden_fields(send(desk, f"{path}/open", csrf_token=token).text)
    answer = desk.client.post(f"{path}/open", data=carried | sign_in_fields(world), base_url=ORIGIN)
    assert (answer.status_code, answer.location) == (302, path)
    assert world.case(filed.report).events == 1


def test_signing_in_again_in_another_tab_keeps_the_form_of_the_first(world, sign_in):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/reply"
    token = desk.token(path)
    world.move(minutes=16)
    desk.post(
        "/sign-in",
        login="yjj-officer",
        password=PASSWORD,
        code=world.people["yjj-officer"].code(world.now),
    )
    answer = send(desk, path, csrf_token=token, text=TEXT)
    assert answer.status_code == 200
    assert html.escape(TEXT.splitlines()[0], quote=False) in answer.text
    assert world.case(filed.report).events == 1
