"""An identity item is released: custodians agree, and who asked sees it exactly once.

A custodian's side goes by certificates and the signed request alone; what the
database says of it is not believed.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from admin import auth, desk
from admin.extensions import console
from admin.signing import Deed, attempt, sign_act
from casework.domain.case import Case, Release
from casework.domain.disclosure import purpose
from casework.domain.errors import (
    CaseworkError,
    NotPermittedError,
    ReleaseExpiredError,
    ReleaseVoidError,
    SeparationError,
    TamperedError,
    UnknownReleaseError,
    WrongStateError,
)
from casework.services import disclosure, keysets
from casework.services.disclosure import CustodyMaterial, ReleasedMaterial
from casework.services.trust import Trust
from casework.storage.blobs import BlobMissingError
from crypto.canonical import JSON, parse_canonical
from crypto.context import (
    item_context,
    item_file_context,
    piece_context,
    reason_context,
    seat_wrap_context,
)
from crypto.errors import CryptoError
from crypto.events import check_signature
from crypto.keyset import SeatKey
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey
from crypto.shares import combine
from crypto.unseal import (
    open_approval,
    open_pieces,
    open_reason,
    open_stream,
    unseal_identity,
    unwrap_key,
)

LOG: Final = logging.getLogger("tonggui.console")

# Refusals of an approval or an opening that an auditor wants to know of.
ATTEMPTS: Final = (SeparationError, ReleaseExpiredError, ReleaseVoidError, WrongStateError)


class CannotOpenError(Exception):
    """The seat's pieces, or the released item, do not open with this person's keys."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One identity item in the clear, for one answer.

    Attributes:
        kind: of the item.
        lines: its named texts; of a file what is known about it.
        content: of a file its bytes, opened while they are sent; else None.
    """

    kind: str
    lines: Mapping[str, str] = field(repr=False)
    content: Iterator[bytes] | None = field(repr=False, default=None)


def my_seat() -> SeatKey | None:
    """The seat that the signed-in person holds or deputises, by the key set."""
    return _now().keyset.seat_of(auth.current().account)


def release_in(case: Case, release_id: str) -> Release:
    """Return one release of *case*.

    Raises:
        UnknownReleaseError: it has none of this id.
    """
    try:
        return case.releases[release_id]
    except KeyError:
        raise UnknownReleaseError(release=release_id) from None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks the custodians for.

    Attributes:
        item: id of the identity item, in this *version*.
        purpose: code of a purpose.
        reason: free words, for the custodians alone.
        expires_at: UTC instant.
    """

    item: str
    version: int
    purpose: str
    reason: str = field(repr=False)
    expires_at: str


def request(report_id: str, release_id: str, wish: Wish, deed: Deed) -> None:
    """Ask the custodians for one identity item.

    Raises:
        CaseworkError: there is nothing to ask for, or not by this person.
    """
    keyset = _now().keyset
    reasons = desk.seal_release_reason(
        wish.reason, report_id=report_id, release_id=release_id, seats=keyset.seats
    )
    facts: dict[str, JSON] = {
        "release": release_id,
        "item": wish.item,
        "version": wish.version,
        "purpose": wish.purpose,
        "expires_at": wish.expires_at,
        "threshold": keyset.threshold,
    }
    attempt(
        report_id,
        lambda case: disclosure.request_release(
            console().store,
            act=deed.sign(case, "release.requested", facts, added=reasons),
            trust=_now(),
            now=console().clock.now(),
            reasons=reasons,
        ),
    )


def read_reason(report_id: str, release_id: str, deed: Deed) -> str:
    """Return why an item is asked for, as the request tells the signed-in person's seat.

    Raises:
        CannotOpenError: the box does not open.
        SeparationError: the person has no seat.
    """
    seat, material = _material(report_id, release_id)
    if material.reason is None:
        return ""
    context = reason_context(console().store.site, report_id, release_id, seat.number)
    for key in _seat_keys(seat, deed.key):
        try:
            return open_reason(material.reason.body, context=context, holder=key)
        except CryptoError:
            continue  # sealed to the seat's key before this one
    raise CannotOpenError


def approve(report_id: str, release_id: str, deed: Deed) -> None:
    """Give the seat's pieces of one item to whom the request names, and sign that.

    Raises:
        CannotOpenError: the pieces do not open.
        CaseworkError: the request is not one that may be approved.
    """
    seat, material = _material(report_id, release_id)
    requester = _checked_requester(material, report_id, release_id)
    box = _approval(material, seat, deed.key, requester)
    approval = disclosure.approval_object(release_id, seat.number, box)
    facts: dict[str, JSON] = {
        "release": release_id,
        "seat": seat.number,
        "seat_key": seat.key.box.hex(),
    }
    with _noted(report_id, release_id):
        attempt(
            report_id,
            lambda case: disclosure.approve_release(
                console().store,
                act=deed.sign(case, "release.approved", facts, added=[approval]),
                approval=approval,
                trust=_now(),
                now=console().clock.now(),
            ),
        )


def refuse(report_id: str, release_id: str, reason_code: str, deed: Deed) -> None:
    """End a release that was asked for, for a listed reason."""
    facts: dict[str, JSON] = {"release": release_id, "reason_code": reason_code}
    attempt(
        report_id,
        lambda case: disclosure.refuse_release(
            console().store,
            act=deed.sign(case, "release.refused", facts),
            trust=_now(),
            now=console().clock.now(),
        ),
    )


def open_once(report_id: str, release_id: str, deed: Deed) -> Disclosed:
    """Open the released item: recorded first, the approvals are gone after it.

    A file is read through before that, so that one which is not whole costs no approval.

    Raises:
        CannotOpenError: the item does not open, or its file is not the one that came in.
        CaseworkError: not approved, expired, opened before, or somebody else's.
    """
    _check_file(report_id, release_id)
    with _noted(report_id, release_id):
        material = attempt(
            report_id,
            lambda case: disclosure.open_release(
                console().store,
                act=deed.sign(case, "release.opened", {"release": release_id}),
                trust=_now(),
                now=console().clock.now(),
            ),
        )
    return _disclosed(material, report_id, deed.key)


def _check_file(report_id: str, release_id: str) -> None:
    file = disclosure.file_to_open(console().store, report=report_id, release=release_id)
    if file is None:
        return
    try:
        is_whole = file.holds(console().blobs.read(file.blob_name))
    except (BlobMissingError, ValueError) as problem:
        raise CannotOpenError from problem
    if not is_whole:
        raise CannotOpenError


def _now() -> Trust:
    """The key set of this moment: a release dies with a key in it, not ten seconds later."""
    return console().trust(fresh=True)


@contextmanager
def _noted(report_id: str, release_id: str) -> Iterator[None]:
    """Record a try that the rules refuse, for the auditors; the refusal goes on to the person."""
    try:
        yield
    except ATTEMPTS as refusal:
        facts: dict[str, JSON] = {"release": release_id, "why": _why(refusal)}
        try:
            attempt(
                report_id,
                lambda case: disclosure.note_attempt(
                    console().store,
                    act=sign_act(case, "release.attempted", facts),
                    trust=_now(),
                    now=console().clock.now(),
                ),
            )
        except CaseworkError as problem:  # what was refused stays refused
            LOG.error("a refused try was not recorded: %s", type(problem).__name__)
        raise


def _why(refusal: CaseworkError) -> str:
    """The code under which a refused try is recorded."""
    if isinstance(refusal, SeparationError):
        return refusal.rule
    if isinstance(refusal, ReleaseVoidError):
        return refusal.why
    return "expired" if isinstance(refusal, ReleaseExpiredError) else "not_ready"


def _material(report_id: str, release_id: str) -> tuple[SeatKey, CustodyMaterial]:
    seat = my_seat()
    if seat is None:
        raise SeparationError("no_seat", actor=auth.current().account)
    return seat, disclosure.custody_material(
        console().store, report=report_id, release=release_id, seat=seat.number
    )


def _checked_requester(material: CustodyMaterial, report_id: str, release_id: str) -> PublicKey:
    """Return the deed key that the pieces may be sealed to.

    Raises:
        TamperedError: the request is not what its signer signed, or not about this release.
        NotPermittedError: the purpose is none for the requester's certified roles.
        SeparationError: the requester has a place in a seat.
        ReleaseExpiredError: its time is over.
    """
    event = material.request.event
    trust = _now()
    try:
        check_signature(material.request)
    except CryptoError as problem:
        raise TamperedError(release=release_id) from problem
    signer = trust.signer(event.signer)
    names = (event.kind, event.report, event.facts.get("release"), event.facts.get("item"))
    wanted = ("release.requested", report_id, release_id, material.piece.item)
    if names != wanted or signer.which != "deed" or event.site != console().store.site:
        raise TamperedError(release=release_id)
    if not purpose(str(event.facts["purpose"])).roles & signer.roles:
        raise NotPermittedError(kind=event.kind)
    if trust.keyset.seat_of(signer.account) is not None:
        raise SeparationError("requester_in_seat", actor=signer.account)
    if str(event.facts["expires_at"]) <= console().clock.stamp():
        raise ReleaseExpiredError(release=release_id)
    return trust.member(signer.account).deed


def _approval(
    material: CustodyMaterial, seat: SeatKey, deed: PrivateKey, requester: PublicKey
) -> bytes:
    event, piece = material.request.event, material.piece
    version = int(str(event.facts["version"]))
    try:
        pieces = open_pieces(
            piece.body,
            context=piece_context(event.site, event.report, piece.item, seat.number, version),
            holder=_seat_key(seat, deed, piece.seat_key),
            item_key_id=object_key_id(material.item.body),
        )
    except CryptoError as problem:
        raise CannotOpenError from problem
    return desk.seal_approval(
        pieces,
        request_digest=event.digest(),
        item=piece.item,
        seat=seat.number,
        requester=requester,
    )


def _seat_key(seat: SeatKey, deed: PrivateKey, public_box: str) -> PrivateKey:
    for key in _seat_keys(seat, deed):
        if key.public.box.hex() == public_box:
            return key
    raise CannotOpenError


def _seat_keys(seat: SeatKey, deed: PrivateKey) -> Iterator[PrivateKey]:
    """Open the keys of the seat that are wrapped to the signed-in person, older ones too."""
    wraps = keysets.member_wraps(
        console().store,
        account=auth.current().account,
        kind="seat",
        owner=str(seat.number),
    )
    context = seat_wrap_context(console().store.site, seat.number)
    for wrap in wraps:
        name = bytes.fromhex(wrap.key_id)
        yield PrivateKey(unwrap_key(wrap.body, context=context, holder=deed, key_id=name))


def _disclosed(material: ReleasedMaterial, report_id: str, deed: PrivateKey) -> Disclosed:
    keyset, item = console().trust().keyset, material.item
    try:
        bundles = {
            seat: open_approval(
                body,
                request_digest=material.request.event.digest(),
                item=item.id,
                seat=seat,
                requester=deed,
            )
            for seat, body in material.approvals.items()
        }
        key = combine(bundles, n=len(keyset.seats), k=keyset.threshold)
        context = item_context(console().store.site, report_id, item.kind, item.id, item.version)
        text = unseal_identity(item.body, key=key, context=context)
    except CryptoError as problem:
        raise CannotOpenError from problem
    if material.file is None:
        return Disclosed(item.kind, _lines(text))
    content = open_stream(
        console().blobs.read(material.file.blob_name),
        key=key,
        context=item_file_context(console().store.site, report_id, item.id),
    )
    return Disclosed(item.kind, _lines(text), content)


def _lines(text: str) -> Mapping[str, str]:
    """The named texts of an item; one without names stands under an empty one."""
    try:
        value = parse_canonical(text.encode())
    except CryptoError:
        return {"": text}
    return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {"": text}
