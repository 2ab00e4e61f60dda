"""Changing the code: shown first, in force only when the reporter has it on paper."""

from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crypto.receipt import group
from portal import new_code
from portal.errors import TYPED_AGAIN
from portal.extensions import public_site
from portal.forms.mailbox import ButtonForm, NewCodeForm
from portal.views import wording
from portal.views.mailbox import give_cookie, needs_session
from portal.views.mailbox_pages import mailbox_page

bp = Blueprint("new_code", __name__, url_prefix="/follow-up/code")


@bp.get("")
@needs_session
def explain_page() -> ResponseReturnValue:
    """Say what changing the code means."""
    return _explained()


@bp.post("")
@needs_session
def draw() -> ResponseReturnValue:
    """Draw the new code; the old one still works."""
    if not ButtonForm(request.form, session_token=g.session.token).validate():
        return _explained(422)
    new_code.offer(public_site(), g.session)
    return redirect(url_for("new_code.shown"), 303)


@bp.get("/new")
@needs_session
def shown() -> ResponseReturnValue:
    """Show the new code, to be copied."""
    if not g.session.next_code:
        return redirect(url_for("new_code.explain_page"), 303)
    return _copy_page(NewCodeForm(session_token=g.session.token))


@bp.post("/new")
@needs_session
def confirm() -> ResponseReturnValue:
    """Put the new code in force: it is on paper, as its end shows."""
    form = NewCodeForm(request.form, session_token=g.session.token)
    if not form.validate() or not form.fits(g.session.next_code):
        return _copy_page(form, 422) if g.session.next_code else _explained(422, drawn_anew=True)
    try:
        following = new_code.put_in_force(public_site(), g.session)
    except new_code.NoCodeShownError:
        return _explained(422, drawn_anew=True)
    answer = make_response(redirect(url_for("mailbox.case", done="code"), 303))
    give_cookie(answer, following)
    return answer


@bp.post("/keep-old")
@needs_session
def keep_old() -> ResponseReturnValue:
    """Drop the new code."""
    if ButtonForm(request.form, session_token=g.session.token).validate():
        new_code.drop(public_site(), g.session)
    return redirect(url_for("mailbox.case"), 303)


def _explained(status: int = 200, *, drawn_anew: bool = False) -> Response:
    trouble = _("刚才那个新查询码没有启用，请不要用它。旧查询码仍然有效；要换请再抽一个。")
    return mailbox_page(
        "mailbox/code.html", status,
        form=ButtonForm(session_token=g.session.token), trouble=trouble if drawn_anew else None,
    )  # fmt: skip


def _copy_page(form: NewCodeForm, status: int = 200, trouble: Any = None) -> Response:
    return mailbox_page(
        "mailbox/new_code.html", status,
        form=form, trouble=trouble, groups=group(g.session.next_code).split(" "),
        keep_form=ButtonForm(session_token=g.session.token),
    )  # fmt: skip


def _unsure(status: int, title: Any, _sentence: Any) -> Response:
    """After a failure of ours nobody need know which code counts: both are on paper."""
    page = render_template(
        "mailbox/kept.html", title=title, text="",
        sentence=wording.UNSURE_CODE,
    )  # fmt: skip
    return make_response(page, status)


TYPED_AGAIN["new_code.confirm"] = _unsure
