"""Closing a case: proposed by its office, agreed to or sent back by a second person."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.closing import AskedForm, CloseForm, ClosingForm, DeclineForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.closing import missing, standing
from casework.services import closing
from crypto.canonical import JSON

bp = Blueprint("closing", __name__, url_prefix="/cases/<report_id>")


@bp.route("/closing", methods=["GET", "POST"])
@requires("closing.propose")
def propose(report_id: str) -> ResponseReturnValue:
    """Propose that the case be closed; what is still to be done is listed."""
    case = shown_case(report_id)
    form = ClosingForm(posted())
    if carried_out(form, lambda: attempt(report_id, propose_one)):
        return after("closing_proposed", "cases.show_case", report_id=report_id)
    return show("closing/propose.html", form, case, missing=missing(case))


@bp.route("/close", methods=["GET", "POST"])
@requires("case.close")
def close(report_id: str) -> ResponseReturnValue:
    """Agree to the proposal and close the case."""
    case = shown_case(report_id)
    form = CloseForm(posted())

    def act() -> None:
        attempt(report_id, lambda case: close_one(case, form.asked_ordinal))

    if carried_out(form, act):
        return after("closed", "cases.show_case", report_id=report_id)
    return _decision("closing/close.html", form, case)


@bp.route("/closing/decline", methods=["GET", "POST"])
@requires("case.close")
def decline(report_id: str) -> ResponseReturnValue:
    """Send the proposal back with what is still to be done."""
    case = shown_case(report_id)
    form = DeclineForm(posted())

    def act() -> None:
        note = desk.seal_closing_note(reading.keys_of(case), form.note.data or "")
        facts: dict[str, JSON] = {"asked": form.asked_ordinal}
        attempt(
            report_id,
            lambda case: closing.decline_closing(
                console().store,
                act=sign_act(case, "closing.declined", facts, added=[note]),
                note=note,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("closing_declined", "cases.show_case", report_id=report_id)
    return _decision("closing/decline.html", form, case)


def propose_one(case: Case) -> Case:
    """Propose that one case be closed, as the signed-in person.

    Raises:
        CaseworkError: the rules refuse it.
    """
    return closing.propose_closing(
        console().store,
        act=sign_act(case, "closing.proposed", {}),
        trust=console().trust(),
        now=console().clock.now(),
    )


def close_one(case: Case, asked: int) -> Case:
    """Close one case by agreeing to a proposal, as the signed-in person.

    Args:
        case: the case.
        asked: ordinal of the proposal that the person saw; 0 for none, which is refused.

    Raises:
        CaseworkError: the rules refuse it.
    """
    facts: dict[str, JSON] = {"closed_on": console().clock.today().isoformat()}
    if asked:
        facts["asked"] = asked
    return closing.close_case(
        console().store,
        act=sign_act(case, "case.closed", facts),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _decision(template: str, form: AskedForm, case: Case) -> ResponseReturnValue:
    asked = standing(case)
    form.asked.data = str(asked.ordinal) if asked else ""
    return show(template, form, case, asked=asked, missing=missing(case))
