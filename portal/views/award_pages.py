"""The pages about a reporter's awards: each by itself, with its working and its ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Response, g
from flask_babel import gettext as _

from casework.domain.award import quote_facts
from casework.domain.award_opening import may_declare
from casework.domain.award_review import OBJECTED
from casework.domain.award_sharing import tells_of_others
from casework.domain.award_values import UNDECIDED, Award, AwardState
from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from casework.domain.money import shown
from casework.domain.reward import Step, quote
from casework.domain.reward_facts import REWARD_MATTERS
from casework.domain.transitions import TRANSITIONS
from casework.printing import Missing, missing
from casework.services.award_papers import NOTICE, papers_of
from casework.services.award_reviews import last_day
from casework.services.mailbox import MailboxView
from portal import awards, mailbox
from portal.extensions import PublicSite, public_site
from portal.forms.awards import (
    DOCUMENTS,
    RELATED,
    AwardObjectionForm,
    ClaimForm,
    DeclarationForm,
    MandateForm,
)
from portal.forms.mailbox import ButtonForm
from portal.forms.wording import CLAIM_WAYS, MATTER_NAMES, VOUCHER, Choice
from portal.sealing import department_name
from portal.views import award_wording, wording
from portal.views.limits import Limit, limits_of
from portal.views.mailbox_pages import mailbox_page

CLAIMABLE: Final = frozenset({AwardState.NOTIFIED, AwardState.CLAIMED})
TOLD: Final = frozenset({"reward.claimed", "reward.undone", "reward.returned", "reward.paid"})
_WAITED_FOR: Final = frozenset({"claim"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One award, as its reporter reads it.

    Attributes:
        amount: empty until the whole ladder has agreed.
        notes: what else is to be said, one sentence each.
        how: the way that was chosen, in words; "" before.
        steps: the working that was agreed to; empty where it cannot be shown.
        limits: until when it may be claimed.
    """

    id: str
    state: Any
    amount: str
    notes: tuple[Any, ...]
    how: Any
    steps: tuple[Step, ...]
    limits: tuple[Limit, ...]
    may_claim: bool
    may_object: bool
    object_until: date | None
    has_notice: bool


def reward_page(
    form: ClaimForm, status: int = 200, trouble: Any = None, *, done: str = ""
) -> Response:
    """Show each award, and ask how the one that was chosen shall be paid."""
    here = public_site()
    view = mailbox.view_of(here, g.session)
    found = [award_shown(here, view, one) for one in view.case.awards]
    claimable = [one for one in found if one.may_claim]
    chosen = next((one for one in claimable if one.id == form.award.data), None)
    chosen = chosen or (claimable[0] if claimable else None)
    form.award.data = chosen.id if chosen else ""
    return mailbox_page(
        "mailbox/reward.html", status,
        form=form, trouble=trouble, awards=found, chosen=chosen, shown=shown,
        ways=ways_of(here, view.case), done=wording.DONE.get(done),
        declaration=_declared(view.case), may_declare=declares(view.case),
    )  # fmt: skip


def ways_of(here: PublicSite, case: Case) -> list[Choice]:
    """Return the ways of claiming that the policy of the case allows, in its order."""
    known = {one.code: one for one in CLAIM_WAYS}
    try:
        allowed = here.rules.current().policy_of(case).claim.ways
    except CaseworkError:
        return []
    return [known[one] for one in allowed]


def award_shown(here: PublicSite, view: MailboxView, award: Award) -> Shown:
    """Return one award of the case in words."""
    case, state = view.case, award.state
    is_told = state.value in wording.AMOUNT_SHOWN
    until = last_day(here.rules.current(), case, here.clock.now()) if _is_objected(award) else None
    in_time = until is None or here.clock.today() <= until
    ways = {one.code: one.name for one in CLAIM_WAYS} | {"card": _("凭身份证到窗口领")}
    waits = state is AwardState.NOTIFIED
    return Shown(
        id=award.id,
        state=wording.AWARDS[state],
        amount=shown(award.amount_fen) if is_told else "",
        notes=tuple(_notes(view, award)),
        how=ways.get(award.how, ""),
        steps=working(here, case, award) if is_told else (),
        limits=tuple(limits_of(here, case, only=_WAITED_FOR)) if waits else (),
        may_claim=state in CLAIMABLE and case.state in TRANSITIONS["reward.claimed"].states,
        may_object=_is_objected(award) and not award.objected and in_time,
        object_until=until,
        has_notice=(award.id, NOTICE) in papers_of(case),
    )


def _is_objected(award: Award) -> bool:
    return award.state in OBJECTED


def _notes(view: MailboxView, award: Award) -> list[Any]:
    notes: list[Any] = []
    if award.state in UNDECIDED and award.reason in award_wording.WAITS:
        notes.append(award_wording.WAITS[award.reason])
    if award.state is AwardState.REJECTED and award.refused in award_wording.REFUSED:
        notes.append(_("理由：%(reason)s。", reason=award_wording.REFUSED[award.refused]))
    if award.state is AwardState.RECALLED:
        reason = award_wording.RECALLED.get(award.recall_reason, "")
        amount = shown(award.recall_fen)
        notes.append(_("须退回 %(amount)s，理由：%(reason)s。", amount=amount, reason=reason))
    if award.state is AwardState.LAPSED:
        notes.append(
            _("没有在期限内领取，钱已经退回奖励资金。有正当理由的，请留言说明，可以恢复领取。")
        )
    if award.objected:
        notes.append(_("您对这份奖励提出了异议，正在复核。"))
    failed = _failed(view, award)
    if failed is not None:
        notes.append(
            _("银行没有付成：%(reason)s。请核对账户，重新选择怎样领取。",
              reason=award_wording.BANK[failed])
        )  # fmt: skip
    return notes


def _failed(view: MailboxView, award: Award) -> str | None:
    """Why the bank did not pay, if that is the newest about the claim; None else."""
    if award.state not in CLAIMABLE:
        return None
    for entry in reversed(view.entries):
        if entry.kind in TOLD and entry.facts.get("award") == award.id:
            code = str(entry.facts.get("reason_code", ""))
            return code if code in award_wording.BANK else None
    return None


def working(here: PublicSite, case: Case, award: Award) -> tuple[Step, ...]:
    """Work the award out again, and show it only if it is the working that was approved.

    Of an award that reporters of several reports share it would tell each of the others.
    """
    if tells_of_others(case, award):
        return ()
    for named, lifted in ((True, False), (False, False), (True, True), (False, True)):
        try:
            policy = here.policies.get(case.policy_id)
            worked = quote(policy, quote_facts(case, named=named, lifted=lifted))
        except CaseworkError:
            return ()
        if worked.sha256 == award.trace_sha256:
            return worked.trace
    return ()


# ---- what is declared -----------------------------------------------------------------------


def declares(case: Case) -> bool:
    """Whether a declaration could still change the award."""
    states = TRANSITIONS["reward.declared"].states
    return case.matter in REWARD_MATTERS and case.state in states and may_declare(case)


def _declared(case: Case) -> Mapping[str, Any] | None:
    """What was declared last, in words; None where nothing was."""
    said = case.declared
    if said is None:
        return None
    form = DeclarationForm().fill(said)
    relation = next((one.name for one in RELATED if one.code == said.relation), "")
    prior = [
        {"day": day.data, "amount": amount.data, "matter": MATTER_NAMES[matter.data]}
        for day, amount, matter in form.rows()
        if day.data
    ]
    return {"relation": relation, "signers": said.signers, "prior": prior}


def declaration_page(form: DeclarationForm, status: int = 200, trouble: Any = None) -> Response:
    """Ask for relation and earlier awards; say what for, and who reads it."""
    here = public_site()
    case = mailbox.view_of(here, g.session).case
    return mailbox_page(
        "mailbox/declaration.html", status,
        form=form, trouble=trouble, may=declares(case), relations=RELATED,
        lead=department_name(here, case.lead),
        matters=[one for one in MATTER_NAMES.items() if one[0] in REWARD_MATTERS],
    )  # fmt: skip


# ---- one award ------------------------------------------------------------------------------


def mandate_page(award: str, form: MandateForm, status: int = 200, trouble: Any = None) -> Response:
    """Ask who comes in the reporter's place, and for the mandate."""
    return mailbox_page(
        "mailbox/mandate.html", status,
        form=form, trouble=trouble, award=award, documents=DOCUMENTS,
        files_lost=status != 200 and not form.identity_files.errors,
    )  # fmt: skip


def award_objection_page(
    award: str, form: AwardObjectionForm, status: int = 200, trouble: Any = None
) -> Response:
    """Ask what is wrong with the award; where it is too late, say since when."""
    here = public_site()
    view = mailbox.view_of(here, g.session)
    found = view.case.award_called(award)
    return mailbox_page(
        "mailbox/award_objection.html", status,
        form=form, trouble=trouble, gone=not g.session.threads,
        award=None if found is None else award_shown(here, view, found),
        office=department_name(here, view.case.supervisor or view.case.lead),
    )  # fmt: skip


def numbers_page(numbers: awards.Numbers, how: str, award_id: str) -> Response:
    """Show the numbers for the counter, once."""
    here = public_site()
    case = mailbox.view_of(here, g.session).case
    limits = limits_of(here, case, only=_WAITED_FOR)
    return mailbox_page(
        "mailbox/number.html", 200,
        groups=_fours(numbers.claim), confirmation=_fours(numbers.confirmation),
        number=numbers.claim, award_id=award_id, form=ButtonForm(session_token=g.session.token),
        has_pdf=missing() is Missing.NOTHING,
        how=how, is_voucher=how == VOUCHER, case=case, until=limits[-1].due if limits else "",
    )  # fmt: skip


def _fours(digits: str) -> list[str]:
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]
