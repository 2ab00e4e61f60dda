"""What the auditor reads: every signed event and the ledger; no case text, no identity."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.extensions import console
from admin.forms.pots import pot_name
from admin.permissions import requires
from admin.views.papers import dossier_page
from admin.views.timeline import sentence, sentences
from casework.queries.audit import FILTERS, acts
from casework.queries.cases import case as find_case
from casework.queries.cases import case_by_number, timeline
from casework.services.fund import fund_balance, fund_lines
from casework.services.tracing import trace

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@requires("audit.view")
def index() -> ResponseReturnValue:
    """All acts, the newest first, this year's ledger, and a way to one case."""
    year = console().clock.today().year
    at, digest = request.args.get("at", ""), request.args.get("event", "")
    which = request.args.get("which", "")
    page = acts(console().store, which=which, before=(at, digest))
    return render_template(
        "audit/index.html",
        year=year,
        pot_name=pot_name,
        balance=fund_balance(console().store, year=year),
        ledger=fund_lines(console().store, year=year),
        acts=[(one, sentence(one.line)) for one in page.lines],
        which=which if which in FILTERS else "",
        next=page.next,
    )


@bp.get("/case")
@requires("audit.view")
def by_number() -> ResponseReturnValue:
    """The events of the case that a number names."""
    found = case_by_number(
        console().store, case_number=request.args.get("number", "").strip().upper()
    )
    return _case(found.report_id)


@bp.get("/cases/<report_id>")
@requires("audit.view")
def show_case(report_id: str) -> ResponseReturnValue:
    """The events of one case."""
    return _case(report_id)


@bp.get("/cases/<report_id>/dossier")
@requires("audit.view")
def dossier(report_id: str) -> ResponseReturnValue:
    """The same for printing, with the clocks, papers and digests of what is sealed."""
    return dossier_page(find_case(console().store, report=report_id), "audit.show_case")


@bp.get("/lines/<line>")
@requires("audit.view")
def show_line(line: str) -> ResponseReturnValue:
    """What a line of the fund's books rests on, checked on the way."""
    here = console()
    found = trace(here.store, line=line, trust=here.trust(), policies=here.policies)
    if found is None:
        raise NotFound
    return render_template("audit/line.html", trace=found, line=found.line, pot_name=pot_name)


def _case(report_id: str) -> ResponseReturnValue:
    case = find_case(console().store, report=report_id)
    lines = timeline(console().store, report=report_id)
    return render_template(
        "audit/case.html", case=case, lines=[*zip(lines, sentences(lines), strict=True)]
    )
