"""Holding a report for malicious: by the head of its office, and a second person above."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.base import posted
from admin.forms.malice import MaliceDecisionForm, MaliceForm
from admin.permissions import open_acts, requires
from admin.signing import attempt, deed, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.errors import UnknownAskError
from casework.services import malice
from crypto.canonical import JSON

bp = Blueprint("malice", __name__, url_prefix="/cases/<report_id>/malice")


@bp.route("", methods=["GET", "POST"])
@requires("malice.propose")
def propose(report_id: str) -> ResponseReturnValue:
    """Propose it on a legal basis; it opens nothing."""
    case = shown_case(report_id)
    form = MaliceForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {"basis": (form.basis.data or "").strip()}
        attempt(
            report_id,
            lambda case: malice.propose_malice(
                console().store,
                act=sign_act(case, "malice.proposed", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("malice_proposed", "cases.show_case", report_id=report_id)
    return show("malice/propose.html", form, case)


@bp.route("/decide", methods=["GET", "POST"])
@requires("malice.decide")
def decide(report_id: str) -> ResponseReturnValue:
    """Confirm or decline it as the second person."""
    case = shown_case(report_id)
    form = MaliceDecisionForm(posted())
    asked = case.malice
    if asked is None:
        raise UnknownAskError(report=report_id)

    def act() -> None:
        pen = deed(form.password.data or "")
        is_yes = form.decision.data == "confirm"
        kind = "malice.confirmed" if is_yes else "malice.declined"
        attempt(
            report_id,
            lambda case: malice.decide_malice(
                console().store,
                act=pen.sign(case, kind, {"asked": asked.ordinal}),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        done = "malice_confirmed" if form.decision.data == "confirm" else "malice_declined"
        return after(done, "cases.show_case", report_id=report_id)
    may = "malice.confirmed" in open_acts(case)
    return show("malice/decide.html", form, case, asked=asked, may=may)
