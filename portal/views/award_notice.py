"""The reporter's own notice of an award: a page to print, and the same as PDF if they want one."""

from typing import Final

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.money import capitals, shown
from casework.domain.policy_rules import ClockRule
from casework.printing import Missing, missing, pdf_of
from casework.services.award_papers import NOTICE, AwardPaper, award_paper
from portal.extensions import public_site
from portal.forms.mailbox import ButtonForm
from portal.forms.wording import CLAIM_WAYS
from portal.sealing import department_name
from portal.views import wording
from portal.views.mailbox import needs_session
from portal.views.mailbox_pages import mailbox_page

# It tells whoever finds it on a shared device as little as can be.
FILE: Final = "notice.pdf"

bp = Blueprint("award_notice", __name__, url_prefix="/follow-up/awards/<award_id>")


@bp.get("/notice")
@needs_session
def notice(award_id: str) -> ResponseReturnValue:
    """Show the notice to its reporter, in a form to print."""
    return _page(_found(award_id))


@bp.post("/notice.pdf")
@needs_session
def notice_pdf(award_id: str) -> ResponseReturnValue:
    """Hand it out as PDF: a choice, for whoever finds the file knows that its holder reported."""
    paper = _found(award_id)
    form = ButtonForm(request.form, session_token=g.session.token)
    if not form.validate() or missing() is not Missing.NOTHING:
        return _page(paper, 422)
    made = pdf_of(render_template("mailbox/award_notice_pdf.html", **_facts(paper)))
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename={FILE}"
    return answer


def _found(award_id: str) -> AwardPaper:
    """The notice of one of the reporter's own awards, once it was agreed to."""
    here = public_site()
    paper = award_paper(
        here.store, report=g.session.report_id, award=award_id, kind=NOTICE, now=here.clock.now()
    )
    if paper is None:
        abort(404)
    return paper


def _page(paper: AwardPaper, status: int = 200) -> Response:
    return mailbox_page(
        "mailbox/award_notice.html", status,
        form=ButtonForm(session_token=g.session.token),
        has_pdf=missing() is Missing.NOTHING, **_facts(paper),
    )  # fmt: skip


def _facts(paper: AwardPaper) -> dict[str, object]:
    amount = paper.award.amount_fen
    ways = paper.policy.claim.ways
    return {
        "paper": paper,
        "lead": department_name(public_site(), paper.case.lead),
        "amount": shown(amount),
        "capitals": capitals(amount),
        "paid": shown(paper.sums.paid_fen) if paper.sums.paid_fen != amount else "",
        "claim_by": _claim_by(paper),
        "ways": [one.name for one in CLAIM_WAYS if one.code in ways],
        "objects_within": _limit(paper.objection_rule),
    }


def _claim_by(paper: AwardPaper) -> str:
    if paper.claim_by is not None:
        return str(_("%(day)s（含当日）前", day=paper.claim_by.isoformat()))
    limit = _limit(paper.claim_rule)
    return str(_("通知送达之日起 %(limit)s内", limit=limit) if limit else _("没有规定"))


def _limit(rule: ClockRule | None) -> str:
    """How long a limit of the policy is; "" where it has none."""
    return f"{rule.value} {wording.UNITS[rule.unit]}" if rule else ""
