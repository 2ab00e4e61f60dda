"""The working-day calendar: its years, and the notice of a new one put in by two persons."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import auth
from admin.errors import explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import rule_words
from admin.forms.base import posted, submitted
from admin.forms.rules import ConfirmNoticeForm, NoticeForm, ProposeNoticeForm, WithdrawForm
from admin.forms.words import word
from admin.permissions import may, requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from casework.domain.calendar import CalendarRow, notice_span
from casework.domain.calendar_difference import difference
from casework.domain.calendar_notice import doubts_of, parse_year
from casework.domain.errors import CalendarFileError, CaseworkError, RuleChangeError
from casework.domain.ids import new_id
from casework.domain.rule_events import (
    CALENDAR_CHANGED,
    CALENDAR_PROPOSED,
    CALENDAR_WITHDRAWN,
    check_second,
)
from casework.queries.rules import missing_years
from casework.services import calendar_changes
from casework.services.calendar_changes import CalendarProposed, Preview
from crypto.canonical import JSON

bp = Blueprint("calendar", __name__, url_prefix="/rules/calendar")


@bp.context_processor
def _words() -> dict[str, object]:
    return {"rule_words": rule_words}


@bp.get("")
@requires("rules.view")
def index() -> ResponseReturnValue:
    """The years: published, guessed, or missing."""
    here = console()
    calendar, today = here.calendar(), here.clock.today()
    known = {one.on.year for one in calendar.rows()}
    missing = {one.year: one.clocks for one in missing_years(here.store, today=today)}
    return render_template(
        "rules/calendar.html",
        years=[
            (year, calendar.is_known(year), year in known, calendar.workdays_of(year))
            for year in sorted(known | missing.keys(), reverse=True)
        ],
        missing=missing,
        digest=calendar.digest(),
        notices=calendar_changes.calendar_proposals(here.store, trust=here.trust()),
    )


@bp.get("/<int:year>")
@requires("rules.view")
def show_year(year: int) -> ResponseReturnValue:
    """The days off and the days worked of a year."""
    calendar = console().calendar()
    if not calendar.rows(year):
        raise NotFound
    sources = {
        one.source
        for one in calendar_changes.calendar_days(console().store)
        if notice_span(year)[0] <= one.day <= notice_span(year)[1]
    }
    return render_template(
        "rules/year.html",
        year=year,
        rows=calendar.rows(year),
        is_known=calendar.is_known(year),
        workdays=calendar.workdays_of(year),
        sources=sorted(sources),
    )


@bp.route("/notice", methods=["GET", "POST"])
@requires("rules.calendar")
def paste() -> ResponseReturnValue:
    """Paste a notice; what it would change is shown before anything is proposed."""
    form = NoticeForm(posted())
    if submitted(form):
        read = _read(form)
        if read is not None:
            return _previewed(form, *read)
    return show("rules/paste.html", form)


@bp.post("/proposal")
@requires("rules.calendar")
def propose() -> ResponseReturnValue:
    """Propose what the preview showed."""
    here, form = console(), ProposeNoticeForm(posted())
    read = _read(form)
    if read is None:
        return show("rules/paste.html", form)
    (year, rows), proposal = read, new_id()

    def act() -> None:
        facts = calendar_changes.proposal_facts(
            here.calendar(), proposal=proposal, year=year, rows=rows, source=form.source.data or ""
        )
        if facts["digest"] != form.digest.data:
            raise RuleChangeError("other_preview")
        calendar_changes.propose_calendar(
            here.store,
            act=deed(form.password.data or "").sign_outside(CALENDAR_PROPOSED, dict(facts)),
            rows=rows,
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("calendar_proposed", "calendar.show_proposal", proposal=proposal)
    return _preview_page(form, year, rows)


@bp.route("/proposals/<proposal>", methods=["GET", "POST"])
@requires("rules.view")
def show_proposal(proposal: str) -> ResponseReturnValue:
    """What the notice changes; a second person compares it with the announcement and signs."""
    found, here = _found(proposal), console()
    row, told = found.row, found.change
    form = ConfirmNoticeForm(posted(), digest=row.digest)

    def act() -> None:
        facts: dict[str, JSON] = {str(name): one for name, one in told.proposed.facts.items()}  # type: ignore[misc]
        facts |= {
            "digest": form.digest.data or "",
            "number": calendar_changes.next_number(here.store),
        }
        calendar_changes.change_calendar(
            here.store,
            act=deed(form.password.data or "").sign_outside(CALENDAR_CHANGED, facts),
            trust=here.trust(),
            now=here.clock.now(),
        )

    if may("rules.confirm_calendar") and carried_out(form, act):
        return after("calendar_changed", "calendar.show_proposal", proposal=proposal)
    rows = [one.as_row() for one in row.days]
    is_open = row.state == "proposed"
    return show(
        "rules/notice.html",
        form,
        year=row.year,
        proposal=row,
        first=told.proposed,
        rows=rows,
        doubts=doubts_of(row.year, rows),
        preview=_preview(row.year, rows) if is_open else None,
        barred=_barred(found),
    )


@bp.route("/proposals/<proposal>/withdrawal", methods=["GET", "POST"])
@requires("rules.calendar")
def withdraw(proposal: str) -> ResponseReturnValue:
    """Take a proposal back."""
    _found(proposal)
    here, form = console(), WithdrawForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        calendar_changes.withdraw_calendar(
            here.store,
            act=pen.sign_outside(CALENDAR_WITHDRAWN, {"proposal": proposal}),
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("rule_withdrawn", "calendar.index")
    return show("rules/withdraw.html", form, back=("calendar.show_proposal", proposal))


def _read(form: NoticeForm) -> tuple[int, tuple[CalendarRow, ...]] | None:
    """Year and rows of what was pasted; None, with the place on the form, if it is not right."""
    try:
        read = parse_year(form.text.data or "", year=form.year.data)
    except CalendarFileError as refusal:
        form.text.errors = [_place(refusal)]
        return None
    rows = read.calendar_rows()
    if form.provisional.data:
        rows = tuple(CalendarRow(one.on, one.kind, True, one.name) for one in rows)
    return read.year, rows


def _place(refusal: CalendarFileError) -> str:
    """Line, what is wrong, and what was expected, for the error summary."""
    what = word(rule_words.NOTICE_KEYS, refusal.key)
    told = _("%(what)s：应为%(expected)s", what=what, expected=refusal.expected)
    if refusal.line is None:
        return told
    return _("第 %(line)d 行，%(told)s", line=refusal.line, told=told)


def _previewed(form: NoticeForm, year: int, rows: tuple[CalendarRow, ...]) -> ResponseReturnValue:
    """The preview, with a form that proposes it."""
    shown = ProposeNoticeForm(
        data={
            "text": form.text.data,
            "year": form.year.data,
            "source": form.source.data,
            "provisional": form.provisional.data,
            "digest": console().calendar().with_notice(year, rows).digest(),
        }
    )
    return _preview_page(shown, year, rows)


def _preview_page(
    form: ProposeNoticeForm, year: int, rows: tuple[CalendarRow, ...]
) -> ResponseReturnValue:
    return show(
        "rules/preview.html",
        form,
        year=year,
        rows=rows,
        doubts=doubts_of(year, rows),
        preview=_preview(year, rows),
    )


def _preview(year: int, rows: tuple[CalendarRow, ...] | list[CalendarRow]) -> Preview | None:
    """What the notice changes; None where it cannot be worked out any more."""
    try:
        return calendar_changes.preview(
            console().store, year=year, rows=rows, now=console().clock.now()
        )
    except CaseworkError:
        calendar = console().calendar()
        return Preview(difference(calendar, calendar.with_notice(year, rows), year), 0, None)


def _found(proposal: str) -> CalendarProposed:
    found = calendar_changes.calendar_proposal(
        console().store, proposal=proposal, trust=console().trust(fresh=True)
    )
    if found is None:
        raise NotFound
    return found


def _barred(found: CalendarProposed) -> str:
    """Why the signed-in person cannot confirm, as a sentence; "" where nothing is in the way."""
    me = auth.current()
    try:
        if found.row.state != "proposed":
            raise RuleChangeError("not_open")
        if not may("rules.confirm_calendar"):
            raise RuleChangeError("role")
        check_second(
            found.change,
            CALENDAR_CHANGED,
            actor=me.account,
            office=me.office,
            roles=frozenset(str(role) for role in me.roles),
        )
        if console().calendar().digest() != found.row.before:
            raise RuleChangeError("overtaken")
    except RuleChangeError as refusal:
        return explain(refusal)
    return ""
