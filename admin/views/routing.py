"""Routing tables: versions in force, one proposed by one person, confirmed by another."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import auth
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import routing_words, rule_words
from admin.forms.base import posted, submitted
from admin.forms.routing import ConfirmRoutingForm, ProposeRoutingForm, RoutingForm
from admin.forms.rules import WithdrawForm, tomorrow
from admin.permissions import may, requires
from admin.routing_drafts import Drafted, drafted, normal, pages_of
from admin.sheets import csv_of, xlsx_of
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from admin.views.routing_lines import Shown, shown
from casework.domain.errors import RoutingFileError, RuleChangeError
from casework.domain.ids import new_id
from casework.domain.routing import Routing, load_routing
from casework.domain.routing_difference import check_successor
from casework.domain.rule_events import (
    ROUTING_ACTIVATED,
    ROUTING_PROPOSED,
    ROUTING_WITHDRAWN,
    check_second,
)
from casework.services import routing_changes
from casework.services.routing_changes import RoutingProposed
from casework.services.routing_tables import Version
from casework.services.rules import first_routing_body
from crypto.canonical import JSON

bp = Blueprint("routing", __name__, url_prefix="/rules/routing")

TYPES: Final = {
    "toml": "application/toml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PASTED: Final = "routing.toml"  # what a text is called in refusals, which then name no file


@bp.context_processor
def _words() -> dict[str, object]:
    return {"rule_words": rule_words, "routing_words": routing_words}


@bp.get("")
@requires("rules.view")
def index() -> ResponseReturnValue:
    """Every version, which one counts today, and what somebody has proposed."""
    here = console()
    versions = here.routes().versions()
    return render_template(
        "routing/index.html",
        versions=tuple(reversed(versions)),
        today=here.routes().version_on(here.clock.today()).number,
        proposals=routing_changes.routing_proposals(here.store),
    )


@bp.get("/tables/<int:number>.<kind>")
@requires("rules.view")
def download(number: int, kind: str) -> ResponseReturnValue:
    """A version as a file: whole as TOML or XLSX, the rules alone as CSV."""
    found = next((one for one in console().routes().versions() if one.number == number), None)
    if found is None or kind not in TYPES:
        raise NotFound
    return _file(f"routing-{number}.{kind}", kind, _body(found), found.routing)


@bp.get("/proposals/<proposal>.toml")
@requires("rules.view")
def download_proposed(proposal: str) -> ResponseReturnValue:
    """A proposed table, as it was signed."""
    row = _found(proposal).row
    body = routing_changes.proposed_body(console().store, proposal=row.id, sha256=row.sha256)
    return _file(f"routing-{row.sha256[:12]}.toml", "toml", body, None)


@bp.route("/new", methods=["GET", "POST"])
@requires("rules.activate")
def draft() -> ResponseReturnValue:
    """Paste or upload a table; what it would change is shown before anything is proposed."""
    form = RoutingForm(posted(), active_from=tomorrow(console().clock.today()))
    if not submitted(form):
        return show("routing/new.html", form, wrong=(), name="")
    upload = request.files.get("file")
    name = upload.filename or "" if upload else ""
    given = upload.read() if upload and name else normal(form.text.data or "")
    if not given.strip():
        form.refuse(_("请选择文件，或者粘贴分派表。"))
        return show("routing/new.html", form, wrong=(), name="")
    newest = _newest()
    found = drafted(name or PASTED, given, newest.routing, _body(newest))
    if found.wrong:
        form.refuse(_("有 %(count)d 处不对，什么都没有保存，原来的分派表不变。",
                      count=len(found.wrong)))  # fmt: skip
        return show("routing/new.html", form, wrong=found.wrong, name=name)
    return _previewed(form, found, newest, name)


@bp.post("/proposal")
@requires("rules.activate")
def propose() -> ResponseReturnValue:
    """Propose what the preview showed."""
    here, form, proposal = console(), ProposeRoutingForm(posted()), new_id()
    body = normal(form.text.data or "")

    def act() -> None:
        assert form.active_from.data is not None
        facts: dict[str, JSON] = {
            "proposal": proposal,
            "sha256": form.sha256.data or "",
            "before": form.before.data or "",
            "active_from": form.active_from.data.isoformat(),
        }
        routing_changes.propose_routing(
            here.store,
            act=deed(form.password.data or "").sign_outside(ROUTING_PROPOSED, facts),
            body=body,
            first=here.first_routing,
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("routing_proposed", "routing.show_proposal", proposal=proposal)
    newest = _newest()
    found = drafted(PASTED, body, newest.routing, _body(newest))
    if found.wrong or form.active_from.data is None:
        return show("routing/new.html", form, wrong=found.wrong, name="")
    return _preview_page(form, found, newest)


@bp.route("/proposals/<proposal>", methods=["GET", "POST"])
@requires("rules.view")
def show_proposal(proposal: str) -> ResponseReturnValue:
    """What a proposed table changes; a second person signs here."""
    found, here = _found(proposal), console()
    row, told = found.row, found.change
    form = ConfirmRoutingForm(posted(), sha256=row.sha256, before=row.before)

    def act() -> None:
        # What was on the page is what is signed, and nothing that came since.
        facts: dict[str, JSON] = {str(name): one for name, one in told.proposed.facts.items()}  # type: ignore[misc]
        facts |= {
            "sha256": form.sha256.data or "",
            "before": form.before.data or "",
            "number": routing_changes.next_number(here.store),
        }
        routing_changes.activate_routing(
            here.store,
            act=deed(form.password.data or "").sign_outside(ROUTING_ACTIVATED, facts),
            first=here.first_routing,
            trust=here.trust(),
            now=here.clock.now(),
        )
        here.routes().refresh()

    if may("rules.activate") and carried_out(form, act):
        return after("routing_in_force", "routing.show_proposal", proposal=proposal)
    return show(
        "routing/proposal.html",
        form,
        proposal=row,
        first=told.proposed,
        shown=_shown(found),
        barred=_barred(found),
    )


@bp.route("/proposals/<proposal>/withdrawal", methods=["GET", "POST"])
@requires("rules.activate")
def withdraw(proposal: str) -> ResponseReturnValue:
    """Take a proposal back."""
    _found(proposal)
    here, form = console(), WithdrawForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        routing_changes.withdraw_routing(
            here.store,
            act=pen.sign_outside(ROUTING_WITHDRAWN, {"proposal": proposal}),
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("rule_withdrawn", "routing.index")
    return show("rules/withdraw.html", form, back=("routing.show_proposal", proposal))


def _previewed(
    form: RoutingForm, found: Drafted, newest: Version, name: str
) -> ResponseReturnValue:
    """The preview, or the form again where the table cannot take the place of the newest."""
    routing = load_routing(found.body)
    try:
        check_successor(routing, newest.routing, file=name or PASTED)
        if routing.sha256 == newest.routing.sha256:
            raise RuleChangeError("same_table")
        if len(found.body) > routing_changes.BYTES_MAX:
            raise RuleChangeError("too_large")
    except RoutingFileError as refusal:
        sentence = routing_words.expected(refusal.expected)
        form.refuse(_("%(key)s：应当是%(expected)s。", key=refusal.key, expected=sentence))
        return show("routing/new.html", form, wrong=(), name=name)
    except RuleChangeError as refusal:
        form.refuse(explain(refusal))
        return show("routing/new.html", form, wrong=(), name=name)
    signing = ProposeRoutingForm(
        text=found.body.decode(),
        active_from=form.active_from.data,
        sha256=routing.sha256,
        before=newest.routing.sha256,
    )
    return _preview_page(signing, found, newest)


def _preview_page(form: ProposeRoutingForm, found: Drafted, newest: Version) -> ResponseReturnValue:
    on = form.active_from.data
    assert isinstance(on, date)
    return show(
        "routing/preview.html",
        form,
        shown=shown(newest.routing, load_routing(found.body), on),
        on=on,
    )


def _newest() -> Version:
    """The table put in force last, also for a day to come, which a new one follows."""
    console().routes().refresh()
    return console().routes().versions()[-1]


def _body(version: Version) -> bytes:
    """The file of a version."""
    here = console()
    if not version.id:
        return first_routing_body(here.settings.home, here.instance.region)
    sha256 = version.routing.sha256
    return routing_changes.proposed_body(here.store, proposal=version.id, sha256=sha256)


def _file(name: str, kind: str, body: bytes, routing: Routing | None) -> Response:
    if routing is not None and kind != "toml":
        pages = list(pages_of(routing))
        body = csv_of(pages[0]) if kind == "csv" else xlsx_of(pages)
    answer = Response(body, content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _found(proposal: str) -> RoutingProposed:
    found = routing_changes.routing_proposal(
        console().store, proposal=proposal, trust=console().trust(fresh=True)
    )
    if found is None:
        raise NotFound
    return found


def _shown(found: RoutingProposed) -> Shown | None:
    """What a proposal changes in the table that it was made for; None where that is gone."""
    here, row = console(), found.row
    before: Mapping[str, Routing] = {
        one.routing.sha256: one.routing for one in here.routes().versions()
    }
    if row.before not in before:
        return None
    body = routing_changes.proposed_body(here.store, proposal=row.id, sha256=row.sha256)
    return shown(before[row.before], load_routing(body), row.active_from)


def _barred(found: RoutingProposed) -> str:
    """Why the signed-in person cannot confirm, as a sentence; "" where nothing is in the way."""
    if found.row.state != "proposed":
        return explain(RuleChangeError("not_open"))
    me = auth.current()
    try:
        if not may("rules.activate"):
            raise RuleChangeError("role")
        check_second(
            found.change,
            ROUTING_ACTIVATED,
            actor=me.account,
            office=me.office,
            roles=frozenset(str(role) for role in me.roles),
        )
        if found.row.before != _newest().routing.sha256:
            raise RuleChangeError("table_overtaken")
    except Refusal as refusal:
        return explain(refusal)
    return ""
