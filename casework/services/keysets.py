"""The first key set, as a ceremony leaves it, and the wrapped secrets of offices and seats."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from casework.domain.errors import BadActError, NotPermittedError
from casework.domain.key_events import KEY_SET_CHANGED, check_key_facts
from casework.services.acts import check_act
from casework.services.member_wraps import are_due
from casework.services.trust import number_changed_to
from casework.storage.key_wraps import MemberWrap, OwnerKind
from casework.storage.keysets import StoredKeySet
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import OFFICER, SignedEvent
from crypto.keyset import check_first, keyset_digest


@use_case
def store_ceremony(
    uow: UnitOfWork,
    *,
    body: bytes,
    signatures: Mapping[str, bytes],
    wraps: Sequence[MemberWrap],
    act: SignedEvent,
    now: datetime,
) -> None:
    """Store the first key set and the secrets it goes with, whole or not at all.

    Args:
        uow: the transaction.
        body: the encoded key set.
        signatures: by account, of custodians of enough seats.
        wraps: its office and seat keys.
        act: the event keyset.changed of number 1, signed by the custodian who signed last;
            it names the wraps.
        now: UTC instant.

    Raises:
        KeySetError: too few custodians have signed.
        SignatureRefusedError, BadActError, NotPermittedError: the event is not what it has to be.
        KeyChangeError: there is a key set already.
    """
    keyset = check_first(body, signatures, expected_digest=keyset_digest(body))
    check_act(act, site=uow.site, now=now, records=wraps)
    event = act.event
    if event.kind != KEY_SET_CHANGED or event.actor.removeprefix(OFFICER) not in signatures:
        raise NotPermittedError(kind=event.kind)
    check_key_facts(event.kind, event.facts)
    if number_changed_to(act, (keyset,)) != keyset.number or event.removed:
        raise BadActError("digest", "the first key set, signed for by a custodian")
    if not are_due(wraps, None, keyset):
        raise BadActError("added", "every office and seat key, wrapped to whom it is for")
    uow.keysets.insert(keyset.number, body, signatures)
    uow.key_wraps.insert(wraps)
    uow.events.append(act)


@query
def newest_key_set(uow: UnitOfWork) -> StoredKeySet | None:
    """Return the key set with the highest number, believed by nobody yet."""
    return uow.keysets.newest()


@query
def wraps_of(uow: UnitOfWork, *, account: str) -> tuple[MemberWrap, ...]:
    """Return every office's and seat's secret as it is wrapped to one member."""
    return uow.key_wraps.of_account(account)


@query
def member_wraps(
    uow: UnitOfWork, *, kind: OwnerKind, owner: str, account: str
) -> tuple[MemberWrap, ...]:
    """Return an office's or seat's secret as it is wrapped to one member."""
    return uow.key_wraps.get(kind, owner, account)
