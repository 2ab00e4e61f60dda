"""Measures that protect a reporter from retaliation: ordered, not needed, ended (S12)."""

from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import BadActError
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SealedObject, SignedEvent

REASON: Final = "reason"


@use_case
def order_protection(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Order a protective measure; it meets the clock `protect`.

    Raises:
        WrongStateError: no retaliation was reported.
        AlreadyDoneError: this measure stands already.
        BadActError: without the paper's number, or until a day that is over.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "protection.ordered")
    return record(uow, act=act, trust=trust, now=now)


@use_case
def decline_protection(
    uow: UnitOfWork, *, act: SignedEvent, reason: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Decide that no measure is needed, with a reason that the reporter finds in the mailbox.

    Raises:
        WrongStateError: nothing waits for a decision.
        BadActError: no reason.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "protection.declined")
    case = record(uow, act=act, trust=trust, now=now, records=[reason])
    if reason.kind != REASON:
        raise BadActError("added", "a reason for the reporter")
    uow.sealed.add_objects(case.report_id, [reason])
    return case


@use_case
def end_protection(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """End a measure that stands.

    Raises:
        WrongStateError: there is none, or it is ended already.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "protection.ended")
    return record(uow, act=act, trust=trust, now=now)
