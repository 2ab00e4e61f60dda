"""A case that is not an office's duty: it asks to return it, and who dispatched it decides."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted
from admin.forms.returning import UPHOLD, ReturnForm, RulingForm
from admin.permissions import requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.handing import hand_over, one_of, receivers
from casework.domain.case import Case
from casework.domain.case_turns import ReturnAsk
from casework.domain.errors import ClockNotRunningError, UnknownAskError
from casework.services import returning
from crypto.canonical import JSON

bp = Blueprint("returning", __name__, url_prefix="/cases/<report_id>")


@bp.route("/return", methods=["GET", "POST"])
@requires("return.request")
def ask(report_id: str) -> ResponseReturnValue:
    """Ask to return the case, with the clause that says whose duty it is."""
    case = shown_case(report_id)
    clock = returning.return_clock(console().store, report=report_id, now=console().clock.now())
    if clock is None:
        raise ClockNotRunningError(clock="return")
    form = ReturnForm(posted())
    form.to.choices = one_of(receivers(case), _("不建议"))

    def act() -> None:
        facts: dict[str, JSON] = {
            "citation": (form.citation.data or "").strip(),
            "reason_code": form.reason_code.data,
            "to": form.to.data or "",
        }
        attempt(report_id, lambda case: _ask(case, facts))

    if carried_out(form, act):
        return after("return_asked", "cases.show_case", report_id=report_id)
    return show("returning/ask.html", form, case, clock=clock)


@bp.route("/returns/<int:ordinal>", methods=["GET", "POST"])
@requires("return.decide")
def decide(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Give the case to another office, or leave it where it is."""
    case = shown_case(report_id)
    asked = next((one for one in case.returns if one.ordinal == ordinal), None)
    if asked is None:
        raise UnknownAskError(report=report_id, ordinal=ordinal)
    form = RulingForm(posted())
    form.lead.choices = one_of(receivers(case))
    if request.method == "GET":
        form.lead.data = asked.to

    def act() -> None:
        if form.decision.data == UPHOLD:
            hand_over(report_id, form.lead.data, asked.reason_code, (), {"returned": ordinal})
        else:
            _overrule(report_id, ordinal, form.ruling.data or "")

    if carried_out(form, act):
        done = "return_upheld" if form.decision.data == UPHOLD else "return_overruled"
        return after(done, "worklist.index")
    return show("returning/decide.html", form, case, asked=asked, may=decides(case, asked))


def decides(case: Case, asked: ReturnAsk) -> bool:
    """Whether the signed-in person may decide on a request."""
    me = current()
    return (
        not asked.outcome
        and asked.requester != me.account
        and asked.decider_role in {str(role) for role in me.roles}
        and me.office == case.supervisor
    )


def _ask(case: Case, facts: dict[str, JSON]) -> Case:
    return returning.request_return(
        console().store,
        act=sign_act(case, "return.requested", facts),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _overrule(report_id: str, ordinal: int, text: str) -> None:
    def act(case: Case) -> Case:
        ruling = desk.seal_ruling(reading.keys_of(case), text)
        return returning.overrule_return(
            console().store,
            act=sign_act(case, "return.overruled", {"asked": ordinal}, added=[ruling]),
            ruling=ruling,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)
