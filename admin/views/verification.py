"""Recording what verification found."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.verification import AccidentFindingForm, FindingForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Matter
from casework.domain.visit import ON_SITE, verified
from casework.services import verification
from crypto.canonical import JSON

bp = Blueprint("verification", __name__, url_prefix="/cases/<report_id>")


@bp.route("/finding", methods=["GET", "POST"])
@requires("finding.record")
def finding(report_id: str) -> ResponseReturnValue:
    """The finding, the fines, and the investigator's account."""
    case = shown_case(report_id)
    is_accident = case.matter == Matter.CONCEALED_ACCIDENT
    form = (AccidentFindingForm if is_accident else FindingForm)(posted())

    form.today = console().clock.today()
    if request.method == "GET":
        form.penalty_by.data = console().office_name(case.lead)
        form.basis.data = ON_SITE if verified(case) else None

    def act() -> None:
        account = desk.seal_account(reading.keys_of(case), form.account.data or "")
        facts = _facts(form)
        attempt(
            report_id,
            lambda case: verification.record_finding(
                console().store,
                act=sign_act(case, "finding.recorded", facts, added=[account]),
                account_object=account,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        # A major hazard is not only found but has to be put right: the next step at once.
        mends = form.is_true and case.matter == Matter.MAJOR_HAZARD
        then = "rectification.order" if mends else "cases.show_case"
        return after("concluded", then, report_id=report_id)
    return show("verification/finding.html", form, case, is_accident=is_accident)


def _facts(form: FindingForm) -> dict[str, JSON]:
    fines: list[JSON] = [int(amount) for amount in form.fines.amounts_fen]
    several: list[JSON] = [*form.given_allegations]
    return {
        **form.penalty,
        **({"allegations": several} if several else {}),
        "finding": form.finding.data,
        "basis": form.basis.data,
        "penalty_no": (form.penalty_no.data or "").strip(),
        "fines_fen": fines,
        "facts": form.facts,
        "concluded_on": console().clock.today().isoformat(),
    }
