"""Finding a case again: by words, and the ones that are done, which are in no worklist any more.

Words come in a form and are in no address: somebody may type a name.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.config import PAGE_LINES
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import words
from admin.forms.base import posted, submitted
from admin.forms.searching import OwnSearchForm, SearchForm
from admin.permissions import requires, sees
from admin.reading import THREAD_KINDS
from admin.searching import AT_ONCE, FILES, Hit, look, own_cases
from admin.views.acting import show
from admin.vocabulary import asked
from casework.domain.case import State
from casework.domain.ids import is_case_number
from casework.domain.roles import Role
from casework.domain.searching import code
from casework.queries.cases import Cursor, several
from casework.queries.ended import STATES, ended
from casework.queries.searching import Found, by_number, find

bp = Blueprint("searching", __name__, url_prefix="/search")

ABOVE: Final = "above"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the cases that are done somebody wants to see.

    Attributes:
        above: those that the office supervised.
        since, until: days as they were typed, "" for none.
        wrong: why nothing is shown, "" where all is right.
    """

    above: bool
    state: State | None
    since: str
    until: str
    wrong: str = ""


@bp.route("", methods=["GET", "POST"])
@requires("search.use")
def index() -> ResponseReturnValue:
    """Ask; then the cases of the office that have all of it, the newest first."""
    form, found = SearchForm(posted()), None
    if submitted(form):
        found = _find(form)
    return show("searching/index.html", form, found=found)


def _find(form: SearchForm) -> Found:
    text = (form.text.data or "").strip()
    may_see = sees()
    if is_case_number(text.upper()):
        one = by_number(console().store, case_number=text.upper(), sees=may_see)
        return Found((one,) if one else (), 0)
    codes = [code("state", form.state.data)] if form.state.data else []
    return find(
        console().store,
        office=current().office,
        asked=asked(text, *codes),
        sees=may_see,
        since=form.since.data,
        until=form.until.data,
        before=form.place,
        limit=PAGE_LINES,
    )


@bp.route("/own", methods=["GET", "POST"])
@requires("case.open")
def own() -> ResponseReturnValue:
    """Look for words in the sealed text of one's own cases, some at a time.

    The words go on by a form from step to step: they stand in no address and are kept nowhere.
    """
    form, step = OwnSearchForm(posted()), None
    hits: list[Hit] = []
    if submitted(form):
        hits = _found_before(form)
        step = look(form.words, before=form.place)
        hits += step.hits
        form.found.data = " ".join("~".join((one.case.report_id, *one.where)) for one in hits)
    total = step.total if step else len(own_cases())
    return show("searching/own.html", form, step=step, hits=hits, total=total, at_once=AT_ONCE)


def _found_before(form: OwnSearchForm) -> list[Hit]:
    """What earlier steps found, as far as the person may still see it."""
    may_see, mine = sees(), {report_id for _number, report_id in own_cases()}
    told = [(one, where) for one, where in form.hits if one in mine]
    cases = several(console().store, reports=[one for one, _where in told])
    known = {*words.PARTS, *THREAD_KINDS, FILES}
    return [
        Hit(cases[one], tuple(kind for kind in where if kind in known))
        for one, where in told
        if may_see(cases[one])
    ]


@bp.get("/ended")
@requires("search.use")
def ended_cases() -> ResponseReturnValue:
    """Cases of the office that are done, by state and day, page by page."""
    wanted = _wanted()
    supervises = Role.SUPERVISOR in current().roles
    page = None
    if not wanted.wrong:
        page = ended(
            console().store,
            office=current().office,
            sees=sees(),
            above=wanted.above and supervises,
            state=wanted.state,
            since=_day(wanted.since),
            until=_day(wanted.until),
            before=_cursor(request.args.get("after", "")),
            limit=PAGE_LINES,
        )
    shown = render_template(
        "searching/ended.html",
        asked=wanted,
        states=STATES,
        supervises=supervises,
        lines=page.lines if page else (),
        following=_following(wanted, page.next) if page and page.next else "",
    )
    return shown, 422 if wanted.wrong else 200


def _wanted() -> Wanted:
    state = request.args.get("state", "")
    since, until = (request.args.get(name, "").strip() for name in ("since", "until"))
    wrong = ""
    if any(text and _day(text) is None for text in (since, until)):
        wrong = _("请填写日期，例如 2026-03-31。")
    elif since and until and since > until:
        wrong = _("开始的日子不能晚于结束的日子。")
    return Wanted(
        above=request.args.get("of", "") == ABOVE,
        state=State(state) if state in STATES else None,
        since=since,
        until=until,
        wrong=wrong,
    )


def _following(wanted: Wanted, place: Cursor) -> str:
    return url_for(
        "searching.ended_cases",
        of=ABOVE if wanted.above else None,
        state=wanted.state,
        since=wanted.since or None,
        until=wanted.until or None,
        after=f"{place[0].isoformat()}.{place[1]}",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _cursor(after: str) -> Cursor | None:
    on, _dot, line = after.partition(".")
    day = _day(on)
    return (day, line) if day else None
