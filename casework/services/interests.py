"""Interests that staff declare, as marks of enterprises' names; no name is ever stored (S11)."""

from datetime import date

from casework.domain.errors import SeparationError
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent


@use_case
def declare_interest(uow: UnitOfWork, *, account: str, mark: str, on: date) -> bool:
    """Declare an interest; False if it was declared before.

    Args:
        uow: the transaction.
        account: whose interest it is: the signed-in person's.
        mark: of the enterprise's name, hexadecimal (crypto/blind_index.py).
        on: today, in China.
    """
    return uow.interests.declare(account, mark, on)


@use_case
def withdraw_interest(uow: UnitOfWork, *, account: str, mark: str) -> bool:
    """Withdraw a declaration; False if there is none. Recusals that came of it stand."""
    return uow.interests.withdraw(account, mark)


@query
def declared(uow: UnitOfWork, *, account: str) -> tuple[date, ...]:
    """Return the day of each declaration of a person that stands."""
    return uow.interests.days(account)


@query
def met_by(uow: UnitOfWork, *, account: str) -> frozenset[str]:
    """Return ids of the accepted reports that meet an interest of this person."""
    return uow.interests.met_by(account)


@query
def left_out(uow: UnitOfWork, *, account: str) -> frozenset[str]:
    """Return ids of the reports of which this person learns nothing.

    Those in which a recusal is noted, and those that meet a declared interest: of whom it bars
    who reads no case, nothing is ever noted there.
    """
    return uow.interests.met_by(account) | uow.waiting.out_of(account)


def check_disinterested(uow: UnitOfWork, act: SignedEvent, trust: Trust) -> None:
    """Refuse an act of somebody who has declared an interest in the enterprise of the report.

    For acts of people who read no case: they may act in all of them, and no recusal is noted.

    Raises:
        SeparationError: they have.
    """
    account = trust.signer(act.event.signer).account
    if act.event.report in uow.interests.met_by(account):
        raise SeparationError("recused", actor=account, kind=act.event.kind)
