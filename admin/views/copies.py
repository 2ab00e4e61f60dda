"""Copies of a case: sent to the township, signed for, answered by the discipline body."""

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.copies import CopiesForm, DisciplineAnswerForm, ObservationForm, ReceiptForm
from admin.permissions import is_kept_from, open_acts, requires, visible
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.handing import copy_receivers
from casework.domain.case import Case
from casework.domain.copies import is_copied, is_discipline, receipt_of
from casework.domain.errors import InsideReporterError
from casework.domain.merging import standing
from casework.queries.cases import case as find_case
from casework.services import copies

bp = Blueprint("copies", __name__, url_prefix="/cases/<report_id>")

RELATION, OUTSIDE = "relation", "none"


@bp.route("/copies", methods=["GET", "POST"])
@requires("copy.send")
def send(report_id: str) -> ResponseReturnValue:
    """Send the facts of the order to the bodies near the place."""
    case = shown_case(report_id)
    form = CopiesForm(posted())
    form.copies.choices = copy_receivers(case)

    def act() -> None:
        _check_reporters(case)
        attempt(report_id, lambda case: _send(case, form.copies.data or []))

    if carried_out(form, act):
        return after("copies_sent", "cases.show_case", report_id=report_id)
    return show("copies/send.html", form, case)


@bp.get("/copy")
@requires("copy.sign")
def show_copy(report_id: str) -> ResponseReturnValue:
    """What a body near the place may know of a case."""
    case = _copied(report_id)
    if is_discipline(case, current().office):
        raise NotFound  # it has the case itself
    return render_template(
        "copies/show.html",
        case=case,
        signed=receipt_of(case, current().office),
        may_write="observation.given" in open_acts(case),
    )


@bp.route("/copy/receipt", methods=["GET", "POST"])
@requires("copy.sign")
def acknowledge(report_id: str) -> ResponseReturnValue:
    """Sign for a copy."""
    case = _copied(report_id)
    form = ReceiptForm(posted())
    page = "cases.show_case" if is_discipline(case, current().office) else "copies.show_copy"

    def act() -> None:
        attempt(report_id, _sign)

    if carried_out(form, act):
        return after("copy_acknowledged", page, report_id=report_id)
    return show("copies/receipt.html", form, case, page=page)


@bp.route("/copy/observation", methods=["GET", "POST"])
@requires("observation.give")
def observe(report_id: str) -> ResponseReturnValue:
    """Tell the offices of the case what one saw on the spot."""
    case = _copied(report_id)
    if is_discipline(case, current().office):
        raise NotFound  # it writes back on a paper
    form = ObservationForm(posted())

    def act() -> None:
        attempt(report_id, lambda case: _observe(case, form.text.data or ""))

    if carried_out(form, act):
        return after("observation_given", "copies.show_copy", report_id=report_id)
    return show("copies/observe.html", form, case)


@bp.route("/discipline/answer", methods=["GET", "POST"])
@requires("discipline.answer")
def answer(report_id: str) -> ResponseReturnValue:
    """Write back as discipline body."""
    case = shown_case(report_id)
    form = DisciplineAnswerForm(posted())

    def act() -> None:
        attempt(report_id, lambda case: _answer(case, form))

    if carried_out(form, act):
        return after("discipline_answered", "cases.show_case", report_id=report_id)
    return show("copies/answer.html", form, case)


_READS: Final = frozenset({"officer", "leader", "supervisor"})


def _copied(report_id: str) -> Case:
    """The case, if the signed-in person's office has a copy of it.

    Raises:
        NotFound: it has none, or the person has no part in it any more.
    """
    case, me = find_case(console().store, report=report_id), current()
    if is_discipline(case, me.office):
        return visible(case)
    if (
        is_kept_from(case)
        or not is_copied(case, me.office)
        or _READS.isdisjoint(map(str, me.roles))
    ):
        raise NotFound
    return case


def _check_reporters(case: Case) -> None:
    """Open the report and those that joined it, on the record: nobody inside has reported it.

    Raises:
        InsideReporterError: a reporter said so, or said nothing about it.
    """
    for report in (case.report_id, *(one.report for one in standing(case))):
        told = [part.text for part in reading.open_report(report).parts if part.kind == RELATION]
        if told != [OUTSIDE]:
            raise InsideReporterError(report=case.report_id)


def _send(case: Case, offices: list[str]) -> Case:
    return copies.send_copies(
        console().store,
        act=sign_act(case, "copy.sent", {"copies": [*offices]}),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _sign(case: Case) -> Case:
    return copies.acknowledge_copy(
        console().store,
        act=sign_act(case, "copy.acknowledged", {}),
        trust=console().trust(),
        now=console().clock.now(),
    )


def _observe(case: Case, text: str) -> Case:
    keyset = console().trust().keyset
    readers = [one for one in case.offices if keyset.has_office(one)]
    note = desk.compose_note(case, copies.OBSERVATION, text, key_kind="content", offices=readers)
    return copies.give_observation(
        console().store,
        act=sign_act(case, "observation.given", {}, added=note.records),
        objects=(note.manifest, note.sealed),
        wraps=note.wraps,
        trust=console().trust(),
        now=console().clock.now(),
    )


def _answer(case: Case, form: DisciplineAnswerForm) -> Case:
    sealed = desk.seal_discipline_answer(reading.keys_of(case), form.text.data or "")
    facts = {"document": (form.document.data or "").strip()}
    return copies.answer_for_discipline(
        console().store,
        act=sign_act(case, "discipline.answered", facts, added=[sealed]),
        answer=sealed,
        trust=console().trust(),
        now=console().clock.now(),
    )
