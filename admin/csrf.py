"""Forms that were not sent from our own pages change nothing.

In a session the token is the one of SEALING.md 3. Before there is one
(sign-in, enrolment) it is random, dated and signed, so that no cookie is
needed. Beside the token, what the browser says about the sender is believed
where it says something.
"""

import hmac
from typing import Final

from flask import g, request
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

from admin import auth
from admin.extensions import console
from admin.extensions import gettext as _
from crypto.errors import FormTokenError
from crypto.form_token import issue_form_token, read_form_token

FIELD: Final = "csrf_token"
PRE_SESSION_SECONDS: Final = 2 * 60 * 60
_PURPOSE: Final = "console"


class CrossSiteError(Exception):
    """The browser says that another site sent this form."""


class ConsoleCsrf(CSRF):
    """Puts the token into every form and checks it on the way back."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The token the page is rendered with."""
        return token()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Refuse a token that is not this session's."""
        if not is_valid(field.data or ""):
            raise ValidationError(_("页面已过期，请核对后再次提交。"))


def token() -> str:
    """The token for a form on the page that is being made."""
    session = auth.session()
    if session is not None:
        return session.csrf_token
    return issue_form_token(console().secrets.form_key, console().clock.now(), purpose=_PURPOSE)


def is_valid(candidate: str) -> bool:
    """Whether *candidate* was given out for this session, or lately before one."""
    entered_with: auth.Session | None = g.get("entered_with")
    if entered_with is not None:
        return hmac.compare_digest(candidate.encode(), entered_with.csrf_token.encode())
    key, now = console().secrets.form_key, console().clock.now()
    try:
        read_form_token(candidate, key, now, PRE_SESSION_SECONDS, purpose=_PURPOSE)
    except FormTokenError:
        return False
    return True


def check_origin() -> None:
    """Refuse what the browser says came from elsewhere.

    Sec-Fetch-Site and Origin are sent by browsers alone, so their absence
    proves nothing and the token decides.

    Raises:
        CrossSiteError: another site sent it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise CrossSiteError(site)
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise CrossSiteError(origin)
