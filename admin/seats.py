"""A custodian's seat with a new key: boxes are handed over, or rebuilt with the other seats' help.

Each press works for a few seconds and then shows how far it came. Every report
is signed and stored by itself, so nothing is lost when a press is cut off.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from admin import auth
from admin.extensions import console
from admin.signing import Deed, attempt
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.queries.cases import case as find_case
from casework.services import keysets, seats
from casework.services.seats import Contribution, SeatBox, SeatState
from crypto.canonical import JSON
from crypto.context import contribution_context, piece_context, seat_wrap_context
from crypto.errors import CryptoError
from crypto.events import IdentityPiece
from crypto.keyset import SeatKey
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.seal import seal_pieces
from crypto.shares import due, part_conflicts, rebuild
from crypto.unseal import open_pieces, unwrap_key

PRESS_SECONDS: Final = 4.0
FAILED_SHOWN: Final = 20
Keys = Mapping[str, PrivateKey]  # seat keys that this person opens, by the hex of the box key
Page = Callable[[str], tuple[str, ...]]  # the next reports after one
Work = Callable[[str], int]  # does one report; how many boxes


@dataclass(frozen=True, slots=True)
class Press:
    """What one press came to.

    Attributes:
        boxes: how many boxes were dealt with.
        finished: whether every report was looked at.
        closed: numbers of cases with a box that did not open, some of them.
        contradicted: numbers of cases in which what seats gave does not agree, and those seats.
    """

    boxes: int = 0
    finished: bool = False
    closed: tuple[str, ...] = ()
    contradicted: tuple[tuple[str, tuple[int, ...]], ...] = ()


class _ClosedError(Exception):
    """A box does not open with the keys at hand."""


class _ContradictionError(Exception):
    """What several seats gave for one box does not agree."""

    def __init__(self, named: tuple[int, ...]) -> None:
        super().__init__(named)
        self.seats = named


def states() -> tuple[tuple[SeatKey, SeatState], ...]:
    """Every seat of the key set, and how far its boxes have come to its present key."""
    return tuple(
        (one, seats.seat_state(console().store, seat=one)) for one in console().trust().keyset.seats
    )


def hand_over(seat: SeatKey, deed: Deed) -> Press:
    """Seal the boxes of *seat* that this person can open to its present key."""
    keys = _keys(seat.number, deed)

    def work(report: str) -> int:
        return attempt(report, lambda case: _hand_over_one(case, seat, keys, deed))

    return _press(lambda after: _to_reseal(seat, after), work)


def help_lost(lost: SeatKey, mine: SeatKey, deed: Deed) -> Press:
    """Give the seat *lost* what of one's own boxes is due to it, sealed to its new key."""
    keys = _keys(mine.number, deed)

    def page(after: str) -> tuple[str, ...]:
        return seats.reports_to_help(
            console().store, seat=lost.number, key=_hex(lost), giver=mine.number, after=after
        )

    def work(report: str) -> int:
        return attempt(report, lambda case: _help_one(case, lost, mine, keys, deed))

    return _press(page, work)


def rebuild_own(seat: SeatKey, deed: Deed) -> Press:
    """Put the boxes of one's own seat together from what enough other seats gave."""
    keys = _keys(seat.number, deed)

    def page(after: str) -> tuple[str, ...]:
        return seats.reports_to_rebuild(
            console().store,
            seat=seat.number,
            key=_hex(seat),
            needed=console().trust().keyset.threshold,
            after=after,
        )

    def work(report: str) -> int:
        return attempt(report, lambda case: _rebuild_one(case, seat, keys, deed))

    return _press(page, work)


def _press(page: Page, work: Work) -> Press:
    """Work through the reports for a few seconds; one that does not open stops nothing."""
    done, end = Press(), time.monotonic() + PRESS_SECONDS
    for looked_at, report in enumerate(_reports(page)):
        # One at least, so that pressing on comes to an end on the slowest machine.
        if looked_at and time.monotonic() >= end:
            return done
        try:
            done = replace(done, boxes=done.boxes + work(report))
        except _ClosedError:
            done = replace(done, closed=(*done.closed, _number(report))[:FAILED_SHOWN])
        except _ContradictionError as found:
            named = (*done.contradicted, (_number(report), found.seats))
            done = replace(done, contradicted=named[:FAILED_SHOWN])
    return replace(done, finished=True)


def _reports(page: Page) -> Iterator[str]:
    after = ""
    while found := page(after):
        yield from found
        after = found[-1]


def _hand_over_one(case: Case, seat: SeatKey, keys: Keys, deed: Deed) -> int:
    boxes = _old(case, seat)
    mine = [one for one in boxes if one.piece.seat_key in keys]
    if boxes and not mine:
        raise _ClosedError
    if not mine:
        return 0
    # One act a key: its facts name the key that ends and the key that begins.
    old_key = mine[0].piece.seat_key
    batch = [one for one in mine if one.piece.seat_key == old_key]
    sealed = [
        _sealed(case, one, seat, _opened(case, one.piece, one, seat.number, keys)) for one in batch
    ]
    facts: dict[str, JSON] = {"seat": seat.number, "from": old_key, "to": _hex(seat)}
    gone = [one.piece for one in batch]
    seats.reseal(
        console().store,
        act=deed.sign(case, seats.RESEALED, facts, added=sealed, removed=gone),
        pieces=sealed,
        trust=console().trust(),
        now=console().clock.now(),
    )
    return len(batch)


def _help_one(case: Case, lost: SeatKey, mine: SeatKey, keys: Keys, deed: Deed) -> int:
    own = seats.boxes_of(console().store, report=case.report_id, seat=mine.number)
    wanted = [one for one in _old(case, lost) if mine.number not in one.contributions]
    given = [_given(case, one, own.get(one.item.id), lost, mine, keys) for one in wanted]
    if not given:
        return 0
    facts: dict[str, JSON] = {"seat": lost.number, "from_seat": mine.number}
    seats.contribute(
        console().store,
        act=deed.sign(case, seats.CONTRIBUTED, facts, added=[one.record for one in given]),
        given=given,
        trust=console().trust(),
        now=console().clock.now(),
    )
    return len(given)


def _given(
    case: Case, box: SeatBox, own: IdentityPiece | None, lost: SeatKey, mine: SeatKey, keys: Keys
) -> Contribution:
    if own is None:
        raise _ClosedError
    item, site = box.item, console().store.site
    bundle = _opened(case, own, box, mine.number, keys)
    context = contribution_context(
        site, case.report_id, item.id, lost.number, mine.number, item.version
    )
    try:
        part = due(bundle, to=lost.number)
    except CryptoError as problem:
        raise _ClosedError from problem
    body = seal_pieces(
        part, context=context, item_key_id=object_key_id(item.body), recipient=lost.key
    )
    return Contribution(item.id, item.version, lost.number, mine.number, _hex(lost), body)


def _rebuild_one(case: Case, seat: SeatKey, keys: Keys, deed: Deed) -> int:
    needed = console().trust().keyset.threshold
    ready = [one for one in _old(case, seat) if len(one.contributions) >= needed]
    if not ready:
        return 0
    sealed = [_sealed(case, one, seat, _rebuilt(case, one, seat, keys)) for one in ready]
    gone = [one.piece for one in ready]
    given = [spent.record for one in ready for spent in one.spent]
    seats.rebuild(
        console().store,
        act=deed.sign(
            case, seats.REBUILT, {"seat": seat.number}, added=sealed, removed=[*gone, *given]
        ),
        pieces=sealed,
        trust=console().trust(),
        now=console().clock.now(),
    )
    return len(ready)


def _rebuilt(case: Case, box: SeatBox, seat: SeatKey, keys: Keys) -> bytes:
    item = box.item
    try:
        parts = {
            giver: open_pieces(
                body,
                context=contribution_context(
                    console().store.site, case.report_id, item.id, seat.number, giver, item.version
                ),
                holder=keys[_hex(seat)],
                item_key_id=object_key_id(item.body),
            )
            for giver, body in box.contributions.items()
        }
        wrong = part_conflicts(parts, seat=seat.number)
        if wrong:
            raise _ContradictionError(tuple(sorted({one for pair in wrong for one in pair})))
        return rebuild(parts, seat=seat.number)
    except (CryptoError, KeyError) as problem:
        raise _ClosedError from problem


def _opened(case: Case, piece: IdentityPiece, box: SeatBox, number: int, keys: Keys) -> bytes:
    item = box.item
    context = piece_context(console().store.site, case.report_id, item.id, number, item.version)
    try:
        return open_pieces(
            piece.body,
            context=context,
            holder=keys[piece.seat_key],
            item_key_id=object_key_id(item.body),
        )
    except (CryptoError, KeyError) as problem:
        raise _ClosedError from problem


def _sealed(case: Case, box: SeatBox, seat: SeatKey, bundle: bytes) -> IdentityPiece:
    item = box.item
    context = piece_context(
        console().store.site, case.report_id, item.id, seat.number, item.version
    )
    body = seal_pieces(
        bundle, context=context, item_key_id=object_key_id(item.body), recipient=seat.key
    )
    return IdentityPiece(new_id(), item.id, seat.number, _hex(seat), body)


def _old(case: Case, seat: SeatKey) -> tuple[SeatBox, ...]:
    return seats.old_boxes(console().store, report=case.report_id, seat=seat.number, key=_hex(seat))


def _to_reseal(seat: SeatKey, after: str) -> tuple[str, ...]:
    return seats.reports_to_reseal(console().store, seat=seat.number, key=_hex(seat), after=after)


def _keys(number: int, deed: Deed) -> Keys:
    """Open every key of a seat that is wrapped to this person; what does not open is left out."""
    context = seat_wrap_context(console().store.site, number)
    found = {}
    for wrap in keysets.member_wraps(
        console().store, kind="seat", owner=str(number), account=auth.current().account
    ):
        name = bytes.fromhex(wrap.key_id)
        try:
            key = PrivateKey(unwrap_key(wrap.body, context=context, holder=deed.key, key_id=name))
        except CryptoError:
            continue
        found[key.public.box.hex()] = key
    return found


def _number(report: str) -> str:
    return find_case(console().store, report=report).case_number


def _hex(seat: SeatKey) -> str:
    return seat.key.box.hex()
