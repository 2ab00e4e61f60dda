"""A request to return a case, within the time that the policy gives, and its refusal.

It is upheld by a transfer that names it (`verification.transfer_report`).

Source: SCENARIOS.md S21.
"""

from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import BadActError, UnknownDepartmentError
from casework.domain.returning import CLOCK, may_ask
from casework.domain.running import Running
from casework.services.acts import by_officer, record
from casework.services.clock_asks import running_clock
from casework.services.notices import notify
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent

RULING: Final = "ruling"


@query
def return_clock(uow: UnitOfWork, *, report: str, now: datetime) -> Running | None:
    """Return the clock that says until when a case can be returned; None once it is over."""
    case = uow.reports.get(report)
    found = [one for one in rulebook_of(uow).clocks(case, now) if one.key == CLOCK and one.running]
    return found[-1] if found and may_ask(case) else None


@use_case
def request_return(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask to return a case; the office that decides is told.

    Raises:
        ClockNotRunningError: the time in which it could be returned is over.
        UnknownDepartmentError: the office named instead is not in the key set.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "return.requested")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    asked = case.returns[-1]
    running_clock(rulebook_of(uow), before, CLOCK, asked.since, now)
    if asked.to and not trust.keyset.has_office(asked.to):
        raise UnknownDepartmentError(department=asked.to)
    notify(uow, "return.requested", case=case, office=case.supervisor, now=now)
    return case


@use_case
def overrule_return(
    uow: UnitOfWork, *, act: SignedEvent, ruling: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Leave the case with the office that asked; why is sealed to the offices.

    Raises:
        BadActError: something else was sealed.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "return.overruled")
    case = record(uow, act=act, trust=trust, now=now, records=[ruling])
    if ruling.kind != RULING:
        raise BadActError("added", "the reasons of the decision")
    uow.sealed.add_objects(case.report_id, [ruling])
    notify(uow, "return.overruled", case=case, office=case.lead, now=now)
    return case
