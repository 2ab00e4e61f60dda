"""The pool of cases that no rule matched: a lead is proposed, and a supervisor assigns it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.assignment import AssignForm, ProposeLeadForm
from admin.forms.base import posted
from admin.permissions import open_acts, requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.handing import hand_over, helpers, one_of, receivers
from casework.domain.assignment import in_pool, newest
from casework.domain.case import Case
from casework.domain.errors import UnknownAskError, WrongStateError
from casework.services import assignment
from crypto.canonical import JSON

bp = Blueprint("assignment", __name__, url_prefix="/cases/<report_id>/assignment")
BY_DUTY = "lead_by_duty"


@bp.route("", methods=["GET", "POST"])
@requires("case.propose_lead")
def propose(report_id: str) -> ResponseReturnValue:
    """Propose who leads and who helps."""
    case = shown_case(report_id)
    if not in_pool(case):
        raise WrongStateError(report=report_id)
    form = ProposeLeadForm(posted())
    form.lead.choices, form.co.choices = one_of(receivers(case)), helpers(case)

    def act() -> None:
        facts: dict[str, JSON] = {"lead": form.lead.data, "basis": form.basis.data}
        if form.co.data:
            facts["co"] = [*form.co.data]
        attempt(report_id, lambda case: _propose(case, facts))

    if carried_out(form, act):
        return after("assignment_proposed", "worklist.index")
    return show("assignment/propose.html", form, case)


@bp.route("/<int:ordinal>", methods=["GET", "POST"])
@requires("case.transfer")
def carry_out(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Assign the case as it was proposed."""
    case = shown_case(report_id)
    found = newest(case)
    if found is None or found.ordinal != ordinal:
        raise UnknownAskError(report=report_id, ordinal=ordinal)
    form = AssignForm(posted())
    if carried_out(
        form,
        lambda: hand_over(report_id, found.lead, BY_DUTY, found.co, {"proposal": ordinal}),
    ):
        return after("assigned", "worklist.index")
    may = "report.transferred" in open_acts(case)
    return show("assignment/carry_out.html", form, case, found=found, may=may)


def _propose(case: Case, facts: dict[str, JSON]) -> Case:
    return assignment.propose_lead(
        console().store,
        act=sign_act(case, "assignment.proposed", facts),
        trust=console().trust(),
        now=console().clock.now(),
    )
