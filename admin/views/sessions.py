"""Signing in and out, the first sign-in, and what happens to a form whose session has ended."""

import re
from collections.abc import Iterator
from typing import Final

import segno
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pyotp.utils import build_uri

from admin import auth
from admin.auth import CodeShownError, EnrolError, SignInError
from admin.csrf import FIELD
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.sessions import EnrolForm, SignInForm
from casework.domain.errors import NoKeySetError

# A path of this site: browsers drop tabs and turn backslashes round before they go there.
OWN_PAGE = re.compile(r"/(?:[A-Za-z0-9_.-][A-Za-z0-9_./-]*)?\Z")

bp = Blueprint("sessions", __name__)

# Of the sign-in that a form without a session carries, beside what was typed.
RESUME: Final = "resume-"
# Never carried along: what nobody should find in a page.
NOT_CARRIED: Final = frozenset({FIELD, "password", "repeated", "claim_number"})


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Login name, password and one-time code."""
    form = SignInForm(posted())
    if submitted(form):
        try:
            auth.sign_in(_text(form.login.data), _text(form.password.data), _text(form.code.data))
        except SignInError:
            form.refuse(_wrong())
            form.code.data = ""  # it counts once
        else:
            onward = own_page(request.args.get("next", ""))
            closed = auth.keys_not_opened()
            if closed:
                return render_template("sessions/closed_keys.html", closed=closed, onward=onward)
            return redirect(onward)
    status = 422 if form.errors else 200
    return render_template("sessions/sign_in.html", form=form), status


@bp.route("/sign-out", methods=["POST"])
def sign_out() -> ResponseReturnValue:
    """End the session."""
    if not g.resuming:
        auth.sign_out()
    return redirect(url_for("sessions.sign_in"))


@bp.route("/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """The first sign-in: the start code is exchanged for keys of one's own."""
    form = EnrolForm(posted())
    if request.method == "GET" or not form.totp_secret.data:
        form.totp_secret.data = auth.base32(auth.new_totp_secret())
    if submitted(form):
        try:
            enrolled = auth.enrol(
                _text(form.login.data),
                _text(form.start_code.data),
                _text(form.password.data),
                auth.from_base32(_text(form.totp_secret.data)),
                _text(form.code.data),
            )
        except CodeShownError:
            form.code.errors = [_("动态口令不对。请核对手机时间，再输入验证器现在显示的数字。")]
        except EnrolError:
            form.refuse(_("登录名或启动码不正确，或启动码已经用过或过期。请向管理员核对。"))
        else:
            return render_template(
                "sessions/enrolled.html", enrolled=enrolled, has_key_set=_has_key_set()
            )
    status = 422 if form.errors else 200
    secret = _text(form.totp_secret.data)
    return render_template("sessions/enrol.html", form=form, qr=qr(secret), secret=secret), status


def resume(*, is_genuine: bool) -> ResponseReturnValue | None:
    """Let a form whose session has ended be signed in for, without losing a word of it.

    The answer to the form is a sign-in that carries what was typed and goes to
    the same address. Signed in there, the form is shown again filled in; it
    is not acted on before it is sent once more. None: go on and show it.
    """
    typed = {name.removeprefix(RESUME): text for name, text in request.form.items()
             if name.startswith(RESUME)}  # fmt: skip
    form = SignInForm(prefix=RESUME, data=typed)
    if is_genuine and typed:
        try:
            auth.sign_in(typed.get("login", ""), typed.get("password", ""), typed.get("code", ""))
        except SignInError:
            form.refuse(_wrong())
        else:
            g.resuming = True
            return back_to_page()
    status = 422 if typed else 401
    page = render_template("sessions/resume.html", form=form, carried=list(_carried()))
    return page, status


def keep() -> ResponseReturnValue:
    """The answer to a form while the database is away: what was typed, to be sent again."""
    token = request.form.get(FIELD, "")
    return render_template("sessions/away.html", carried=[*_carried(), (FIELD, token)]), 503


def back_to_page() -> ResponseReturnValue | None:
    """Where a form that is not acted on leads: None to show it, an address if it has no page."""
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return None
    report_id = (request.view_args or {}).get("report_id")
    if report_id is None:
        return redirect(url_for("worklist.index"))
    return redirect(url_for("cases.show_case", report_id=report_id))


def qr(secret: str) -> str:
    """The authenticator entry as an image in a data: address, which the policy allows."""
    site = console().instance.site
    uri = build_uri(secret, name=site, issuer="Tonggui")
    return segno.make(uri, error="m").svg_data_uri(scale=4, border=2)


def _carried() -> Iterator[tuple[str, str]]:
    for name, text in request.form.items(multi=True):
        if name not in NOT_CARRIED and not name.startswith(RESUME):
            yield name, text


def own_page(target: str) -> str:
    """*target* if it is a page of this site, else the start page."""
    return target if OWN_PAGE.match(target) else url_for("worklist.index")


def _wrong() -> str:
    return _(
        "登录名、密码或动态口令不正确；也可能账户连续五次失败后被锁定 15 分钟，"
        "或您的密钥还没有得到认证。每个动态口令只能用一次。"
    )


def _has_key_set() -> bool:
    """Whether the ceremony has been held."""
    try:
        console().trust()
    except NoKeySetError:
        return False
    return True


def _text(data: str | None) -> str:
    return (data or "").strip() if data else ""
