"""The first sign-in: a start code is exchanged for keys that nobody else can open."""

import re
from datetime import timedelta

import pytest

from admin import auth
from casework.domain.ids import new_id
from casework.services import staff

START_CODE = "K7M2-Q9XR-4HTB-ZC3D"
GOOD = "三只 蓝色的 茶杯 halt 42"


@pytest.fixture
def invited(world):
    """Somebody with a start code of 72 hours."""
    staff.invite(
        world.store,
        account=new_id(),
        login="li.jun",
        name="样本·李",
        office="410329-yjj",
        roles=frozenset({"officer"}),
        start_code_hash=auth.start_code_hash(START_CODE),
        expires_at=world.now + timedelta(hours=72),
    )
    return "li.jun"


def first(pattern, text):
    """What the first group of *pattern* finds in *text*."""
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]


def enrol(desk, world, login, /, **changed):
    """Fill in the page as a person would, reading the secret off the screen."""
    page = desk.get("/enrol").text
    secret = first(r"<code>([A-Z2-7]{32})</code>", page)
    step = int(world.now.timestamp()) // 30
    fields = {
        "login": login,
        "start_code": START_CODE.lower().replace("-", " "),
        "password": GOOD,
        "repeated": GOOD,
        "totp_secret": secret,
        "code": auth.totp_at(auth.from_base32(secret), step),
    }
    return desk.post("/enrol", **(fields | changed))


def test_the_newcomer_gets_keys_and_a_fingerprint_of_24_digits(visit, world, invited):
    answer = enrol(visit(), world, invited)
    assert answer.status_code == 200
    shown = first(r"((?:[0-9]{4} ){5}[0-9]{4})", answer.text)
    account = staff.account_by_login(world.store, login=invited)
    assert account is not None
    assert account.state == "active"
    assert bytes.fromhex(account.day_key) != bytes.fromhex(account.deed_key)
    assert account.start_code_hash is None
    assert len(shown.replace(" ", "")) == 24


def test_the_page_shows_the_secret_as_an_image_and_as_text(visit):
    page = visit().get("/enrol").text
    assert 'src="data:image/svg+xml' in page
    assert "style=" not in page
    one = first(r"<code>([A-Z2-7]{32})</code>", page)
    other = first(r"<code>([A-Z2-7]{32})</code>", visit().get("/enrol").text)
    assert one != other


def test_a_start_code_works_once(visit, world, invited):
    assert enrol(visit(), world, invited).status_code == 200
    assert enrol(visit(), world, invited).status_code == 422


def test_a_start_code_expires(visit, world, invited):
    world.move(hours=72)
    answer = enrol(visit(), world, invited)
    assert answer.status_code == 422
    assert "启动码不正确，或启动码已经用过或过期" in answer.text


@pytest.mark.parametrize("changed", [{"login": "nobody"}, {"start_code": "AAAA-AAAA-AAAA-AAAA"}])
def test_a_wrong_name_and_a_wrong_code_are_told_alike(visit, world, invited, changed):
    answer = enrol(visit(), world, invited, **changed)
    assert answer.status_code == 422
    assert "登录名或启动码不正确" in answer.text


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("elevenchars", "密码至少要 12 个字符，现在只有 11 个。"),
        ("my li.jun password", "密码不能含有登录名。"),
        ("abababababababab", "密码用到的不同字符太少"),
        ("", "请设置密码。"),
    ],
)
def test_what_is_wrong_with_a_password_is_said(visit, world, invited, password, told):
    answer = enrol(visit(), world, invited, password=password, repeated=password)
    assert answer.status_code == 422
    assert told in answer.text


def test_the_two_passwords_must_agree(visit, world, invited):
    answer = enrol(visit(), world, invited, repeated=GOOD + "x")
    assert "两次填写的密码不一样。" in answer.text


def test_a_wrong_one_time_code_keeps_the_same_secret_on_the_page(visit, world, invited):
    answer = enrol(visit(), world, invited, code="000000")
    assert answer.status_code == 422
    assert "动态口令不对" in answer.text
    assert GOOD not in answer.text
    kept = first(r'name="totp_secret"[^>]*value="([A-Z2-7]{32})"', answer.text)
    assert f"<code>{kept}</code>" in answer.text


def test_whoever_is_not_certified_yet_cannot_sign_in(visit, world, invited):
    secret = auth.new_totp_secret()
    code = auth.totp_at(secret, int(world.now.timestamp()) // 30)
    answer = enrol(visit(), world, invited, totp_secret=auth.base32(secret), code=code)
    assert answer.status_code == 200
    world.move(seconds=60)
    code = auth.totp_at(secret, int(world.now.timestamp()) // 30)
    answer = visit().post("/sign-in", login=invited, password=GOOD, code=code)
    assert answer.status_code == 422
    assert "密钥还没有得到认证" in answer.text
