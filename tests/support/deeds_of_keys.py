"""Deeds of custodians whose seats have new keys: hand over, give, rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_seats
from casework.domain.ids import new_id
from casework.services import seats
from crypto import shares
from crypto.context import contribution_context, piece_context
from crypto.events import IdentityPiece
from crypto.objects import object_key_id
from crypto.seal import seal_pieces
from crypto.unseal import open_pieces
from people import SITE
from seat_change import seat_keys

if TYPE_CHECKING:
    from deed import Deed

HOLDERS = {1: "seat1-holder", 2: "seat2-holder", 3: "seat3-holder"}


def reseal(deed: Deed) -> None:
    """Hand the boxes of one's own seat, or of any, over to its present key."""
    seat = _own_seat(deed) or 3
    deed.one_of(_old(deed, seat))
    rich_seats.reseal(deed.rich, "it", seat, _keeper(deed, seat))


def contribute(deed: Deed) -> None:
    """Give what is due to a seat whose boxes are old, from one's own or any other."""
    lost = deed.one_of([one for one in HOLDERS if _old(deed, one)])
    giver = _own_seat(deed) or 2
    given = [one for one in _old(deed, lost) if giver not in one.contributions]
    if giver == lost or not given or any(giver in one.contributions for one in _old(deed, lost)):
        giver = deed.one_of([one for one in HOLDERS if one not in (lost, giver)])
    rich_seats.contribute(deed.rich, "it", lost=lost, giver=giver, who=_keeper(deed, giver))


def rebuild(deed: Deed) -> None:
    """Put boxes made from what enough other seats gave in the place of the old ones."""
    world, report, seat = deed.world, deed.report, _own_seat(deed) or 1
    needed = world.trust.keyset.threshold
    ready = [one for one in _old(deed, seat) if len(one.contributions) >= needed]
    deed.one_of(ready)
    new = next(one for one in world.trust.keyset.seats if one.number == seat).key
    holder = seat_keys(world, seat, _keeper(deed, seat))[new.box.hex()]
    made, gone = [], []
    for one in ready:
        name_of, item = object_key_id(one.item.body), one.item
        parts = {
            giver: open_pieces(
                body,
                context=contribution_context(SITE, report, item.id, seat, giver, item.version),
                holder=holder,
                item_key_id=name_of,
            )
            for giver, body in one.contributions.items()
        }
        context = piece_context(SITE, report, item.id, seat, item.version)
        bundle = shares.rebuild(parts, seat=seat)
        body = seal_pieces(bundle, context=context, item_key_id=name_of, recipient=new)
        made.append(IdentityPiece(new_id(), item.id, seat, new.box.hex(), body))
        gone += [one.piece.named, *(spent.record.named for spent in one.spent)]
    seats.rebuild(
        world.store,
        act=world.sign("", "keys.rebuilt", report, {"seat": seat}, made, removed=gone),
        pieces=made,
        trust=world.trust,
        now=world.now,
    )


def _old(deed: Deed, seat: int) -> list[seats.SeatBox]:
    new = next(one for one in deed.world.trust.keyset.seats if one.number == seat).key
    return list(seats.old_boxes(deed.world.store, report=deed.report, seat=seat, key=new.box.hex()))


def _own_seat(deed: Deed) -> int:
    person = deed.world.people.get(deed.who)
    seat = deed.world.trust.keyset.seat_of(person.account) if person else None
    return seat.number if seat else 0


def _keeper(deed: Deed, seat: int) -> str:
    """Whose keys open the seat's boxes: the actor's where it sits there."""
    return deed.who if _own_seat(deed) == seat else HOLDERS[seat]
