"""A key change that gives a custodian's seat a new key, as custodians of k seats sign it."""

import json
from dataclasses import replace
from functools import partial

import sqlalchemy as sa

from casework.services import keysets
from casework.services.trust import load_trust
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.staff_tables import account
from casework.storage.unit_of_work import UnitOfWork
from crypto.context import piece_context, seat_wrap_context
from crypto.events import IdentityItem, IdentityPiece, Named
from crypto.keyset import Member, keyset_signing_bytes
from crypto.objects import object_key_id
from crypto.private_key import PrivateKey
from crypto.rotation import propose
from crypto.unseal import open_pieces, unwrap_key
from instance import SITE, World


def change_seat(world: World, seat: int, holder: str, deputy: str, *, lost: bool = False) -> None:
    """Give *seat* to two people, by login, with a new key; *lost* takes the old key from all."""
    people = world.people[holder], world.people[deputy]
    accounts = {one.account for one in people}
    members = [
        replace(one, roles=tuple(sorted({*one.roles, "custodian"})))
        if one.account in accounts
        else one
        for one in world.trust.keyset.members
    ]
    made = propose(
        world.trust.keyset,
        members=members,
        offices_rotated=(),
        seats={seat: (people[0].account, people[1].account)},
        issued_on=world.now.date().isoformat(),
    )
    gone = []
    if lost:
        gone = world.store.write(lambda uow: _forget(uow, seat))
    message = keyset_signing_bytes(made.body)
    signers = [world.people["seat2-holder"], world.people["seat3-holder"]]
    facts = {
        "number": made.keyset.number,
        "digest": made.keyset.digest().hex(),
        "previous": made.keyset.previous,
    }
    wraps = [
        MemberWrap(w.kind, w.name, w.key_id.hex(), w.account or RECOVERY, w.body)  # type: ignore[arg-type]
        for w in made.wraps
    ]
    act = world.sign("seat3-holder", "keyset.changed", "", facts, wraps, removed=gone)
    signatures = {one.account: one.deed.sign(message) for one in signers}

    def put_in_force(uow: UnitOfWork) -> None:
        uow.keysets.insert(made.keyset.number, made.body, signatures)
        uow.key_wraps.insert(wraps)
        uow.events.append(act)

    world.store.write(put_in_force)
    for one in members:
        if one.account in accounts:
            world.store.write(partial(_give_roles, member=one))
    digest = (world.settings.secrets / "console" / "first-key-set").read_bytes()
    world.trust = load_trust(world.store, first_digest=digest, newest_number=1)


def seat_keys(world: World, seat: int, login: str) -> dict[str, PrivateKey]:
    """The keys of a seat that somebody's deed key opens, by their box key."""
    person = world.people[login]
    wraps = keysets.member_wraps(world.store, kind="seat", owner=str(seat), account=person.account)
    opened = [
        PrivateKey(
            unwrap_key(
                wrap.body,
                context=seat_wrap_context(SITE, seat),
                holder=person.deed,
                key_id=bytes.fromhex(wrap.key_id),
            )
        )
        for wrap in wraps
    ]
    return {one.public.box.hex(): one for one in opened}


def bundles(world: World, report: str, seat: int, login: str) -> dict[str, bytes]:
    """What a seat holds of a report's items as somebody of the seat opens it: item to bundle."""
    keys = seat_keys(world, seat, login)
    items, pieces = world.store.read(lambda uow: _rows(uow, report))
    found = {}
    for piece in pieces:
        if piece.seat == seat and piece.seat_key in keys:
            item = items[piece.item]
            found[piece.item] = open_pieces(
                piece.body,
                context=piece_context(SITE, report, item.id, seat, item.version),
                holder=keys[piece.seat_key],
                item_key_id=object_key_id(item.body),
            )
    return found


def pieces_of(world: World, report: str, seat: int) -> list[IdentityPiece]:
    """The stored boxes of a seat."""
    return [one for one in world.store.read(lambda uow: _rows(uow, report))[1] if one.seat == seat]


def _rows(
    uow: UnitOfWork, report: str
) -> tuple[dict[str, IdentityItem], tuple[IdentityPiece, ...]]:
    from casework.storage.sealed_vault import SealedVault

    vault = SealedVault(uow)
    return {one.id: one for one in vault.items(report)}, vault.pieces(report)


def _give_roles(uow: UnitOfWork, member: Member) -> None:
    roles = json.dumps(sorted(member.roles), separators=(",", ":"))
    uow.connection.execute(
        sa.update(account).where(account.c.id == member.account).values(roles=roles)
    )


def _forget(uow: UnitOfWork, seat: int) -> list[Named]:
    gone = uow.key_wraps.of_owner("seat", str(seat))
    for wrap in gone:
        uow.key_wraps.delete("seat", str(seat), wrap.account)
    return [wrap.named for wrap in gone]
