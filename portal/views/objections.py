"""Once the result is told: objecting to it, and saying whether it was solved."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.errors import (
    AlreadyDoneError,
    CaseworkError,
    ObjectionTooLateError,
    StorageUnavailableError,
    WrongStateError,
)
from portal import mailbox
from portal.errors import TYPED_AGAIN, explain
from portal.extensions import public_site
from portal.forms.objections import ObjectionForm, SatisfactionForm
from portal.views.mailbox import needs_session, typed_again
from portal.views.objection_pages import objection_page, satisfaction_page

CASE, HARMED = "mailbox.case", "retaliation.page"
YES = "yes"

bp = Blueprint("objections", __name__, url_prefix="/follow-up")


@bp.get("/objection")
@needs_session
def ask_why() -> ResponseReturnValue:
    """Ask why the result is wrong."""
    return objection_page(ObjectionForm(session_token=g.session.token))


@bp.post("/objection")
@needs_session
def file() -> ResponseReturnValue:
    """Send an objection to the office and to the one above it."""
    form = ObjectionForm(request.form, session_token=g.session.token)
    if not form.validate():
        return objection_page(form, 422)

    def send() -> None:
        mailbox.object_to_result(public_site(), g.session, form.text.data or "")

    return _sent(form, objection_page, send, "objection")


@bp.get("/satisfaction")
@needs_session
def ask() -> ResponseReturnValue:
    """Ask whether it was solved."""
    return satisfaction_page(SatisfactionForm(session_token=g.session.token))


@bp.post("/satisfaction")
@needs_session
def answer() -> ResponseReturnValue:
    """Send the answer; one that is not solved has the case reviewed."""
    form = SatisfactionForm(request.form, session_token=g.session.token)
    if not form.validate():
        return satisfaction_page(form, 422)

    def send() -> None:
        mailbox.answer_question(
            public_site(), g.session, month=form.asked_month, answer=form.answer.data or "",
            text=form.text.data or "",
        )  # fmt: skip

    # Whoever handled the report is not told: it may be where the reporter was betrayed.
    harmed = form.retaliation.data == YES
    return _sent(form, satisfaction_page, send, "satisfaction", HARMED if harmed else CASE)


def _sent(
    form: Any, page: Callable[..., Any], send: Callable[[], None], done: str, then: str = CASE
) -> ResponseReturnValue:
    """Send, and go on to the next page; a refusal stands on this one with what was typed."""
    try:
        send()
    except StorageUnavailableError:
        raise
    except ObjectionTooLateError as refusal:
        sentence = _("提出异议的期限到 %(day)s 为止，已经过了。", day=refusal.until)
        return page(form, 422, sentence)  # type: ignore[no-any-return]
    except (AlreadyDoneError, WrongStateError):
        return page(form, 422, _("现在没有需要回答或者可以提出异议的事项，请返回查看。"))  # type: ignore[no-any-return]
    except CaseworkError as refusal:
        return page(form, 422, explain(refusal))  # type: ignore[no-any-return]
    return redirect(url_for(then, done=done), 303)


TYPED_AGAIN.update(
    {
        "objections.file": typed_again(objection_page, ObjectionForm),
        "objections.answer": typed_again(satisfaction_page, SatisfactionForm),
    }
)
