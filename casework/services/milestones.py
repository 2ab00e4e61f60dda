"""Milestones: what starts or ends a clock and no other act tells, recorded by an officer."""

from datetime import datetime

from casework.domain.case import Case
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def record_milestone(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Record one; what ends a clock counts from this moment.

    Raises:
        BadActError: no such milestone, no document, or a time that may not be given.
        WrongStateError: what it answers has not happened, or is answered.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "milestone.recorded")
    return record(uow, act=act, trust=trust, now=now)
