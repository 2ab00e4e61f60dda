"""The next key set, as a pure function: who leaves, who joins, which keys are made anew.

Nobody's deed key is needed here: a proposal counts for nothing until custodians of k
seats have signed its body (`keyset.check_next`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crypto.cli import (
    MEMBERS_MIN,
    ROLES_WITHOUT_OFFICE_KEY,
    MemberWrap,
    OfficePlan,
    wrap_office_key,
    wrap_seat_key,
)
from crypto.context import key_id, office_wrap_context
from crypto.errors import KeySetError
from crypto.keyset import KeySet, Member, Office, ReplacedKey, SeatKey
from crypto.private_key import PrivateKey
from crypto.seal import wrap_key


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next key set, not yet signed by anybody.

    Attributes:
        keyset: what is proposed.
        body: its bytes, to be signed (`keyset.keyset_signing_bytes`).
        wraps: the new office and seat keys, wrapped to whom they are for.
    """

    keyset: KeySet
    body: bytes
    wraps: tuple[MemberWrap, ...]


def propose(
    previous: KeySet,
    *,
    members: Sequence[Member],
    offices_rotated: Collection[str],
    seats: Mapping[int, tuple[str, str]],
    issued_on: str,
    new_offices: Sequence[OfficePlan] = (),
    certified: Iterable[Member] = (),
) -> Proposal:
    """Draw the new secrets of a key change and compose the key set that follows *previous*.

    Args:
        previous: the key set in force.
        members: everybody who shall be a member, in full.
        offices_rotated: codes of offices that get a new key, of `rotation_due` at least.
        seats: number of a seat that changes hands to its new holder and deputy, by account;
            it gets a new key. The others keep theirs.
        issued_on: civil date.
        new_offices: offices that join.
        certified: members beside those of *previous*, whose keys end if they are not kept.

    Returns:
        The proposal; its wraps are for the recovery key, for members of rotated and new
        offices whose roles need the office key, and for holders and deputies of new seats.

    Raises:
        KeySetError: a rule of the key set is broken, an office is left with fewer than two
            members, or one of those that must be rotated is not.
    """
    before = {one.account: one for one in (*certified, *previous.members)}
    _check_plan(previous, before, members, offices_rotated, seats, new_offices)
    made = {code: PrivateKey.generate() for code in offices_rotated}
    made |= {plan.code: PrivateKey.generate() for plan in new_offices}
    seat_keys = {number: PrivateKey.generate() for number in seats}
    by_account = {one.account: one for one in members}
    keyset = KeySet(
        number=previous.number + 1,
        site=previous.site,
        demo=previous.demo,
        previous=previous.digest().hex(),
        issued_on=issued_on,
        offices=_offices(previous, made, new_offices),
        seats=tuple(_seat(one, seats, seat_keys, by_account) for one in previous.seats),
        threshold=previous.threshold,
        members=tuple(sorted(members, key=lambda one: one.account)),
        recovery=previous.recovery,
        log=previous.log,
        suite=previous.suite,
        code_opslimit=previous.code_opslimit,
        code_memlimit=previous.code_memlimit,
        code_salt=previous.code_salt,
        password_opslimit=previous.password_opslimit,
        password_memlimit=previous.password_memlimit,
        replaced=(
            *previous.replaced,
            *_replaced(previous, before, by_account, offices_rotated, seats, issued_on),
        ),
    )
    wraps = (*_office_wraps(keyset, made), *_new_seat_wraps(keyset, seat_keys))
    return Proposal(keyset, keyset.encode(), wraps)


def rotation_due(
    previous: KeySet, members: Iterable[Member], certified: Iterable[Member] = ()
) -> frozenset[str]:
    """Return the offices whose key must be made anew when *members* are those that remain.

    Every office that somebody leaves, or changes the keys in; and every office of the key
    set that somebody joins whom no colleague certified, who could not read anything else.

    Args:
        previous: the key set in force.
        members: everybody who shall be a member.
        certified: members beside those of *previous*.
    """
    before = {one.account: one for one in (*certified, *previous.members)}
    after = {one.account: one for one in members}
    gone = {one.office for one in before.values() if not _same_person(one, after.get(one.account))}
    come = {one.office for one in after.values() if not _same_person(one, before.get(one.account))}
    return frozenset(code for code in gone | come if previous.has_office(code))


def needs_office_key(member: Member) -> bool:
    """Whether the roles of *member* read cases, so that the office key is wrapped to them."""
    return not ROLES_WITHOUT_OFFICE_KEY.issuperset(member.roles)


def _same_person(one: Member, other: Member | None) -> bool:
    if other is None:
        return False
    return (one.office, one.day, one.deed) == (other.office, other.day, other.deed)


def _check_plan(
    previous: KeySet,
    before: Mapping[str, Member],
    members: Sequence[Member],
    offices_rotated: Collection[str],
    seats: Mapping[int, tuple[str, str]],
    new_offices: Sequence[OfficePlan],
) -> None:
    known = {one.code for one in previous.offices}
    due = rotation_due(previous, members, before.values())
    if not due.issubset(offices_rotated) or not known.issuperset(offices_rotated):
        raise KeySetError("the offices to be rotated are not those that must be")
    if not set(seats).issubset(one.number for one in previous.seats):
        raise KeySetError("no such seat")
    count = Counter(one.office for one in members)
    for code in (*known, *(plan.code for plan in new_offices)):
        if count[code] < MEMBERS_MIN:
            raise KeySetError(f"office {code} has fewer than {MEMBERS_MIN} members")


def _offices(
    previous: KeySet, made: Mapping[str, PrivateKey], new_offices: Sequence[OfficePlan]
) -> tuple[Office, ...]:
    kept = [
        Office(one.code, one.supervisor, made[one.code].public if one.code in made else one.key)
        for one in previous.offices
    ]
    added = [Office(one.code, one.supervisor, made[one.code].public) for one in new_offices]
    return tuple(sorted([*kept, *added], key=lambda one: one.code))


def _seat(
    seat: SeatKey,
    changed: Mapping[int, tuple[str, str]],
    keys: Mapping[int, PrivateKey],
    members: Mapping[str, Member],
) -> SeatKey:
    if seat.number not in changed:
        return seat
    holder, deputy = changed[seat.number]
    if holder not in members or deputy not in members:
        raise KeySetError("holder or deputy is no member")
    return SeatKey(seat.number, members[holder].office, holder, deputy, keys[seat.number].public)


def _replaced(
    previous: KeySet,
    before: Mapping[str, Member],
    after: Mapping[str, Member],
    offices: Collection[str],
    seats: Iterable[int],
    last_day: str,
) -> list[ReplacedKey]:
    """Name every key of *previous* that the next key set no longer has."""
    gone = [
        (f"account:{one.account}", key)
        for one in before.values()
        if not _same_person(one, after.get(one.account))
        for key in (one.day, one.deed)
    ]
    gone += [(f"office:{code}", previous.office(code).key) for code in sorted(offices)]
    gone += [(f"seat:{number}", previous.seat(number).key) for number in sorted(seats)]
    return [ReplacedKey(holder, key.encode().hex(), last_day) for holder, key in gone]


def _office_wraps(keyset: KeySet, made: Mapping[str, PrivateKey]) -> list[MemberWrap]:
    wraps = [
        wrap_office_key(made[one.office], site=keyset.site, code=one.office, member=one)
        for one in keyset.members
        if one.office in made and needs_office_key(one)
    ]
    for code, key in made.items():
        body = wrap_key(
            key.secret,
            context=office_wrap_context(keyset.site, code),
            recipient=keyset.recovery,
        )
        name, to = key_id(key.secret), keyset.recovery.box.hex()
        wraps.append(MemberWrap("office", code, "", name, to, body))
    return wraps


def _new_seat_wraps(keyset: KeySet, keys: Mapping[int, PrivateKey]) -> list[MemberWrap]:
    # Never to the recovery key: it opens offices, not identities.
    return [
        wrap_seat_key(key, site=keyset.site, number=number, member=keyset.member(person))
        for number, key in keys.items()
        for person in (keyset.seat(number).holder, keyset.seat(number).deputy)
    ]
