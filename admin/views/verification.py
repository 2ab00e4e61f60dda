"""Recording what verification found."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.verification import AccidentFindingForm, FindingForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Matter
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
        return after("concluded", "cases.show_case", report_id=report_id)
    return show("verification/finding.html", form, case, is_accident=is_accident)


def _facts(form: FindingForm) -> dict[str, JSON]:
    fines: list[JSON] = [int(amount) for amount in form.fines.amounts_fen]
    return {
        "finding": form.finding.data,
        "penalty_no": (form.penalty_no.data or "").strip(),
        "fines_fen": fines,
        "facts": form.facts,
        "concluded_on": console().clock.today().isoformat(),
    }
