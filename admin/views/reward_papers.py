"""The papers of an award: the notice to the reporter, the voucher of the payment, the announcement.

Made when somebody prints them, from the signed acts, and not stored. None of them has a name, an
account or the day of the report on it. Each is a page to print and the same article as PDF.
"""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import words
from admin.forms.pots import pot_name
from admin.forms.words import word
from admin.language import cited, day
from admin.permissions import requires
from admin.views.acting import shown_case
from admin.views.deadline_panel import limit_words
from casework.domain.disbursement import Disbursement
from casework.domain.policy_rules import ClockRule
from casework.printing import Missing, missing, pdf_of
from casework.services.award_papers import (
    ANNOUNCEMENT,
    LAPSED,
    NOTICE,
    VOUCHER,
    AwardPaper,
    award_paper,
)

bp = Blueprint("reward_papers", __name__, url_prefix="/cases/<report_id>/papers/awards/<award_id>")

PDF: Final = "application/pdf"
TRANSFER: Final = "account"
CARD: Final = "card"


@bp.get("/notice")
@requires("case.view")
def notice(report_id: str, award_id: str) -> ResponseReturnValue:
    """The notice that an award waits, for a letter to whoever left an address."""
    return _page(report_id, award_id, NOTICE)


@bp.get("/notice.pdf")
@requires("case.view")
def notice_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, NOTICE)


@bp.get("/announcement")
@requires("case.view")
def announcement(report_id: str, award_id: str) -> ResponseReturnValue:
    """What is put up where nobody could be told: the case number and the last day alone."""
    return _page(report_id, award_id, ANNOUNCEMENT)


@bp.get("/announcement.pdf")
@requires("case.view")
def announcement_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, ANNOUNCEMENT)


@bp.get("/lapsed")
@requires("case.view")
def lapsed(report_id: str, award_id: str) -> ResponseReturnValue:
    """What is put up when nobody claimed it in time: the case number alone."""
    return _page(report_id, award_id, LAPSED)


@bp.get("/lapsed.pdf")
@requires("case.view")
def lapsed_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, LAPSED)


@bp.get("/voucher")
@requires("reward.pay")
def voucher(report_id: str, award_id: str) -> ResponseReturnValue:
    """The voucher that the books keep of a payment, for two signatures."""
    return _page(report_id, award_id, VOUCHER)


@bp.get("/voucher.pdf")
@requires("reward.pay")
def voucher_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, VOUCHER)


def _page(report_id: str, award_id: str, kind: str) -> ResponseReturnValue:
    return render_template(
        "papers/reward/page.html",
        **_facts(_found(report_id, award_id, kind)),
        has_pdf=missing() is Missing.NOTHING,
        pdf_url=url_for(f".{kind}_pdf", report_id=report_id, award_id=award_id),
        back_url=url_for("cases.show_case", report_id=report_id),
    )


def _pdf(report_id: str, award_id: str, kind: str) -> ResponseReturnValue:
    """The PDF; on a machine that makes none, the page, which says so."""
    paper = _found(report_id, award_id, kind)
    if missing() is not Missing.NOTHING:
        return redirect(url_for(f".{kind}", report_id=report_id, award_id=award_id))
    answer = Response(pdf_of(render_template("papers/pdf.html", **_facts(paper))), mimetype=PDF)
    name = f"{kind}-{paper.award_number.lower()}.pdf"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _found(report_id: str, award_id: str, kind: str) -> AwardPaper:
    """The paper, if the case concerns the person and has come so far that there is one."""
    shown_case(report_id)
    here = console()
    paper = award_paper(
        here.store, report=report_id, award=award_id, kind=kind, now=here.clock.now()
    )
    if paper is None:
        raise NotFound
    return paper


def _facts(paper: AwardPaper) -> dict[str, object]:
    offered = paper.policy.claim.ways if paper.has_mailbox else (CARD,)
    ways = (paper.award.how,) if paper.kind == VOUCHER else offered
    return {
        "paper": paper,
        "article": f"papers/reward/_{paper.kind}.html",
        "title": word(words.AWARD_PAPERS, paper.kind),
        "claim_by": _claim_by(paper),
        "ways": [word(words.CLAIM_WAYS, one) for one in ways],
        "objects_within": _limit(paper.objection_rule),
        "pot": pot_name(paper.award.pot) if paper.award.pot else "",
        "tax": tax_words(paper.sums),
        "is_cash": paper.award.how != TRANSFER,
    }


def _claim_by(paper: AwardPaper) -> str:
    """Until when: a day once the reporter was told, before that the length of the limit."""
    if paper.claim_by is not None:
        return _("%(on)s（含当日）前", on=day(paper.claim_by))
    limit = _limit(paper.claim_rule)
    return _("通知送达之日起 %(limit)s内", limit=limit) if limit else _("没有规定")


def _limit(rule: ClockRule | None) -> str:
    """How long a limit of the policy is; "" where it has none."""
    return limit_words(rule) if rule else ""


def tax_words(sums: Disbursement) -> str:
    """What is withheld, or why nothing is."""
    cite = cited(f"{sums.basis.doc} {sums.basis.clause}")
    if sums.is_exempt:
        return _("暂免征收个人所得税，依据：%(cite)s。", cite=cite)
    return _("代扣税款依据：%(cite)s。", cite=cite)
