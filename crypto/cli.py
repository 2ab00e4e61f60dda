"""The key ceremony, as a pure function: no web, no database, nothing printed.

`tonggui keys ceremony` (admin/cli.py) asks, shows and stores; this makes the
keys of a site from the officers who enrolled, and what each of them receives.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crypto.argon import (
    CODE_MEMLIMIT,
    CODE_OPSLIMIT,
    PASSWORD_MEMLIMIT,
    PASSWORD_OPSLIMIT,
    SALT_SIZE,
)
from crypto.context import SUITE, Context, key_id, office_wrap_context, seat_wrap_context
from crypto.errors import CodeError, KeySetError, UnsealError
from crypto.keyset import KeySet, Member, Office, SeatKey
from crypto.notes import LogKey
from crypto.paper import paper_text, read_paper
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey
from crypto.seal import wrap_key
from crypto.shares import HEAD_SIZE, combine, split
from crypto.unseal import unwrap_key

MEMBERS_MIN = 2
# Who holds no other role than these reads no case, so needs no office key.
ROLES_WITHOUT_OFFICE_KEY = frozenset(
    {"administrator", "auditor", "cashier", "custodian", "finance"}
)


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """An office that shall have a key; *supervisor* is the code of another, or ""."""

    code: str
    supervisor: str = ""


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """A custodian seat: two members of one office, by account id."""

    office: str
    holder: str
    deputy: str


@dataclass(frozen=True, slots=True)
class Costs:
    """Argon2id parameters that the key set fixes, memory in bytes."""

    code_opslimit: int = CODE_OPSLIMIT
    code_memlimit: int = CODE_MEMLIMIT
    password_opslimit: int = PASSWORD_OPSLIMIT
    password_memlimit: int = PASSWORD_MEMLIMIT


@dataclass(frozen=True, slots=True)
class MemberWrap:
    """An office or seat key wrapped to one person, or to the recovery key.

    Attributes:
        kind: "office" or "seat".
        name: office code or seat number.
        account: account id of the recipient, "" for the recovery key.
        key_id: `key_id` of the wrapped key.
        recipient_key: hex of the recipient's box key, 64 characters.
        body: the stored bytes.
    """

    kind: str
    name: str
    account: str
    key_id: bytes
    recipient_key: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """All that a ceremony makes; log key and paper parts exist here only.

    Attributes:
        keyset: the first key set.
        keyset_body: its bytes, to be signed (`keyset.keyset_signing_bytes`) and stored.
        signatures_needed: for how many seats.
        signers: account ids of holders and deputies, who may sign.
        wraps: wrapped office and seat keys.
        paper_parts: one text a seat, to be printed, typed back and locked away.
        log_secret: seed of the log key, for the jobs process only.
    """

    keyset: KeySet
    keyset_body: bytes
    signatures_needed: int
    signers: tuple[str, ...]
    wraps: tuple[MemberWrap, ...]
    paper_parts: tuple[str, ...] = field(repr=False)
    log_secret: bytes = field(repr=False)


def ceremony(
    *,
    site: str,
    demo: bool,
    issued_on: str,
    members: Sequence[Member],
    offices: Sequence[OfficePlan],
    seats: Sequence[SeatPlan],
    threshold: int,
    costs: Costs | None = None,
) -> Ceremony:
    """Make the keys of a site.

    Args:
        site: site id.
        demo: a demo instance, whose keys cannot be carried into a real one.
        issued_on: civil date.
        members: enrolled officers with their public keys, fingerprints compared.
        offices: every office that shall have a key.
        seats: who holds and deputises the seats, 1 to n in this order.
        threshold: k.
        costs: Argon2id parameters, the usual ones if not given.

    Raises:
        KeySetError: a rule of the key set is broken, or an office has fewer
            than two members.
    """
    _check_members(members, offices)
    office_keys = {plan.code: PrivateKey.generate() for plan in offices}
    seat_keys = [PrivateKey.generate() for _ in seats]
    recovery, log = PrivateKey.generate(), LogKey.generate()
    paid = costs or Costs()
    keyset = KeySet(
        number=1,
        site=site,
        demo=demo,
        previous="",
        issued_on=issued_on,
        offices=tuple(
            Office(plan.code, plan.supervisor, office_keys[plan.code].public) for plan in offices
        ),
        seats=tuple(
            SeatKey(number, plan.office, plan.holder, plan.deputy, key.public)
            for number, (plan, key) in enumerate(zip(seats, seat_keys, strict=True), start=1)
        ),
        threshold=threshold,
        members=tuple(members),
        recovery=recovery.public,
        log=log.public,
        suite=SUITE,
        code_opslimit=paid.code_opslimit,
        code_memlimit=paid.code_memlimit,
        code_salt=secrets.token_bytes(SALT_SIZE),
        password_opslimit=paid.password_opslimit,
        password_memlimit=paid.password_memlimit,
    )
    bundles = split(recovery.secret, n=len(seats), k=threshold)
    return Ceremony(
        keyset=keyset,
        keyset_body=keyset.encode(),
        signatures_needed=threshold,
        signers=tuple(one for seat in keyset.seats for one in (seat.holder, seat.deputy)),
        wraps=(*_office_wraps(keyset, office_keys), *_seat_wraps(keyset, seat_keys)),
        paper_parts=tuple(paper_text(bundle) for bundle in bundles),
        log_secret=log.seed,
    )


def wrap_office_key(office: PrivateKey, *, site: str, code: str, member: Member) -> MemberWrap:
    """Wrap an office key to a member's day key, at the ceremony or at an admission."""
    context = office_wrap_context(site, code)
    return _wrap(office.secret, context, "office", code, member.account, member.day)


def wrap_seat_key(seat: PrivateKey, *, site: str, number: int, member: Member) -> MemberWrap:
    """Wrap a seat key to a custodian's deed key."""
    context = seat_wrap_context(site, number)
    return _wrap(seat.secret, context, "seat", str(number), member.account, member.deed)


def check_paper(typed: str, printed: str) -> None:
    """Check a paper part that was typed back against the one printed.

    Raises:
        CodeError: a line is wrong, or it is another part.
    """
    if read_paper(typed) != read_paper(printed):
        raise CodeError("this is another paper part")


def recover(typed: Iterable[str], *, keyset: KeySet) -> PrivateKey:
    """Put the recovery key together from k typed paper parts.

    Raises:
        CodeError: a part is mistyped.
        UnsealError: too few, or not parts of this key set's recovery key.
    """
    bundles = [read_paper(part) for part in typed]
    by_seat = {bundle[2]: bundle for bundle in bundles if len(bundle) > HEAD_SIZE}
    if not by_seat:
        raise UnsealError
    # Parts keep the numbers of their own ceremony, whatever a later key set says.
    n, k = next(iter(by_seat.values()))[:2]
    key = PrivateKey(combine(by_seat, n=n, k=k))
    if key.public != keyset.recovery:
        raise UnsealError
    return key


def hand_back(
    body: bytes, *, wrapped: bytes, recovery: PrivateKey, site: str, members: Iterable[Member],
    office: str,
) -> tuple[MemberWrap, ...]:  # fmt: skip
    """Open an office key with the recovery key and wrap it to *members* of that office.

    Args:
        body: the office key as it is wrapped to the recovery key.
        wrapped: `key_id` of the office key.
        recovery: what `recover` returned.
        site: site id.
        members: who shall hold the key again.
        office: code of the office.

    Raises:
        UnsealError: the wrap does not open.
    """
    context = office_wrap_context(site, office)
    key = PrivateKey(unwrap_key(body, context=context, holder=recovery, key_id=wrapped))
    return tuple(wrap_office_key(key, site=site, code=office, member=one) for one in members)


def _check_members(members: Sequence[Member], offices: Sequence[OfficePlan]) -> None:
    count = Counter(member.office for member in members)
    for plan in offices:
        if count[plan.code] < MEMBERS_MIN:
            raise KeySetError(f"office {plan.code} has fewer than {MEMBERS_MIN} members")


def _office_wraps(keyset: KeySet, keys: dict[str, PrivateKey]) -> list[MemberWrap]:
    wraps = [
        wrap_office_key(keys[member.office], site=keyset.site, code=member.office, member=member)
        for member in keyset.members
        if not ROLES_WITHOUT_OFFICE_KEY.issuperset(member.roles)
    ]
    for code, key in keys.items():
        context = office_wrap_context(keyset.site, code)
        wraps.append(_wrap(key.secret, context, "office", code, "", keyset.recovery))
    return wraps


def _seat_wraps(keyset: KeySet, keys: Sequence[PrivateKey]) -> list[MemberWrap]:
    # Never to the recovery key: it opens offices, not identities.
    return [
        wrap_seat_key(key, site=keyset.site, number=seat.number, member=keyset.member(person))
        for seat, key in zip(keyset.seats, keys, strict=True)
        for person in (seat.holder, seat.deputy)
    ]


def _wrap(
    secret: bytes, context: Context, kind: str, name: str, account: str, recipient: PublicKey
) -> MemberWrap:
    body = wrap_key(secret, context=context, recipient=recipient)
    return MemberWrap(kind, name, account, key_id(secret), recipient.box.hex(), body)
