"""What custodians do in a test instance whose seats have changed keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.domain.ids import new_id
from casework.services import disclosure, seats
from crypto.context import contribution_context, piece_context
from crypto.events import IdentityPiece
from crypto.objects import object_key_id
from crypto.seal import seal_approval, seal_pieces
from crypto.shares import due
from crypto.unseal import open_pieces
from instance import SITE
from seat_change import seat_keys

if TYPE_CHECKING:
    from rich_instance import Rich


def reseal(rich: Rich, name: str, seat: int, who: str) -> None:
    """Hand the boxes of a seat over to its present key."""
    world, report = rich.world, rich.report(name)
    new = next(one for one in world.trust.keyset.seats if one.number == seat).key
    keys = seat_keys(world, seat, who)
    boxes = seats.old_boxes(world.store, report=report, seat=seat, key=new.box.hex())
    made = []
    for one in boxes:
        context = piece_context(SITE, report, one.item.id, seat, one.item.version)
        name_of = object_key_id(one.item.body)
        bundle = open_pieces(
            one.piece.body, context=context, holder=keys[one.piece.seat_key], item_key_id=name_of
        )
        body = seal_pieces(bundle, context=context, item_key_id=name_of, recipient=new)
        made.append(IdentityPiece(new_id(), one.item.id, seat, new.box.hex(), body))
    facts = {"seat": seat, "from": boxes[0].piece.seat_key, "to": new.box.hex()}
    gone = [one.piece.named for one in boxes]
    seats.reseal(
        world.store,
        act=world.sign(who, "keys.resealed", report, facts, made, removed=gone),
        pieces=made,
        trust=world.trust,
        now=world.now,
    )


def contribute(rich: Rich, name: str, *, lost: int, giver: int, who: str) -> None:
    """Let a seat give what is due to another."""
    world, report = rich.world, rich.report(name)
    new = next(one for one in world.trust.keyset.seats if one.number == lost).key
    keys = seat_keys(world, giver, who)
    own = seats.boxes_of(world.store, report=report, seat=giver)
    given = []
    for one in seats.old_boxes(world.store, report=report, seat=lost, key=new.box.hex()):
        item, mine = one.item, own[one.item.id]
        name_of = object_key_id(item.body)
        bundle = open_pieces(
            mine.body,
            context=piece_context(SITE, report, item.id, giver, item.version),
            holder=keys[mine.seat_key],
            item_key_id=name_of,
        )
        body = seal_pieces(
            due(bundle, to=lost),
            context=contribution_context(SITE, report, item.id, lost, giver, item.version),
            item_key_id=name_of,
            recipient=new,
        )
        given.append(seats.Contribution(item.id, item.version, lost, giver, new.box.hex(), body))
    facts = {"seat": lost, "from_seat": giver}
    seats.contribute(
        world.store,
        act=world.sign(who, "keys.contributed", report, facts, [one.record for one in given]),
        given=given,
        trust=world.trust,
        now=world.now,
    )


def agree(rich: Rich, report: str, release: str, who: str) -> None:
    """Approve a release from *who*'s seat, whichever of its keys the box is under."""
    world, person = rich.world, rich.world.people[who]
    seat = world.trust.keyset.seat_of(person.account)
    assert seat is not None
    told = disclosure.custody_material(
        world.store, report=report, release=release, seat=seat.number
    )
    pieces = open_pieces(
        told.piece.body,
        context=piece_context(SITE, report, told.item.id, seat.number, told.item.version),
        holder=seat_keys(world, seat.number, who)[told.piece.seat_key],
        item_key_id=object_key_id(told.item.body),
    )
    box = seal_approval(
        pieces,
        request_digest=told.request.event.digest(),
        item=told.item.id,
        seat=seat.number,
        requester=world.trust.member(told.case.releases[release].requester).deed,
    )
    approval = disclosure.approval_object(release, seat.number, box)
    facts = {"release": release, "seat": seat.number, "seat_key": seat.key.box.hex()}
    disclosure.approve_release(
        world.store,
        act=world.sign(who, "release.approved", report, facts, [approval]),
        approval=approval,
        trust=world.trust,
        now=world.now,
    )
