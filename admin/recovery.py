"""The recovery key gives an office its key back, announced before anything is opened.

It opens offices, never seats: identities stay with the custodians.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from admin.extensions import console
from casework.domain.trial import ANNOUNCED, USED
from casework.services import opening
from casework.storage.key_wraps import MemberWrap
from crypto.canonical import JSON
from crypto.cli import ROLES_WITHOUT_OFFICE_KEY, hand_back, recover
from crypto.events import RECOVERY, Event, SignedEvent, signing_bytes
from crypto.keyset import Member
from crypto.private_key import PrivateKey


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is missing in one office: a key wrapped to the recovery key, and who lacks it."""

    wrap: MemberWrap
    members: tuple[Member, ...]


def lacking(office: str) -> tuple[Lacking, ...]:
    """Return which keys of an office which of its members lack, replaced keys too."""
    here = console()
    held = opening.holders_of(here.store, office=office)
    due = [one for one in here.trust().members.values() if _is_due(one, office)]
    found = []
    for wrap in opening.recovery_wraps(here.store, office=office):
        members = tuple(one for one in due if (wrap.key_id, one.account) not in held)
        if members:
            found.append(Lacking(wrap, members))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Recovery:
    """The recovery key, put together from typed paper parts for one use."""

    _key: PrivateKey = field(repr=False)

    @classmethod
    def from_paper(cls, parts: Iterable[str]) -> "Recovery":
        """Put the key together from k parts.

        Raises:
            CodeError: a part is mistyped.
            UnsealError: too few, or not parts of this site's recovery key.
        """
        return cls(recover(parts, keyset=console().trust().keyset))

    def announce(self, office: str, reason: str) -> str:
        """Record and tell that the key is about to be used; return the event's digest.

        Raises:
            CaseworkError: the rules refuse it.
        """
        here = console()
        act = self._signed(ANNOUNCED, {"offices": [office], "reason_code": reason})
        opening.announce_recovery(here.store, act=act, trust=here.trust(), now=here.clock.now())
        return act.event.digest().hex()

    def give_back(
        self, office: str, reason: str, announced: str, missing: Sequence[Lacking]
    ) -> int:
        """Wrap the office's keys to those who lack them; return how many wraps that were.

        Raises:
            UnsealError: a wrap to the recovery key does not open.
            CaseworkError: the rules refuse it.
        """
        here = console()
        wraps = [
            MemberWrap("office", office, one.key_id.hex(), one.account, one.body)
            for lack in missing
            for one in hand_back(
                lack.wrap.body,
                wrapped=bytes.fromhex(lack.wrap.key_id),
                recovery=self._key,
                site=here.store.site,
                members=lack.members,
                office=office,
            )
        ]
        facts: dict[str, JSON] = {
            "offices": [office],
            "reason_code": reason,
            "announced": announced,
        }
        opening.use_recovery(
            here.store,
            act=self._signed(USED, facts, wraps),
            wraps=wraps,
            trust=here.trust(),
            now=here.clock.now(),
        )
        return len(wraps)

    def _signed(
        self, kind: str, facts: Mapping[str, JSON], wraps: Iterable[MemberWrap] = ()
    ) -> SignedEvent:
        here = console()
        event = Event(
            site=here.store.site,
            report="",
            kind=kind,
            ordinal=0,
            at=here.clock.stamp(),
            actor=RECOVERY,
            signer=self._key.public.sign.hex(),
            facts=facts,
            added=tuple(one.named for one in wraps),
        )
        return SignedEvent(event, self._key.sign(signing_bytes(event)))


def _is_due(member: Member, office: str) -> bool:
    reads = not ROLES_WITHOUT_OFFICE_KEY.issuperset(member.roles)
    return member.office == office and reads
