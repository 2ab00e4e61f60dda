"""The papers of an award: the notice to the reporter, the voucher of the payment, the announcement.

Made when somebody prints them, from the signed acts, and not stored. None of them has a name, an
account or the day of the report on it. Each is a page to print and the same article as PDF.
"""

from dataclasses import dataclass
from datetime import date
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
from admin.views.papers import number_of
from casework.domain.act_facts import civil_day
from casework.domain.case import Award, AwardState, Case
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.domain.policy import Policy
from casework.printing import Missing, missing, pdf_of
from casework.queries.papers import SignedLine, dossier
from casework.services.clock_working import clocks_of_case

bp = Blueprint("reward_papers", __name__, url_prefix="/cases/<report_id>/papers/awards/<award_id>")

PDF: Final = "application/pdf"
CASH: Final = frozenset({"counter", "voucher", "agent", "card"})
AGREED: Final = frozenset({AwardState.APPROVED, AwardState.CLAIMED, AwardState.PAID})
CLAIMED: Final = frozenset({AwardState.CLAIMED, AwardState.PAID})


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a paper beside the amount.

    Attributes:
        kind: "notice", "voucher" or "announcement"; its article is the template of that name.
        number: names the act on which it rests.
        on: the day of that act, which the paper is dated by.
        claim_by: until when the money can be claimed, in words.
        ways: how it can be claimed; how it was, on a voucher.
        objects_within: how long the reporter may object to it; "" where no policy says.
        forfeits: whether it lapses by that day.
        tax: what is withheld and why, or why nothing is.
    """

    kind: str
    title: str
    office: str
    number: str
    award_number: str
    on: date
    policy: str
    claim_by: str
    ways: tuple[str, ...]
    objects_within: str
    forfeits: bool
    pot: str
    tax: str
    is_cash: bool

    @property
    def article(self) -> str:
        """The template of what is printed."""
        return f"papers/reward/_{self.kind}.html"


@bp.get("/notice")
@requires("case.view")
def notice(report_id: str, award_id: str) -> ResponseReturnValue:
    """The notice that an award waits, for a letter to whoever left an address."""
    return _page(report_id, award_id, "notice")


@bp.get("/notice.pdf")
@requires("case.view")
def notice_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, "notice")


@bp.get("/announcement")
@requires("case.view")
def announcement(report_id: str, award_id: str) -> ResponseReturnValue:
    """What is put up where nobody could be told: the case number and the last day alone."""
    return _page(report_id, award_id, "announcement")


@bp.get("/announcement.pdf")
@requires("case.view")
def announcement_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, "announcement")


@bp.get("/voucher")
@requires("reward.pay")
def voucher(report_id: str, award_id: str) -> ResponseReturnValue:
    """The voucher that the books keep of a payment, for two signatures."""
    return _page(report_id, award_id, "voucher")


@bp.get("/voucher.pdf")
@requires("reward.pay")
def voucher_pdf(report_id: str, award_id: str) -> ResponseReturnValue:
    """The same as PDF."""
    return _pdf(report_id, award_id, "voucher")


def papers_of(case: Case) -> list[tuple[str, str]]:
    """Which papers of awards the case has by now: the id of the award, and the kind."""
    return [
        (award.id, kind)
        for award in _awards(case)
        for kind, states in STATES.items()
        if award.state in states
    ]


STATES: Final = {"notice": AGREED, "announcement": AGREED, "voucher": CLAIMED}
# On which acts each rests; of those that name the award, the newest.
RESTS_ON: Final = {
    "notice": frozenset({"reward.approved", "reward.funded"}),
    "announcement": frozenset({"reward.approved", "reward.funded"}),
    "voucher": frozenset({"reward.claimed", "reward.identified"}),
}


def _page(report_id: str, award_id: str, kind: str) -> ResponseReturnValue:
    case, award = _found(report_id, award_id, kind)
    return render_template(
        "papers/reward/page.html",
        **_facts(case, award, kind),
        has_pdf=missing() is Missing.NOTHING,
        pdf_url=url_for(f".{kind}_pdf", report_id=report_id, award_id=award_id),
        back_url=url_for("cases.show_case", report_id=report_id),
    )


def _pdf(report_id: str, award_id: str, kind: str) -> ResponseReturnValue:
    """The PDF; on a machine that makes none, the page, which says so."""
    case, award = _found(report_id, award_id, kind)
    if missing() is not Missing.NOTHING:
        return redirect(url_for(f".{kind}", report_id=report_id, award_id=award_id))
    facts = _facts(case, award, kind)
    made = pdf_of(render_template("papers/pdf.html", **facts))
    answer = Response(made, mimetype=PDF)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{kind}-{award.id[:8]}.pdf")
    return answer


def _found(report_id: str, award_id: str, kind: str) -> tuple[Case, Award]:
    """The case and its award, if it has come so far that the paper can be made."""
    case = shown_case(report_id)
    if (award_id, kind) not in papers_of(case):
        raise NotFound
    return case, next(one for one in _awards(case) if one.id == award_id)


def _awards(case: Case) -> tuple[Award, ...]:
    return (case.award,) if case.award else ()


def _facts(case: Case, award: Award, kind: str) -> dict[str, object]:
    policy = _policy(case)
    sums = disbursement_of(policy.claim, award.amount_fen)
    return {
        "case": case,
        "award": award,
        "sums": sums,
        "paper": _paper(case, award, kind, policy, sums),
    }


def _policy(case: Case) -> Policy:
    """The policy that the case pins.

    Raises:
        NotFound: it is not among the files of this machine; no paper can cite it.
    """
    try:
        return console().rules().policy_of(case)
    except (UnknownPolicyError, PolicyPinError):
        raise NotFound from None


def _paper(case: Case, award: Award, kind: str, policy: Policy, sums: Disbursement) -> Paper:
    act = _act(case, award, kind)
    ways = policy.claim.ways if kind != "voucher" else (award.how,)
    clock = policy.clocks.get("claim")
    return Paper(
        kind=kind,
        title=word(words.AWARD_PAPERS, kind),
        office=case.lead,
        number=number_of(case, act),
        award_number=award.id[:8].upper(),
        on=civil_day(act.line.at),
        policy=policy.title,
        claim_by=_claim_by(case, policy),
        ways=tuple(word(words.CLAIM_WAYS, one) for one in ways),
        objects_within=_limit(policy, "reward_object"),
        forfeits=clock is not None and clock.on_breach == "forfeit",
        pot=pot_name(award.pot) if award.pot else "",
        tax=_tax(sums),
        is_cash=award.how in CASH,
    )


def _act(case: Case, award: Award, kind: str) -> SignedLine:
    found = dossier(console().store, report=case.report_id)
    named = (
        one
        for one in reversed(found.acts)
        if one.line.kind in RESTS_ON[kind] and one.line.facts.get("award") == award.id
    )
    act = next(named, None)
    if act is None:
        raise NotFound
    return act


def _claim_by(case: Case, policy: Policy) -> str:
    """Until when: a day once the reporter was told, before that the length of the limit."""
    clocks = clocks_of_case(console().store, report=case.report_id, now=console().clock.now())
    running = [one for one in clocks if one.key == "claim"]
    if running:
        return _("%(on)s（含当日）前", on=day(running[-1].due.due_on))
    limit = _limit(policy, "claim")
    return _("通知送达之日起 %(limit)s内", limit=limit) if limit else _("没有规定")


def _limit(policy: Policy, key: str) -> str:
    """How long a limit of the policy is; "" where it has none."""
    rule = policy.clocks.get(key)
    return limit_words(rule) if rule else ""


def _tax(sums: Disbursement) -> str:
    """What is withheld, or why nothing is."""
    cite = cited(f"{sums.basis.doc} {sums.basis.clause}")
    if sums.is_exempt:
        return _("暂免征收个人所得税，依据：%(cite)s。", cite=cite)
    return _("代扣税款依据：%(cite)s。", cite=cite)
