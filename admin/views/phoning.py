"""A call-back by telephone: how to come by the number, and what the reporter said."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.phoning import PhoneForm
from admin.permissions import requires, visible
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show
from admin.views.releases import askable
from casework.domain.case import Case, Release
from casework.domain.errors import PhoningRefusedError, UnknownAskError
from casework.domain.phoning import PHONED, PURPOSE, opened_by
from casework.domain.roles import Role
from casework.services import disclosure, objections
from crypto.canonical import JSON

bp = Blueprint("phoning", __name__, url_prefix="/cases/<report_id>/call")

CONTACT = "contact"  # kind of the item with the number


@bp.route("", methods=["GET", "POST"])
@requires("callback.note")
def note(report_id: str) -> ResponseReturnValue:
    """The way to the number; once it is opened, the answer."""
    case, form, me = askable(report_id), PhoneForm(posted()), current().account
    waits = objections.to_phone(console().store, report=report_id)
    if waits is None:
        raise UnknownAskError(report=report_id)
    opened, month = opened_by(case, me), waits.month

    def act() -> None:
        if opened is None:
            raise PhoningRefusedError(report=report_id)
        facts: dict[str, JSON] = {
            "month": month,
            "release": opened.id,
            "answer": form.answer.data,
        }
        attempt(report_id, lambda case: _note(case, facts))

    if carried_out(form, act):
        reads = Role.OPERATOR not in current().roles
        if reads and visible(case):
            return after("phoned", "cases.show_case", report_id=report_id)
        return after("phoned", "releases.index")
    return show(
        "phoning/note.html",
        form,
        case,
        month=month,
        opened=opened,
        running=_running(case),
        item=_contact(case),
    )


def _running(case: Case) -> Release | None:
    """The person's own request for the number that is not decided, or not opened yet."""
    me = current().account
    mine = (one for one in case.releases.values() if (one.purpose, one.requester) == (PURPOSE, me))
    return next((one for one in mine if one.running), None)


def _contact(case: Case) -> str:
    """Id of the contact item; "" where the reporter left none, or took it back."""
    items = disclosure.items_to_ask_for(console().store, report=case.report_id)
    return next((one.id for one in items if one.kind == CONTACT), "")


def _note(case: Case, facts: dict[str, JSON]) -> Case:
    return objections.note_call(
        console().store,
        act=sign_act(case, PHONED, facts),
        trust=console().trust(),
        now=console().clock.now(),
    )
