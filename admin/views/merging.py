"""Reports of the same matter: joined, ranked by the log, told one by one, and parted again."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.merging import MergeForm, TellForm, UndoForm
from admin.permissions import may, requires, visible
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.errors import StaleActError, UnknownReportError
from casework.domain.merging import is_untold, standing
from casework.queries import cases
from casework.services import merging, verification
from crypto.canonical import JSON

bp = Blueprint("merging", __name__, url_prefix="/cases/<report_id>")


@bp.route("/merge", methods=["GET", "POST"])
@requires("case.merge")
def merge(report_id: str) -> ResponseReturnValue:
    """Let the case join the one that came in first."""
    case = shown_case(report_id)
    form = MergeForm(posted())
    if request.method == "GET" and "into" in request.args:
        form.number.data = shown_case(request.args["into"]).case_number
    joined: list[str] = []

    def act() -> None:
        lead = _of_number(form.number.data or "")
        _twice(lambda: _merge(report_id, lead, form.kind.data))
        joined.append(lead)

    if carried_out(form, act):
        return after("merged", "merging.ranks", report_id=joined[0])
    return show("merging/merge.html", form, case)


@bp.route("/merge/undo", methods=["GET", "POST"])
@requires("merge.undo")
def undo(report_id: str) -> ResponseReturnValue:
    """Let a case that joined another go its own way again."""
    case = shown_case(report_id)
    lead = _lead_of(case)
    form = UndoForm(posted())
    if carried_out(form, lambda: _twice(lambda: _undo(report_id, form.reason_code.data))):
        return after("merge_undone", "cases.show_case", report_id=report_id)
    return show("merging/undo.html", form, case, lead=lead)


@bp.get("/merged")
@requires("case.open")
def ranks(report_id: str) -> ResponseReturnValue:
    """The reports of the matter by rank, each with what proves when it came in."""
    case = _leading(report_id)
    ranked = merging.ranking(console().store, report=report_id)
    return render_template("merging/ranks.html", case=case, ranked=ranked)


@bp.route("/merged/tell", methods=["GET", "POST"])
@requires("case.reply")
def tell(report_id: str) -> ResponseReturnValue:
    """Tell every reporter of the matter what was found, each in their own thread."""
    case = _leading(report_id)
    form = TellForm(posted())

    def act() -> None:
        for one in _untold(report_id):
            _tell(one, case.found_at, form.text.data or "")

    if case.finding is None:
        raise NotFound
    if carried_out(form, act):
        return after("all_told", "merging.ranks", report_id=report_id)
    return show("merging/tell.html", form, case, untold=len(_untold(report_id)))


def may_be_led_by(case: Case, lead: str, state: str) -> bool:
    """Whether a hint at another case is worth a link: the rules decide when it is sent."""
    return may("case.merge") and lead == case.lead and state in ("accepted", "concluded")


def _merge(report: str, lead: str, kind: str) -> None:
    here = console()
    joining = merging.joining_of(here.store, report=report, into=lead)
    same: dict[str, JSON] = {"rank": joining.rank, "kind": kind}
    known = cases.several(here.store, reports=[report, lead])
    merging.merge_cases(
        here.store,
        merged=sign_act(known[report], "case.merged", {"into": lead, **same}),
        joined=sign_act(
            known[lead], "merge.joined", {"report": report, "place": joining.place, **same}
        ),
        trust=here.trust(),
        now=here.clock.now(),
    )


def _undo(report: str, reason_code: str) -> None:
    here = console()
    case = cases.case(here.store, report=report)
    lead = _lead_of(case)
    why: dict[str, JSON] = {"from": lead.report_id, "reason_code": reason_code}
    merging.undo_merge(
        here.store,
        undone=sign_act(case, "merge.undone", why),
        left=sign_act(lead, "merge.left", {"report": report}),
        trust=here.trust(),
        now=here.clock.now(),
    )


def _tell(report: str, found: int, text: str) -> None:
    message = desk.seal_message(reading.keys_of(cases.case(console().store, report=report)), text)

    def act(case: Case) -> Case:
        facts: dict[str, JSON] = {"from": "office", "about": "result"}
        if case.merged is not None:
            facts["found"] = found
        return verification.send_message(
            console().store,
            act=sign_act(case, "message.sent", facts, added=[message]),
            message=message,
            trust=console().trust(),
            now=console().clock.now(),
        )

    attempt(report, act)


def _untold(report: str) -> list[str]:
    """The reports of the matter whose reporter has not been told what was found last.

    Sent once more after a fault, nobody is told twice.
    """
    store = console().store
    lead = cases.case(store, report=report)
    told = max((one.ordinal for one in lead.marks if one.name == "told"), default=0)
    found = [report] if told < lead.found_at else []
    joined = cases.several(store, reports=[one.report for one in standing(lead)])
    return [*found, *(one for one, case in joined.items() if is_untold(case, lead))]


def _twice(act: object) -> None:
    """Try an act on two cases, once more if somebody was faster in one of them."""
    assert callable(act)
    try:
        act()
    except StaleActError:
        act()


def _of_number(number: str) -> str:
    """The id behind a number, if that case concerns the signed-in person.

    Raises:
        UnknownReportError: there is none, or it is somebody else's.
    """
    case = cases.case_by_number(console().store, case_number=number)
    try:
        return visible(case).report_id
    except NotFound:
        raise UnknownReportError(case_number=number) from None


def _lead_of(case: Case) -> Case:
    if case.merged is None:
        raise NotFound
    return cases.case(console().store, report=case.merged.into)


def _leading(report: str) -> Case:
    """A case that others have joined, for the office that handles them all."""
    case = shown_case(report)
    if current().office != case.lead or not standing(case):
        raise NotFound
    return case
