"""Signing in, the session, and the first sign-in that makes a person's keys.

A session is a random token in a cookie. The row it finds holds everything
sealed under that token, the person's day key too, so a stolen database opens
nothing (SEALING.md 3). What a person may do comes from the key set and its
certificates on every request, never from a flag in the database.
"""

import hmac
import json
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypedDict, cast

import pyotp
from flask import g, request
from werkzeug.wrappers import Response

from admin.config import ABSOLUTE_HOURS, IDLE_MINUTES
from admin.extensions import console
from admin.own_keys import ClosedKey, closed_keys
from casework.domain.errors import (
    NoKeySetError,
    StartCodeError,
    StorageUnavailableError,
    UnknownSignerError,
)
from casework.domain.roles import Role
from casework.services import sessions, staff
from casework.storage.accounts import Account
from casework.storage.sessions import Kind
from crypto.argon import PASSWORD_MEMLIMIT, PASSWORD_OPSLIMIT
from crypto.context import account_context, named_hash
from crypto.errors import CryptoError
from crypto.passwords import open_secret, password_key, pepper_key, seal_secret
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey, member_fingerprint
from crypto.session import csrf_token, new_token, open_session, seal_session, session_id

COOKIE: Final = "__Host-tonggui_console"
KIND: Final[Kind] = "console"
REFRESH_SECONDS: Final = 60
SALT_SIZE: Final = 16
TOTP_SECRET_SIZE: Final = 20
TOTP_SECONDS: Final = 30
TOTP_DRIFT: Final = 1  # codes before and after the present one that a slow clock may show


class SignInError(Exception):
    """Login name, password or one-time code is wrong, or the account is locked: never which."""


class EnrolError(Exception):
    """Login name or start code is wrong, used or out of date."""


class CodeShownError(Exception):
    """The code typed is not the one that the new authenticator entry shows now."""


class PasswordError(Exception):
    """The password typed again, to sign a deed, is wrong."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in at this browser."""

    token: bytes = field(repr=False)
    account: str
    login: str
    name: str
    office: str
    roles: frozenset[Role]
    day: PrivateKey = field(repr=False)
    signed_in_at: datetime
    seen_at: datetime

    @property
    def csrf_token(self) -> str:
        """What every form of this session carries."""
        return csrf_token(self.token).hex()

    @property
    def ends_at(self) -> datetime:
        """When it ends unless something is done before."""
        idle = self.seen_at + timedelta(minutes=IDLE_MINUTES)
        return min(idle, self.signed_in_at + timedelta(hours=ABSOLUTE_HOURS))


# The session of a request ----------------------------------------------------


def enter() -> None:
    """Find the session that the request's cookie names, before anything else is done."""
    found = _found_session()
    g.session = g.entered_with = found
    if found is None:
        return
    now = console().clock.now()
    if (now - found.seen_at).total_seconds() >= REFRESH_SECONDS:
        g.session = g.entered_with = _renewed(replace(found, seen_at=now))


def _renewed(seen: Session) -> Session | None:
    """Keep that the person was active; None when the session ended meanwhile."""
    try:
        is_kept = sessions.renew_session(console().store, **_row(seen))
    except StorageUnavailableError:  # a full disk must not keep anybody from reading on
        return seen
    return seen if is_kept else None


def session() -> Session | None:
    """The session of this request, if there is one."""
    return cast("Session | None", g.get("session"))


def current() -> Session:
    """The session of this request, which is known to have one."""
    found = session()
    assert found is not None, "a view without a session must be listed as public"
    return found


def leave(response: Response) -> Response:
    """Send the cookie that this request's sign-in or sign-out calls for."""
    token: bytes | None = g.get("new_token")
    if token is not None:
        response.set_cookie(
            COOKIE, token.hex(), secure=True, httponly=True, samesite="Strict", path="/"
        )
        if not token:
            response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def sign_out() -> None:
    """End the session on the server and in the browser."""
    found = session()
    if found is not None:
        sessions.end_session(console().store, session_id=session_id(found.token), kind=KIND)
    g.session = None
    g.new_token = b""


def _found_session() -> Session | None:
    cookie = request.cookies.get(COOKIE, "")
    try:
        token = bytes.fromhex(cookie)
    except ValueError:
        return None
    box = token and sessions.find_session(console().store, session_id=session_id(token), kind=KIND)
    if not box:
        return None
    try:
        kept = json.loads(open_session(box, token))
        member = console().trust().member(kept["account"])
    except (CryptoError, UnknownSignerError, NoKeySetError):
        return None
    found = Session(
        token=token,
        account=kept["account"],
        login=kept["login"],
        name=kept["name"],
        office=member.office,
        roles=frozenset(Role(role) for role in member.roles),
        day=PrivateKey(bytes.fromhex(kept["day"])),
        signed_in_at=datetime.fromtimestamp(kept["signed_in_at"], UTC),
        seen_at=datetime.fromtimestamp(kept["seen_at"], UTC),
    )
    # A key that was replaced since opens nothing any more: sign in again.
    is_current = hmac.compare_digest(found.day.public.encode(), member.day.encode())
    return found if is_current and console().clock.now() < found.ends_at else None


class _Row(TypedDict):
    session_id: bytes
    kind: Kind
    box: bytes
    sweep_after: datetime


def _row(kept: Session) -> _Row:
    payload = {
        "account": kept.account,
        "login": kept.login,
        "name": kept.name,
        "signed_in_at": int(kept.signed_in_at.timestamp()),
        "seen_at": int(kept.seen_at.timestamp()),
        "day": kept.day.secret.hex(),
    }
    return {
        "session_id": session_id(kept.token),
        "kind": KIND,
        "box": seal_session(json.dumps(payload).encode(), kept.token),
        "sweep_after": kept.ends_at,
    }


# Signing in -------------------------------------------------------------------


def sign_in(login: str, password: str, code: str) -> Session:
    """Open the account's day key and start a session.

    An unknown name costs the same as a wrong password, and both are told in
    the same words, as a locked account is.

    Raises:
        SignInError: this is not the right person, or not now.
    """
    now = console().clock.now()
    known = "\0" not in login  # no database text holds one
    account = staff.account_by_login(console().store, login=login) if known else None
    key = _password_key(password, account.salt if account else bytes(SALT_SIZE))
    if account is None or account.state != "active":
        raise SignInError
    if account.locked_until is not None and now < account.locked_until:
        raise SignInError
    try:
        day = _open_key(account, "day", key)
        step = _totp_step(account, code, now)
    except CryptoError:
        staff.note_failure(console().store, account=account.id, now=now)
        raise SignInError from None
    try:
        member = console().trust(fresh=True).member(account.id)
    except UnknownSignerError:  # outside the key set: not certified yet, or gone
        raise SignInError from None
    if not staff.note_success(console().store, account=account.id, totp_step=step):
        raise SignInError  # another request used this code first
    started = Session(
        token=new_token(),
        account=account.id,
        login=login,
        name=account.display_name,
        office=member.office,
        roles=frozenset(Role(role) for role in member.roles),
        day=day,
        signed_in_at=now,
        seen_at=now,
    )
    sign_out()
    g.closed_keys = closed_keys(account.id, day=day, deed=_deed_if_sound(account, key))
    sessions.save_session(console().store, **_row(started))
    g.session, g.new_token = started, started.token
    return started


def keys_not_opened() -> tuple[ClosedKey, ...]:
    """What the sign-in of this request found that the person cannot open."""
    return cast("tuple[ClosedKey, ...]", g.get("closed_keys", ()))


def _deed_if_sound(account: Account, key: bytes) -> PrivateKey | None:
    try:
        return _open_key(account, "deed", key)
    except CryptoError:
        return None


def unlock_deed(password: str) -> PrivateKey:
    """Open the signed-in person's deed key, for this request alone.

    Raises:
        PasswordError: this is not the password.
    """
    return deed_key(current().login, password)


def deed_key(login: str, password: str) -> PrivateKey:
    """Open somebody's deed key; before the ceremony nobody can be signed in.

    Wrong passwords count like those at the sign-in: five lock the account.

    Raises:
        PasswordError: this is not the password.
    """
    now = console().clock.now()
    account = staff.account_by_login(console().store, login=login)
    if account is None or (account.locked_until is not None and now < account.locked_until):
        raise PasswordError
    key = _password_key(password, account.salt)
    try:
        return _open_key(account, "deed", key)
    except CryptoError:
        staff.note_failure(console().store, account=account.id, now=now)
        raise PasswordError from None


def _password_key(password: str, salt: bytes) -> bytes:
    try:
        keyset = console().trust().keyset
        opslimit, memlimit = keyset.password_opslimit, keyset.password_memlimit
    except NoKeySetError:  # before the ceremony
        opslimit, memlimit = PASSWORD_OPSLIMIT, PASSWORD_MEMLIMIT
    return password_key(
        password,
        salt=salt,
        pepper=console().secrets.password_pepper,
        opslimit=opslimit,
        memlimit=memlimit,
    )


def _open_key(account: Account, which: str, key: bytes) -> PrivateKey:
    box = account.day_box if which == "day" else account.deed_box
    context = account_context(console().store.site, account.id, which)
    return PrivateKey(open_secret(box, key=key, context=context))


def _totp_step(account: Account, code: str, now: datetime) -> int:
    """Return the time step that *code* belongs to.

    Raises:
        CryptoError: the code is wrong, or not newer than the last one used.
    """
    context = account_context(console().store.site, account.id, "totp")
    pepper = pepper_key(console().secrets.password_pepper)
    secret = open_secret(account.totp_box, key=pepper, context=context)
    step = step_shown(secret, code, now)
    if step is None or step <= account.totp_last:
        raise CryptoError
    return step


def step_shown(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the time step in which an authenticator holding *secret* shows *code* about now."""
    present = int(now.timestamp()) // TOTP_SECONDS
    for step in range(present - TOTP_DRIFT, present + TOTP_DRIFT + 1):
        if hmac.compare_digest(totp_at(secret, step).encode(), code.encode()):
            return step
    return None


def totp_at(secret: bytes, counter: int) -> str:
    """The six digits that an authenticator shows in time step *counter*."""
    return pyotp.HOTP(base32(secret)).at(counter)


def base32(secret: bytes) -> str:
    """A second-factor secret as authenticators want it typed."""
    return b32encode(secret).decode()


def from_base32(text: str) -> bytes:
    """Read what `base32` wrote.

    Raises:
        ValueError: it did not write that.
    """
    secret = b32decode(text)
    if len(secret) != TOTP_SECRET_SIZE:
        raise ValueError("a second-factor secret has 20 bytes")
    return secret


# The first sign-in -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the newcomer notes down for the ceremony or the certifying colleague."""

    login: str
    fingerprint: str


def start_code_hash(code: str) -> bytes:
    """What the database keeps of a one-time start code; case and grouping do not matter.

    Eighty random bits that live for days need neither salt nor pepper.
    """
    typed = "".join(code.split()).replace("-", "").upper()
    return named_hash("tg-start-code", typed.encode())


def new_totp_secret() -> bytes:
    """A fresh second-factor secret."""
    return secrets.token_bytes(TOTP_SECRET_SIZE)


def enrol(login: str, start_code: str, password: str, totp_secret: bytes, code: str) -> Enrolled:
    """Make the person's keys, sealed under the new password; the start code is used up.

    Raises:
        CodeShownError: the authenticator shows something else.
        EnrolError: no open invitation fits.
    """
    now, site = console().clock.now(), console().store.site
    step = step_shown(totp_secret, code, now)
    if step is None:
        raise CodeShownError
    account = staff.account_by_login(console().store, login=login)
    account_id = account.id if account else ""
    salt = secrets.token_bytes(SALT_SIZE)
    key = _password_key(password, salt)
    pepper = pepper_key(console().secrets.password_pepper)
    day, deed = PrivateKey.generate(), PrivateKey.generate()

    def sealed(secret: bytes, what: str, under: bytes) -> bytes:
        return seal_secret(secret, key=under, context=account_context(site, account_id, what))

    try:
        staff.enrol(
            console().store,
            login=login,
            start_code_hash=start_code_hash(start_code),
            salt=salt,
            day_box=sealed(day.secret, "day", key),
            deed_box=sealed(deed.secret, "deed", key),
            totp_box=sealed(totp_secret, "totp", pepper),
            totp_step=step,
            day_key=day.public.encode(),
            deed_key=deed.public.encode(),
            now=now,
        )
    except StartCodeError as refusal:
        raise EnrolError from refusal
    return Enrolled(login, fingerprint(day.public, deed.public))


def fingerprint(day: PublicKey, deed: PublicKey) -> str:
    """The 24 digits that stand for both keys of a person, in groups of four."""
    return member_fingerprint(day, deed)
