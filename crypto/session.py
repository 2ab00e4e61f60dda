"""Sessions of officers and reporters (SEALING.md 3).

The cookie carries a random token T of 32 bytes and the server stores none of
it: the row is found by one hash of T, sealed under another, and the CSRF
token is a third.
"""

import hmac
import secrets

from crypto.context import Context, named_hash
from crypto.objects import open_object, seal_object

TOKEN_SIZE = 32


def new_token() -> bytes:
    """Draw a session token."""
    return secrets.token_bytes(TOKEN_SIZE)


def session_id(token: bytes) -> bytes:
    """Return the 32 bytes by which the session's row is found."""
    return named_hash("tg-session-id", token)


def csrf_token(token: bytes) -> bytes:
    """Return the 32 bytes that every form of the session carries."""
    return named_hash("tg-session-csrf", token)


def check_csrf(sent: bytes, token: bytes) -> bool:
    """Return whether *sent* is the session's CSRF token, in constant time."""
    return hmac.compare_digest(sent, csrf_token(token))


def seal_session(payload: bytes, token: bytes) -> bytes:
    """Seal account, expiry and secrets of a session together.

    Args:
        payload: whatever the site keeps; the expiry belongs inside.
        token: T.
    """
    key, context = _place(token)
    return seal_object(payload, key=key, context=context)


def open_session(box: bytes, token: bytes) -> bytes:
    """Return the payload that `seal_session` sealed.

    Raises:
        UnsealError: not the session of this token.
    """
    key, context = _place(token)
    return open_object(box, key=key, context=context)


def seal_page(payload: bytes, token: bytes) -> bytes:
    """Seal what a page carries to the next request of its session, and no server keeps.

    Args:
        payload: what the page shows anyway to the person whose session it is.
        token: T.
    """
    key, context = _page(token)
    return seal_object(payload, key=key, context=context)


def open_page(box: bytes, token: bytes) -> bytes:
    """Return the payload that `seal_page` sealed.

    Raises:
        UnsealError: not of a page of this session.
    """
    key, context = _page(token)
    return open_object(box, key=key, context=context)


def _page(token: bytes) -> tuple[bytes, Context]:
    key = named_hash("tg-session-page", token)
    return key, Context("", "", "page", session_id(token).hex())


def _place(token: bytes) -> tuple[bytes, Context]:
    key = named_hash("tg-session-key", token)
    return key, Context("", "", "session", session_id(token).hex())
