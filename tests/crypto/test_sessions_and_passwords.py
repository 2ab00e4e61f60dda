import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crypto import form_token, passwords, session
from crypto.argon import PASSWORD_MEMLIMIT, PASSWORD_OPSLIMIT
from crypto.context import account_context
from crypto.errors import FormTokenError, UnsealError

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
KEY = bytes(32)
CHEAP = {"opslimit": 1, "memlimit": 8192}


def test_a_session_opens_with_its_token_only():
    token, other = session.new_token(), session.new_token()
    box = session.seal_session(b"payload", token)
    assert session.open_session(box, token) == b"payload"
    with pytest.raises(UnsealError):
        session.open_session(box, other)
    with pytest.raises(UnsealError):
        session.open_session(box[:-1], token)


def test_what_a_page_carries_opens_in_its_session_only_and_is_no_session():
    token, other = session.new_token(), session.new_token()
    box = session.seal_page(b"payload", token)
    assert session.open_page(box, token) == b"payload"
    assert b"payload" not in box
    for wrong, key in ((box, other), (box[:-1], token), (session.seal_session(b"", token), token)):
        with pytest.raises(UnsealError):
            session.open_page(wrong, key)
    with pytest.raises(UnsealError):
        session.open_session(box, token)


def test_id_key_and_csrf_token_tell_nothing_of_each_other():
    token = session.new_token()
    box = session.seal_session(b"payload", token)
    shown = {session.session_id(token), session.csrf_token(token), token}
    assert len(shown) == 3
    assert not any(one in box for one in shown)
    assert session.check_csrf(session.csrf_token(token), token)
    assert not session.check_csrf(session.session_id(token), token)
    assert not session.check_csrf(b"", token)


def test_a_wrong_password_and_another_account_open_nothing():
    made: dict[str, Any] = {"salt": bytes(16), "pepper": bytes(32), **CHEAP}
    key = passwords.password_key("correct horse", **made)
    context = account_context("s", "a", "day")
    body = passwords.seal_secret(bytes(range(32)), key=key, context=context)
    assert passwords.open_secret(body, key=key, context=context) == bytes(range(32))
    wrong = [
        passwords.password_key("correct horsE", **made),
        passwords.password_key("correct horse", **{**made, "salt": bytes([1] * 16)}),
        passwords.password_key("correct horse", **{**made, "pepper": bytes([1] * 32)}),
    ]
    for one in wrong:
        with pytest.raises(UnsealError):
            passwords.open_secret(body, key=one, context=context)
    for other in (account_context("s", "b", "day"), account_context("s", "a", "deed")):
        with pytest.raises(UnsealError):
            passwords.open_secret(body, key=key, context=other)


def test_two_keyboards_agree_on_a_password():
    made: dict[str, Any] = {"salt": bytes(16), "pepper": bytes(32), **CHEAP}
    composed, decomposed, wide = "caf\u00e9 1", "cafe\u0301 1", "caf\u00e9　１"
    keys = {passwords.password_key(one, **made) for one in (composed, decomposed, wide)}
    assert len(keys) == 1


def test_the_usual_costs_of_a_password_are_those_of_the_protocol():
    assert (PASSWORD_OPSLIMIT, PASSWORD_MEMLIMIT) == (3, 64 * 1024 * 1024)
    key = passwords.password_key(
        "x",
        salt=bytes(16),
        pepper=KEY,
        opslimit=PASSWORD_OPSLIMIT,
        memlimit=PASSWORD_MEMLIMIT,
    )
    assert len(key) == 32


def test_second_factor_secrets_are_sealed_under_the_pepper():
    context = account_context("s", "a", "totp")
    body = passwords.seal_secret(b"totp", key=passwords.pepper_key(KEY), context=context)
    assert passwords.open_secret(body, key=passwords.pepper_key(KEY), context=context) == b"totp"
    with pytest.raises(UnsealError):
        passwords.open_secret(body, key=passwords.pepper_key(b"x" * 32), context=context)


# Form tokens ---------------------------------------------------------------------------


def test_a_form_token_gives_its_secret_for_as_long_as_it_may():
    token = form_token.issue_form_token(KEY, NOW)
    secret = form_token.read_form_token(token, KEY, NOW, 3600)
    assert len(secret) == 32
    late = NOW + timedelta(seconds=3600)
    assert form_token.read_form_token(token, KEY, late, 3600) == secret
    assert form_token.issue_form_token(KEY, NOW) != token
    for when in (late + timedelta(seconds=1), NOW - timedelta(seconds=61)):
        with pytest.raises(FormTokenError):
            form_token.read_form_token(token, KEY, when, 3600)


def test_a_token_of_another_key_or_form_is_refused():
    token = form_token.issue_form_token(KEY, NOW)
    with pytest.raises(FormTokenError):
        form_token.read_form_token(token, b"x" * 32, NOW, 3600)
    with pytest.raises(FormTokenError):
        form_token.read_form_token(token, KEY, NOW, 3600, purpose="code")


def test_no_changed_token_is_taken():
    token = form_token.issue_form_token(KEY, NOW)
    raw = base64.urlsafe_b64decode(token)
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        sent = base64.urlsafe_b64encode(changed).decode()
        with pytest.raises(FormTokenError):
            form_token.read_form_token(sent, KEY, NOW, 3600)
    for sent in ("", "x", "铜匦", token[:-4], token + token, token + "\n"):
        with pytest.raises(FormTokenError):
            form_token.read_form_token(sent, KEY, NOW, 3600)
