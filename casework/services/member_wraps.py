"""Keys of offices and seats as they are wrapped to members: what must be there, and what stands.

A key set that makes a key anew comes with its wraps, and the event that puts it into force
names them. Which box key a wrapped secret belongs to, the rows do not tell: that event does,
for it names a key's wraps beside the one key set in which the key is new.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from casework.services.trust import Trust, number_changed_to
from casework.storage.key_wraps import RECOVERY, MemberWrap
from crypto.events import Event, SignedEvent, wrapped_by
from crypto.keyset import KeySet

# Whose roles read cases, so that the office key must be wrapped to them.
READERS: Final = frozenset({"operator", "officer", "leader", "supervisor", "approver"})

Owner = tuple[str, str]  # "office" and its code, or "seat" and its number as text


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key of an office or a seat that the key set in force no longer has.

    Attributes:
        owner: whose key it was.
        box: hex of its public box key.
        replaced_at: instant at which its successor came into force.
    """

    owner: Owner
    box: str
    replaced_at: datetime


def keys_of(keyset: KeySet) -> dict[Owner, str]:
    """Return the hex of the box key of every office and seat."""
    offices = {("office", one.code): one.key.box.hex() for one in keyset.offices}
    return offices | {("seat", str(one.number)): one.key.box.hex() for one in keyset.seats}


def new_keys(before: KeySet | None, after: KeySet) -> dict[Owner, str]:
    """Return the keys that *after* has and *before* had not."""
    known = keys_of(before) if before else {}
    return {owner: box for owner, box in keys_of(after).items() if known.get(owner) != box}


def wraps_due(before: KeySet | None, after: KeySet) -> frozenset[tuple[str, str, str]]:
    """Return the wraps that *after* must come with: owner's kind, owner, account.

    An office's new key is for its members who read cases and for the recovery key, a seat's
    for holder and deputy alone.
    """
    made = new_keys(before, after)
    due = {(*owner, RECOVERY) for owner in made if owner[0] == "office"}
    due |= {
        ("office", one.office, one.account)
        for one in after.members
        if ("office", one.office) in made and not READERS.isdisjoint(one.roles)
    }
    due |= {
        ("seat", str(seat.number), person)
        for seat in after.seats
        if ("seat", str(seat.number)) in made
        for person in (seat.holder, seat.deputy)
    }
    return frozenset(due)


def are_due(wraps: Sequence[MemberWrap], before: KeySet | None, after: KeySet) -> bool:
    """Whether *wraps* are those that *after* must come with, of one key an owner."""
    got = Counter((one.owner_kind, one.owner, one.account) for one in wraps)
    if got != Counter(wraps_due(before, after)):
        return False
    keys = {(one.owner_kind, one.owner, one.key_id) for one in wraps}
    return len(keys) == len(new_keys(before, after))


def box_keys(
    chain: Sequence[KeySet], changes: Iterable[SignedEvent]
) -> dict[tuple[str, str, str], str]:
    """Return which box key each wrapped secret has: (kind, owner, key id) to hex.

    Args:
        chain: the key sets, from the first.
        changes: events keyset.changed; those that no custodian signed are left out.
    """
    made = {after.number: new_keys(before, after) for before, after in _steps(chain)}
    found: dict[tuple[str, str, str], str] = {}
    for one in changes:
        keys = made.get(number_changed_to(one, chain), {})
        for name in one.event.added:
            parts = wrapped_by(name)
            if parts is not None and parts[:2] in keys:
                found[parts[:3]] = keys[parts[:2]]
    return found


def old_keys(trust: Trust) -> tuple[OldKey, ...]:
    """Return every key that some key set had and the one in force has not, the oldest first."""
    present = keys_of(trust.keyset)
    found: dict[tuple[Owner, str], datetime] = {}
    for link, successor in pairwise(trust.chain):
        for owner, box in keys_of(link.keyset).items():
            if present.get(owner) != box and successor.since is not None:
                found[owner, box] = successor.since
    return tuple(OldKey(owner, box, since) for (owner, box), since in found.items())


def standing(events: Iterable[Event]) -> dict[str, str]:
    """Return the member wraps that *events* leave standing: id to digest.

    Events outside reports have no order. None is needed: every wrapping is another one, so
    what was once removed never stands again.
    """
    told = tuple(events)
    gone = {(one.id, one.digest) for event in told for one in event.removed}
    added = {(one.id, one.digest): one for event in told for one in event.added}
    return {
        one.id: one.digest
        for key, one in added.items()
        if key not in gone and wrapped_by(one) is not None
    }


def _steps(chain: Sequence[KeySet]) -> list[tuple[KeySet | None, KeySet]]:
    return [(None, chain[0]), *pairwise(chain)]
