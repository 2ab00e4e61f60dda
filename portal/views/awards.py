"""What a reporter does about an award: declare, send somebody, object."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.errors import (
    AlreadyDoneError,
    AwardObjectionTooLateError,
    CaseworkError,
    StorageUnavailableError,
    WrongStateError,
)
from portal import awards, mailbox
from portal.errors import TYPED_AGAIN, explain
from portal.extensions import public_site
from portal.forms.awards import AwardObjectionForm, DeclarationForm, MandateForm
from portal.forms.wording import AGENT
from portal.uploads import SealingRequest
from portal.views.award_pages import (
    award_objection_page,
    declaration_page,
    mandate_page,
    numbers_page,
)
from portal.views.mailbox import needs_session, typed_again

ONE = "/awards/<award_id>"

bp = Blueprint("awards", __name__, url_prefix="/follow-up")


@bp.get("/declaration")
@needs_session
def ask() -> ResponseReturnValue:
    """Ask for relation and earlier awards, with what was declared last."""
    form = DeclarationForm(session_token=g.session.token)
    said = mailbox.view_of(public_site(), g.session).case.declared
    return declaration_page(form if said is None else form.fill(said))


@bp.post("/declaration")
@needs_session
def declare() -> ResponseReturnValue:
    """Store what the reporter declares."""
    form = DeclarationForm(request.form, session_token=g.session.token)
    form.today = public_site().clock.today()
    if not form.validate():
        return declaration_page(form, 422)
    try:
        awards.declare(public_site(), g.session, form.facts())
    except StorageUnavailableError:
        raise
    except WrongStateError:
        return declaration_page(form, 422, _("奖励已经批准或者办完，不能再申报。"))
    except CaseworkError as refusal:
        return declaration_page(form, 422, explain(refusal))
    return redirect(url_for("mailbox.reward", done="declaration"), 303)


@bp.get(f"{ONE}/agent")
@needs_session
def name_agent(award_id: str) -> ResponseReturnValue:
    """Ask who comes in the reporter's place."""
    return mandate_page(award_id, MandateForm(session_token=g.session.token))


@bp.post(f"{ONE}/agent")
@needs_session
def send_agent(award_id: str) -> ResponseReturnValue:
    """Seal agent and mandate; show the numbers that the agent takes along."""
    assert isinstance(request, SealingRequest)
    form = MandateForm(request.form, session_token=g.session.token)
    if not form.validate():
        return mandate_page(award_id, form, 422)
    if request.storage_failed:
        raise StorageUnavailableError
    sending = request.sending
    (upload,) = request.keep_uploads()
    try:
        numbers = awards.claim_through_agent(
            public_site(), g.session, award_id, form.told, upload, sending
        )
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return mandate_page(award_id, form, 422, explain(refusal))
    return numbers_page(numbers, AGENT, award_id)


@bp.get(f"{ONE}/objection")
@needs_session
def ask_why(award_id: str) -> ResponseReturnValue:
    """Ask what is wrong with the award."""
    return award_objection_page(award_id, AwardObjectionForm(session_token=g.session.token))


@bp.post(f"{ONE}/objection")
@needs_session
def file_objection(award_id: str) -> ResponseReturnValue:
    """Send an objection to those above who had no part in it."""
    form = AwardObjectionForm(request.form, session_token=g.session.token)
    if not form.validate():
        return award_objection_page(award_id, form, 422)
    try:
        awards.object_to_award(public_site(), g.session, award_id, form.text.data or "")
    except StorageUnavailableError:
        raise
    except AwardObjectionTooLateError as refusal:
        sentence = _("对奖励提出异议的期限到 %(day)s 为止，已经过了。", day=refusal.until)
        return award_objection_page(award_id, form, 422, sentence)
    except (AlreadyDoneError, WrongStateError):
        sentence = _("现在没有可以提出异议的奖励，或者您的异议正在复核。")
        return award_objection_page(award_id, form, 422, sentence)
    except CaseworkError as refusal:
        return award_objection_page(award_id, form, 422, explain(refusal))
    return redirect(url_for("mailbox.reward", done="award_objection"), 303)


def _objection_again(form: AwardObjectionForm, status: int, sentence: str) -> ResponseReturnValue:
    award = (request.view_args or {}).get("award_id", "")
    return award_objection_page(award, form, status, sentence)


def _mandate_again(form: MandateForm, status: int, sentence: str) -> ResponseReturnValue:
    award = (request.view_args or {}).get("award_id", "")
    return mandate_page(award, form, status, sentence)


TYPED_AGAIN.update(
    {
        "awards.declare": typed_again(declaration_page, DeclarationForm),
        "awards.send_agent": typed_again(_mandate_again, MandateForm),
        "awards.file_objection": typed_again(_objection_again, AwardObjectionForm),
    }
)
