"""Recusals: somebody has no part in a case any more."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.recusal import RecusalForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.recusal import NOTED
from casework.services import recusal
from crypto.canonical import JSON

bp = Blueprint("recusal", __name__, url_prefix="/cases/<report_id>/recusal")


@bp.route("", methods=["GET", "POST"])
@requires("recusal.note")
def note(report_id: str) -> ResponseReturnValue:
    """Note it: of oneself, or of a colleague whose interest came out."""
    case, me = shown_case(report_id), current().account
    form, here = RecusalForm(posted()), console()
    known = recusal.colleagues(case, here.trust(), account=me)
    form.account.choices = [(one.account, here.person(one.account)) for one in known]

    def act() -> None:
        account = form.account.data
        facts: dict[str, JSON] = {"account": account, "why": "own" if account == me else "found"}
        attempt(
            report_id,
            lambda case: recusal.note_recusal(
                here.store,
                act=sign_act(case, NOTED, facts),
                trust=here.trust(),
                now=here.clock.now(),
            ),
        )

    if carried_out(form, act):
        if form.account.data == me:
            return after("recused_oneself", "worklist.index")
        return after("recused", "cases.show_case", report_id=report_id)
    return show("recusal/note.html", form, case)
