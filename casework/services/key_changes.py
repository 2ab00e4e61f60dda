"""Changes of the key set: proposed by one, signed by custodians of k seats, then in force.

What is proposed counts for nothing until the k-th signature; with it everything happens in
one transaction. Of several proposals only one that follows the key set in force can be it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from casework.domain.errors import BadActError, KeyChangeError, NotPermittedError
from casework.domain.key_events import KEY_SET_CHANGED, check_key_facts
from casework.domain.roles import Role
from casework.services import staff
from casework.services.acts import act_of, check_act
from casework.services.member_wraps import are_due
from casework.services.notices import NOTICE
from casework.services.trust import Trust, code_parameters_of
from casework.storage.key_changes import KeyChange
from casework.storage.key_wraps import MemberWrap
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import KeySetError
from crypto.events import SignedEvent
from crypto.keyset import KeySet, check_custodian, check_next

VALID_FOR: Final = timedelta(days=7)
PROPOSERS: Final = frozenset({Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN, Role.ADMINISTRATOR})


@use_case
def propose_change(uow: UnitOfWork, *, change: KeyChange, trust: Trust, now: datetime) -> None:
    """Keep a proposal for the custodians.

    Raises:
        KeyChangeError: it does not follow the key set in force, or forgets a member.
        NotPermittedError: the proposer's roles do not let them propose.
    """
    proposer = trust.member(change.proposer)
    if PROPOSERS.isdisjoint(proposer.roles):
        raise NotPermittedError(kind=KEY_SET_CHANGED)
    _check_follows(uow, change, trust)
    uow.key_changes.insert(replace(change, created_at=now, expires_at=now + VALID_FOR))
    for office in sorted({seat.office for seat in trust.keyset.seats}):
        _notify(uow, "keyset.proposed", office, now)


@use_case
def sign_change(
    uow: UnitOfWork,
    *,
    change: str,
    account: str,
    signature: bytes,
    act: SignedEvent,
    trust: Trust,
    now: datetime,
) -> bool:
    """Add one custodian's signature; with the last one needed the key set comes into force.

    Args:
        uow: the transaction.
        change: id of the proposal.
        account: who signs.
        signature: of the proposed key set, by the account's deed key.
        act: the event keyset.changed, signed by the same; stored if this was the last one.
            It names the wraps of the proposal as added, and those of who leaves as removed.
        trust: whose signatures count.
        now: UTC instant.

    Returns:
        Whether the key set is in force now.

    Raises:
        KeyChangeError: the proposal is not open any more, or the person cannot sign it.
        SignatureRefusedError, BadActError: the event is not what it has to be.
    """
    found = uow.key_changes.get(change, lock=True)
    if found is None or found.state != "proposed":
        raise KeyChangeError("not_open")
    if found.expires_at <= now:
        raise KeyChangeError("expired")
    _check_follows(uow, found, trust)
    _check_signer(found, account, signature, trust)
    signed = replace(found, signatures={**found.signatures, account: signature})
    if len(seats_of(signed, trust)) < trust.keyset.threshold:
        uow.key_changes.save(signed)
        return False
    _check_event(uow, act, signed, account, trust, now)
    _put_in_force(uow, replace(signed, state="in_force"), act, trust, now)
    return True


@use_case
def withdraw_change(uow: UnitOfWork, *, change: str, account: str, trust: Trust) -> None:
    """Take a proposal back: its proposer may, and every custodian.

    Raises:
        KeyChangeError: it is not open any more.
        NotPermittedError: somebody else's, and no custodian.
    """
    found = uow.key_changes.get(change, lock=True)
    if found is None or found.state != "proposed":
        raise KeyChangeError("not_open")
    if account != found.proposer and trust.keyset.seat_of(account) is None:
        raise NotPermittedError(kind=KEY_SET_CHANGED)
    uow.key_changes.save(replace(found, state="withdrawn"))


@query
def key_change(uow: UnitOfWork, *, change: str) -> KeyChange | None:
    """Return a proposal; None when there is none of this id."""
    return uow.key_changes.get(change)


@query
def key_changes(uow: UnitOfWork) -> tuple[KeyChange, ...]:
    """Return the latest proposals, the last one first."""
    return uow.key_changes.newest()


def is_open(change: KeyChange, trust: Trust, now: datetime) -> bool:
    """Whether a proposal can still be signed: not expired, and next after the one in force."""
    follows = change.number == trust.keyset.number + 1
    return change.state == "proposed" and change.expires_at > now and follows


def seats_of(change: KeyChange, trust: Trust) -> frozenset[int]:
    """Return the seats that have signed; holder and deputy of one count once."""
    seats = (trust.keyset.seat_of(account) for account in change.signatures)
    return frozenset(seat.number for seat in seats if seat is not None)


def _check_signer(found: KeyChange, account: str, signature: bytes, trust: Trust) -> None:
    if account in found.signatures:
        raise KeyChangeError("signed_already")
    try:
        seat = check_custodian(found.body, account, signature, by=trust.keyset)
    except KeySetError as problem:
        raise KeyChangeError("not_signed_rightly") from problem
    if seat in seats_of(found, trust):
        raise KeyChangeError("seat_signed_already")


def _check_follows(uow: UnitOfWork, change: KeyChange, trust: Trust) -> KeySet:
    """Refuse what cannot come next, and what would leave out somebody certified meanwhile."""
    stored = uow.keysets.newest()
    if stored is None or stored.number != trust.keyset.number:
        raise KeyChangeError("overtaken")
    try:
        proposed = KeySet.parse(change.body)
    except KeySetError as problem:
        raise KeyChangeError("malformed") from problem
    number, previous = trust.keyset.number, trust.keyset.digest().hex()
    if (proposed.number, proposed.previous) != (number + 1, previous):
        raise KeyChangeError("overtaken")
    try:
        code_parameters_of((*(link.keyset for link in trust.chain), proposed))
    except KeySetError as problem:
        raise KeyChangeError("code_parameters") from problem
    if not are_due(change.wraps, trust.keyset, proposed):
        raise KeyChangeError("malformed")
    told = {one.account for one in proposed.members} | {
        one.holder.removeprefix("account:") for one in proposed.replaced
    }
    if not told.issuperset(trust.members):
        raise KeyChangeError("member_forgotten")
    return proposed


def _check_event(
    uow: UnitOfWork,
    act: SignedEvent,
    change: KeyChange,
    account: str,
    trust: Trust,
    now: datetime,
) -> None:
    check_act(act, site=uow.site, now=now, records=change.wraps)
    signed = act_of(act.event, None, trust)
    if act.event.kind != KEY_SET_CHANGED or act.event.report or signed.actor != account:
        raise NotPermittedError(kind=act.event.kind)
    check_key_facts(KEY_SET_CHANGED, act.event.facts)
    proposed = KeySet.parse(change.body)
    due: Mapping[str, object] = {
        "number": proposed.number,
        "digest": proposed.digest().hex(),
        "previous": proposed.previous,
    }
    if act.event.facts != due:
        raise KeyChangeError("other_facts")
    gone = wraps_of_leaving(uow, change=change, trust=trust)
    if Counter(act.event.removed) != Counter(one.named for one in gone):
        raise BadActError("removed", "the wraps of those who leave")


@query
def wraps_of_leaving(uow: UnitOfWork, *, change: KeyChange, trust: Trust) -> tuple[MemberWrap, ...]:
    """Return what those who leave have of offices and seats, which goes with the change."""
    return tuple(
        wrap
        for account in _leaving(KeySet.parse(change.body), trust)
        for wrap in uow.key_wraps.of_account(account)
    )


def _leaving(proposed: KeySet, trust: Trust) -> list[str]:
    return sorted(set(trust.members) - {one.account for one in proposed.members})


def _put_in_force(
    uow: UnitOfWork, change: KeyChange, act: SignedEvent, trust: Trust, now: datetime
) -> None:
    try:
        proposed = check_next(change.body, change.signatures, previous=trust.keyset)
    except KeySetError as problem:
        raise KeyChangeError("not_signed_rightly") from problem
    uow.keysets.insert(change.number, change.body, change.signatures)
    uow.key_wraps.insert(change.wraps)
    uow.key_changes.save(change)
    uow.key_changes.withdraw_others(change.id)
    for account in _leaving(proposed, trust):
        uow.key_wraps.delete_all(account)
        staff.leave(uow, account=account)
    uow.events.append(act)
    for office in sorted({one.office for one in proposed.members}):
        _notify(uow, KEY_SET_CHANGED, office, now)


def _notify(uow: UnitOfWork, kind: str, office: str, now: datetime) -> None:
    # These notices belong to no case.
    payload = {"notice": kind, "office": office, "case_number": "", "on": ""}
    uow.outbox.add(NOTICE, payload, due_at=now)
