"""The list of a batch of payment orders, for the books: references and sums, nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.permissions import requires
from admin.views.interests import met
from admin.views.reward_papers import PDF, tax_words
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.printing import Missing, missing, pdf_of
from casework.queries import cases
from casework.services import bank

bp = Blueprint("bank_cover", __name__, url_prefix="/bank/<batch>")

ARTICLE: Final = "papers/reward/_batch.html"


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One order; *sums* is None where the policy of its case is not at hand any more."""

    reference: str
    gross_fen: int
    sums: Disbursement | None


@dataclass(frozen=True, slots=True)
class BatchPaper:
    """What `papers/pdf.html` asks of every paper."""

    number: str


@bp.get("/cover")
@requires("bank.view")
def cover(batch: str) -> ResponseReturnValue:
    """The list to print, with room for three signatures."""
    return render_template(
        "papers/reward/page.html",
        **_facts(batch),
        has_pdf=missing() is Missing.NOTHING,
        pdf_url=url_for(".cover_pdf", batch=batch),
        back_url=url_for("bank_answers.show_batch", batch=batch),
    )


@bp.get("/cover.pdf")
@requires("bank.view")
def cover_pdf(batch: str) -> ResponseReturnValue:
    """The same as PDF; on a machine that makes none, the page, which says so."""
    facts = _facts(batch)
    if missing() is not Missing.NOTHING:
        return redirect(url_for(".cover", batch=batch))
    answer = Response(pdf_of(render_template("papers/pdf.html", **facts)), mimetype=PDF)
    answer.headers.set("Content-Disposition", "attachment", filename=f"batch-{batch.lower()}.pdf")
    return answer


def _facts(name: str) -> dict[str, object]:
    found = bank.batch_lines(console().store, batch=name)
    if found is None:
        raise NotFound
    batch, orders, _others = found
    if not met().isdisjoint(one.report_id for one in orders):
        raise NotFound  # whoever has no part in one of its cases has none in the list
    lines = _lines(orders)
    told = [one.sums for one in lines if one.sums is not None]
    return {
        "paper": BatchPaper(batch.name),
        "article": ARTICLE,
        "title": _("付款批次清单"),
        "batch": batch,
        "office": current().office,
        "lines": lines,
        "paid_fen": sum(one.order.amount_fen for one in orders),
        "is_whole": len(told) == len(lines),
        "totals": {
            name: sum(getattr(one, name) for one in told)
            for name in ("gross_fen", "cut_fen", "net_fen", "tax_fen", "paid_fen")
        },
        "taxes": sorted({tax_words(one) for one in told}),
    }


def _lines(orders: Sequence[bank.BatchLine]) -> list[CoverLine]:
    """Each order with what of it is cut and taxed, by the policy of its own case."""
    here = console()
    known = cases.several(here.store, reports=[one.report_id for one in orders])
    book = here.rules()
    lines = []
    for one in orders:
        try:
            rule = book.policy_of(known[one.report_id]).claim
        except (UnknownPolicyError, PolicyPinError):
            sums = None
        else:
            sums = disbursement_of(rule, one.gross_fen)
        lines.append(CoverLine(one.order.reference, one.gross_fen, sums))
    return lines
