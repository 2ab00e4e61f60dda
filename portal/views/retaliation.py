"""Retaliation, told from the mailbox: a report of its own, to others than who had the first.

Nothing in the first case changes, and nothing stored names both: the number of the first case is
sealed with the words, for the offices of the new one alone.
"""

from typing import Any, Final

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.case import Case, Matter
from casework.domain.errors import CaseworkError, StorageUnavailableError
from casework.domain.protection import barred_by
from crypto.form_token import read_form_token
from portal import mailbox
from portal.csrf import FORM_OPEN_SECONDS_MAX
from portal.errors import MIB, TYPED_AGAIN, explain
from portal.extensions import public_site
from portal.forms.retaliation import RetaliationForm
from portal.resuming import note_used, take_up
from portal.sealing import (
    SpentFormError,
    Submission,
    UsedFormError,
    department_name,
    destination,
    file_submission,
    typed_bytes,
    was_filed,
)
from portal.uploads import FILES_MAX, SealingRequest
from portal.views import wording
from portal.views.mailbox import needs_session, typed_again
from portal.views.mailbox_pages import mailbox_page
from portal.views.report_pages import SPENT, USED, fresh_token, receipt_page

LINKED: Final = "linked_case"
MATTER: Final = str(Matter.RETALIATION)
_LEADS: Final = frozenset({"report.received", "report.transferred"})

bp = Blueprint("retaliation", __name__, url_prefix="/follow-up")


@bp.get("/retaliation")
@needs_session
def page() -> ResponseReturnValue:
    """Ask what happened."""
    form = RetaliationForm(session_token=g.session.token)
    form.form_token.data = fresh_token()
    return form_page(form)


@bp.post("/retaliation")
@needs_session
def submit() -> ResponseReturnValue:
    """File it and show its code."""
    assert isinstance(request, SealingRequest)
    request.report_id = ""  # a report of its own
    form = RetaliationForm(request.form, session_token=g.session.token)
    if not form.validate():
        return form_page(form, 422)
    if request.storage_failed:
        raise StorageUnavailableError
    here = public_site()
    case, barred = _first()
    try:
        is_repeat = was_filed(here, _form_secret(form))
        take_up(here, request, is_repeat=is_repeat)
        filed = file_submission(here, _submission(form, case, barred))
    except (UsedFormError, SpentFormError) as used:
        form.form_token.data = fresh_token()
        title, sentence = SPENT if isinstance(used, SpentFormError) else USED
        told = str(_("%(title)s。%(sentence)s", title=title, sentence=sentence))
        return form_page(form, 422, told)
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return form_page(form, 422, explain(refusal))
    note_used(here, request.upload_tokens)
    return receipt_page(filed, region=case.region, sector=case.sector, matter=MATTER)


def form_page(form: RetaliationForm, status: int = 200, trouble: Any = None) -> Response:
    """Show the form, and who gets it: never who handled the first report."""
    here = public_site()
    if form.form_token.errors or not form.form_token.data:
        form.form_token.data = fresh_token()
    case, barred = _first()
    lead = supervisor = ""
    try:
        goal = destination(
            here, region=case.region, sector=case.sector, matter=MATTER,
            about=None, barred=barred,
        )  # fmt: skip
        lead = department_name(here, goal.lead)
        supervisor = department_name(here, goal.supervisor) if goal.supervisor != goal.lead else ""
    except CaseworkError:
        trouble = trouble or _("现在没有可以接收的单位，请先留好证据，过后再试。")
    return mailbox_page(
        "mailbox/retaliation.html", status,
        form=form, trouble=trouble, lead=lead, supervisor=supervisor,
        kept_out=[department_name(here, code) for code in barred],
        done=wording.DONE.get(request.args.get("done", "")), files_max=FILES_MAX,
        files_lost=status != 200 and isinstance(request, SealingRequest) and request.had_files,
        megabytes_max=here.settings.upload_bytes_max // MIB,
    )  # fmt: skip


def _first() -> tuple[Case, tuple[str, ...]]:
    """Return the case for which the reporter was punished, and whom it keeps out of the new one."""
    view = mailbox.view_of(public_site(), g.session)
    leads = [str(one.facts["lead"]) for one in view.entries if one.kind in _LEADS]
    return view.case, barred_by(view.case, leads)


def _form_secret(form: RetaliationForm) -> bytes:
    here = public_site()
    return read_form_token(
        form.form_token.data or "", here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX
    )


def _submission(form: RetaliationForm, case: Case, barred: tuple[str, ...]) -> Submission:
    assert isinstance(request, SealingRequest)
    parts = {"narrative": form.text.data or "", LINKED: case.case_number}
    sending = request.sending
    uploads = request.keep_uploads()
    return Submission(
        region=case.region, sector=case.sector, matter=MATTER, about=None,
        channel="web", urgent=True, barred=barred, parts=parts, identity={},
        sending=sending, uploads=uploads, form_secret=_form_secret(form),
        typed=typed_bytes(parts, uploads),
    )  # fmt: skip


TYPED_AGAIN["retaliation.submit"] = typed_again(form_page, RetaliationForm)
