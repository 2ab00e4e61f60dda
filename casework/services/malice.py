"""Holding a report for malicious: proposed by its office, decided by somebody above (S29)."""

from datetime import datetime

from casework.domain.case import Case
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def propose_malice(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Propose it, on a legal basis; the office above is told.

    Raises:
        WrongStateError: the report was not found untrue, or an objection is open.
        BadActError: no legal basis.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "malice.proposed")
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "malice.proposed", case=case, office=case.supervisor or case.lead, now=now)
    return case


@use_case
def decide_malice(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Confirm or decline it as the second person; it opens nothing either way.

    Raises:
        WrongStateError: no such proposal waits, or an objection is open.
        SeparationError: by who proposed it, or investigated.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "malice.confirmed", "malice.declined")
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, act.event.kind, case=case, office=case.lead, now=now)
    return case
