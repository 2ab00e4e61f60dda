"""Notes of interference: written by who works on a case, read by who stands above them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.interference import OUTSIDE, InterferenceForm, OpenNoteForm
from admin.permissions import is_kept_from, requires
from admin.signing import attempt, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from casework.domain.case import Case
from casework.domain.errors import NobodyToTellError
from casework.domain.interference import NOTED, of_ordinal
from casework.queries.cases import case as find_case
from casework.services import interference

bp = Blueprint("interference", __name__, url_prefix="/cases/<report_id>/interference")


@bp.route("", methods=["GET", "POST"])
@requires("interference.note")
def note(report_id: str) -> ResponseReturnValue:
    """Note that somebody interfered."""
    case = shown_case(report_id)
    form = InterferenceForm(posted())
    form.about.choices = _people()

    def act() -> None:
        attempt(report_id, lambda case: _note(case, form))

    if carried_out(form, act):
        return after("interference_noted", "cases.show_case", report_id=report_id)
    return show("interference/note.html", form, case, readers=_readers(case, ""))


@bp.route("/<int:ordinal>", methods=["GET", "POST"])
@requires("interference.read")
def read(report_id: str, ordinal: int) -> ResponseReturnValue:
    """A note, for its readers; that it is opened is recorded first."""
    case = find_case(console().store, report=report_id)
    asked, me = of_ordinal(case, ordinal), current()
    if asked is None or me.office not in asked.readers or is_kept_from(case):
        raise NotFound  # to who is no reader there is none
    form = OpenNoteForm(posted())
    text = reading.open_note(report_id, ordinal) if submitted(form) else ""
    return show("interference/read.html", form, case, asked=asked, text=text)


def _people() -> list[tuple[str, str]]:
    """Everybody on staff by office and name, behind who is none of them."""
    here = console()
    people = [
        (one.account, f"{here.office_name(one.office)} {here.person(one.account)}")
        for one in here.trust().members.values()
    ]
    first = [("", _("请选择")), (OUTSIDE, _("不是本系统的人员"))]
    return first + sorted(people, key=lambda one: one[1])


def _readers(case: Case, about: str) -> tuple[str, ...]:
    """Who can be told: the first office above that may know of it, and the discipline body.

    Args:
        case: the case.
        about: office of the person that the note is about, "" for somebody outside.
    """
    keyset = console().trust().keyset
    shut = {about, case.lead, *case.co_handlers, *case.kept_out, ""}
    above = case.supervisor or case.lead
    seen: set[str] = set()
    while above in shut and above and above not in seen and keyset.has_office(above):
        seen.add(above)
        above = keyset.office(above).supervisor
    found = dict.fromkeys((above, console().routing.discipline))
    return tuple(one for one in found if one not in shut and keyset.has_office(one))


def _note(case: Case, form: InterferenceForm) -> Case:
    account = str(form.about.data)
    member = console().trust().members.get(account)
    about = member.office if member else ""
    readers = _readers(case, about)
    if not readers:
        raise NobodyToTellError(report=case.report_id)
    here = console()
    named = f"{here.office_name(about)} {here.person(account)}\n" if member else ""
    text = f"{named}{form.whom.data}\n\n{form.text.data}"
    note = desk.compose_note(
        case, interference.INTERFERENCE, text, key_kind=interference.NOTE, offices=readers
    )
    return interference.note_interference(
        console().store,
        act=sign_act(case, NOTED, {"readers": [*readers]}, added=note.records),
        objects=(note.manifest, note.sealed),
        wraps=note.wraps,
        trust=console().trust(),
        now=console().clock.now(),
    )
