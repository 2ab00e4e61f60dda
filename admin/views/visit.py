"""On-site verification: two are named, add photos, record what they found, and both sign."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import desk, photos, reading
from admin.auth import current
from admin.errors import explain
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.visit import (
    ALLEGATIONS,
    DropForm,
    PhotosForm,
    PlanForm,
    RecordForm,
    ReturnForm,
    SignForm,
    record_form,
)
from admin.forms.visit_words import PURPOSES
from admin.forms.words import CLEANED, word
from admin.permissions import open_acts, requires
from admin.photos import AT_ONCE_MAX, PhotoRefusedError, SealedPhoto
from admin.signing import attempt, deed, sign_act
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.visit_text import Record, texts_of_visit
from casework.domain.case import Case
from casework.domain.case_turns import Visit
from casework.domain.checklists import checklist_of
from casework.domain.errors import CaseworkError, OutcomeUnknownError
from casework.domain.reward_facts import REWARD_MATTERS
from casework.domain.visit import purposes, standing
from casework.services import visits
from cleaning.inspection import UNKNOWN
from crypto.canonical import JSON

bp = Blueprint("visit", __name__, url_prefix="/cases/<report_id>/visits")


@bp.route("/plan", methods=["GET", "POST"])
@requires("visit.plan")
def plan(report_id: str) -> ResponseReturnValue:
    """Open a visit: for what, and which two go."""
    case = shown_case(report_id)
    form = PlanForm(posted())
    offered = purposes(case, current().office)
    form.purpose.choices = [(one, PURPOSES[one]) for one in offered]
    if request.method == "GET" and len(offered) == 1:
        form.purpose.data = offered[0]
    named = {
        one for purpose in offered for one in visits.officers_for(case, purpose, console().trust())
    }
    form.officers.choices = [(one, _who(one)) for one in sorted(named)]

    def act() -> None:
        facts: dict[str, JSON] = {
            "purpose": form.purpose.data,
            "officers": [*(form.officers.data or [])],
            **({"unannounced": 1} if form.unannounced.data else {}),
        }
        attempt(
            report_id,
            lambda case: visits.plan_visit(
                console().store,
                act=sign_act(case, "visit.planned", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("visit_planned", "cases.show_case", report_id=report_id)
    return show("visit/plan.html", form, case, offered=offered)


@bp.route("/photos", methods=["GET", "POST"], endpoint="photos")
@requires("visit.record")
def photos_page(report_id: str) -> ResponseReturnValue:
    """Add photos: cleaned and sealed before anything is stored."""
    case, visit = _open_visit(report_id)
    form = PhotosForm(posted())
    if submitted(form):
        sent = [one for one in request.files.getlist("files") if one.filename]
        try:
            _add(case, visit, [(one.filename or "", one.read()) for one in sent], form)
        except (CaseworkError, reading.UnreadableError) as refusal:
            form.refuse(explain(refusal))
        if not form.errors:
            return after("photos_added", "visit.record", report_id=report_id)
    return show("visit/photos.html", form, case, visit=visit)


@bp.route("/record", methods=["GET", "POST"])
@requires("visit.record")
def record(report_id: str) -> ResponseReturnValue:
    """Record what was found; the other officer signs it."""
    case, visit = _open_visit(report_id)
    listed, found = checklist_of(case.matter), texts_of_visit(case, visit)
    before = found.records[-1] if found.records else None
    form: RecordForm = record_form(listed, visit.photos)(
        posted(), data=_typed(before) if before else None
    )
    if not _opens_a_claim(case):
        del form.at_first
    form.today, form.planned_on = console().clock.today(), date.fromisoformat(visit.planned_on)
    if request.method == "GET" and before is None:
        form.visited_on.data = form.today

    def act() -> None:
        signs = deed(form.password.data or "")
        told = form.told(visits.photo_digests(console().store, report=report_id))
        text = desk.seal_visit_record(reading.keys_of(case), told)
        chosen: list[JSON] = [*form.chosen]
        facts: dict[str, JSON] = {
            "visit": visit.ordinal,
            "visited_on": told["visited_on"],
            "result": told["result"],
            "checklist": listed.id,
            "checklist_sha256": listed.sha256,
            **({"photos": chosen} if chosen else {}),
            **({"at_first": 1} if form.at_first and form.at_first.data else {}),
        }
        attempt(
            report_id,
            lambda case: visits.record_visit(
                console().store,
                act=signs.sign(case, "visit.recorded", facts, added=[text]),
                text=text,
                blobs=console().blobs,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return _to(visit, "visit_recorded", report_id)
    return show("visit/record.html", form, case, visit=visit, found=found)


@bp.route("/sign", methods=["GET", "POST"])
@requires("visit.record")
def sign(report_id: str) -> ResponseReturnValue:
    """Read the record that the other officer made, and sign that very one."""
    case, visit = _open_visit(report_id)
    form = SignForm(posted())
    if not visit.recorded:
        raise NotFound
    if request.method == "GET":
        form.record.data = visits.record_digest(console().store, report=report_id, visit=visit)

    def act() -> None:
        signs = deed(form.password.data or "")
        facts: dict[str, JSON] = {
            "visit": visit.ordinal,
            "recorded": visit.recorded,
            "record": form.record.data,
        }
        attempt(
            report_id,
            lambda case: visits.sign_visit(
                console().store,
                act=signs.sign(case, "visit.signed", facts),
                blobs=console().blobs,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return _to(visit, "visit_signed", report_id)
    changed = visits.changed_photos(
        console().store, report=report_id, visit=visit, blobs=console().blobs
    )
    found = texts_of_visit(case, visit)
    return show("visit/sign.html", form, case, visit=visit, found=found, changed=changed)


@bp.route("/return", methods=["GET", "POST"])
@requires("visit.record")
def send_back(report_id: str) -> ResponseReturnValue:
    """Send the record back with what is wrong."""
    case, visit = _open_visit(report_id)
    form = ReturnForm(posted())
    if request.method == "GET":
        form.recorded.data = str(visit.recorded)

    def act() -> None:
        text = desk.seal_visit_note(reading.keys_of(case), form.note.data or "")
        typed = form.recorded.data or ""
        is_ordinal = typed.isascii() and typed.isdigit() and len(typed) < 9
        recorded = int(typed) if is_ordinal else 0
        facts: dict[str, JSON] = {"visit": visit.ordinal, "recorded": max(recorded, 1)}
        attempt(
            report_id,
            lambda case: visits.return_visit(
                console().store,
                act=sign_act(case, "visit.returned", facts, added=[text]),
                text=text,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return _to(visit, "visit_returned", report_id)
    return show("visit/return.html", form, case, visit=visit)


@bp.route("/drop", methods=["GET", "POST"])
@requires("visit.drop")
def drop(report_id: str) -> ResponseReturnValue:
    """Give up the visit that is open."""
    case, visit = _open_visit(report_id)
    form = DropForm(posted())

    def act() -> None:
        facts: dict[str, JSON] = {"visit": visit.ordinal, "reason_code": form.reason_code.data}
        attempt(
            report_id,
            lambda case: visits.drop_visit(
                console().store,
                act=sign_act(case, "visit.dropped", facts),
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("visit_dropped", "cases.show_case", report_id=report_id)
    return show("visit/drop.html", form, case, visit=visit)


@bp.get("/<int:ordinal>")
@requires("case.open")
def show_visit(report_id: str, ordinal: int) -> ResponseReturnValue:
    """A visit with its record, its photos, and what may be done with it now."""
    case = shown_case(report_id)
    visit = next((one for one in case.visits if one.ordinal == ordinal), None)
    if visit is None:
        raise NotFound
    return render_template(
        "visit/show.html",
        case=case,
        visit=visit,
        found=texts_of_visit(case, visit),
        acts=open_acts(case) if standing(case) == visit else frozenset(),
    )


def _to(visit: Visit, done: str, report_id: str) -> ResponseReturnValue:
    return after(done, "visit.show_visit", report_id=report_id, ordinal=visit.ordinal)


def _opens_a_claim(case: Case) -> bool:
    """Whether a first check that finds it true opens the claim to an award, by the policy."""
    policy = console().policies.by_id.get(case.policy_id)
    is_first = policy is not None and policy.claim.opens_on == "first_check"
    return is_first and case.finding is None and case.matter in REWARD_MATTERS


def _open_visit(report_id: str) -> tuple[Case, Visit]:
    case = shown_case(report_id)
    visit = standing(case)
    if visit is None:
        raise NotFound
    return case, visit


def _add(case: Case, visit: Visit, sent: list[tuple[str, bytes]], form: PhotosForm) -> None:
    """Clean, seal and add what was sent; one that cannot be cleaned keeps all out.

    Raises:
        CaseworkError: the rules refuse it, or it could not be stored.
        UnreadableError: this person's office does not hold the keys.
    """
    if not 0 < len(sent) <= AT_ONCE_MAX:
        form.refuse(_("请选择 1 到 %(n)d 张照片。", n=AT_ONCE_MAX))
        return
    cleaned = []
    for name, content in sent:
        try:
            cleaned.append(photos.clean(name, content))
        except PhotoRefusedError as refusal:
            form.refuse(_refused(refusal))
    if form.errors:
        return
    keys = reading.keys_of(case)
    sealed: list[SealedPhoto] = []
    try:
        sealed.extend(photos.seal(keys, one) for one in cleaned)
        attempt(case.report_id, lambda case: _added(case, visit, sealed))
    except OutcomeUnknownError:
        raise  # nobody knows what was stored: the sweep of orphaned blobs decides later
    except Exception:
        photos.discard(sealed)
        raise


def _added(case: Case, visit: Visit, sealed: list[SealedPhoto]) -> Case:
    files, infos = [one.file for one in sealed], [one.info for one in sealed]
    ids: list[JSON] = [one.id for one in files]
    return visits.add_photos(
        console().store,
        act=sign_act(
            case,
            "visit.photographed",
            {"visit": visit.ordinal, "photos": ids},
            added=[*files, *infos],
        ),
        files=files,
        infos=infos,
        trust=console().trust(),
        now=console().clock.now(),
    )


def _refused(refusal: PhotoRefusedError) -> str:
    if refusal.reason == "virus":
        return _("%(name)s：发现病毒，没有保存。", name=refusal.name)
    if refusal.reason == UNKNOWN:
        return _("%(name)s：不是照片，没有保存。", name=refusal.name)
    reason = word(CLEANED, refusal.reason)
    return _("%(name)s：%(reason)s，没有保存。", name=refusal.name, reason=reason)


def _typed(record: Record) -> dict[str, Any]:
    """An earlier record as the form has it, so that only what was wrong is typed anew."""
    told = record.told
    typed: dict[str, Any] = {
        name: told[name] for name in ("time", "place", "present", "account", "result", "left")
    }
    typed["visited_on"] = date.fromisoformat(told["visited_on"])
    typed["allegations"] = [
        *told["allegations"],
        *({"finding": "", "told": ""},) * (ALLEGATIONS - len(told["allegations"])),
    ]
    for one in told["checklist"]:
        typed[f"answer_{one['id']}"], typed[f"note_{one['id']}"] = one["answer"], one["note"]
    for one in told["photos"]:
        typed[f"caption_{one['id']}"] = one["caption"]
    return typed


def _who(account: str) -> str:
    office = console().trust().member(account).office
    return _(
        "%(what)s（%(told)s）", what=console().person(account), told=console().office_name(office)
    )
