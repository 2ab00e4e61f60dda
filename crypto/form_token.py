"""Form tokens without a cookie: signed, dated, random (SEALING.md 6).

token = base64url( S (32) | issued, seconds (8) | BLAKE2b (32) )
"""

import base64
import hmac
from datetime import datetime

from crypto.context import lp, named_hash
from crypto.errors import FormTokenError
from crypto.randomness import random_bytes

SECRET_SIZE = 32
_TIME_SIZE = 8
_SIZE = SECRET_SIZE + _TIME_SIZE + 32
# Two machines of one site need not agree to the second.
SKEW_SECONDS = 60


def issue_form_token(key: bytes, now: datetime, *, purpose: str = "report") -> str:
    """Make a token for one form.

    Args:
        key: the site's secret key, up to 64 bytes.
        now: an aware datetime.
        purpose: which form; a token of another form is refused.
    """
    body = random_bytes(SECRET_SIZE) + int(now.timestamp()).to_bytes(_TIME_SIZE, "big")
    return base64.urlsafe_b64encode(body + _mac(body, key, purpose)).decode()


def read_form_token(
    token: str, key: bytes, now: datetime, max_age_seconds: int, *, purpose: str = "report"
) -> bytes:
    """Return S, the 32 random bytes of a token.

    Args:
        token: as the form sent it.
        key: the site's secret key.
        now: an aware datetime.
        max_age_seconds: how long a form may stay open.
        purpose: which form.

    Raises:
        FormTokenError: malformed, not ours, for another form, too old or from the future.
    """
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as error:
        raise FormTokenError("malformed") from error
    # b64decode takes the standard alphabet as well: one token must have one form.
    if base64.urlsafe_b64encode(raw).decode() != token:
        raise FormTokenError("malformed")
    body, mac = raw[:-32], raw[-32:]
    if len(raw) != _SIZE or not hmac.compare_digest(mac, _mac(body, key, purpose)):
        raise FormTokenError("not ours")
    age = int(now.timestamp()) - int.from_bytes(body[SECRET_SIZE:], "big")
    if not -SKEW_SECONDS <= age <= max_age_seconds:
        raise FormTokenError("too old")
    return body[:SECRET_SIZE]


def _mac(body: bytes, key: bytes, purpose: str) -> bytes:
    return named_hash("tg-form-token", lp(purpose.encode(), body), key=key)
