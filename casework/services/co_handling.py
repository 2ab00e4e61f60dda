"""Offices that help: named with the keys of the case, and heard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import BadActError, UnknownDepartmentError
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import KeyWrap, SealedObject, SignedEvent

OPINION: Final = "opinion"


@use_case
def name_co_handlers(
    uow: UnitOfWork, *, act: SignedEvent, wraps: Sequence[KeyWrap], trust: Trust, now: datetime
) -> Case:
    """Name who helps, with the keys of the case wrapped to those who lack them; they are told.

    Raises:
        UnknownDepartmentError: an office that the key set does not have.
        BadActError: a key of the case is not wrapped to each new office.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "cohandlers.named")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=wraps)
    take_keys(uow, before, case, wraps, trust)
    tell_helpers(uow, before, case, now)
    return case


@use_case
def give_opinion(
    uow: UnitOfWork, *, act: SignedEvent, opinion: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store what a co-handler thinks, sealed to the offices; the lead office is told.

    Raises:
        BadActError: something else was sealed.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "opinion.given")
    case = record(uow, act=act, trust=trust, now=now, records=[opinion])
    if opinion.kind != OPINION:
        raise BadActError("added", "an opinion")
    uow.sealed.add_objects(case.report_id, [opinion])
    notify(uow, "opinion.given", case=case, office=case.lead, now=now)
    return case


def take_keys(
    uow: UnitOfWork, before: Case, after: Case, wraps: Sequence[KeyWrap], trust: Trust
) -> None:
    """Store the wraps to the offices that an act gave access, and to no others.

    Raises:
        UnknownDepartmentError: one of them is not in the key set.
        BadActError: other recipients than they.
    """
    gaining = [code for code in after.offices if code not in before.offices]
    for code in gaining:
        if not trust.keyset.has_office(code):
            raise UnknownDepartmentError(department=code)
    if {wrap.recipient for wrap in wraps} != {f"office:{code}" for code in gaining}:
        raise BadActError("added", f"wraps to {', '.join(sorted(gaining)) or 'nobody'}")
    uow.sealed.add_wraps(after.report_id, wraps)


def tell_helpers(uow: UnitOfWork, before: Case, after: Case, now: datetime) -> None:
    """Tell the offices that help from now on."""
    for code in after.co_handlers:
        if code not in before.co_handlers:
            notify(uow, "cohandlers.named", case=after, office=code, now=now)
