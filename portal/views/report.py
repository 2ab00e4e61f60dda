"""Reporting: a few questions by GET, then one form that carries everything."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.errors import CaseworkError, StorageUnavailableError
from portal.errors import TYPED_AGAIN, explain
from portal.extensions import public_site
from portal.forms.report import ReportForm
from portal.resuming import note_used, take_up
from portal.sealing import SpentFormError, UsedFormError, file_submission, was_filed
from portal.uploads import SealingRequest
from portal.views.report_pages import (
    SPENT,
    USED,
    empty_form,
    form_page,
    form_secret,
    fresh_token,
    receipt_page,
    submission_of,
    typed_again,
)
from portal.views.steps import ask, next_question, tell, to_be_told

bp = Blueprint("report", __name__)
TYPED_AGAIN["report.submit"] = typed_again


@bp.get("/report")
def steps() -> ResponseReturnValue:
    """Ask for the kind, region, sector and matter, one at a time; then show the form.

    Whom to call comes before all others where lives are at stake, and who handles it where it
    is no matter of work safety.
    """
    question = next_question(request.args)
    if to_be_told(request.args):
        return tell(request.args)
    if question is not None:
        return ask(question, request.args)
    return empty_form(request.args)


@bp.post("/report")
def submit() -> ResponseReturnValue:
    """File the report and show the code."""
    assert isinstance(request, SealingRequest)
    form = ReportForm(request.form)
    if not form.validate():
        return form_page(form, 422)
    if request.storage_failed:
        raise StorageUnavailableError
    try:
        is_repeat = was_filed(public_site(), form_secret(form))
        take_up(public_site(), request, is_repeat=is_repeat)
        filed = file_submission(public_site(), submission_of(form))
    except (UsedFormError, SpentFormError) as used:
        form.form_token.data = fresh_token()
        return form_page(form, 422, SPENT if isinstance(used, SpentFormError) else USED)
    except StorageUnavailableError:
        raise
    except CaseworkError as refusal:
        return form_page(form, 422, (_("没有登记"), explain(refusal)))
    note_used(public_site(), request.upload_tokens)
    return receipt_page(
        filed,
        region=form.region.data or "",
        sector=form.sector.data or "",
        matter=form.matter.data or "",
        urgent=bool(form.urgent.data),
    )
