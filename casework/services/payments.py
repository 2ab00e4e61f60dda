"""An award is paid: what cashiers, a second officer at the counter, and finance sign for it."""

from datetime import datetime

from casework.domain.award_values import AwardState
from casework.domain.case import Case
from casework.services.acts import by_officer, record
from casework.services.bank import check_name
from casework.services.interests import check_disinterested
from casework.services.notices import notify
from casework.services.rulebook import policies_at_hand
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def identify_claimant(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that who came by identity card is the one whose name was released."""
    return _record(uow, act, trust, now, "reward.identified")


@use_case
def witness_claim(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """The second officer at the counter confirms who came."""
    return _record(uow, act, trust, now, "reward.witnessed")


@use_case
def order_payment(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that the bank is sent one payment order alone, before it is.

    Raises:
        BankFileError: "name_unchecked", as for `bank.send_batch`.
        CaseworkError: as for every act, see `acts.record`.
    """
    case = _record(uow, act, trust, now, "reward.ordered")
    check_name(case, trust.signer(act.event.signer).account, policies_at_hand())
    return case


@use_case
def stop_payment(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Stop a payment for what only who opened an item can see; who agreed to it is told."""
    case = _record(uow, act, trust, now, "reward.stopped")
    for office in (case.lead, "role:approver"):
        notify(uow, "reward.stopped", case=case, office=office, now=now)
    return case


@use_case
def undo_order(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that the bank refused a payment order."""
    return _record(uow, act, trust, now, "reward.undone")


@use_case
def pay_reward(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Book the payment: reserved becomes paid, exactly once.

    Raises:
        BankFileError: "name_unchecked" where the rules pay to the reporter's own account alone
            and the cashier, who transfers it by hand, has not opened the name.
        CaseworkError: as for every act, see `acts.record`.
    """
    before = uow.reports.lock(act.event.report)
    award = before.award_called(act.event.facts.get("award"))
    case = _record(uow, act, trust, now, "reward.paid")
    # What the bank has the order for was checked when it was ordered.
    if award is not None and award.how == "account" and award.state is AwardState.CLAIMED:
        cashier = trust.signer(act.event.signer).account
        check_name(case, cashier, policies_at_hand())
    return case


@use_case
def note_return(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that the bank sent the money back; the reporter may claim it anew."""
    return _record(uow, act, trust, now, "reward.returned")


@use_case
def reconcile_payment(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that finance found the payment in the bank's statement or the cash book."""
    return _record(uow, act, trust, now, "reward.reconciled")


def _record(uow: UnitOfWork, act: SignedEvent, trust: Trust, now: datetime, kind: str) -> Case:
    by_officer(act, trust, kind)
    check_disinterested(uow, act, trust)
    return record(uow, act=act, trust=trust, now=now)
