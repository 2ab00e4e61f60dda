"""The console in the language its reader chose, and what the choice leaves behind."""

import re

import pytest

from admin.language import COOKIE

ORIGIN = "https://console.test"


def choose(desk, code, **fields):
    return desk.client.post("/language", data={"language": code, **fields}, base_url=ORIGIN)


def way_back(page):
    """The address that the page names, to come back to."""
    [back] = re.findall(r'name="next" value="([^"]*)"', page)
    return back


def test_the_console_is_chinese_until_somebody_chooses(visit):
    page = visit().client.get("/sign-in", base_url=ORIGIN, headers={"Accept-Language": "en"})
    assert '<html lang="zh-CN">' in page.text
    assert "登录办理台" in page.text
    assert "Set-Cookie" not in page.headers


def test_a_choice_is_kept_in_a_cookie_that_says_nothing_else(visit):
    desk = visit()
    answer = choose(desk, "en", next="/sign-in")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{COOKIE}=en;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert '<html lang="en">' in desk.get("/sign-in").text
    choose(desk, "zh", next="/sign-in")
    assert '<html lang="zh-CN">' in desk.get("/sign-in").text


def test_the_choice_outlives_the_session(sign_in):
    desk = sign_in("yjj-officer")
    choose(desk, "en")
    desk.post("/sign-out", page="/")
    assert '<html lang="en">' in desk.get("/sign-in").text


@pytest.mark.parametrize("code", ["", "fr", "en_GB", "../en", "é"])
def test_another_language_there_is_not(visit, code):
    answer = choose(visit(), code)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    made_up = visit().client.get(
        "/sign-in", base_url=ORIGIN, headers={"Cookie": f"{COOKIE}={code}"}
    )
    assert '<html lang="zh-CN">' in made_up.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", ""]
)
def test_choosing_leads_nowhere_else(visit, elsewhere):
    assert choose(visit(), "en", next=elsewhere).location == "/"


@pytest.mark.parametrize("sign", ["\r\n", "\x00", "\x7f", "\u2028", "\u202e"])
def test_an_address_with_invisible_signs_loses_what_it_asks(visit, sign):
    answer = choose(visit(), "en", next=f"/sign-in?a=1{sign}Set-Cookie: b=2")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_choosing_comes_back_to_the_page_with_its_filter(sign_in):
    desk = sign_in("yjj-leader")
    page = desk.get("/duties?region=410329").text
    back = way_back(page)
    assert back == "/duties?region=410329"
    assert choose(desk, "en", next=back).location == back


def test_after_a_form_one_comes_back_to_a_page_that_can_be_shown(sign_in, world):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    opened = desk.post(f"/cases/{filed.report}/open", page=f"/cases/{filed.report}")
    assert opened.status_code == 200
    back = way_back(opened.text)
    assert desk.get(back).status_code == 200


def test_another_site_does_not_choose(visit):
    answer = visit().client.post(
        "/language",
        data={"language": "en"},
        base_url=ORIGIN,
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_dates_are_written_as_the_language_writes_them(sign_in, world):
    filed = world.file_report()
    world.accept(filed.report)
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/clocks/verify/2"
    assert re.search(r">2026-[0-9-]* 周[一二三四五六日]<", desk.get(path).text)
    choose(desk, "en")
    assert re.search(r">2026-[0-9-]* (Mon|Tue|Wed|Thu|Fri|Sat|Sun)<", desk.get(path).text)
