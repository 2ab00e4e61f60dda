"""The form of a report, shown and shown again; the receipt; and what the form means."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.csrf.core import CSRFTokenField

from casework.domain.case import Matter
from casework.domain.errors import CaseworkError
from casework.domain.reward_facts import REWARD_MATTERS
from casework.domain.urgency import scope_of
from crypto.form_token import issue_form_token, read_form_token
from crypto.receipt import group
from crypto.sending import identity_texts
from portal.csrf import FORM_OPEN_SECONDS_MAX, token_before_session
from portal.errors import MIB
from portal.extensions import public_site
from portal.forms import identity
from portal.forms.files import FOR_CUSTODIANS, NOT_CLEANED
from portal.forms.report import MISCONDUCT, ReportForm
from portal.forms.wording import MATTER_NAMES, RELATIONS
from portal.language import link
from portal.sealing import (
    Filed,
    ForCustodians,
    NotCleaned,
    Submission,
    department_name,
    destination,
    typed_bytes,
)
from portal.uploads import FILES_MAX, SealingRequest
from portal.views.prepared import filled, mark
from portal.views.promises import anonymous_rewarded, verification_days
from portal.views.steps import CALLS, UNSURE, sorted_as

PARTS: Final = ("narrative", "enterprise", "place", "occurred_on", "relation")
CHOSEN: Final = ("region", "sector", "matter", "about", "scope")
IDENTITY: Final = ("name", "phone", "id_number", "contact")
TICKS: Final = ("urgent", "anonymous", "consent", "keep_originals", "identity_consent")

Trouble = tuple[Any, Any]
USED: Final[Trouble] = (
    _l("这张表已经提交过一次"),
    _l(
        "之前提交的内容已经登记，现在的内容和那时不同。是另一件事，请再按一次提交；是补充，请用查询码进入信箱。"
    ),
)
SPENT: Final[Trouble] = (
    _l("这张表已经提交过了"),
    _l(
        "查询码已经用过，或者过了一小时，不再显示。请用抄下的查询码查询；要举报另一件事，请再按一次提交。"
    ),
)


def empty_form(args: Mapping[str, str]) -> Response:
    """Show the form with the answers to the questions in it, and fresh tokens."""
    here = public_site()
    given = {name: args.get(name, "") for name in CHOSEN} | sorted_as(args)
    if given["matter"] != MISCONDUCT or given["about"] == UNSURE:
        given["about"] = ""
    key = ("form", str(get_locale()), here.clock.today(), *given.values())
    texts = {
        "form_token": fresh_token(),
        "csrf_token": token_before_session(),
        "language_link": link(),
    }
    return make_response(filled(here, key, lambda: _form_with_marks(given), texts))


def _form_with_marks(given: Mapping[str, str]) -> str:
    form = ReportForm(data={**given, "urgent": bool(given["urgent"])})
    form.form_token.data = mark("form_token")
    own = form["csrf_token"]
    assert isinstance(own, CSRFTokenField)
    own.current_token = mark("csrf_token")
    return _form_html(form, 200, language_link=mark("language_link"))


def fresh_token() -> str:
    """Draw a new S."""
    here = public_site()
    return issue_form_token(here.form_key, here.clock.now())


def form_page(form: ReportForm, status: int, trouble: Trouble | None = None) -> Response:
    """Show the form with everything typed."""
    if form.form_token.errors:
        form.form_token.data = fresh_token()
    return make_response(_form_html(form, status, trouble), status)


def _form_html(form: ReportForm, status: int, trouble: Trouble | None = None, **own: str) -> str:
    here = public_site()
    return render_template(
        "report/form.html",
        form=form, chosen=_chosen(form), elsewhere=scope_of(form.scope.data or ""), calls=CALLS,
        files_max=FILES_MAX,
        **own,
        megabytes_max=here.settings.upload_bytes_max // MIB,
        trouble={"title": trouble[0], "sentence": trouble[1]} if trouble else None,
        files_lost=status != 200 and _had_files(),
        regions=here.choices.regions.values(), sectors=here.choices.sectors.values(),
        departments=here.choices.departments.values(),
        matters=[{"code": code, "name": name} for code, name in MATTER_NAMES.items()],
        relations=RELATIONS,
        anonymous_rewarded=anonymous_rewarded(
            here, form.region.data or here.instance.region, form.sector.data or ""
        ),
    )  # fmt: skip


def typed_again(status: int, title: Any, sentence: Any) -> Response:
    """Show the form again after a failure on our side."""
    return form_page(ReportForm(request.form), status, (title, sentence))


def receipt_page(
    filed: Filed, *, region: str, sector: str, matter: str, urgent: bool = False
) -> Response:
    """Show the code, once."""
    here = public_site()
    days = verification_days(here, region, sector)
    files = {f"file{number}": one.name for number, one in enumerate(filed.not_cleaned)}
    reasons = {
        f"reason{number}": str(NOT_CLEANED[one.reason])
        for number, one in enumerate(filed.not_cleaned)
    }
    sealed = {f"sealed{number}": one.name for number, one in enumerate(filed.for_custodians)}
    whats = {
        f"what{number}": str(FOR_CUSTODIANS[one.what])
        for number, one in enumerate(filed.for_custodians)
    }
    groups = {f"group{number}": four for number, four in enumerate(group(filed.code).split(" "))}
    texts = {
        "case_number": filed.case_number, **groups, **files, **reasons, **sealed, **whats,
    }  # fmt: skip
    marked = replace(
        filed,
        case_number=mark("case_number"),
        not_cleaned=tuple(map(NotCleaned, map(mark, files), map(mark, reasons))),
        for_custodians=tuple(map(ForCustodians, map(mark, sealed), map(mark, whats))),
    )

    def render() -> str:
        return render_template(
            "report/receipt.html",
            receipt=marked, calls=CALLS if urgent else (),
            groups=[mark(name) for name in groups], verification_days=days,
            rewarded=matter in REWARD_MATTERS, protected=matter == Matter.RETALIATION,
        )  # fmt: skip

    known = (
        filed.lead,
        filed.supervisor,
        filed.discipline,
        filed.received_on,
        days,
        len(files),
        len(sealed),
    )
    key = ("receipt", str(get_locale()), urgent, matter, *known)
    return make_response(filled(here, key, render, texts))


def form_secret(form: ReportForm) -> bytes:
    """Return S of a valid form, by which the same form is known when it is sent again."""
    here = public_site()
    return read_form_token(
        form.form_token.data or "", here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX
    )


def submission_of(form: ReportForm) -> Submission:
    """Turn the valid form and its files into what is sealed; takes the files over."""
    assert isinstance(request, SealingRequest)
    data = {name: form[name].data or "" for name in (*CHOSEN, *PARTS, *IDENTITY)}
    ticks = {name: "y" if form[name].data else "" for name in TICKS}
    sending = request.sending
    uploads = request.keep_uploads()
    return Submission(
        region=data["region"], sector=data["sector"], matter=data["matter"],
        about=data["about"] or None, channel="web",
        urgent=bool(form.urgent.data), scope=data["scope"],
        parts={name: data[name] for name in PARTS if data[name]},
        identity=identity_texts(
            name=data["name"], id_number=identity.id_number(data["id_number"]),
            phone=identity.phone(data["phone"]), contact=data["contact"],
        ),
        sending=sending, uploads=uploads,
        form_secret=form_secret(form),
        typed=typed_bytes(data | ticks, uploads),
    )  # fmt: skip


def _had_files() -> bool:
    return isinstance(request, SealingRequest) and request.had_files


def _chosen(form: ReportForm) -> dict[str, Any]:
    """Name what was chosen, and who will get it: said before anything is typed."""
    here = public_site()
    choices = here.choices
    region = choices.regions.get(form.region.data or "")
    sector = choices.sectors.get(form.sector.data or "")
    matter = form.matter.data or ""
    names: dict[str, Any] = {
        "region": region and region.name,
        "sector": sector and sector.name,
        "matter": MATTER_NAMES.get(matter),
        "about": form.about.data and department_name(here, form.about.data),
    }
    if region is None or sector is None or matter not in MATTER_NAMES:
        return names
    try:
        goal = destination(
            here, region=region.code, sector=sector.code, matter=matter,
            about=form.about.data or None,
        )  # fmt: skip
    except CaseworkError:
        return names
    names["lead"] = department_name(here, goal.lead)
    names["supervisor"] = department_name(here, goal.supervisor)
    names["discipline"] = goal.copied and department_name(here, goal.copied)
    names["alone"] = len(goal.offices) == 1 and _("只有它能看")
    return names
