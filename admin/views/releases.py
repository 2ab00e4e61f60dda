"""The release of an identity item: asked for, decided on in the seats, opened once."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import custody
from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import words
from admin.forms.base import posted
from admin.forms.releases import DecideForm, OpenForm, RequestForm
from admin.forms.words import word
from admin.permissions import is_kept_from, may, requires, visible
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from admin.views.attachments import KNOWN_MEDIA, attachment
from admin.views.interests import met
from casework.domain.case import AwardState, Case, Release, ReleaseState
from casework.domain.disclosure import (
    COMPARE_PAYEE,
    FILE,
    has_claimable_award,
    purpose,
    purposes_for,
)
from casework.domain.errors import UnknownReportError
from casework.domain.ids import new_id
from casework.domain.phoning import PURPOSE
from casework.domain.roles import Role
from casework.queries.cases import case as find_case
from casework.queries.cases import case_by_number
from casework.services import disclosure, objections
from casework.services.disclosure import ItemLine

bp = Blueprint("releases", __name__)
MANDATE = "mandate"
MANDATE_LINES = ("agent", "document", "number", "phone")  # who comes, and by what to know them
ONE = "/cases/<report_id>/releases/<release_id>"


@bp.get("/releases")
@requires("release.list")
def index() -> ResponseReturnValue:
    """What waits for the person's seat, and what the person has asked for."""
    seat, start = custody.my_seat(), request.args.get("after", "")
    page = disclosure.waiting(
        console().store,
        seat=seat.number if seat else None,
        requester=current().account,
        office=current().office,
        hidden=met(),
        after=start,
    )
    return render_template("releases/index.html", page=page, seat=seat, can_ask=_can_ask())


@bp.get("/releases/new")
@requires("release.request")
def find() -> ResponseReturnValue:
    """The case of a number, to ask for an item of it."""
    number = request.args.get("number", "").strip().upper()
    found = case_by_number(console().store, case_number=number)
    if is_kept_from(found):
        raise UnknownReportError(case_number=number)
    return redirect(url_for("releases.ask", report_id=found.report_id))


@bp.route("/cases/<report_id>/releases", methods=["GET", "POST"])
@requires("release.request")
def ask(report_id: str) -> ResponseReturnValue:
    """Ask the custodians for one item, for one purpose."""
    case = askable(report_id)
    wishes = _wishes(case)
    form = RequestForm(posted())
    form.what.choices = [
        (key, f"{_item_words(item, wishes)}{_('：')}{word(words.PURPOSES, code)}")
        for key, (item, code) in wishes.items()
    ]
    if request.method == "GET" and wishes:
        wanted = request.args.get("item", "")
        form.what.data = next((key for key, (one, _code) in wishes.items() if one.id == wanted), "")
        form.what.data = form.what.data or next(iter(wishes))
    release_id = new_id()

    def act() -> None:
        item, code = wishes[form.what.data]
        until = console().clock.now() + timedelta(hours=int(form.valid_hours.data))
        wish = custody.Wish(
            item=item.id,
            version=item.version,
            purpose=code,
            reason=form.reason.data or "",
            expires_at=until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        custody.request(report_id, release_id, wish, deed(form.password.data or ""))

    if carried_out(form, act):
        return after("asked", "releases.index")
    purposes = [purpose(code) for code in dict.fromkeys(code for _item, code in wishes.values())]
    return show("releases/ask.html", form, case, purposes=purposes)


@bp.route(f"{ONE}/decision", methods=["GET", "POST"])
@requires("release.decide")
def decide(report_id: str, release_id: str) -> ResponseReturnValue:
    """A custodian sees exactly what is asked for, by whom and why, and decides."""
    # A custodian sees no more of the case than the request.
    case = find_case(console().store, report=report_id)
    if is_kept_from(case):
        raise NotFound
    release = custody.release_in(case, release_id)
    form = DecideForm(posted())
    reasons: list[str] = []

    def act() -> None:
        pen = deed(form.password.data or "")
        if form.decision.data == "approve":
            custody.approve(report_id, release_id, pen)
        elif form.decision.data == "refuse":
            custody.refuse(report_id, release_id, form.reason_code.data, pen)
        else:
            reasons.append(custody.read_reason(report_id, release_id, pen))
            form.decision.data = ""  # the next press decides: it must be chosen afresh

    if carried_out(form, act) and not reasons:
        is_yes = form.decision.data == "approve"
        return after("agreed" if is_yes else "declined", "releases.index")
    return show(
        "releases/decide.html",
        form,
        case,
        release=release,
        purpose=purpose(release.purpose),
        seat=custody.my_seat(),
        kind=_kind_of(report_id, release),
        reason=reasons[0] if reasons else None,
    )


@bp.route(f"{ONE}/opening", methods=["GET", "POST"])
@requires("release.open")
def open_once(report_id: str, release_id: str) -> ResponseReturnValue:
    """The one look: the item stands in this answer and nowhere else.

    Who is not the requester is told so, and a try all the same is refused and recorded.
    """
    case = askable(report_id)
    release = custody.release_in(case, release_id)
    form = OpenForm(posted())
    seen: list[custody.Disclosed] = []

    def act() -> None:
        seen.append(custody.open_once(report_id, release_id, deed(form.password.data or "")))

    if carried_out(form, act):
        disclosed = seen[0]
        if disclosed.content is not None and disclosed.kind != MANDATE:
            return _download(disclosed.lines, disclosed.content)
        return render_template(
            "releases/opened.html",
            case=case,
            kind=disclosed.kind,
            lines=_lines(disclosed),
            paper=_paper(disclosed),
            award=next((one for one in case.awards if one.item == release.item), None),
            can_pay=_can_pay(release),
            can_phone=_can_phone(case, release),
        )
    return show(
        "releases/open.html",
        form,
        case,
        release=release,
        purpose=purpose(release.purpose),
        is_file=_is_file(report_id, release),
        is_mine=release.requester == current().account,
        is_ready=release.state is ReleaseState.APPROVED,
    )


def askable(report_id: str) -> Case:
    """The case, if the person may ask for something of it.

    An operator sees nothing of a case but its number, and may ask for any that the operator is
    not kept from: reports by telephone come from everywhere.

    Raises:
        NotFound: it is somebody else's.
    """
    case = find_case(console().store, report=report_id)
    if Role.OPERATOR in current().roles and not is_kept_from(case):
        return case
    return visible(case)


def _wishes(case: Case) -> dict[str, tuple[ItemLine, str]]:
    """What may be asked for: by the key that the form sends, the item and the purpose."""
    items = disclosure.items_to_ask_for(console().store, report=case.report_id)
    claimed = {one.item: one for one in case.awards if one.state is AwardState.CLAIMED}
    by_transfer = any(one.how == "account" for one in claimed.values())
    found = {}
    for one in purposes_for(
        map(str, current().roles), channel=case.channel, kinds=(item.kind for item in items)
    ):
        for item in items:
            fits = not one.items or item.kind in one.items
            if one.code == "compare_claimant":
                fits = fits and has_claimable_award(case)
            if one.code == COMPARE_PAYEE:
                fits = fits and by_transfer and checks_name(case)
            if one.code == "pay_award":
                fits = item.id in claimed
            if fits:
                found[f"{one.code}.{item.id}"] = (item, one.code)
    return found


def checks_name(case: Case) -> bool:
    """Whether the case's policy lets money go to the reporter's own account alone."""
    return console().policies.get(case.policy_id).claim.name_check


def _item_words(item: ItemLine, wishes: Mapping[str, tuple[ItemLine, str]]) -> str:
    """Name an item; files by their number too, for there may be many."""
    name = word(words.ITEM_KINDS, item.kind)
    files = list(dict.fromkeys(one.id for one, _code in wishes.values() if one.kind == FILE))
    if item.kind != FILE or len(files) == 1:
        return name
    return _("%(name)s（第 %(n)d 份）", name=name, n=files.index(item.id) + 1)


def _is_file(report_id: str, release: Release) -> bool:
    """Whether opening it downloads a file; a mandate is shown with who comes, on one page."""
    there = disclosure.file_to_open(console().store, report=report_id, release=release.id)
    return there is not None and _kind_of(report_id, release) != MANDATE


def _kind_of(report_id: str, release: Release) -> str:
    """The kind of the item that is asked for; "" for one that was taken back."""
    items = disclosure.items_to_ask_for(console().store, report=report_id)
    return next((one.kind for one in items if one.id == release.item), "")


def _lines(disclosed: custody.Disclosed) -> Mapping[str, str]:
    """The lines of an item; of a mandate who comes, without what is known about its file."""
    if disclosed.kind != MANDATE:
        return disclosed.lines
    told = {name: disclosed.lines.get(name, "") for name in MANDATE_LINES}
    return told | {"document": word(words.DOCUMENTS, told["document"])}


def _paper(disclosed: custody.Disclosed) -> dict[str, str | bool] | None:
    """The file of a mandate, to stand in the answer itself: nothing of it is kept for another."""
    if disclosed.content is None:
        return None
    kind = disclosed.lines["type"]
    kind = kind if kind in KNOWN_MEDIA else "application/octet-stream"
    encoded = b64encode(b"".join(disclosed.content)).decode("ascii")
    return {
        "name": disclosed.lines["name"],
        "address": f"data:{kind};base64,{encoded}",
        "is_image": kind.startswith("image/"),
    }


def _download(told: Mapping[str, str], content: Iterator[bytes]) -> Response:
    return attachment(content, name=told["name"], media_type=told["type"], size=int(told["size"]))


def _can_ask() -> bool:
    return may("release.request")


def _can_phone(case: Case, release: Release) -> bool:
    called = may("callback.note") and release.purpose == PURPOSE
    return called and objections.to_phone(console().store, report=case.report_id) is not None


def _can_pay(release: Release) -> bool:
    return may("reward.pay") and release.purpose == "pay_award"
