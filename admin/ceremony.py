"""The key ceremony: who takes part, what is made of it, and where each part goes.

`tonggui keys ceremony` asks and shows, crypto.cli makes the keys, this is what
lies between. Keys and the digest of the key set go into the secrets folders
first; with the key set in the database, stored last, the site has keys.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.founding import keep_keys
from casework.config import Settings
from casework.domain.routing import Routing
from casework.services import keysets
from casework.storage.accounts import Account
from casework.storage.key_wraps import RECOVERY, MemberWrap, OwnerKind
from casework.storage.unit_of_work import Store
from crypto.cli import MEMBERS_MIN, Ceremony, Costs, OfficePlan, SeatPlan, ceremony
from crypto.events import SignedEvent
from crypto.keyset import Member, check_first
from crypto.public_key import PublicKey

_SEAT = re.compile(r"([1-7]):([^,:\s]+),([^,:\s]+)\Z")
_OWNERS: Mapping[str, OwnerKind] = {"office": "office", "seat": "seat"}


class CeremonyError(Exception):
    """The ceremony cannot be held like this; the text is one sentence for people."""


@dataclass(frozen=True, slots=True)
class SeatWanted:
    """A custodian seat, by login names."""

    number: int
    holder: str
    deputy: str

    @classmethod
    def parse(cls, text: str) -> "SeatWanted":
        """Read "1:holder,deputy".

        Raises:
            CeremonyError: it is not that.
        """
        match = _SEAT.match(text)
        if match is None:
            raise CeremonyError(
                f"{text!r} 应写成 / must be like 1:holder,deputy（登录名 login names）"
            )
        return cls(int(match[1]), match[2], match[3])


@dataclass(frozen=True, slots=True)
class Plan:
    """What the ceremony will make, checked as far as it can be beforehand."""

    members: tuple[Account, ...]
    offices: tuple[OfficePlan, ...]
    seats: tuple[SeatPlan, ...]
    not_enrolled: tuple[Account, ...]

    def account(self, account_id: str) -> Account:
        """Return the member of this account id."""
        return next(one for one in self.members if one.id == account_id)


def plan(accounts: Sequence[Account], routing: Routing, seats: Iterable[SeatWanted]) -> Plan:
    """Check who is there and who shall sit where.

    Args:
        accounts: everybody invited; those who enrolled become members.
        routing: names each office's supervisor.
        seats: 1 to n.

    Raises:
        CeremonyError: somebody is missing, or an office has fewer than two members.
    """
    members = tuple(one for one in accounts if one.state == "active")
    if not members:
        raise CeremonyError(
            "还没有人员完成首次登录 / nobody has enrolled; see `tonggui staff invite`"
        )
    count = Counter(one.office for one in members)
    for code, number in sorted(count.items()):
        if number < MEMBERS_MIN:
            raise CeremonyError(
                f"{code} 至少要有 {MEMBERS_MIN} 名人员 / needs two members who have enrolled"
            )
    return Plan(
        members=members,
        offices=tuple(OfficePlan(code, _above(routing, code, count)) for code in sorted(count)),
        seats=_seats({one.login: one for one in members}, seats),
        not_enrolled=tuple(one for one in accounts if one.state == "invited"),
    )


def conduct(
    planned: Plan,
    *,
    site: str,
    demo: bool,
    issued_on: str,
    threshold: int,
    costs: Costs | None = None,
) -> Ceremony:
    """Make the keys.

    Raises:
        KeySetError: a rule of the key set is broken.
    """
    return ceremony(
        site=site,
        demo=demo,
        issued_on=issued_on,
        members=[member_of(one) for one in sorted(planned.members, key=lambda one: one.id)],
        offices=planned.offices,
        seats=planned.seats,
        threshold=threshold,
        costs=costs,
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """What custodians have signed.

    Attributes:
        signatures: of the key set, by account.
        act: the event that puts it into force, by the one who signed last.
    """

    signatures: Mapping[str, bytes]
    act: SignedEvent


def keep(
    settings: Settings, store: Store, made: Ceremony, signed: Signed, *, now: datetime
) -> None:
    """Put everything where it belongs, the key set last.

    Raises:
        KeySetError: too few custodians have signed.
        CaseworkError: the event is not what it has to be.
    """
    digest = made.keyset.digest()
    check_first(made.keyset_body, signed.signatures, expected_digest=digest)
    number = made.keyset.number
    keep_keys(settings, log_seed=made.log_secret, digest=digest, number=number)
    keysets.store_ceremony(
        store,
        body=made.keyset_body,
        signatures=signed.signatures,
        wraps=stored_wraps(made),
        act=signed.act,
        now=now,
    )


def stored_wraps(made: Ceremony) -> tuple[MemberWrap, ...]:
    """Return the wrapped keys as they are stored."""
    return tuple(
        MemberWrap(
            owner_kind=_OWNERS[wrap.kind],
            owner=wrap.name,
            key_id=wrap.key_id.hex(),
            account=wrap.account or RECOVERY,
            body=wrap.body,
        )
        for wrap in made.wraps
    )


def member_of(account: Account) -> Member:
    """Return an enrolled account as the key set has it."""
    return Member(
        account=account.id,
        office=account.office,
        day=PublicKey.from_hex(account.day_key),
        deed=PublicKey.from_hex(account.deed_key),
        roles=tuple(sorted(account.roles)),
    )


def _above(routing: Routing, code: str, known: Mapping[str, int]) -> str:
    """Return the nearest supervisor that has members of its own; "" at the top."""
    return next((above for above in routing.chain_up(code)[1:] if above in known), "")


def _seats(by_login: Mapping[str, Account], seats: Iterable[SeatWanted]) -> tuple[SeatPlan, ...]:
    wanted = sorted(seats, key=lambda seat: seat.number)
    if [seat.number for seat in wanted] != list(range(1, len(wanted) + 1)):
        raise CeremonyError("席位应从 1 起连续编号 / number the seats 1, 2, 3 … without a gap")
    return tuple(_seat(by_login, seat) for seat in wanted)


def _seat(by_login: Mapping[str, Account], seat: SeatWanted) -> SeatPlan:
    for login in (seat.holder, seat.deputy):
        if login not in by_login:
            raise CeremonyError(f"{login} 还没有完成首次登录 / has not enrolled")
    holder, deputy = by_login[seat.holder], by_login[seat.deputy]
    if holder.office != deputy.office:
        raise CeremonyError(
            f"席位 {seat.number} 的两人应属同一单位 / holder and deputy must be of one office"
        )
    return SeatPlan(holder.office, holder.id, deputy.id)
