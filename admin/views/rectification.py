"""Ordering that what was found be put right; what follows is recorded as milestones."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.rectification import RectificationForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.services import rectification
from crypto.canonical import JSON

bp = Blueprint("rectification", __name__, url_prefix="/cases/<report_id>")


@bp.route("/rectification", methods=["GET", "POST"])
@requires("rectification.order")
def order(report_id: str) -> ResponseReturnValue:
    """Order it, with its document and what must be mended."""
    case = shown_case(report_id)
    form = RectificationForm(posted())
    form.today = console().clock.today()

    def act() -> None:
        text = desk.seal_rectification(reading.keys_of(case), form.text.data or "")
        facts: dict[str, JSON] = {"document": (form.document.data or "").strip()}
        if form.due_on.data:
            facts["due_on"] = form.due_on.data.isoformat()
        attempt(
            report_id,
            lambda case: rectification.order_rectification(
                console().store,
                act=sign_act(case, "rectification.ordered", facts, added=[text]),
                text=text,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("rectification_ordered", "cases.show_case", report_id=report_id)
    return show("rectification/order.html", form, case)
