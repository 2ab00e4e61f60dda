"""An award is paid once: by a payment order to the bank, or by two officers at the counter."""

from dataclasses import replace

from casework.domain.act_facts import number_of, text_of
from casework.domain.award import AT_COUNTER, MEANS_OF, award_in, booked, with_award
from casework.domain.award_claim import COMPARE, unclaimed_award
from casework.domain.award_values import Award, AwardState
from casework.domain.case import Act, Case, ReleaseState
from casework.domain.disclosure import COMPARE_PAYEE
from casework.domain.errors import (
    AwardReviewError,
    BadActError,
    ClaimNumberError,
    ClaimWayError,
    NotOpenedError,
    WitnessMissingError,
    WrongStateError,
)
from casework.domain.ledger import LineKind


def order(case: Case, act: Act) -> Case:
    """Note that the bank is sent a payment order; from now on only its answer moves the award.

    Raises:
        NoAwardError, WrongStateError: no such award, or not claimed, or ordered already.
        ClaimWayError: it was not claimed to an account.
        NotOpenedError: this cashier has not opened the payee item in its present version.
        AwardReviewError: an objection waits for its review.
        BadActError: another amount.
    """
    award = award_in(case, act, AwardState.CLAIMED)
    _check_amount(award, act)
    if award.how != "account":
        raise ClaimWayError(how=award.how, means="transfer")
    if not _is_opened_by(case, award, act.actor):
        raise NotOpenedError(item=award.item, version=award.version)
    ordered = replace(
        award,
        state=AwardState.ORDERED,
        batch=text_of(act, "batch"),
        reference=text_of(act, "reference"),
        cashier=act.actor,
    )
    return with_award(case, ordered)


def stop(case: Case, act: Act) -> Case:
    """Stop a payment for a named reason that only who opened the item can see.

    The claim is void, the money stays set aside: who agreed to the award refuses it now, or the
    office lets the reporter claim anew.

    Raises:
        NoAwardError, WrongStateError: no such award, or not claimed, or the bank has the order.
        NotOpenedError: this cashier has opened neither the payee nor the reporter's name.
    """
    award = award_in(case, act, AwardState.CLAIMED)
    is_compared = any(
        release.state is ReleaseState.OPENED
        and release.requester == act.actor
        and release.purpose in (COMPARE, COMPARE_PAYEE)
        for release in case.releases.values()
    )
    if not is_compared and not (award.item and _is_opened_by(case, award, act.actor)):
        raise NotOpenedError(item=award.item, version=award.version)
    stopped = replace(unclaimed_award(award), state=AwardState.APPROVED, notified_how="", notice="")
    return with_award(case, stopped)


def undo(case: Case, act: Act) -> Case:
    """Note that the bank refused a payment order; it may be claimed or ordered anew.

    An account that the reporter has taken back since is not ordered to again.

    Raises:
        NoAwardError, WrongStateError: no such award, or no order is with the bank.
        BadActError: another batch.
    """
    award = award_in(case, act, AwardState.ORDERED)
    if text_of(act, "batch") != award.batch:
        raise BadActError("batch", award.batch)
    if award.item in (*case.withdrawn, *case.erased):
        return with_award(case, unclaimed_award(award))
    return with_award(case, replace(award, state=AwardState.CLAIMED, batch="", reference=""))


def pay(case: Case, act: Act) -> Case:
    """Book the payment, once.

    Raises:
        NoAwardError, WrongStateError: no such award, or not claimed, or paid already.
        BadActError: another amount, budget year or reference than ordered.
        ClaimWayError: paid in another way than claimed.
        ClaimNumberError: not the claim number that the reporter was given for the counter.
        NotOpenedError: this cashier has not opened the item in its present version.
        WitnessMissingError: at the counter no second officer has confirmed who came.
        AwardReviewError: an objection waits for its review.
    """
    award = award_in(case, act, AwardState.CLAIMED, AwardState.ORDERED)
    _check_amount(award, act)
    if number_of(act, "year") != award.year:
        raise BadActError("year", str(award.year))
    means = text_of(act, "means")
    if means != MEANS_OF[award.how]:
        raise ClaimWayError(how=award.how, means=means)
    if text_of(act, "claim_hash") != award.claim_hash:
        raise ClaimNumberError(award=award.id)
    if award.state is AwardState.ORDERED:
        if text_of(act, "reference") != award.reference:
            raise BadActError("reference", award.reference)
    elif award.item and not _is_opened_by(case, award, act.actor):
        raise NotOpenedError(item=award.item, version=award.version)
    _check_witness(award, act)
    paid = replace(
        booked(award, LineKind.DISBURSEMENT),
        state=AwardState.PAID,
        cashier=act.actor,
        means=means,
        paid_at=act.at,
        reserved_fen=0,
    )
    return with_award(case, paid)


def _check_amount(award: Award, act: Act) -> None:
    if number_of(act, "amount_fen") != award.amount_fen:
        raise BadActError("amount_fen", str(award.amount_fen))
    # What the bank has been told to pay is paid, whatever is written to us since.
    if award.objected and award.state is not AwardState.ORDERED:
        raise AwardReviewError(award=award.id)


def _check_witness(award: Award, act: Act) -> None:
    if award.how not in AT_COUNTER:
        return
    is_seen = award.witnessed > award.claimed and award.witness != act.actor
    if not is_seen or (award.how == "card" and act.actor != award.cashier):
        raise WitnessMissingError(award=award.id)


def _is_opened_by(case: Case, award: Award, cashier: str) -> bool:
    return any(
        release.state is ReleaseState.OPENED
        and (release.item, release.version) == (award.item, award.version)
        and release.requester == cashier
        for release in case.releases.values()
    )


def send_back(case: Case, act: Act) -> Case:
    """The bank sent the money back: it is set aside again, and may be claimed anew.

    Raises:
        NoAwardError, WrongStateError: no such award, or it was not paid to an account.
        BadActError: another amount or budget year than paid.
    """
    award = award_in(case, act, AwardState.PAID, AwardState.RECONCILED)
    if award.means != "transfer":
        raise WrongStateError(kind=act.kind, award=award.id, state=award.means)
    _check_amount(replace(award, objected=0), act)
    if number_of(act, "year") != award.year:
        raise BadActError("year", str(award.year))
    again = replace(
        booked(award, LineKind.RETURN),
        state=AwardState.NOTIFIED,
        reserved_fen=award.amount_fen,
        returned=award.returned + 1,
        means="",
        paid_at="",
        how="",
        item="",
        version=0,
        claimed=0,
        batch="",
        reference="",
        statement="",
    )
    return with_award(case, again)


def reconcile(case: Case, act: Act) -> Case:
    """Finance found the payment in the bank's statement, or in the cash book.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not paid, or done already.
    """
    award = award_in(case, act, AwardState.PAID)
    done = replace(award, state=AwardState.RECONCILED, statement=text_of(act, "statement"))
    return with_award(case, done)


def close(case: Case, act: Act) -> Case:
    """Nothing can come after it any more.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not reconciled.
        AwardReviewError: an objection waits for its review.
    """
    award = award_in(case, act, AwardState.RECONCILED)
    if award.objected:
        raise AwardReviewError(award=award.id)
    return with_award(case, replace(award, state=AwardState.CLOSED))
