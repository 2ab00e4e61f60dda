"""CSRF: every form POST carries a token, and a browser must say that it comes from here.

Before a session the token is signed and dated, and bound to no cookie: there
is none. In a session it is the one of SEALING.md 3.
"""

import binascii
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Request, abort
from flask_babel import gettext as _
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

from crypto.errors import FormTokenError
from crypto.form_token import issue_form_token, read_form_token
from crypto.session import check_csrf, csrf_token
from portal.extensions import public_site

FORM_OPEN_SECONDS_MAX: Final = 24 * 3600
PURPOSE: Final = "csrf"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# "none" is a page that the browser itself loads again, after a restart for instance.
OWN_REQUESTS: Final = frozenset({"same-origin", "none"})


class PortalCSRF(CSRF):
    """The token of one form; the form's Meta.csrf_context is the session's token T, or empty."""

    def setup_form(self, form: BaseForm) -> Any:
        """Remember which session the form is part of."""
        self.session_token: bytes = form.meta.csrf_context or b""
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Make the token that the page will carry."""
        if self.session_token:
            return csrf_token(self.session_token).hex()
        return token_before_session()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Refuse a missing, foreign or old token; what was typed stays in the form."""
        if not self._fits(field.data or ""):
            raise ValidationError(_("这个页面打开太久了。内容都还在，请再按一次提交。"))

    def _fits(self, sent: str) -> bool:
        if self.session_token:
            try:
                return check_csrf(bytes.fromhex(sent), self.session_token)
            except (ValueError, binascii.Error):
                return False
        here = public_site()
        try:
            read_form_token(
                sent, here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX, purpose=PURPOSE
            )
        except FormTokenError:
            return False
        return True


def token_before_session() -> str:
    """Make a token that is signed and dated, and bound to nobody."""
    here = public_site()
    return issue_form_token(here.form_key, here.clock.now(), purpose=PURPOSE)


def refuse_foreign_posts(request: Request, *, public_url: str) -> None:
    """Answer 403 to a form that another site sent, as far as the browser tells.

    Our own pages forbid referrers, so a browser sends "Origin: null" with
    their forms; Sec-Fetch-Site is then what counts. Old browsers send
    neither, and the token alone decides.
    """
    if request.method in SAFE_METHODS:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        if fetch_site not in OWN_REQUESTS:
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        return
    if origin != public_url and urlsplit(origin).netloc != request.host:
        abort(403)
