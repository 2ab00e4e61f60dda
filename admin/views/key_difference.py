"""What a proposed key set would change, line by line, for people who compare it aloud."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.keyset import KeySet, Member
from crypto.public_key import member_fingerprint
from crypto.rotation import needs_office_key

# What a key change never touches; a custodian has to see it if one does.
FIXED = (
    "site", "demo", "threshold", "recovery", "log", "suite", "code_opslimit", "code_memlimit",
    "code_salt", "password_opslimit", "password_memlimit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A member with the digits that stand for both keys."""

    account: str
    office: str
    roles: tuple[str, ...]
    fingerprint: str
    is_certified: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A new key of an office or a seat, with its digits."""

    owner: str
    fingerprint: str
    holder: str = ""
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which a proposal differs from the key set in force.

    Attributes:
        number: of the proposed key set.
        fingerprint: digits that stand for the whole proposal.
        joining: who was no member; *is_certified* says that a colleague vouches already.
        leaving: who would be none any more.
        changed: members whose office, roles or keys would be others: never by the console.
        offices: offices with a new key.
        seats: seats with a new key or other persons.
        emptied: offices that everybody leaves: nobody could open their old cases any more.
        unexpected: names of fields that a key change never touches.
    """

    number: int
    fingerprint: str
    joining: tuple[Person, ...]
    leaving: tuple[Person, ...]
    changed: tuple[Person, ...]
    offices: tuple[Key, ...]
    seats: tuple[Key, ...]
    emptied: tuple[str, ...]
    unexpected: tuple[str, ...]


def difference(now: KeySet, members: Mapping[str, Member], proposed: KeySet) -> Difference:
    """Compare the key set in force, and everybody it vouches for, with a proposal."""
    first = {one.account for one in now.members}
    after = {one.account: one for one in proposed.members}
    return Difference(
        number=proposed.number,
        fingerprint=proposed.fingerprint(),
        joining=tuple(
            _person(one, is_certified=one.account in members)
            for one in after.values()
            if one.account not in first
        ),
        leaving=tuple(_person(one) for one in members.values() if one.account not in after),
        changed=tuple(
            _person(one)
            for one in after.values()
            if one.account in members and members[one.account] != one
        ),
        offices=_offices(now, proposed),
        seats=tuple(
            Key(str(new.number), new.key.fingerprint(), new.holder, new.deputy)
            for old, new in zip(now.seats, proposed.seats, strict=False)
            if old != new
        ),
        emptied=_emptied(now, members, after),
        unexpected=_unexpected(now, proposed),
    )


def _person(one: Member, *, is_certified: bool = False) -> Person:
    digits = member_fingerprint(one.day, one.deed)
    return Person(one.account, one.office, one.roles, digits, is_certified)


def _offices(now: KeySet, proposed: KeySet) -> tuple[Key, ...]:
    before = {one.code: one.key for one in now.offices}
    return tuple(
        Key(one.code, one.key.fingerprint())
        for one in proposed.offices
        if before.get(one.code) != one.key
    )


def _emptied(
    now: KeySet, members: Mapping[str, Member], after: Mapping[str, Member]
) -> tuple[str, ...]:
    """Return the offices whose key is held by nobody who stays."""
    holding = [one for one in members.values() if needs_office_key(one)]
    had = {one.office for one in holding}
    kept = {one.office for one in holding if after.get(one.account) == one}
    return tuple(one.code for one in now.offices if one.code in had - kept)


def _unexpected(now: KeySet, proposed: KeySet) -> tuple[str, ...]:
    found = [name for name in FIXED if getattr(now, name) != getattr(proposed, name)]
    above = {one.code: one.supervisor for one in now.offices}
    later = {one.code: one.supervisor for one in proposed.offices}
    if any(later.get(code) != supervisor for code, supervisor in above.items()):
        found.append("supervisor")
    if len(now.seats) != len(proposed.seats):
        found.append("seats")
    return tuple(found)
