"""Referrals to the police and to discipline bodies, and what these write back."""

from datetime import datetime

from casework.domain.case import Case
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def make_referral(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Refer a case to a body outside; the police have to answer by a clock of theirs.

    Raises:
        AlreadyDoneError: that body has not answered yet.
        BadActError: without the paper's number.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "referral.made")
    return record(uow, act=act, trust=trust, now=now)


@use_case
def acknowledge_referral(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Record what the body wrote back.

    Raises:
        WrongStateError: no such referral waits.
        BadActError: without the paper's number.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "referral.acknowledged")
    return record(uow, act=act, trust=trust, now=now)
