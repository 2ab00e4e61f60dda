"""The form of a report, shown and shown again; the receipt; and what the form means."""

from typing import Any, Final

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from casework.domain.errors import CaseworkError
from crypto.form_token import issue_form_token, read_form_token
from crypto.receipt import group
from crypto.sending import identity_texts
from portal.csrf import FORM_OPEN_SECONDS_MAX
from portal.errors import MIB
from portal.extensions import public_site
from portal.forms import identity
from portal.forms.report import ReportForm
from portal.forms.wording import MATTER_NAMES, RELATIONS
from portal.sealing import Filed, Submission, department_name, destination, typed_bytes
from portal.uploads import FILES_MAX, SealingRequest
from portal.views.promises import anonymous_rewarded, verification_days
from portal.views.steps import UNSURE

PARTS: Final = ("narrative", "enterprise", "place", "occurred_on", "relation")
CHOSEN: Final = ("region", "sector", "matter", "about")
IDENTITY: Final = ("name", "phone", "id_number", "contact")
TICKS: Final = ("anonymous", "consent")

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


def empty_form(args: MultiDict[str, str]) -> ReportForm:
    """Return the form with the answers to the questions in it, and a fresh token."""
    given = {name: args.get(name, "") for name in CHOSEN}
    if given["about"] == UNSURE:
        given["about"] = ""
    form = ReportForm(data=given)
    give_fresh_token(form)
    return form


def give_fresh_token(form: ReportForm) -> None:
    """Put a new S into the form."""
    here = public_site()
    form.form_token.data = issue_form_token(here.form_key, here.clock.now())


def form_page(form: ReportForm, status: int, trouble: Trouble | None = None) -> Response:
    """Show the form with everything typed."""
    here = public_site()
    if form.form_token.errors:
        give_fresh_token(form)
    page = render_template(
        "report/form.html",
        form=form, chosen=_chosen(form), files_max=FILES_MAX,
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
    return make_response(page, status)


def typed_again(status: int, title: Any, sentence: Any) -> Response:
    """Show the form again after a failure on our side."""
    return form_page(ReportForm(request.form), status, (title, sentence))


def receipt_page(filed: Filed, *, region: str, sector: str) -> Response:
    """Show the code, once."""
    return make_response(
        render_template(
            "report/receipt.html",
            receipt=filed,
            groups=group(filed.code).split(" "),
            verification_days=verification_days(public_site(), region, sector),
        )
    )


def submission_of(form: ReportForm) -> Submission:
    """Turn the valid form and its files into what is sealed; takes the files over."""
    assert isinstance(request, SealingRequest)
    here = public_site()
    data = {name: form[name].data or "" for name in (*CHOSEN, *PARTS, *IDENTITY)}
    ticks = {name: "y" if form[name].data else "" for name in TICKS}
    sending = request.sending
    uploads = request.keep_uploads()
    return Submission(
        region=data["region"], sector=data["sector"], matter=data["matter"],
        about=data["about"] or None, channel="web",
        parts={name: data[name] for name in PARTS if data[name]},
        identity=identity_texts(
            name=data["name"], id_number=identity.id_number(data["id_number"]),
            phone=identity.phone(data["phone"]), contact=data["contact"],
        ),
        sending=sending, uploads=uploads,
        form_secret=read_form_token(
            form.form_token.data or "", here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX
        ),
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
    names["alone"] = len(goal.offices) == 1 and _("只有它能看")
    return names
