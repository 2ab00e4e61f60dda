"""Who may sign what: the key sets and their certificates, never a flag in the database.

The key set in force is believed because its predecessor's custodians signed it, and so on
back to the first, whose digest the settings pin. What was signed long ago is judged by the
key set that was in force then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.errors import NoKeySetError, UnknownSignerError
from casework.storage.keysets import StoredCertificate, StoredKeySet
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.certificate import check_certificate
from crypto.errors import CryptoError, KeySetError
from crypto.events import SignedEvent, check_signature
from crypto.keyset import CodeParameters, KeySet, Member, check_first, check_next

# An act signed just before a change, or by a clock that is ahead, is judged by either side.
OVERLAP: Final = timedelta(minutes=15)
CODE_PARAMETERS_MAX: Final = 2


@dataclass(frozen=True, slots=True)
class Signer:
    """The person behind a public signing key."""

    account: str
    office: str
    roles: frozenset[str]
    which: str  # "day" signs ordinary acts, "deed" approvals, releases and money


@dataclass(frozen=True, slots=True)
class Link:
    """One key set of the chain, whom it vouches for, and when it was in force.

    Attributes:
        since: instant at which it came into force; None for the first.
        until: instant at which its successor did; None while there is none.
    """

    keyset: KeySet
    members: Mapping[str, Member]
    since: datetime | None = None
    until: datetime | None = None
    signers: Mapping[str, Signer] = field(repr=False, default_factory=dict)

    def in_force(self, at: datetime) -> bool:
        """Whether an act of this instant may have been signed under this key set."""
        begun = self.since is None or self.since - OVERLAP <= at
        return begun and (self.until is None or at <= self.until + OVERLAP)


@dataclass(frozen=True, slots=True)
class Trust:
    """The key set in force, the members it vouches for, and the chain that led to it.

    Attributes:
        chain: every key set from the first to the one in force.
    """

    keyset: KeySet
    members: Mapping[str, Member]
    chain: tuple[Link, ...] = field(repr=False)
    code_parameters: tuple[CodeParameters, ...]  # of receipt codes in use, the newest first

    def signer(self, public_hex: str) -> Signer:
        """Return who signs with this key now.

        Raises:
            UnknownSignerError: no member of the key set, and nobody certified by one, holds it.
        """
        try:
            return self.chain[-1].signers[public_hex]
        except KeyError:
            raise UnknownSignerError(public_hex[:8]) from None

    def signer_at(self, public_hex: str, at: str) -> Signer:
        """Return who signed with this key at the time *at* of an event.

        Raises:
            UnknownSignerError: no key set that was in force then vouches for the key.
        """
        for link in self._in_force(at):
            if public_hex in link.signers:
                return link.signers[public_hex]
        raise UnknownSignerError(public_hex[:8])

    def is_log_key(self, public_hex: str, at: str = "") -> bool:
        """Whether the jobs process signs with this key: now, or at the time *at* of an event."""
        return any(link.keyset.log.hex() == public_hex for link in self._in_force(at))

    def is_recovery_key(self, public_hex: str, at: str = "") -> bool:
        """Whether the recovery key signs with this key: now, or at the time *at* of an event."""
        return any(link.keyset.recovery.sign.hex() == public_hex for link in self._in_force(at))

    def member(self, account: str) -> Member:
        """Return the certified keys of an account.

        Raises:
            UnknownSignerError: the account is outside the chain of the key set.
        """
        try:
            return self.members[account]
        except KeyError:
            raise UnknownSignerError(account) from None

    def _in_force(self, at: str) -> tuple[Link, ...]:
        """Return the key sets of a time, the newest first; the one in force for no time."""
        if not at:
            return self.chain[-1:]
        when = _instant(at)
        return tuple(link for link in reversed(self.chain) if link.in_force(when))


@query
def load_trust(uow: UnitOfWork, *, first_digest: bytes, newest_number: int) -> Trust:
    """Read the chain of key sets and everyone they vouch for.

    Args:
        uow: the transaction.
        first_digest: digest of the first key set, as the settings pin it.
        newest_number: the highest number that was ever believed here.

    Raises:
        NoKeySetError: there is none, the first is not the one that the settings pin, the
            newest is older than one already seen, or a signature does not hold.
    """
    stored = uow.keysets.all()
    if not stored or stored[-1].number < newest_number:
        raise NoKeySetError(site=uow.site)
    try:
        chain = checked_chain(stored, first_digest)
    except KeySetError as problem:
        raise NoKeySetError(site=uow.site) from problem
    begun = beginnings(chain, uow.keysets.changes())
    certificates = uow.keysets.certificates()
    links = tuple(
        _link(keyset, certificates, since, until)
        for keyset, since, until in zip(chain, begun, (*begun[1:], None), strict=True)
    )
    return Trust(chain[-1], links[-1].members, links, code_parameters=code_parameters_of(chain))


def checked_chain(stored: Sequence[StoredKeySet], first_digest: bytes) -> tuple[KeySet, ...]:
    """Believe key sets one after the other, from the first.

    Raises:
        KeySetError: one of them does not follow from those before.
    """
    first, *others = stored
    chain = [check_first(first.body, first.signatures, expected_digest=first_digest)]
    for one in others:
        chain.append(check_next(one.body, one.signatures, previous=chain[-1]))
        if chain[-1].number != one.number:
            raise KeySetError("stored under another number")
    code_parameters_of(chain)
    return tuple(chain)


def code_parameters_of(chain: Sequence[KeySet]) -> tuple[CodeParameters, ...]:
    """Return the parameters under which receipt codes of this chain were drawn, newest first.

    Raises:
        KeySetError: more than two; a look-up tries every one of them (SEALING.md 6).
    """
    used = tuple(dict.fromkeys(keyset.code_parameters for keyset in reversed(chain)))
    if len(used) > CODE_PARAMETERS_MAX:
        raise KeySetError("more than two sets of code parameters")
    return used


def beginnings(
    chain: Sequence[KeySet], changes: Sequence[SignedEvent]
) -> tuple[datetime | None, ...]:
    """Return when each key set came into force; the first was always.

    The signed event tells. Where it is missing, which verification names, the
    day of issue has to do.
    """
    told = {
        number: _instant(one.event.at)
        for one in changes
        for number in [number_changed_to(one, chain)]
        if number
    }
    return (None, *(told.get(one.number, _instant(one.issued_on)) for one in chain[1:]))


def certified(certificates: Sequence[StoredCertificate], keyset: KeySet) -> tuple[Member, ...]:
    """Return who was certified, each by somebody certified before; the rest is not believed."""
    believed: dict[str, Member] = {}
    waiting = list(certificates)
    progress = True
    while waiting and progress:
        progress = False
        for one in tuple(waiting):
            try:
                member = check_certificate(one.body, one.signature, keyset, colleagues=believed)
            except KeySetError:
                continue
            believed[member.account] = member
            waiting.remove(one)
            progress = True
    return tuple(believed.values())


def _link(
    keyset: KeySet,
    certificates: Sequence[StoredCertificate],
    since: datetime | None,
    until: datetime | None,
) -> Link:
    # What the custodians signed goes before what one colleague certified.
    newcomers = {one.account: one for one in certified(certificates, keyset)}
    members = newcomers | {one.account: one for one in keyset.members}
    signers = {
        key.sign.hex(): Signer(one.account, one.office, frozenset(one.roles), which)
        for one in members.values()
        for which, key in (("day", one.day), ("deed", one.deed))
    }
    return Link(keyset, members, since, until, signers)


def number_changed_to(signed: SignedEvent, chain: Sequence[KeySet]) -> int:
    """Return the number of the key set that a custodian's event put into force; 0 if none.

    Custodians of the key set before it may sign that, and of the first one its own.
    """
    facts, event = signed.event.facts, signed.event
    for before, after in pairwise((chain[0], *chain)):
        if facts.get("number") != after.number or facts.get("digest") != after.digest().hex():
            continue
        custodians = {p for seat in before.seats for p in (seat.holder, seat.deputy)}
        keys = {before.member(person).deed.sign.hex() for person in custodians}
        try:
            check_signature(signed)
        except CryptoError:
            return 0
        return after.number if event.signer in keys else 0
    return 0


def _instant(at: str) -> datetime:
    """Return the instant of an event's time, or the first one of a civil day."""
    given = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return given if given.tzinfo else given.replace(tzinfo=SHANGHAI).astimezone(UTC)
