"""The reporter's identity: what is kept of it, taking it back, and proof that it is erased."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.errors import CaseworkError, StorageUnavailableError
from casework.services.mailbox import Withdrawal, kept_identity
from portal import mailbox
from portal.errors import explain
from portal.extensions import public_site
from portal.forms.mailbox import WithdrawForm
from portal.views import wording
from portal.views.mailbox import needs_session
from portal.views.mailbox_pages import (
    ended_unopened,
    held_words,
    mailbox_page,
    openings_of,
    when,
)

bp = Blueprint("identity", __name__, url_prefix="/follow-up/identity")


@bp.get("")
@needs_session
def overview() -> ResponseReturnValue:
    """What is kept, who opened it, and what was taken back."""
    return _page(WithdrawForm(session_token=g.session.token))


@bp.post("")
@needs_session
def withdraw() -> ResponseReturnValue:
    """Take identity items back."""
    form = WithdrawForm(request.form, session_token=g.session.token)
    if not form.validate():
        return _page(form, 422)
    try:
        mailbox.withdraw(public_site(), g.session, form.kinds.data or ())
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return _page(form, 422, explain(refusal))
    kept = kept_identity(public_site().store, report_id=g.session.report_id)
    return redirect(url_for("identity.certificate", number=len(kept.withdrawals)), 303)


@bp.get("/certificate/<int:number>")
@needs_session
def certificate(number: int) -> ResponseReturnValue:
    """What became of one withdrawal, with honest days, to be printed."""
    here = public_site()
    kept = kept_identity(here.store, report_id=g.session.report_id)
    if not 1 <= number <= len(kept.withdrawals):
        abort(404)
    withdrawal = kept.withdrawals[number - 1]
    return mailbox_page(
        "mailbox/certificate.html", 200,
        case=kept.case, told=withdrawal.certificate, kinds=_kinds(withdrawal),
        when=when, held=held_words(here, kept.case), log_key=here.keyset.log.hex(),
    )  # fmt: skip


def _page(form: WithdrawForm, status: int = 200, trouble: Any = None) -> Response:
    here = public_site()
    kept = kept_identity(here.store, report_id=g.session.report_id)
    counted = Counter(kept.items.values())
    return mailbox_page(
        "mailbox/identity.html", status,
        form=form, trouble=trouble, held=held_words(here, kept.case),
        items=[
            {"kind": kind, "words": wording.ITEM_KINDS[kind], "count": counted[kind]}
            for kind in wording.ITEM_KINDS
            if counted[kind]
        ],
        withdrawals=[
            {"number": number, "kinds": _kinds(one), "at": when(one.certificate.asked_at),
             "state": _state(one)}
            for number, one in enumerate(kept.withdrawals, 1)
        ],
        openings=openings_of(here, kept.case), unopened=ended_unopened(here, kept.case),
    )  # fmt: skip


def _kinds(withdrawal: Withdrawal) -> str:
    words = [str(wording.ITEM_KINDS[kind]) for kind in dict.fromkeys(withdrawal.kinds)]
    return str(_("、")).join(words) or str(_("身份信息"))


def _state(withdrawal: Withdrawal) -> str:
    told = withdrawal.certificate
    if not told.erased_at:
        return str(_("等待删除"))
    return str(_("已删除") if told.forgotten_on else _("已删除，数据库正在清除痕迹"))
