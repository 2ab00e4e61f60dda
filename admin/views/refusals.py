"""Not accepted: one person proposes it with words for the reporter, another one decides."""

from typing import Final

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.refusals import DECLINE, RefusalDecisionForm, RefusalForm
from admin.permissions import open_acts, requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.refusal import pending
from casework.domain.refusal_templates import OUT_OF_SCOPE, template_of
from casework.domain.urgency import scope_of
from casework.services import refusals
from casework.services.refusals import RefusalView
from crypto.canonical import JSON

bp = Blueprint("refusals", __name__, url_prefix="/cases/<report_id>")

ONE: Final = "/refusals/<int:ordinal>"
DECIDES: Final = frozenset({"report.refused", "refusal.declined"})


@bp.route("/refuse", methods=["GET", "POST"])
@requires("refusal.propose")
def propose(report_id: str) -> ResponseReturnValue:
    """Choose a reason, fill in its template, and hand it to a second person."""
    case = shown_case(report_id)
    waits = pending(case)
    if waits is not None and request.method == "GET":
        return redirect(url_for("refusals.read", report_id=report_id, ordinal=waits.ordinal))
    form = RefusalForm(posted())
    asked = form.reason_code.data or request.args.get("reason", "")
    template = template_of(asked or (OUT_OF_SCOPE if case.scope else ""), scope=case.scope)

    def act() -> None:
        assert template is not None  # the form knows no reason without one
        words = desk.seal_refusal(reading.keys_of(case), form.note.data or "")
        facts: dict[str, JSON] = {"reason_code": template.reason, "basis": template.cite}
        attempt(
            report_id,
            lambda case: refusals.propose_refusal(
                console().store,
                act=sign_act(case, "refusal.proposed", facts, added=[words]),
                words=words,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("refusal_proposed", "cases.show_case", report_id=report_id)
    if request.method == "GET" and template is not None:
        form.reason_code.data, form.note.data = template.reason, template.text
    scope = scope_of(case.scope)
    return show("refusals/propose.html", form, case, chosen=template, scope=scope)


@bp.get(ONE)
@requires("refusal.propose")
def read(report_id: str, ordinal: int) -> ResponseReturnValue:
    """What was proposed, and what became of it."""
    case = shown_case(report_id)
    return _page(case, _found(report_id, ordinal), RefusalDecisionForm())


@bp.post(ONE)
@requires("refusal.decide")
def decide(report_id: str, ordinal: int) -> ResponseReturnValue:
    """Confirm what was proposed, or send it back."""
    case = shown_case(report_id)
    form, found = RefusalDecisionForm(posted()), _found(report_id, ordinal)
    is_no = form.decision.data == DECLINE

    def act() -> None:
        if is_no:
            _decline(report_id, ordinal, form.reason_code.data)
        else:
            _confirm(report_id, found)

    if carried_out(form, act):
        done = "refusal_declined" if is_no else "refused"
        return after(done, "cases.show_case", report_id=report_id)
    return _page(case, found, form)


def _found(report_id: str, ordinal: int) -> RefusalView:
    return refusals.refusal_view(
        console().store, report_id=report_id, ordinal=ordinal, office=current().office
    )


def _words(found: RefusalView) -> str:
    return reading.open_texts(found.file).get(found.text_id, "")


def _page(case: Case, found: RefusalView, form: RefusalDecisionForm) -> ResponseReturnValue:
    waits = pending(case)
    is_open = waits is not None and waits.ordinal == found.asked.ordinal
    may = is_open and open_acts(case) >= DECIDES
    told = _words(found)
    return show("refusals/decide.html", form, case, found=found, told=told, may=may)


def _confirm(report_id: str, found: RefusalView) -> None:
    words = _words(found)
    facts: dict[str, JSON] = {
        "reason_code": found.asked.reason_code,
        "refused_on": console().clock.today().isoformat(),
        "asked": found.asked.ordinal,
    }

    def act(case: Case) -> Case:
        reason = desk.seal_reason(reading.keys_of(case), words)
        return refusals.refuse_report(
            console().store,
            act=sign_act(case, "report.refused", facts, added=[reason]),
            reason=reason,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report_id, act)


def _decline(report_id: str, ordinal: int, reason: str) -> None:
    facts: dict[str, JSON] = {"asked": ordinal, "reason_code": reason}
    attempt(
        report_id,
        lambda case: refusals.decline_refusal(
            console().store,
            act=sign_act(case, "refusal.declined", facts),
            trust=console().trust(),
            now=console().clock.now(),
        ),
    )
