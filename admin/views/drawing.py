"""An officer is drawn for a case, and everybody sees from what."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.base import posted
from admin.forms.drawing import DrawForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.drawing import draw, drawn, seed_of
from casework.services import drawing
from crypto.canonical import JSON

bp = Blueprint("drawing", __name__, url_prefix="/cases/<report_id>")


@bp.route("/draw", methods=["GET", "POST"])
@requires("officer.draw")
def draw_officer(report_id: str) -> ResponseReturnValue:
    """Draw an officer of the lead office, or another one for a reason."""
    case = shown_case(report_id)
    form, before = DrawForm(posted()), drawn(case)
    if before is None:
        del form.reason_code
    found = drawing.candidates_of(case, console().trust())

    def act() -> None:
        reason = form.reason_code.data if form.reason_code else ""
        attempt(report_id, lambda case: _draw(case, reason))

    if found and carried_out(form, act):
        return after("drawn", "cases.show_case", report_id=report_id)
    return show("drawing/draw.html", form, case, found=found, before=before, seed=seed_of(case))


def _draw(case: Case, reason: str) -> Case:
    candidates, seed = drawing.candidates_of(case, console().trust()), seed_of(case)
    facts: dict[str, JSON] = {
        "seed": seed,
        "candidates": [*candidates],
        "officer": draw(seed, candidates),
        **({"reason_code": reason} if reason else {}),
    }
    return drawing.draw_officer(
        console().store,
        act=sign_act(case, "assignment.drawn", facts),
        trust=console().trust(),
        now=console().clock.now(),
    )
