"""The review of a result to which the reporter objected, or that solved nothing."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.objections import ReviewForm
from admin.permissions import open_acts, requires
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case, State
from casework.domain.errors import UnknownAskError
from casework.domain.objection import REDO, is_promised, pending, times_redone
from casework.queries.cases import case as find_case
from casework.services import objections
from crypto.canonical import JSON
from crypto.events import SealedObject

bp = Blueprint("objections", __name__, url_prefix="/cases/<report_id>")


@bp.route("/review", methods=["GET", "POST"])
@requires("review.decide")
def decide(report_id: str) -> ResponseReturnValue:
    """Keep the result, or have the case verified anew, with a reason for the reporter."""
    case = shown_case(report_id)
    form = ReviewForm(posted())
    if pending(case) is None and request.method == "GET":
        raise UnknownAskError(report=report_id)

    def act() -> None:
        pen = deed(form.password.data or "")
        reason = desk.seal_reason(reading.keys_of(case), form.note.data or "")
        attempt(report_id, lambda case: _decide(case, form, pen, reason))

    if carried_out(form, act):
        done = "redone" if form.outcome.data == REDO else "kept"
        return after(done, "cases.show_case", report_id=report_id)
    judged = _lead_of(case) or case
    due = objections.redo_until(console().store, report=judged.report_id, now=console().clock.now())
    form.asked.data, form.due_on.data = str(pending(case) or ""), due.due_on.isoformat()
    return show(
        "objections/decide.html",
        form,
        case,
        asked=_asked(case),
        due=due,
        redone=times_redone(judged),
        judged=judged,
        is_promised=is_promised(judged),
        may="review.decided" in open_acts(case),
    )


def _decide(case: Case, form: ReviewForm, pen: Deed, reason: SealedObject) -> Case:
    """Sign the decision; where the case has joined another one, that one is redone beside it."""
    lead, due_on = _lead_of(case), form.due_on.data or ""
    asked: dict[str, JSON] = {"asked": form.asked_ordinal}
    facts, redone = asked | {"outcome": form.outcome.data}, None
    if lead is None and form.outcome.data == REDO:
        facts |= {"verify_due_on": due_on}
    elif lead is not None and objections.needs_redoing(lead, facts):
        facts |= {"into": lead.report_id}
        also = asked | {"report": case.report_id, "verify_due_on": due_on}
        redone = pen.sign(lead, objections.REDONE, also)
    return objections.decide_review(
        console().store,
        act=pen.sign(case, "review.decided", facts, added=[reason]),
        reason=reason,
        trust=console().trust(),
        now=console().clock.now(),
        redone=redone,
    )


def _lead_of(case: Case) -> Case | None:
    """The case that this one has joined, in which it was found what its reporter objects to."""
    if case.merged is None or case.state is not State.MERGED:
        return None
    return find_case(console().store, report=case.merged.into)


def _asked(case: Case) -> str:
    """The day on which the review was asked for; "" where it is decided already."""
    return next(
        (mark.at for mark in reversed(case.marks) if mark.ordinal == pending(case)), ""
    )  # fmt: skip
