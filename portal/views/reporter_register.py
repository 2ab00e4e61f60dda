"""What the public register says of the reporter's own case: records, receipt, proofs."""

from typing import Any, Final

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.queries.register import register_of_case
from casework.register import CaseEntry, CaseRegister
from portal.extensions import PublicSite, public_site
from portal.forms.mailbox import ButtonForm
from portal.sealing import department_name
from portal.views import wording
from portal.views.mailbox import needs_session
from portal.views.mailbox_pages import mailbox_page

RECEIPT: Final = "receipt.txt"
PROOF: Final = "proof.txt"

bp = Blueprint("reporter_register", __name__, url_prefix="/follow-up/register")


@bp.get("")
@needs_session
def records() -> ResponseReturnValue:
    """Show the case's records at once, and their proofs after the batch."""
    here = public_site()
    return _page(here, register_of_case(here.store, report_id=g.session.report_id))


@bp.post("/receipt")
@needs_session
def receipt() -> ResponseReturnValue:
    """Hand out the signed receipt: a choice, for it shows that its holder reported."""
    here = public_site()
    found = register_of_case(here.store, report_id=g.session.report_id)
    if not _pressed():
        return _page(here, found, 422)
    if not found.receipt:
        abort(404)
    return _download(found.receipt, RECEIPT)


@bp.post("/proof")
@needs_session
def proof() -> ResponseReturnValue:
    """Hand out the proof that one entry is in the public log."""
    here = public_site()
    found = register_of_case(here.store, report_id=g.session.report_id)
    if not _pressed():
        return _page(here, found, 422)
    asked = [one for one in found.entries if one.entry == request.form.get("entry")]
    if not asked or not asked[0].proof_file:
        abort(404)
    return _download(asked[0].proof_file, PROOF)


def _pressed() -> bool:
    return ButtonForm(request.form, session_token=g.session.token).validate()


def _page(here: PublicSite, found: CaseRegister, status: int = 200) -> Response:
    entered = [one for one in found.entries if one.index is not None]
    return mailbox_page(
        "mailbox/register.html", status,
        form=ButtonForm(session_token=g.session.token),
        records=[_record(here, one) for one in found.entries],
        receipt=found.receipt,
        fingerprint=entered[0].fingerprint if entered else "",
    )  # fmt: skip


def _record(here: PublicSite, one: CaseEntry) -> dict[str, Any]:
    record = one.record
    return {
        "words": wording.REGISTER_KINDS.get(record.kind, record.kind),
        "office": department_name(here, one.office) if one.office else "",
        "days": _days(record.days_allowed, record.days_used),
        "entry": one.entry,
        "salt": one.salt,
        "body": record.encode().decode(),
        "due_on": one.due_on,
        "index": one.index,
        "size": one.size,
    }


def _days(allowed: int | None, used: int | None) -> str:
    if allowed is not None and used is not None:
        return str(_("规定 %(allowed)d 日，用了 %(used)d 日", allowed=allowed, used=used))
    return str(_("用了 %(used)d 日", used=used)) if used is not None else ""


def _download(text: str, name: str) -> Response:
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
