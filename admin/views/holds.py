"""Holds on the erasing of a case: asked for, agreed to in the seats, lifted."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from admin import custody
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.holds import HoldDecisionForm, HoldForm
from admin.permissions import is_kept_from, open_acts, requires, visible
from admin.signing import Deed, attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain import hold
from casework.domain.case import Case, Hold, HoldState
from casework.domain.errors import SeparationError, UnknownHoldError
from casework.domain.ids import new_id
from casework.queries.cases import case as find_case
from casework.queries.cases import case_by_number
from casework.queries.holds import running_holds
from casework.services import holds
from crypto.canonical import JSON

bp = Blueprint("holds", __name__)


@bp.get("/holds")
@requires("hold.list")
def find() -> ResponseReturnValue:
    """Every hold that waits or stands; with a case number, the holds of that case."""
    number = request.args.get("number", "").strip().upper()
    if not number:
        running = running_holds(console().store, today=console().clock.today())
        return render_template(
            "holds/find.html",
            lines=[one for one in running if _concerns(one.case)],
            reasons={one.code: one for one in hold.REASONS},
        )
    found = case_by_number(console().store, case_number=number)
    return redirect(url_for("holds.index", report_id=found.report_id))


@bp.get("/cases/<report_id>/holds")
@requires("hold.list")
def index(report_id: str) -> ResponseReturnValue:
    """What keeps a case from being erased, and until when."""
    case = _concerned(report_id)
    return render_template(
        "holds/index.html",
        case=case,
        acts=open_acts(case),
        standing=hold.standing_on(case, console().clock.today()),
        reasons={one.code: one for one in hold.REASONS},
    )


@bp.route("/cases/<report_id>/holds/new", methods=["GET", "POST"])
@requires("hold.request")
def ask(report_id: str) -> ResponseReturnValue:
    """Ask the custodians for a hold."""
    case = shown_case(report_id)
    form, hold_id = HoldForm(posted()), new_id()

    def act() -> None:
        facts: dict[str, JSON] = {
            "hold": hold_id,
            "reason_code": form.reason_code.data,
            "until": str(form.until.data),  # a date prints as the fact wants it
            "threshold": console().trust().keyset.threshold,
        }
        _carry_out(report_id, "hold.requested", facts, deed(form.password.data or ""))

    if carried_out(form, act):
        return after("hold_asked", "holds.index", report_id=report_id)
    return show("holds/ask.html", form, case, reasons=hold.REASONS)


@bp.route("/cases/<report_id>/holds/<hold_id>", methods=["GET", "POST"])
@requires("hold.lift")
def decide(report_id: str, hold_id: str) -> ResponseReturnValue:
    """Agree to a hold from one's seat, or lift it."""
    case = _concerned(report_id)
    one = _hold_in(case, hold_id)
    form = HoldDecisionForm(posted())
    form.decision.choices = _decisions(one)

    def act() -> None:
        pen = deed(form.password.data or "")
        if form.decision.data == "lift":
            _carry_out(report_id, "hold.lifted", {"hold": hold_id}, pen)
            return
        seat = custody.my_seat()
        if seat is None:
            raise SeparationError("no_seat", actor=current().account)
        facts: dict[str, JSON] = {"hold": hold_id, "seat": seat.number}
        _carry_out(report_id, "hold.approved", facts, pen)

    if carried_out(form, act):
        done = "hold_lifted" if form.decision.data == "lift" else "hold_agreed"
        return after(done, "holds.index", report_id=report_id)
    reason = next(given for given in hold.REASONS if given.code == one.reason_code)
    return show("holds/decide.html", form, case, hold=one, reason=reason)


def _decisions(one: Hold) -> list[tuple[str, LazyString]]:
    lift = ("lift", _l("解除：不再暂缓，立即恢复删除"))
    if one.state is HoldState.REQUESTED and custody.my_seat() is not None:
        return [("approve", _l("同意：在期限内暂缓删除")), ("lift", _l("不同意：本次申请到此为止"))]
    return [lift]


_SERVICES: dict[str, Callable[..., Case]] = {
    "hold.requested": holds.request_hold,
    "hold.approved": holds.approve_hold,
    "hold.lifted": holds.lift_hold,
}


def _carry_out(report_id: str, kind: str, facts: dict[str, JSON], pen: Deed) -> None:
    attempt(
        report_id,
        lambda case: _SERVICES[kind](
            console().store,
            act=pen.sign(case, kind, facts),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )


def _concerned(report_id: str) -> Case:
    """The case, for a custodian whom it does not accuse, or for whom it concerns."""
    if custody.my_seat() is None:
        return shown_case(report_id)
    case = find_case(console().store, report=report_id)
    if is_kept_from(case):
        raise NotFound
    return case


def _concerns(case: Case) -> bool:
    try:
        if custody.my_seat() is not None:
            return not is_kept_from(case)
        return bool(visible(case))
    except NotFound:
        return False


def _hold_in(case: Case, hold_id: str) -> Hold:
    try:
        return case.holds[hold_id]
    except KeyError:
        raise UnknownHoldError(hold=hold_id) from None
