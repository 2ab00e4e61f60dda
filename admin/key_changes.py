"""The next key set: composed from what somebody wants changed, and signed by custodians."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from admin import auth
from admin.extensions import console
from admin.keyring import member_of, stored
from admin.signing import Deed
from casework.domain.errors import KeyChangeError
from casework.domain.ids import new_id
from casework.services import key_changes
from casework.storage.accounts import Account
from casework.storage.key_changes import KeyChange
from crypto.canonical import JSON
from crypto.cli import MEMBERS_MIN, OfficePlan
from crypto.errors import KeySetError
from crypto.keyset import KeySet, Member, keyset_signing_bytes
from crypto.rotation import propose, rotation_due


@dataclass(frozen=True, slots=True)
class ChangeWanted:
    """What a proposal shall change.

    Attributes:
        leaving: account ids.
        joining: people whom no colleague has certified, with the keys of their rows.
        rotated: codes of offices that get a new key beside those that must.
        seats: number of a seat to its holder and deputy, changed or not.
        reseated: numbers of seats that get a new key although nobody changes.
    """

    leaving: frozenset[str]
    joining: tuple[Account, ...]
    rotated: frozenset[str]
    seats: Mapping[int, tuple[str, str]]
    reseated: frozenset[int] = frozenset()


def propose_change(wanted: ChangeWanted) -> str:
    """Make the next key set and keep it for the custodians; return the proposal's id.

    Raises:
        KeyChangeError: a rule would be broken; which, stands in its reason.
        CaseworkError: whatever else is refused.
    """
    here = console()
    trust = here.trust(fresh=True)
    before = trust.members
    members = [one for one in before.values() if one.account not in wanted.leaving]
    members += [member_of(one) for one in wanted.joining]
    seats = {
        number: persons
        for number, persons in wanted.seats.items()
        if persons != _persons(trust.keyset, number) or number in wanted.reseated
    }
    due = rotation_due(trust.keyset, members, before.values())
    known = {one.code for one in trust.keyset.offices}
    new = sorted({one.office for one in members} - known)
    if not (wanted.leaving or wanted.joining or wanted.rotated or seats):
        raise KeyChangeError("nothing_changes")
    _check(trust.keyset, members, {**_all_persons(trust.keyset), **seats}, {*known, *new})
    try:
        made = propose(
            trust.keyset,
            members=members,
            offices_rotated=due | (wanted.rotated & known),
            seats=seats,
            issued_on=here.clock.today().isoformat(),
            new_offices=[OfficePlan(code, _supervisor(code, {*known, *new})) for code in new],
            certified=before.values(),
        )
    except KeySetError as problem:
        raise KeyChangeError("rule_broken") from problem
    now = here.clock.now()
    change = KeyChange(
        id=new_id(),
        number=made.keyset.number,
        body=made.body,
        wraps=tuple(stored(wrap) for wrap in made.wraps),
        signatures={},
        state="proposed",
        proposer=auth.current().account,
        created_at=now,
        expires_at=now,
    )
    key_changes.propose_change(here.store, change=change, trust=trust, now=now)
    return change.id


def sign_change(change: KeyChange, pen: Deed) -> bool:
    """Sign a proposal as a custodian; return whether the key set is in force now.

    Raises:
        KeyChangeError: it is not open any more, or not to be signed by this person.
    """
    here = console()
    trust = here.trust(fresh=True)
    proposed = KeySet.parse(change.body)
    facts: dict[str, JSON] = {
        "number": proposed.number,
        "digest": proposed.digest().hex(),
        "previous": proposed.previous,
    }
    in_force = key_changes.sign_change(
        here.store,
        change=change.id,
        account=auth.current().account,
        signature=pen.key.sign(keyset_signing_bytes(change.body)),
        act=pen.sign_outside(
            "keyset.changed",
            facts,
            added=change.wraps,
            removed=key_changes.wraps_of_leaving(here.store, change=change, trust=trust),
        ),
        trust=trust,
        now=here.clock.now(),
    )
    here.trust(fresh=True)
    return in_force


def _check(
    keyset: KeySet,
    members: Sequence[Member],
    seats: Mapping[int, tuple[str, str]],
    offices: Collection[str],
) -> None:
    """Say which rule of the key set would be broken, before `propose` does in one word."""
    by_account = {one.account: one for one in members}
    for code in sorted(offices):
        if sum(one.office == code for one in by_account.values()) < MEMBERS_MIN:
            raise KeyChangeError("office_too_small", owner=code)
    persons = [person for pair in seats.values() for person in pair]
    if len(set(persons)) < len(persons):
        raise KeyChangeError("two_seats")
    for number, pair in sorted(seats.items()):
        _check_seat(keyset, number, pair, by_account)
    if len({by_account[holder].office for holder, _deputy in seats.values()}) < len(seats):
        raise KeyChangeError("seats_of_one_office")


def _check_seat(
    keyset: KeySet, number: int, pair: tuple[str, str], members: Mapping[str, Member]
) -> None:
    seated = [members.get(person) for person in pair]
    if None in seated:
        raise KeyChangeError("seat_empty", owner=str(number))
    if len({one.office for one in seated if one}) > 1:
        raise KeyChangeError("seat_of_two_offices", owner=str(number))
    changed = pair != _persons(keyset, number)
    if changed and any("custodian" not in one.roles for one in seated if one):
        raise KeyChangeError("not_a_custodian", owner=str(number))


def _persons(keyset: KeySet, number: int) -> tuple[str, str]:
    seat = keyset.seat(number)
    return seat.holder, seat.deputy


def _all_persons(keyset: KeySet) -> dict[int, tuple[str, str]]:
    return {seat.number: (seat.holder, seat.deputy) for seat in keyset.seats}


def _supervisor(code: str, known: Collection[str]) -> str:
    """Return the nearest supervisor that is in the key set; "" at the top."""
    return next((above for above in console().routing.chain_up(code)[1:] if above in known), "")
