"""Who may sign what: the key set and its certificates, never a flag in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.domain.errors import NoKeySetError, UnknownSignerError
from casework.storage.unit_of_work import UnitOfWork, query
from crypto.certificate import check_certificate
from crypto.errors import KeySetError
from crypto.keyset import KeySet, Member, check_first


@dataclass(frozen=True, slots=True)
class Signer:
    """The person behind a public signing key."""

    account: str
    office: str
    roles: frozenset[str]
    which: str  # "day" signs ordinary acts, "deed" approvals, releases and money


@dataclass(frozen=True, slots=True)
class Trust:
    """The key set in force and the members it vouches for."""

    keyset: KeySet
    members: Mapping[str, Member]
    _signers: Mapping[str, Signer] = field(repr=False)

    def signer(self, public_hex: str) -> Signer:
        """Return who signs with this key.

        Raises:
            UnknownSignerError: no member of the key set, and nobody certified by one, holds it.
        """
        try:
            return self._signers[public_hex]
        except KeyError:
            raise UnknownSignerError(public_hex[:8]) from None

    def member(self, account: str) -> Member:
        """Return the certified keys of an account.

        Raises:
            UnknownSignerError: the account is outside the chain of the key set.
        """
        try:
            return self.members[account]
        except KeyError:
            raise UnknownSignerError(account) from None


def trust_in(keyset: KeySet, certified: Sequence[Member] = ()) -> Trust:
    """Index the members of *keyset* and those certified by them."""
    members = {member.account: member for member in (*keyset.members, *certified)}
    signers: dict[str, Signer] = {}
    for member in members.values():
        roles = frozenset(member.roles)
        for which, key in (("day", member.day), ("deed", member.deed)):
            signers[key.sign.hex()] = Signer(member.account, member.office, roles, which)
    return Trust(keyset, members, signers)


@query
def load_trust(uow: UnitOfWork, *, first_digest: bytes, newest_number: int) -> Trust:
    """Read the key set in force and everyone it vouches for.

    Raises:
        NoKeySetError: there is none, it is not the one that the settings pin, it is older
            than one already seen, or its signatures do not hold.
    """
    stored = uow.keysets.newest()
    if stored is None or stored.number < newest_number:
        raise NoKeySetError(site=uow.site)
    try:
        keyset = check_first(stored.body, stored.signatures, expected_digest=first_digest)
    except KeySetError as problem:
        raise NoKeySetError(site=uow.site) from problem
    return trust_in(keyset, _certified(uow, keyset))


def _certified(uow: UnitOfWork, keyset: KeySet) -> tuple[Member, ...]:
    """Return who was certified, each by somebody certified before; the rest is not believed."""
    believed: dict[str, Member] = {}
    waiting = list(uow.keysets.certificates())
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
