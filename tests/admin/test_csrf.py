"""Forms that were not sent from our own pages change nothing."""

import pytest

from admin import csrf
from admin.permissions import PUBLIC_ENDPOINTS

ORIGIN = "https://console.test"
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
]


def post(desk, path, headers=None, **fields):
    return desk.client.post(path, data=fields, base_url=ORIGIN, headers=headers or {})


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_what_the_browser_says_came_from_elsewhere_is_refused(world, sign_in, headers):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/accept"
    answer = post(desk, path, headers, csrf_token=desk.token(path))
    assert answer.status_code == 403
    assert world.case(filed.report).events == 1


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}, {"Sec-Fetch-Site": "none"}, {}]
)
def test_our_own_pages_and_clients_that_say_nothing_are_believed(world, sign_in, headers):
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    path = f"/cases/{filed.report}/accept"
    assert post(desk, path, headers, csrf_token=desk.token(path)).status_code == 302
    assert world.case(filed.report).state == "accepted"


def test_another_sessions_token_does_nothing(world, sign_in):
    filed = world.file_report()
    first, second = sign_in("yjj-officer"), sign_in("yjj-officer-2")
    path = f"/cases/{filed.report}/accept"
    answer = post(first, path, csrf_token=second.token(path))
    assert answer.status_code == 200
    assert "尚未提交" in answer.text
    assert world.case(filed.report).events == 1


def test_no_address_acts_without_the_token(world, sign_in):
    """Every form of the console, sent bare: the case stays as it is."""
    filed = world.file_report()
    desk = sign_in("yjj-officer")
    before = world.case(filed.report).events
    for rule in desk.client.application.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<{name}>", filed.report)
        answer = post(desk, path)
        assert answer.status_code in (200, 302, 403, 404, 409, 422), (path, answer.status_code)
    assert world.case(filed.report).events == before


def test_a_token_from_before_signing_in_lives_two_hours(visit, world):
    desk = visit()
    token = desk.token("/sign-in")
    world.move(seconds=csrf.PRE_SESSION_SECONDS)
    fresh = post(desk, "/sign-in", csrf_token=token)
    world.move(seconds=1)
    stale = post(desk, "/sign-in", csrf_token=token)
    assert "页面已过期" not in fresh.text
    assert "页面已过期" in stale.text


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é" * 40])
def test_a_made_up_token_is_refused_before_signing_in(visit, token):
    assert "页面已过期" in post(visit(), "/sign-in", csrf_token=token).text


def test_signing_out_needs_the_token_too(sign_in):
    desk = sign_in("yjj-officer")
    post(desk, "/sign-out")
    assert desk.get("/").status_code == 200
