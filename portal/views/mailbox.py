"""Following up: the code in a POST, then the reporter's own case."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from casework.domain.case import State
from casework.domain.errors import (
    CaseworkError,
    StorageUnavailableError,
    UrgedLatelyError,
    WrongStateError,
)
from cleaning.inspection import CLEANED
from crypto.errors import BusyError, CodeError
from portal import awards, mailbox
from portal.config import SESSION_COOKIE
from portal.errors import TYPED_AGAIN, explain
from portal.extensions import public_site
from portal.forms.awards import ClaimForm
from portal.forms.mailbox import ButtonForm, CodeForm, EvidenceForm, MessageForm
from portal.forms.wording import ACCOUNT, AGENT
from portal.resuming import note_used, take_up
from portal.uploads import SealingRequest
from portal.views import wording
from portal.views.award_pages import numbers_page, reward_page, ways_of
from portal.views.mailbox_pages import case_page, evidence_page

ENDED = _l("已经退出信箱，刚才的内容没有送出")

bp = Blueprint("mailbox", __name__, url_prefix="/follow-up")
P = ParamSpec("P")


def needs_session(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let in who typed the right code less than half an hour ago."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        session = mailbox.load(public_site(), request.cookies.get(SESSION_COOKIE, ""))
        if session is None:
            return _ended()
        g.session = session
        if isinstance(request, SealingRequest):
            request.report_id = session.report_id
        return view(*args, **kwargs)

    return guarded


@bp.get("")
def enter_page() -> ResponseReturnValue:
    """Ask for the code."""
    return render_template("mailbox/enter.html", form=CodeForm(), note=request.args.get("note"))


@bp.post("")
def enter() -> ResponseReturnValue:
    """Open the mailbox of a code; every code that leads nowhere is answered alike."""
    form = CodeForm(request.form)
    if form.validate():
        try:
            session = mailbox.enter(public_site(), form.code.data or "")
        except CodeError:
            form.code.errors = [_("查询码有误：应为 24 位数字，可能抄错或漏了一位，请对照检查。")]
        except BusyError:
            return _busy(form)
        else:
            if session is not None:
                return _welcome(session)
            form.code.errors = [_("没有找到这个查询码对应的举报，请对照检查。")]
    return render_template("mailbox/enter.html", form=form, note=None), 422


@bp.get("/case")
@needs_session
def case() -> ResponseReturnValue:
    """Status, dates, what happened, messages."""
    return case_page(MessageForm(session_token=g.session.token))


@bp.post("/case")
@needs_session
def write() -> ResponseReturnValue:
    """Send a message to the office."""
    form = MessageForm(request.form, session_token=g.session.token)
    if not form.validate():
        return case_page(form, 422)
    try:
        mailbox.write(public_site(), g.session, form.text.data or "")
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return case_page(form, 422, explain(refusal))
    return _done("message")


@bp.post("/urge")
@needs_session
def urge() -> ResponseReturnValue:
    """Ask the office to hurry."""
    form = ButtonForm(request.form, session_token=g.session.token)
    empty = MessageForm(session_token=g.session.token)
    if not form.validate():
        return case_page(empty, 422, _("这一页打开太久了，请再按一次“催办”。"))
    try:
        mailbox.urge(public_site(), g.session)
    except UrgedLatelyError as refusal:
        day = refusal.again_on
        return case_page(empty, 422, _("一个星期只能催办一次，%(day)s起可以再催。", day=day))
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return case_page(empty, 422, explain(refusal))
    return _done("urge")


@bp.get("/evidence")
@needs_session
def evidence() -> ResponseReturnValue:
    """Ask for more evidence; a case that has ended takes none, and says so first."""
    case = mailbox.view_of(public_site(), g.session).case
    ended = case.state in (State.REFUSED, State.CLOSED)
    trouble = wording.TAKES_NO_MORE if ended else None
    return evidence_page(EvidenceForm(session_token=g.session.token), trouble=trouble)


@bp.post("/evidence")
@needs_session
def add_evidence() -> ResponseReturnValue:
    """Seal and store more evidence."""
    assert isinstance(request, SealingRequest)
    form = EvidenceForm(request.form, session_token=g.session.token)
    if not form.validate():
        return evidence_page(form, 422)
    if request.storage_failed:
        raise StorageUnavailableError
    parts = {"narrative": form.text.data} if form.text.data else {}
    sending = request.sending
    try:
        take_up(public_site(), request)
        uploads = request.keep_uploads()
        mailbox.supplement(public_site(), g.session, sending, parts, uploads)
    except StorageUnavailableError:
        raise
    except WrongStateError:
        return evidence_page(form, 422, wording.TAKES_NO_MORE)
    except CaseworkError as refusal:
        return evidence_page(form, 422, explain(refusal))
    note_used(public_site(), request.upload_tokens)
    if not all(upload.cleaned == CLEANED for upload in uploads):
        return _done("evidence_not_cleaned")
    is_sealed_away = any(upload.identity_file() for upload in uploads)
    return _done("evidence_for_custodians" if is_sealed_away else "evidence")


@bp.get("/reward")
@needs_session
def reward() -> ResponseReturnValue:
    """Amount, working, and how to get it."""
    form = ClaimForm(session_token=g.session.token)
    form.award.data = request.args.get("award", "")
    return reward_page(form, done=request.args.get("done", ""))


@bp.post("/reward")
@needs_session
def claim() -> ResponseReturnValue:
    """Ask for the money."""
    here = public_site()
    form = ClaimForm(request.form, session_token=g.session.token)
    case = mailbox.view_of(here, g.session).case
    form.ways = tuple(one.code for one in ways_of(here, case))
    if not form.validate():
        return reward_page(form, 422)
    award, how = form.award.data or (case.award.id if case.award else ""), form.how.data or ""
    if how == AGENT:
        return redirect(url_for("awards.name_agent", award_id=award), 303)
    try:
        if how != ACCOUNT:
            return numbers_page(awards.claim_in_person(here, g.session, award, how), how, award)
        awards.claim_to_account(here, g.session, award, form.payee)
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return reward_page(form, 422, explain(refusal))
    return _go("mailbox.reward", done="claim")


@bp.post("/leave")
@needs_session
def leave() -> ResponseReturnValue:
    """End the session."""
    form = ButtonForm(request.form, session_token=g.session.token)
    if form.validate():
        mailbox.leave(public_site(), g.session)
    answer = _go("mailbox.enter_page", note="left")
    _forget_cookie(answer)
    return answer


def _welcome(session: mailbox.ReporterSession) -> Response:
    answer = _go("mailbox.case")
    give_cookie(answer, session)
    return answer


def give_cookie(answer: Response, session: mailbox.ReporterSession) -> None:
    """Give the browser the token of a session."""
    answer.set_cookie(
        SESSION_COOKIE, session.token.hex(), secure=True, httponly=True, samesite="Strict", path="/"
    )


def _go(endpoint: str, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **values), 303))


def _done(what: str) -> Response:
    return _go("mailbox.case", done=what)


def _ended() -> ResponseReturnValue:
    answer = _go("mailbox.enter_page", note="ended")
    if request.method == "POST" and request.endpoint != "mailbox.leave":
        # What was typed must not be lost because half an hour went by.
        words = wording.ENDED_UNSURE.get(request.endpoint or "")
        answer = _kept_text(403, *(words or (ENDED, wording.NOTES["ended"])))
    _forget_cookie(answer)
    return answer


def _kept_text(status: int, title: Any, sentence: Any) -> Response:
    """Show what was typed, to be copied, where the form itself cannot be shown."""
    text = request.form.get("text", "")
    page = render_template("mailbox/kept.html", title=title, sentence=sentence, text=text)
    return make_response(page, status)


def _forget_cookie(answer: Response) -> None:
    answer.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Strict", path="/")


def _busy(form: CodeForm) -> ResponseReturnValue:
    form.code.errors = [_("现在查询的人太多，请过一会儿再按一次。")]
    answer = make_response(render_template("mailbox/enter.html", form=form, note=None), 503)
    answer.headers["Retry-After"] = "5"
    return answer


def typed_again(
    page: Callable[..., Any], form_class: Callable[..., Any]
) -> Callable[..., Response]:
    """Return what shows a form again, with all that was typed, where it could not be stored."""

    def show(status: int, title: Any, sentence: Any) -> Response:
        session = g.get("session")
        if session is None:  # the store is away with the session in it
            return _kept_text(status, title, sentence)
        form = form_class(request.form, session_token=session.token)
        try:
            return make_response(page(form, status, sentence))
        except CaseworkError:
            return _kept_text(status, title, sentence)

    return show


def _code_again(status: int, title: Any, sentence: Any) -> Response:
    form = CodeForm(request.form)
    form.code.errors = [sentence]
    return make_response(render_template("mailbox/enter.html", form=form, note=None), status)


TYPED_AGAIN.update(
    {
        "mailbox.enter": _code_again,
        "mailbox.write": typed_again(case_page, MessageForm),
        "mailbox.add_evidence": typed_again(evidence_page, EvidenceForm),
        "mailbox.claim": typed_again(reward_page, ClaimForm),
    }
)
