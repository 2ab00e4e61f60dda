"""Offices that help: named with the keys of the case, and heard."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.co_handling import CoHandlersForm, OpinionForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.handing import helpers, wraps_to
from casework.domain.case import Case
from casework.services import co_handling

bp = Blueprint("co_handling", __name__, url_prefix="/cases/<report_id>")


@bp.route("/co-handlers", methods=["GET", "POST"])
@requires("cohandlers.name")
def name(report_id: str) -> ResponseReturnValue:
    """Name who helps; what the routing says is ticked already."""
    case = shown_case(report_id)
    form = CoHandlersForm(posted())
    form.co.choices = helpers(case)
    if request.method == "GET":
        form.co.data = [*(case.co_handlers or case.routed_co)]
    if carried_out(form, lambda: attempt(report_id, lambda case: _name(case, form.co.data or []))):
        return after("co_handlers_named", "cases.show_case", report_id=report_id)
    return show("co_handling/name.html", form, case)


@bp.route("/opinion", methods=["GET", "POST"])
@requires("opinion.give")
def advise(report_id: str) -> ResponseReturnValue:
    """Tell the lead office what one thinks."""
    case = shown_case(report_id)
    form = OpinionForm(posted())
    if carried_out(form, lambda: attempt(report_id, lambda case: _advise(case, form))):
        return after("opinion_given", "cases.show_case", report_id=report_id)
    return show("co_handling/advise.html", form, case)


def _name(case: Case, co: list[str]) -> Case:
    wraps = wraps_to(case, co)
    return co_handling.name_co_handlers(
        console().store,
        act=sign_act(case, "cohandlers.named", {"co": [*co]}, added=wraps),
        wraps=wraps,
        trust=console().trust(),
        now=console().clock.now(),
    )


def _advise(case: Case, form: OpinionForm) -> Case:
    opinion = desk.seal_opinion(reading.keys_of(case), form.text.data or "")
    return co_handling.give_opinion(
        console().store,
        act=sign_act(case, "opinion.given", {}, added=[opinion]),
        opinion=opinion,
        trust=console().trust(),
        now=console().clock.now(),
    )
