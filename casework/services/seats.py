"""A custodian's seat gets a new key: its boxes are handed over, or rebuilt by the other seats.

A hand-over: whoever opens the old key seals every box to the new one. A lost
seat: k other seats each seal to the new key what is due to that seat, and its
new holder puts the box together from these. Each report is a transaction of its
own, so that the work can stop and go on at any moment.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import BadActError, SeparationError
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.sealed_vault import SealedVault
from casework.storage.seats import Contribution as Contribution
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import IdentityItem, IdentityPiece, Named, SignedEvent, names_in
from crypto.keyset import SeatKey

RESEALED = "keys.resealed"
CONTRIBUTED = "keys.contributed"
REBUILT = "keys.rebuilt"


@dataclass(frozen=True, slots=True)
class SeatBox:
    """A box of an old key, the item it belongs to, and what other seats gave for a new one.

    Attributes:
        contributions: seat number to sealed part, for the seat's present key alone.
        spent: every contribution that goes when the box is sealed anew.
    """

    item: IdentityItem
    piece: IdentityPiece
    contributions: Mapping[int, bytes]
    spent: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatState:
    """How far a seat's boxes have come.

    Attributes:
        total: boxes of the seat.
        old: those of them that are not under its present key.
        keepers: account ids that keep an earlier key of this seat.
    """

    total: int
    old: int
    keepers: frozenset[str]


@query
def seat_state(uow: UnitOfWork, *, seat: SeatKey) -> SeatState:
    """Return how far the boxes of *seat* have come towards its present key."""
    total, old = uow.seats.count(seat.number, seat.key.box.hex())
    keys = Counter(one.account for one in uow.key_wraps.of_owner("seat", str(seat.number)))
    # Whoever sits in the seat keeps its present key too.
    present = (seat.holder, seat.deputy)
    keepers = frozenset(one for one, count in keys.items() if count > 1 or one not in present)
    return SeatState(total, old, keepers)


@query
def reports_to_reseal(uow: UnitOfWork, *, seat: int, key: str, after: str) -> tuple[str, ...]:
    """Return the next reports with a box of *seat* that is not under *key*."""
    return uow.seats.reports_under_old_key(seat, key, after=after)


@query
def reports_to_help(
    uow: UnitOfWork, *, seat: int, key: str, giver: int, after: str
) -> tuple[str, ...]:
    """Return the next reports for which seat *giver* has not helped *seat* yet."""
    return uow.seats.reports_not_given(seat, key, giver, after=after)


@query
def reports_to_rebuild(
    uow: UnitOfWork, *, seat: int, key: str, needed: int, after: str
) -> tuple[str, ...]:
    """Return the next reports with a box of *seat* for which *needed* seats have helped."""
    return uow.seats.reports_ready(seat, key, needed, after=after)


@query
def old_boxes(uow: UnitOfWork, *, report: str, seat: int, key: str) -> tuple[SeatBox, ...]:
    """Return the boxes of *seat* in a report that an event names and that are not under *key*."""
    vault, named = SealedVault(uow), _standing(uow, report)
    items = {one.id: one for one in vault.items(report) if _stands(one.named, named)}
    given = [one for one in uow.seats.contributions(report) if one.seat == seat]
    sound = [one for one in given if _stands(one.record.named, named)]
    return tuple(
        SeatBox(
            items[piece.item],
            piece,
            {one.giver: one.body for one in sound if _helps(one, items[piece.item], key)},
            tuple(one for one in sound if one.item == piece.item),
        )
        for piece in vault.pieces(report)
        if piece.seat == seat and piece.seat_key != key
        if piece.item in items and _stands(piece.named, named)
    )


@query
def boxes_of(uow: UnitOfWork, *, report: str, seat: int) -> dict[str, IdentityPiece]:
    """Return the boxes of *seat* that an event names: item to box."""
    named = _standing(uow, report)
    found = SealedVault(uow).pieces(report)
    return {one.item: one for one in found if one.seat == seat and _stands(one.named, named)}


@use_case
def reseal(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    pieces: Sequence[IdentityPiece],
    trust: Trust,
    now: datetime,
) -> Case:
    """Put boxes under the seat's present key in the place of those under an old one.

    Raises:
        SeparationError: the signer neither sits in the seat nor keeps a key of it.
        BadActError: the boxes are not those of the seat, one for one.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, RESEALED)
    facts, report = act.event.facts, act.event.report
    seat, new = _seat_of(act), str(facts.get("to"))
    if new != _key(trust, seat):
        raise BadActError("to", "the seat's present key")
    if not _keeps(uow, trust, act, seat):
        raise SeparationError("no_seat", kind=RESEALED)
    old = old_boxes(uow, report=report, seat=seat, key=new)
    mine = [one for one in old if one.piece.seat_key == facts.get("from")]
    gone = _exchanged(act, mine, pieces, seat, new)
    return _exchange(uow, act, gone, pieces, trust, now)


@use_case
def contribute(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    given: Sequence[Contribution],
    trust: Trust,
    now: datetime,
) -> Case:
    """Keep what one seat gives to rebuild another, sealed to that seat's new key.

    Raises:
        SeparationError: the signer has no place in the seat that gives.
        BadActError: it is not for a box of the lost seat, or was given before.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, CONTRIBUTED)
    report, seat = act.event.report, _seat_of(act)
    giver = _own_seat(trust, act)
    if giver != act.event.facts.get("from_seat"):
        raise SeparationError("no_seat", kind=CONTRIBUTED)
    key = _key(trust, seat)
    wanted = {
        (one.item.id, one.item.version, seat, giver, key)
        for one in old_boxes(uow, report=report, seat=seat, key=key)
        if giver not in one.contributions
    }
    got = {(one.item, one.version, one.seat, one.giver, one.seat_key) for one in given}
    if not got or len(got) != len(given) or not got <= wanted:
        raise BadActError("added", "one contribution to each box of the lost seat")
    case = record(uow, act=act, trust=trust, now=now, records=[one.record for one in given])
    uow.seats.contribute(report, given)
    return case


@use_case
def rebuild(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    pieces: Sequence[IdentityPiece],
    trust: Trust,
    now: datetime,
) -> Case:
    """Put rebuilt boxes in the place of lost ones; what the other seats gave is deleted.

    Raises:
        SeparationError: the signer has no place in the seat.
        BadActError: the boxes are not those of the seat, or too few seats helped.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, REBUILT)
    report, seat = act.event.report, _seat_of(act)
    if _own_seat(trust, act) != seat:
        raise SeparationError("no_seat", kind=REBUILT)
    key, needed = _key(trust, seat), trust.keyset.threshold
    rebuilt = {one.item for one in pieces}
    old = old_boxes(uow, report=report, seat=seat, key=key)
    ready = [one for one in old if one.item.id in rebuilt and len(one.contributions) >= needed]
    gone = _exchanged(act, ready, pieces, seat, key)
    case = _exchange(uow, act, gone, pieces, trust, now)
    for one in gone:
        uow.seats.drop_contributions(report, one.item.id, seat=seat)
    return case


def _exchange(
    uow: UnitOfWork,
    act: SignedEvent,
    gone: Sequence[SeatBox],
    pieces: Sequence[IdentityPiece],
    trust: Trust,
    now: datetime,
) -> Case:
    case = record(uow, act=act, trust=trust, now=now, records=pieces)
    uow.seats.drop_pieces(case.report_id, [one.piece for one in gone])
    uow.sealed.add_pieces(case.report_id, pieces)
    return case


def _exchanged(
    act: SignedEvent,
    old: Sequence[SeatBox],
    pieces: Sequence[IdentityPiece],
    seat: int,
    key: str,
) -> Sequence[SeatBox]:
    """Check that the act takes away exactly the *old* boxes and brings one new for each.

    Raises:
        BadActError: it does not.
    """
    items = sorted(one.item.id for one in old)
    if not old or sorted(one.item for one in pieces) != items:
        raise BadActError("added", "one box for each box that goes")
    if any((one.seat, one.seat_key) != (seat, key) for one in pieces):
        raise BadActError("added", "boxes of this seat under its present key")
    removed = {one.piece.named for one in old}
    if act.event.kind == REBUILT:
        removed |= {given.record.named for one in old for given in one.spent}
    if set(act.event.removed) != removed or len(act.event.removed) != len(removed):
        raise BadActError("removed", "exactly the boxes that go")
    return old


def _seat_of(act: SignedEvent) -> int:
    seat = act.event.facts.get("seat")
    return seat if isinstance(seat, int) else 0


def _key(trust: Trust, seat: int) -> str:
    """Return the hex of the box key that the key set gives a seat."""
    for one in trust.keyset.seats:
        if one.number == seat:
            return one.key.box.hex()
    raise BadActError("seat", "a seat of the key set")


def _own_seat(trust: Trust, act: SignedEvent) -> int:
    seat = trust.keyset.seat_of(trust.signer(act.event.signer).account)
    return seat.number if seat else 0


def _keeps(uow: UnitOfWork, trust: Trust, act: SignedEvent, seat: int) -> bool:
    """Whether the signer sits in the seat, or did and keeps its earlier key until it is over."""
    account = trust.signer(act.event.signer).account
    sat = any(
        account in (one.holder, one.deputy)
        for link in trust.chain
        for one in link.keyset.seats
        if one.number == seat
    )
    return sat and bool(uow.key_wraps.get("seat", str(seat), account))


def _helps(one: Contribution, item: IdentityItem, key: str) -> bool:
    return (one.item, one.version, one.seat_key) == (item.id, item.version, key)


def _standing(uow: UnitOfWork, report: str) -> dict[tuple[str, str], str]:
    return names_in(one.event for one in uow.events.of_report(report))


def _stands(named: Named, standing: Mapping[tuple[str, str], str]) -> bool:
    return standing.get((named.kind, named.id)) == named.digest
