"""Stopping and hastening the erasing of a case: legal holds, and early destruction.

Neither opens or deletes anything: they are acts that the jobs process goes by.
"""

from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import BadActError, SeparationError
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


@use_case
def request_hold(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask the custodians for a hold; every seat's office is told.

    Raises:
        BadActError: the threshold is not the key set's, or the requester has a place in a seat.
    """
    by_officer(act, trust, "hold.requested")
    if act.event.facts.get("threshold") != trust.keyset.threshold:
        raise BadActError("threshold", str(trust.keyset.threshold))
    if trust.keyset.seat_of(trust.signer(act.event.signer).account) is not None:
        raise BadActError("requester", "somebody without a place in a custodian's seat")
    case = record(uow, act=act, trust=trust, now=now)
    for seat in trust.keyset.seats:
        notify(uow, "hold.requested", case=case, office=seat.office, now=now)
    return case


@use_case
def approve_hold(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Agree to a hold as one of the seats.

    Raises:
        BadActError: the signer has no place in the seat named.
    """
    by_officer(act, trust, "hold.approved")
    seat = trust.keyset.seat_of(trust.signer(act.event.signer).account)
    if seat is None or seat.number != act.event.facts.get("seat"):
        raise BadActError("seat", str(seat.number) if seat else "a seat of one's own")
    return record(uow, act=act, trust=trust, now=now)


@use_case
def lift_hold(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """End a hold, or turn one down that was asked for.

    Raises:
        SeparationError: neither of the office that asked for it, nor with a place in a seat.
    """
    by_officer(act, trust, "hold.lifted")
    case = record(uow, act=act, trust=trust, now=now)
    signer, asked = trust.signer(act.event.signer), case.holds[str(act.event.facts["hold"])]
    if signer.office != asked.office and trust.keyset.seat_of(signer.account) is None:
        raise SeparationError("no_seat", actor=signer.account, kind=act.event.kind)
    return case


@use_case
def request_destruction(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask for an early destruction; the supervising office is told."""
    by_officer(act, trust, "destruction.requested")
    case = record(uow, act=act, trust=trust, now=now)
    office = case.supervisor or case.lead
    notify(uow, "destruction.requested", case=case, office=office, now=now)
    return case


@use_case
def confirm_destruction(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Confirm an early destruction as a second person; the jobs process carries it out."""
    by_officer(act, trust, "destruction.confirmed")
    return record(uow, act=act, trust=trust, now=now)
