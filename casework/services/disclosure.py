"""Releasing one identity item: asked for, agreed by k custodians, opened once (SEALING.md 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import BadActError, TamperedError, UnknownReleaseError
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.releases import ReleaseApproval
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import (
    IdentityItem,
    IdentityPiece,
    Record,
    SealedObject,
    SignedEvent,
    check_named,
    names_in,
)

APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class CustodyMaterial:
    """What a custodian decides on, and what the seat holds of it.

    Attributes:
        request: the signed request; its digest is what the approval is bound to.
        item: the sealed item's row, unopened.
        piece: the seat's box.
    """

    case: Case
    request: SignedEvent
    item: IdentityItem
    piece: IdentityPiece


@dataclass(frozen=True, slots=True)
class ReleasedMaterial:
    """What the requester opens, once.

    Attributes:
        request: the signed request that the approvals are bound to.
        item: the sealed item.
        approvals: seat number to the box that this seat sealed for the requester.
    """

    case: Case
    request: SignedEvent
    item: IdentityItem
    approvals: Mapping[int, bytes]


@use_case
def request_release(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask for an item. Every custodian's office is told that there is something to decide.

    Raises:
        BadActError: the threshold is not the key set's, there is no such item, or the
            requester has a place in a seat.
    """
    by_officer(act, trust, "release.requested")
    facts = act.event.facts
    if facts.get("threshold") != trust.keyset.threshold:
        raise BadActError("threshold", str(trust.keyset.threshold))
    if trust.keyset.seat_of(trust.signer(act.event.signer).account) is not None:
        raise BadActError("requester", "somebody without a place in a custodian's seat")
    case = record(uow, act=act, trust=trust, now=now)
    _item(uow, case.report_id, str(facts["item"]), int(str(facts["version"])))
    for seat in trust.keyset.seats:
        notify(uow, "release.requested", case=case, office=seat.office, now=now)
    return case


@query
def custody_material(uow: UnitOfWork, *, report: str, release: str, seat: int) -> CustodyMaterial:
    """Return what the custodian of *seat* decides on.

    Raises:
        UnknownReleaseError: no such release in this case.
        TamperedError: a row is not the one that an event names.
    """
    case = uow.reports.get(report)
    asked = case.releases.get(release)
    if asked is None:
        raise UnknownReleaseError(release=release)
    item = _item(uow, report, asked.item, asked.version)
    pieces = [one for one in SealedVault(uow).pieces_of(report, asked.item) if one.seat == seat]
    named = _standing(uow, report)
    mine = [one for one in pieces if named.get(("piece", one.id)) == one.named.digest]
    if not mine:
        raise TamperedError(report=report)
    return CustodyMaterial(case, _request(uow, report, release), item, mine[-1])


@use_case
def approve_release(
    uow: UnitOfWork, *, act: SignedEvent, approval: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Agree to a release: the seat's pieces, sealed to the requester, are kept until it opens.

    Raises:
        BadActError: the signer has no place in the seat named, or the box is another's.
    """
    by_officer(act, trust, "release.approved")
    facts, account = act.event.facts, trust.signer(act.event.signer).account
    seat = trust.keyset.seat_of(account)
    if seat is None or seat.number != facts.get("seat"):
        raise BadActError("seat", str(seat.number) if seat else "a seat of one's own")
    if approval.kind != APPROVAL or approval.version != seat.number:
        raise BadActError("added", "the seat's own approval")
    case = record(uow, act=act, trust=trust, now=now, records=[approval])
    release = str(facts["release"])
    uow.releases.approve(
        ReleaseApproval(release, seat.number, account, approval.body, act.event.digest().hex())
    )
    if case.releases[release].state == "approved":
        notify(uow, "release.approved", case=case, office=case.releases[release].office, now=now)
    return case


@use_case
def refuse_release(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Refuse a release; what other custodians handed over for it is deleted."""
    by_officer(act, trust, "release.refused")
    case = record(uow, act=act, trust=trust, now=now)
    uow.releases.drop_approvals(str(act.event.facts["release"]))
    return case


@use_case
def open_release(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime
) -> ReleasedMaterial:
    """Record the one opening and hand over what it needs; the approvals are deleted with it.

    Raises:
        TamperedError: an approval or the item is not the one that an event names.
    """
    by_officer(act, trust, "release.opened")
    report, release = act.event.report, str(act.event.facts["release"])
    stored = uow.releases.approvals(release)
    case = record(uow, act=act, trust=trust, now=now)
    named = _standing(uow, report)
    boxes = {}
    for one in stored:
        row = approval_object(release, one.seat, one.body)
        if named.get(("object", row.id)) != row.named.digest:
            raise TamperedError(report=report)
        boxes[one.seat] = one.body
    asked = case.releases[release]
    item = _item(uow, report, asked.item, asked.version)
    uow.releases.drop_approvals(release)
    return ReleasedMaterial(case, _request(uow, report, release), item, boxes)


def approval_object(release: str, seat: int, body: bytes) -> SealedObject:
    """Return a seat's approval as the record that its event names."""
    return SealedObject(f"{release}.{seat}", "", APPROVAL, seat, body)


def _item(uow: UnitOfWork, report: str, item: str, version: int) -> IdentityItem:
    found = SealedVault(uow).item(report, item, version)
    if found is None:
        raise UnknownReleaseError(item=item)
    _check(uow, report, found)
    return found


def _request(uow: UnitOfWork, report: str, release: str) -> SignedEvent:
    for signed in uow.events.of_report(report):
        event = signed.event
        if event.kind == "release.requested" and event.facts.get("release") == release:
            return signed
    raise UnknownReleaseError(release=release)


def _standing(uow: UnitOfWork, report: str) -> dict[tuple[str, str], str]:
    return names_in(one.event for one in uow.events.of_report(report))


def _check(uow: UnitOfWork, report: str, row: Record) -> None:
    try:
        check_named([row], _standing(uow, report))
    except EventError as problem:
        raise TamperedError(report=report) from problem
