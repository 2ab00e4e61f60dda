"""Releasing one identity item: asked for, agreed by k custodians, opened once (SEALING.md 5)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case, Release, ReleaseState
from casework.domain.disclosure import purpose
from casework.domain.errors import (
    BadActError,
    ReleaseVoidError,
    SeparationError,
    TamperedError,
    UnknownReleaseError,
    UnknownSignerError,
)
from casework.services.acts import by_officer, record
from casework.services.interests import check_disinterested
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.releases import ReleaseApproval, ReleaseLine
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import (
    IdentityItem,
    IdentityPiece,
    Record,
    SealedFile,
    SealedObject,
    SignedEvent,
    check_named,
    names_in,
)

APPROVAL = "approval"
REASON = "release_reason"
AUDITORS = "role:auditor"


@dataclass(frozen=True, slots=True)
class CustodyMaterial:
    """What a custodian decides on, and what the seat holds of it.

    Attributes:
        request: the signed request; its digest is what the approval is bound to.
        item: the sealed item's row, unopened.
        piece: the seat's box.
        reason: why it is asked for, sealed to the seat; None where nothing was said.
    """

    case: Case
    request: SignedEvent
    item: IdentityItem
    piece: IdentityPiece
    reason: SealedObject | None


@dataclass(frozen=True, slots=True)
class ReleasedMaterial:
    """What the requester opens, once.

    Attributes:
        request: the signed request that the approvals are bound to.
        item: the sealed item.
        approvals: seat number to the box that this seat sealed for the requester.
        file: where the item's file lies, if it is one.
    """

    case: Case
    request: SignedEvent
    item: IdentityItem
    approvals: Mapping[int, bytes]
    file: SealedFile | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An identity item that may be asked for, unopened."""

    id: str
    kind: str
    version: int


@query
def items_to_ask_for(uow: UnitOfWork, *, report: str) -> tuple[ItemLine, ...]:
    """Return the newest version of each identity item of a case that was not taken back."""
    case = uow.reports.get(report)
    gone = (*case.withdrawn, *case.erased)
    newest = {one.id: one for one in SealedVault(uow).items(report) if one.id not in gone}
    return tuple(ItemLine(one.id, one.kind, one.version) for one in newest.values())


@query
def file_to_open(uow: UnitOfWork, *, report: str, release: str) -> SealedFile | None:
    """Return where the file of a release lies, if its item is one.

    Raises:
        UnknownReleaseError: no such release in this case.
        TamperedError: a row is not the one that an event names.
    """
    asked = uow.reports.get(report).releases.get(release)
    if asked is None:
        raise UnknownReleaseError(release=release)
    return _file(uow, report, asked.item)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Running releases that concern one person, and where the next ones begin; "" at the end."""

    to_decide: tuple[ReleaseLine, ...]
    asked: tuple[ReleaseLine, ...]
    next: str


@query
def waiting(
    uow: UnitOfWork,
    *,
    seat: int | None,
    requester: str,
    office: str,
    hidden: Collection[str] = (),
    after: str = "",
    limit: int = 200,
) -> Waiting:
    """Return the releases that wait for a seat, and those that somebody has asked for.

    An office hears nothing of a report that accuses it, or that it is barred from; nor does
    anybody of *hidden* reports.
    """
    found = uow.releases.open(after=after, limit=limit + 1)
    lines = found[:limit]
    shown = [one for one in lines if one.report_id not in hidden]
    to_decide = tuple(
        one
        for one in shown
        if seat is not None
        and one.state == ReleaseState.REQUESTED
        and one.requester != requester
        and seat not in {given.seat for given in uow.releases.approvals(one.id)}
        and office not in uow.reports.get(one.report_id).kept_out
    )
    asked = tuple(one for one in shown if one.requester == requester)
    return Waiting(to_decide, asked, lines[-1].id if len(found) > limit else "")


@use_case
def request_release(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    trust: Trust,
    now: datetime,
    reasons: Sequence[SealedObject] = (),
) -> Case:
    """Ask for an item. Every custodian's office is told that there is something to decide.

    Args:
        uow: the transaction.
        act: "release.requested".
        trust: whose signatures count.
        now: UTC instant.
        reasons: why, one box for each seat of the key set, or none at all.

    Raises:
        SeparationError: the requester has an interest in the enterprise of the report.
        BadActError: the threshold is not the key set's, there is no such item, it is none for
            the purpose, the requester has a place in a seat, or the boxes are not the seats'.
    """
    by_officer(act, trust, "release.requested")
    check_disinterested(uow, act, trust)
    facts = act.event.facts
    if facts.get("threshold") != trust.keyset.threshold:
        raise BadActError("threshold", str(trust.keyset.threshold))
    if trust.keyset.seat_of(trust.signer(act.event.signer).account) is not None:
        raise BadActError("requester", "somebody without a place in a custodian's seat")
    case = record(uow, act=act, trust=trust, now=now, records=reasons)
    release = str(facts["release"])
    seats = [(one.id, one.kind, one.version) for one in reasons]
    due = [(f"{release}.reason.{one.number}", REASON, one.number) for one in trust.keyset.seats]
    if seats and seats != due:
        raise BadActError("added", "one box of the reason for each seat")
    item = _item(uow, case.report_id, str(facts["item"]), int(str(facts["version"])))
    kinds = purpose(str(facts["purpose"])).items
    if kinds and item.kind not in kinds:
        raise BadActError("item", f"an item of the kind {kinds[0]}")
    uow.releases.ask(release, [(one.version, one.body) for one in reasons])
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
    reasons = [one for one in _reasons(uow, release) if one.version == seat]
    for reason in reasons:
        _check(uow, report, reason)
    return CustodyMaterial(
        case, _request(uow, report, release), item, mine[-1], reasons[0] if reasons else None
    )


@use_case
def approve_release(
    uow: UnitOfWork, *, act: SignedEvent, approval: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Agree to a release: the seat's pieces, sealed to the requester, are kept until it opens.

    Raises:
        BadActError: the signer has no place in the seat named, or the box is another's.
    """
    by_officer(act, trust, "release.approved")
    check_disinterested(uow, act, trust)
    facts, account = act.event.facts, trust.signer(act.event.signer).account
    seat = trust.keyset.seat_of(account)
    if seat is None or seat.number != facts.get("seat"):
        raise BadActError("seat", str(seat.number) if seat else "a seat of one's own")
    own = approval_object(str(facts.get("release")), seat.number, approval.body)
    if approval != own:
        raise BadActError("added", "the seat's own approval")
    if facts.get("seat_key") != seat.key.box.hex():
        raise BadActError("seat_key", "the key of the seat in the key set in force")
    release = str(facts["release"])
    before = uow.reports.get(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=[approval])
    _check_alive(uow, before, release, trust)
    uow.releases.approve(
        ReleaseApproval(release, seat.number, account, approval.body, act.event.digest().hex())
    )
    if case.releases[release].state == "approved":
        notify(uow, "release.approved", case=case, office=case.releases[release].office, now=now)
    return case


@use_case
def refuse_release(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Refuse a release; what other custodians handed over for it is deleted.

    Raises:
        SeparationError: the signer has no place in a seat.
    """
    by_officer(act, trust, "release.refused")
    account = trust.signer(act.event.signer).account
    if trust.keyset.seat_of(account) is None:
        raise SeparationError("no_seat", actor=account, kind=act.event.kind)
    release = str(act.event.facts["release"])
    case = record(uow, act=act, trust=trust, now=now)
    uow.releases.drop_boxes(release)
    notify(uow, "release.refused", case=case, office=case.releases[release].office, now=now)
    return case


@use_case
def open_release(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime
) -> ReleasedMaterial:
    """Record the one opening and hand over what it needs; the approvals are deleted with it.

    Raises:
        TamperedError: an approval or the item is not the one that an event names.
        ReleaseVoidError: a key in it has changed since.
    """
    by_officer(act, trust, "release.opened")
    check_disinterested(uow, act, trust)
    report, release = act.event.report, str(act.event.facts["release"])
    stored = uow.releases.approvals(release)
    before = uow.reports.get(report)
    case = record(uow, act=act, trust=trust, now=now)
    _check_alive(uow, before, release, trust)
    named = _standing(uow, report)
    boxes = {}
    for one in stored:
        row = approval_object(release, one.seat, one.body)
        if named.get(("object", row.id)) != row.named.digest:
            raise TamperedError(report=report)
        boxes[one.seat] = one.body
    asked = case.releases[release]
    item = _item(uow, report, asked.item, asked.version)
    file = _file(uow, report, item.id)
    uow.releases.drop_boxes(release)
    return ReleasedMaterial(case, _request(uow, report, release), item, boxes, file)


@use_case
def note_attempt(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Record that somebody tried what a release does not allow; the auditors are told.

    Raises:
        UnknownReleaseError: no such release was ever asked for.
    """
    by_officer(act, trust, "release.attempted")
    case = record(uow, act=act, trust=trust, now=now)
    notify(uow, "release.attempted", case=case, office=AUDITORS, now=now)
    return case


def why_void(
    release: Release, request: SignedEvent, approvals: Iterable[SignedEvent], trust: Trust
) -> str:
    """Return what a running release has died of by a change of keys; "" while it lives.

    Args:
        release: as the case has it.
        request: its signed request.
        approvals: its signed approvals.
        trust: the key set in force.
    """
    if not _holds(trust, request, release.requester):
        return "requester_left"
    if trust.keyset.seat_of(release.requester) is not None:
        return "requester_left"
    for one in approvals:
        account = one.event.actor.partition(":")[2]
        seat = trust.keyset.seat_of(account)
        named = (one.event.facts["seat"], one.event.facts["seat_key"])
        if seat is None or named != (seat.number, seat.key.box.hex()):
            return "seat_changed"
        if not _holds(trust, one, account):
            return "seat_changed"
    return ""


def why_void_now(uow: UnitOfWork, case: Case, release: str, trust: Trust) -> str:
    """Return what a running release of *case* has died of by a change of keys, or "".

    Raises:
        TamperedError: no event asks for it.
    """
    signed = [
        one
        for one in uow.events.of_report(case.report_id)
        if one.event.facts.get("release") == release
    ]
    request = next((one for one in signed if one.event.kind == "release.requested"), None)
    if request is None:  # somebody took it out: verification names it
        raise TamperedError(report=case.report_id)
    approvals = [one for one in signed if one.event.kind == "release.approved"]
    return why_void(case.releases[release], request, approvals, trust)


def box_rows(uow: UnitOfWork, case: Case) -> tuple[SealedObject, ...]:
    """Return the boxes of a case's releases as records, for comparing with its events."""
    rows: list[SealedObject] = []
    for release in case.releases:
        rows += [
            approval_object(given.release, given.seat, given.body)
            for given in uow.releases.approvals(release)
        ]
        rows += _reasons(uow, release)
    return tuple(rows)


def reason_object(release: str, seat: int, body: bytes) -> SealedObject:
    """Return a request's reason for one seat as the record that its event names."""
    return SealedObject(f"{release}.reason.{seat}", "", REASON, seat, body)


def approval_object(release: str, seat: int, body: bytes) -> SealedObject:
    """Return a seat's approval as the record that its event names."""
    return SealedObject(f"{release}.{seat}", "", APPROVAL, seat, body)


def _check_alive(uow: UnitOfWork, case: Case, release: str, trust: Trust) -> None:
    why = why_void_now(uow, case, release, trust)
    if why:
        raise ReleaseVoidError(why)


def _holds(trust: Trust, signed: SignedEvent, account: str) -> bool:
    """Whether the key that signed is still this account's deed key."""
    try:
        signer = trust.signer(signed.event.signer)
    except UnknownSignerError:
        return False
    return (signer.account, signer.which) == (account, "deed")


def _reasons(uow: UnitOfWork, release: str) -> list[SealedObject]:
    return [reason_object(release, seat, body) for seat, body in uow.releases.reasons(release)]


def _item(uow: UnitOfWork, report: str, item: str, version: int) -> IdentityItem:
    found = SealedVault(uow).item(report, item, version)
    if found is None:
        raise UnknownReleaseError(item=item)
    _check(uow, report, found)
    return found


def _file(uow: UnitOfWork, report: str, item: str) -> SealedFile | None:
    found = SealedVault(uow).file(report, item)
    if found is not None:
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
