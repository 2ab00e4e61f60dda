"""The pool of cases that no routing rule matched: who should lead is proposed here.

A supervisor carries it out with `verification.transfer_report`.
"""

from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import UnknownDepartmentError
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def propose_lead(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Propose who leads and who helps; the office that has the pool is told.

    Raises:
        UnknownDepartmentError: an office that the key set does not have.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "assignment.proposed")
    case = record(uow, act=act, trust=trust, now=now)
    made = case.proposals[-1]
    for code in (made.lead, *made.co):
        if not trust.keyset.has_office(code):
            raise UnknownDepartmentError(department=code)
    notify(uow, "assignment.proposed", case=case, office=case.lead, now=now)
    return case
