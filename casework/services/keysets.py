"""Keeping key sets, certificates and the wrapped secrets of offices and seats."""

from collections.abc import Mapping, Sequence

from casework.storage.key_wraps import MemberWrap, OwnerKind
from casework.storage.keysets import StoredCertificate, StoredKeySet
from casework.storage.unit_of_work import UnitOfWork, query, use_case


@use_case
def store_ceremony(
    uow: UnitOfWork,
    *,
    number: int,
    body: bytes,
    signatures: Mapping[str, bytes],
    wraps: Sequence[MemberWrap],
) -> None:
    """Store a key set and the secrets it goes with, whole or not at all."""
    uow.keysets.insert(number, body, signatures)
    uow.key_wraps.insert(wraps)


@use_case
def store_certificate(
    uow: UnitOfWork, *, certificate: StoredCertificate, wraps: Sequence[MemberWrap]
) -> None:
    """Store a newcomer's certificate and the office key wrapped to the newcomer."""
    uow.keysets.insert_certificate(certificate)
    uow.key_wraps.insert(wraps)


@query
def newest_key_set(uow: UnitOfWork) -> StoredKeySet | None:
    """Return the key set with the highest number, believed by nobody yet."""
    return uow.keysets.newest()


@query
def member_wraps(
    uow: UnitOfWork, *, kind: OwnerKind, owner: str, account: str
) -> tuple[MemberWrap, ...]:
    """Return an office's or seat's secret as it is wrapped to one member."""
    return uow.key_wraps.get(kind, owner, account)
