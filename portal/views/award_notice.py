"""The reporter's own papers of an award: the notice, and the voucher of a claim; PDF on request."""

from typing import Final

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.money import capitals, shown
from casework.domain.policy_rules import ClockRule
from casework.printing import Missing, missing, pdf_of
from casework.services import award_papers as papers
from casework.services.award_papers import AwardPaper, award_paper
from crypto.claim_number import claim_hash, read_claim_number
from crypto.errors import CodeError
from portal.extensions import public_site
from portal.forms.mailbox import ButtonForm
from portal.forms.wording import CLAIM_WAYS, VOUCHER
from portal.sealing import department_name
from portal.views import wording
from portal.views.mailbox import needs_session
from portal.views.mailbox_pages import mailbox_page

# It tells whoever finds it on a shared device as little as can be.
FILE: Final = "notice.pdf"
VOUCHER_FILE: Final = "voucher.pdf"

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
    return _download(render_template("mailbox/award_notice_pdf.html", **_facts(paper)), FILE)


@bp.post("/voucher.pdf")
@needs_session
def voucher_pdf(award_id: str) -> ResponseReturnValue:
    """Hand out the voucher that was just drawn; its number comes from the page that shows it once.

    Nothing here keeps the number: only who has it gets the voucher, and only while it counts.
    """
    here, paper = public_site(), _found(award_id, papers.VOUCHER)
    form = ButtonForm(request.form, session_token=g.session.token)
    try:
        number = read_claim_number(request.form.get("number", ""))
    except CodeError:
        abort(404)
    is_drawn = claim_hash(number, pepper=here.receipt_pepper) == paper.award.claim_hash
    if not is_drawn or paper.award.how != VOUCHER or missing() is not Missing.NOTHING:
        abort(404)
    if not form.validate():
        abort(403)
    paid = paper.sums.paid_fen
    facts = {
        "lead": department_name(here, paper.payer),
        "number": paper.case.case_number,
        "groups": [number[at : at + 4] for at in range(0, len(number), 4)],
        "until": paper.claim_by,
        "amount": shown(paid),
        "capitals": capitals(paid),
    }
    return _download(render_template("mailbox/award_voucher_pdf.html", **facts), VOUCHER_FILE)


def _found(award_id: str, kind: str = papers.NOTICE) -> AwardPaper:
    """A paper of one of the reporter's own awards, once it has come so far."""
    here = public_site()
    paper = award_paper(
        here.store, report=g.session.report_id, award=award_id, kind=kind, now=here.clock.now()
    )
    if paper is None:
        abort(404)
    return paper


def _download(page: str, name: str) -> Response:
    answer = Response(pdf_of(page), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


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
