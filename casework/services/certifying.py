"""Newcomers: a colleague vouches for their keys, and hands them the office's."""

from collections.abc import Sequence
from datetime import datetime

from casework.domain.errors import CertificateRefusedError, NotPermittedError
from casework.domain.key_events import MEMBER_CERTIFIED, check_key_facts
from casework.services.acts import act_of, check_act
from casework.services.trust import Trust
from casework.storage.accounts import Account
from casework.storage.key_wraps import MemberWrap
from casework.storage.keysets import StoredCertificate
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.certificate import parse_certificate
from crypto.errors import KeySetError
from crypto.events import SignedEvent
from crypto.keyset import check_certificate


@use_case
def certify_member(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    certificate: StoredCertificate,
    wraps: Sequence[MemberWrap],
    trust: Trust,
    now: datetime,
) -> None:
    """Store a certificate, the office keys wrapped to the newcomer, and the event.

    Raises:
        CertificateRefusedError: it is not for a waiting newcomer of the signer's office as
            the account stands, or not what the event names.
        BadActError: the event does not name exactly the wraps.
        SignatureRefusedError, UnknownSignerError, BadActError: as for every act.
    """
    check_act(act, site=uow.site, now=now, records=wraps)
    signed = act_of(act.event, None, trust)
    if act.event.kind != MEMBER_CERTIFIED or act.event.report:
        raise NotPermittedError(kind=act.event.kind)
    check_key_facts(MEMBER_CERTIFIED, act.event.facts)
    if certificate.account in trust.members:
        raise CertificateRefusedError("certified_already")
    try:
        member = check_certificate(
            certificate.body, certificate.signature, trust.keyset, colleagues=trust.members
        )
        read = parse_certificate(certificate.body)
    except KeySetError as problem:
        raise CertificateRefusedError("not_signed_rightly") from problem
    named = (read.digest().hex(), read.account, read.office, read.certified_by)
    facts = act.event.facts
    told = (facts["certificate"], facts["account"], facts["office"], signed.actor)
    if named != told or (certificate.id, certificate.account) != named[:2]:
        raise CertificateRefusedError("other_facts")
    account = uow.accounts.get(member.account)
    shown = (account.office, tuple(sorted(account.roles)), account.day_key, account.deed_key)
    keys = (member.day.encode().hex(), member.deed.encode().hex())
    if account.state != "active" or shown != (member.office, member.roles, *keys):
        raise CertificateRefusedError("account_changed")
    if any(_owner(one) != ("office", member.office, member.account) for one in wraps):
        raise CertificateRefusedError("other_facts")
    # Some stand already where a key change overtook an earlier certificate.
    if not {one.id for one in wraps}.isdisjoint(keys_held(uow, account=member.account)):
        raise CertificateRefusedError("overtaken")
    newest = uow.keysets.newest()
    if newest is None or newest.number != trust.keyset.number:
        raise CertificateRefusedError("overtaken")
    uow.keysets.insert_certificate(certificate)
    uow.key_wraps.insert(wraps)
    uow.events.append(act)


@query
def keys_held(uow: UnitOfWork, *, account: str) -> frozenset[str]:
    """Return the ids of the wraps that somebody has already."""
    return frozenset(one.id for one in uow.key_wraps.of_account(account))


@query
def waiting_for_certificate(uow: UnitOfWork, *, trust: Trust) -> tuple[Account, ...]:
    """Return people who have signed in once, and whom nobody has certified."""
    found: list[Account] = []
    after = ""
    while page := uow.accounts.all(after=after):
        found += [one for one in page if one.state == "active" and one.id not in trust.members]
        after = page[-1].login
    return tuple(found)


def _owner(wrap: MemberWrap) -> tuple[str, str, str]:
    return wrap.owner_kind, wrap.owner, wrap.account
