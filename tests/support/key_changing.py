"""Newcomers and key changes in a test instance, as colleagues and custodians make them."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from casework.clock import SHANGHAI
from casework.domain.ids import new_id
from casework.services import certifying, key_changes, rewrapping
from casework.services.trust import Trust, load_trust
from casework.storage.accounts import Account
from casework.storage.key_changes import KeyChange
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.keysets import StoredCertificate
from crypto.certificate import Certificate, certificate_signing_bytes
from crypto.cli import MemberWrap as MadeWrap
from crypto.cli import wrap_office_key
from crypto.context import (
    account_context,
    digest,
    office_wrap_context,
    wrap_context,
)
from crypto.events import KeyWrap, SignedEvent
from crypto.keyset import KeySet, Member, keyset_signing_bytes
from crypto.passwords import password_key, pepper_key, seal_secret
from crypto.private_key import PrivateKey
from crypto.public_key import member_fingerprint
from crypto.rotation import needs_office_key, propose, rotation_due
from crypto.seal import wrap_key
from crypto.unseal import unwrap_key
from instance import PASSWORD, SITE, World
from people import CHEAP, Person

SECOND_OF_MARCH = "2026-03-02"


def believed(world: World) -> Trust:
    """Read the chain anew, and have the world go by it."""
    pinned = (world.settings.secrets / "console" / "first-key-set").read_bytes()
    world.trust = load_trust(world.store, first_digest=pinned, newest_number=1)
    return world.trust


def enrolled(world: World, login: str, office: str, roles: tuple[str, ...]) -> Person:
    """Somebody who has signed in for the first time, and whom nobody vouches for yet."""
    person = Person(
        new_id(), login, office, tuple(sorted(roles)), PrivateKey.generate(),
        PrivateKey.generate(), secrets.token_bytes(20),
    )  # fmt: skip
    pepper = (world.settings.secrets / "console" / "password-pepper").read_bytes()
    salt = secrets.token_bytes(16)
    key = password_key(
        PASSWORD, salt=salt, pepper=pepper,
        opslimit=CHEAP.password_opslimit, memlimit=CHEAP.password_memlimit,
    )  # fmt: skip

    def boxed(secret: bytes, what: str, under: bytes = key) -> bytes:
        context = account_context(SITE, person.account, what)
        return seal_secret(secret, key=under, context=context)

    account = Account(
        id=person.account, login=login, display_name=f"样本·{login}", office=office,
        roles=frozenset(roles), state="active", salt=salt, day_box=boxed(person.day.secret, "day"),
        deed_box=boxed(person.deed.secret, "deed"),
        totp_box=boxed(person.totp, "totp", pepper_key(pepper)),
        day_key=person.day.public.encode().hex(), deed_key=person.deed.public.encode().hex(),
    )  # fmt: skip
    world.store.write(lambda uow: uow.accounts.insert(account))
    world.people = {**world.people, login: person}
    return person


def certificate_for(world: World, newcomer: Person, by: str, **changed: object) -> Certificate:
    """What a colleague vouches for."""
    made = Certificate(
        site=SITE,
        keyset=world.trust.keyset.number,
        account=newcomer.account,
        office=newcomer.office,
        roles=newcomer.roles,
        day=newcomer.day.public,
        deed=newcomer.deed.public,
        certified_by=world.people[by].account,
        on=today(world),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def certify(world: World, newcomer: Person, by: str = "yjj-leader", **changed: object) -> Trust:
    """Have a colleague vouch for a newcomer and hand over the office's keys."""
    made = certificate_for(world, newcomer, by, **changed)
    body, pen = made.encode(), world.people[by].deed
    facts = {
        "account": made.account,
        "office": made.office,
        "fingerprint": member_fingerprint(made.day, made.deed),
        "certificate": made.digest().hex(),
    }
    wraps = []
    if needs_office_key(newcomer.member):
        wraps = [
            stored(wrap_office_key(key, site=SITE, code=made.office, member=newcomer.member))
            for key in office_keys(world, by).values()
        ]
    certifying.certify_member(
        world.store,
        act=world.sign(by, "member.certified", "", facts, wraps),
        certificate=StoredCertificate(
            made.digest().hex(), made.account, body, pen.sign(certificate_signing_bytes(body))
        ),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )
    return believed(world)


def office_keys(world: World, who: str) -> dict[str, PrivateKey]:
    """Open the office keys that somebody holds, by the hex of their public box key."""
    person = world.people[who]
    wraps = world.store.read(lambda uow: uow.key_wraps.get("office", person.office, person.account))
    context = office_wrap_context(SITE, person.office)
    opened = [
        PrivateKey(
            unwrap_key(w.body, context=context, holder=person.day, key_id=bytes.fromhex(w.key_id))
        )
        for w in wraps
    ]
    return {key.public.box.hex(): key for key in opened}


def drafted(
    world: World,
    *,
    leaving: Iterable[str] = (),
    joining: Iterable[Person] = (),
    rotated: Iterable[str] = (),
    seats: Mapping[int, tuple[str, str]] | None = None,
    proposer: str = "yjj-leader",
    body: bytes = b"",
) -> str:
    """Propose a key change; people by login name. Returns its id.

    *body* stands in the place of the key set that is proposed, one that makes no key anew.
    """
    trust = world.trust
    gone = {world.people[login].account for login in leaving}
    members = [one for one in trust.members.values() if one.account not in gone]
    members += [one.member for one in joining]
    made = propose(
        trust.keyset,
        members=members,
        offices_rotated=rotation_due(trust.keyset, members, trust.members.values()) | set(rotated),
        seats={
            number: (world.people[holder].account, world.people[deputy].account)
            for number, (holder, deputy) in (seats or {}).items()
        },
        issued_on=today(world),
        certified=trust.members.values(),
    )
    change = KeyChange(
        new_id(), made.keyset.number, body or made.body,
        () if body else tuple(stored(one) for one in made.wraps),
        {}, "proposed", world.people[proposer].account, world.now, world.now,
    )  # fmt: skip
    key_changes.propose_change(world.store, change=change, trust=trust, now=world.now)
    return change.id


def signed(world: World, change: str, who: str, *, signature: bytes = b"") -> bool:
    """Have a custodian sign a proposal; returns whether it is in force."""
    found = key_changes.key_change(world.store, change=change)
    assert found is not None
    person = world.people[who]
    return key_changes.sign_change(
        world.store,
        change=change,
        account=person.account,
        signature=signature or person.deed.sign(keyset_signing_bytes(found.body)),
        act=changed_event(world, who, found),
        trust=world.trust,
        now=world.now,
    )


def changed_event(world: World, who: str, change: KeyChange) -> SignedEvent:
    """What the custodian signs beside the key set."""
    proposed = KeySet.parse(change.body)
    gone = key_changes.wraps_of_leaving(world.store, change=change, trust=world.trust)
    facts = {
        "number": proposed.number,
        "digest": proposed.digest().hex(),
        "previous": proposed.previous,
    }
    return world.sign(
        who, "keyset.changed", "", facts, change.wraps, removed=[one.named for one in gone]
    )


def put_in_force(world: World, **wanted: object) -> Trust:
    """Propose a key change and have two seats sign it."""
    change = drafted(world, **wanted)  # type: ignore[arg-type]
    assert not signed(world, change, "seat1-holder")
    assert signed(world, change, "seat2-holder")
    return believed(world)


def rewrap(world: World, report: str, who: str) -> None:
    """Wrap one case to the present key of somebody's office."""
    person = world.people[who]
    keys, now_key = office_keys(world, who), world.trust.keyset.office(person.office).key
    stale = rewrapping.stale_case(
        world.store, report=report, office=person.office, trust=world.trust
    )
    manifests = {one.sending: one for one in stale.manifests}
    wraps = []
    for old in stale.wraps:
        context = wrap_context(
            SITE, report, old.sending, old.key_kind, digest(manifests[old.sending].body)
        )
        key = unwrap_key(
            old.body, context=context, holder=keys[old.recipient_key], key_id=old.key_id
        )
        body = wrap_key(key, context=context, recipient=now_key)
        wraps.append(
            KeyWrap(
                new_id(), old.sending, old.key_kind, old.recipient, old.key_id,
                now_key.box.hex(), body,
            )
        )  # fmt: skip
    facts = {"office": person.office, "key_id": now_key.box.hex()}
    rewrapping.rewrap_case(
        world.store,
        act=world.sign(
            who, "keys.rewrapped", report, facts, wraps,
            removed=[one.named for one in stale.wraps],
        ),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )  # fmt: skip


def member(world: World, login: str) -> Member:
    """A person as the key set has them."""
    return world.people[login].member


def today(world: World) -> str:
    """The civil date of the world's clock."""
    now: datetime = world.now
    return now.astimezone(SHANGHAI).date().isoformat()


def stored(wrap: MadeWrap) -> MemberWrap:
    """A wrap as it is stored."""
    return MemberWrap(
        "office" if wrap.kind == "office" else "seat",
        wrap.name,
        wrap.key_id.hex(),
        wrap.account or RECOVERY,
        wrap.body,
    )
