"""Signing in: three things at once, all failures alike, sessions that end."""

import pytest

from admin import auth
from crypto.passwords import password_key
from instance import PASSWORD

WRONG = "登录名、密码或动态口令不正确"


def send(desk, world, **changed):
    person = world.people["yjj-officer"]
    fields = {"login": "yjj-officer", "password": PASSWORD, "code": person.code(world.now)}
    return desk.post("/sign-in", **(fields | changed))


def test_the_right_three_things_open_the_worklist(visit, world):
    desk = visit()
    answer = send(desk, world)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "台账" in desk.get("/").text


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(visit, world):
    answer = send(visit(), world)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{auth.COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "changed",
    [
        {"login": "nobody"},
        {"password": "correct horse batterx"},
        {"code": "000000"},
        {"login": ""},
        {"code": "12345６"},
    ],
)
def test_a_wrong_thing_is_refused_in_the_same_words(visit, world, changed):
    desk = visit()
    answer = send(desk, world, **changed)
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers
    if changed != {"login": ""} and "code" not in changed:
        assert WRONG in answer.text
    assert PASSWORD not in answer.text


def test_unknown_names_cost_a_derivation_too(visit, world, monkeypatch):
    counted = []

    def counting(*args, **kwargs):
        counted.append(1)
        return password_key(*args, **kwargs)

    monkeypatch.setattr(auth, "password_key", counting)
    send(visit(), world, login="nobody")
    assert counted == [1]


def test_a_one_time_code_counts_once(visit, world):
    assert send(visit(), world).status_code == 302
    again = send(visit(), world)
    assert again.status_code == 422
    assert WRONG in again.text


def test_five_failures_lock_for_a_quarter_of_an_hour_and_no_longer(visit, world):
    desk = visit()
    for _ in range(5):
        send(desk, world, password="wrong password")
    assert send(desk, world).status_code == 422
    world.move(minutes=14)
    assert send(desk, world).status_code == 422
    world.move(minutes=2)
    assert send(desk, world).status_code == 302


def test_fifteen_idle_minutes_end_a_session_and_fourteen_do_not(sign_in, world):
    desk = sign_in("yjj-officer")
    for _ in range(3):
        world.move(minutes=14)
        assert desk.get("/").status_code == 200
    world.move(minutes=15, seconds=1)
    answer = desk.get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")


def test_eight_hours_end_a_session_however_busy(sign_in, world):
    desk = sign_in("yjj-officer")
    for _ in range(47):
        world.move(minutes=10)
        assert desk.get("/").status_code == 200
    world.move(minutes=10)
    assert desk.get("/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(sign_in, world):
    desk = sign_in("yjj-officer")
    cookie = desk.client.get_cookie(auth.COOKIE, domain="console.test")
    assert desk.post("/sign-out", page="/").location == "/sign-in"
    desk.client.set_cookie(auth.COOKIE, cookie.value, domain="console.test", secure=True)
    assert desk.get("/").status_code == 302


def test_a_new_sign_in_is_a_new_session(sign_in, world, visit):
    desk = sign_in("yjj-officer")
    before = desk.client.get_cookie(auth.COOKIE, domain="console.test").value
    assert send(desk, world).status_code == 302
    assert desk.client.get_cookie(auth.COOKIE, domain="console.test").value != before


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/cases/abc", "/cases/abc"),
        ("//evil.test/", "/"),
        ("https://evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_goes_to_a_page_of_this_site_only(visit, world, asked, given):
    person = world.people["yjj-officer"]
    answer = visit().post(
        f"/sign-in?next={asked}",
        login="yjj-officer",
        password=PASSWORD,
        code=person.code(world.now),
    )
    assert answer.location == given


def test_the_session_row_tells_a_thief_of_the_database_nothing(sign_in, world):
    desk = sign_in("yjj-officer")
    token = desk.client.get_cookie(auth.COOKIE, domain="console.test").value
    stored = b"".join(
        path.read_bytes() for path in world.settings.home.parent.glob("tonggui.sqlite*")
    )
    assert bytes.fromhex(token) not in stored
    assert token.encode() not in stored
    assert world.people["yjj-officer"].day.secret not in stored
    assert world.people["yjj-officer"].day.secret.hex().encode() not in stored
