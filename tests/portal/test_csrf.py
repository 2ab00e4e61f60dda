"""Every form POST must come from here and carry its token."""

import pytest


def test_a_form_without_its_token_is_refused_with_everything_typed(visitor):
    form = visitor.report(csrf_token="")
    answer = visitor.post("/report", form)
    assert answer.status_code == 422
    assert "请再按一次提交" in answer.text
    assert "储罐区动火作业未办理审批。" in answer.text


def test_a_token_lasts_a_day_and_then_the_page_offers_a_new_one(world, visitor):
    form = visitor.report()
    world.move(hours=24)
    assert visitor.post("/report", form).status_code == 200

    late = visitor.report()
    world.move(hours=24, seconds=1)
    answer = visitor.post("/report", late)
    assert answer.status_code == 422
    again = late | visitor.tokens(answer)
    assert again["form_token"] != late["form_token"]
    assert visitor.post("/report", again).status_code == 200


def test_the_token_of_another_purpose_does_not_do(visitor):
    form = visitor.report()
    form["csrf_token"], form["form_token"] = form["form_token"], form["csrf_token"]
    assert visitor.post("/report", form).status_code == 422


def test_in_a_session_the_token_before_it_does_not_do(visitor):
    code = visitor.file()
    before = visitor.form("/follow-up")
    visitor.enter(code)
    answer = visitor.post("/follow-up/case", before | {"text": "不能丢的留言"})
    assert answer.status_code == 422
    assert "不能丢的留言" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_a_form_that_a_browser_says_is_from_elsewhere_is_refused(visitor, headers):
    answer = visitor.post("/report", visitor.report(), headers=headers)
    assert answer.status_code == 403
    assert "不能从别的网站提交" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_form_from_here_passes_whatever_the_browser_is_able_to_say(visitor, headers):
    assert visitor.post("/report", visitor.report(), headers=headers).status_code == 200
