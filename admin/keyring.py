"""Keys of an office: handed to newcomers, and cases wrapped to the one in force.

They are opened here with the day key of the session. Vouching for somebody is signed with
the deed key, for which the password is asked again.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from admin import auth
from admin.desk import HeldKeys, OpenedKey, wraps_for
from admin.extensions import console
from admin.reading import UnreadableError, office_keys
from admin.signing import Deed, attempt, sign_act
from casework.domain.case import Case
from casework.domain.errors import (
    AlreadyDoneError,
    CertificateRefusedError,
    NotPermittedError,
    StaleActError,
)
from casework.services import certifying, rewrapping
from casework.storage.accounts import Account
from casework.storage.key_wraps import RECOVERY, OwnerKind
from casework.storage.key_wraps import MemberWrap as StoredWrap
from casework.storage.keysets import StoredCertificate
from crypto.canonical import JSON
from crypto.certificate import Certificate, certificate_signing_bytes
from crypto.cli import MemberWrap, wrap_office_key
from crypto.context import digest, wrap_context
from crypto.errors import CryptoError
from crypto.events import KeyWrap
from crypto.keyset import KeySet, Member
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey
from crypto.rotation import needs_office_key
from crypto.unseal import unwrap_key

REWRAP_SECONDS: Final = 4.0
_OWNERS: Final[Mapping[str, OwnerKind]] = {"office": "office", "seat": "seat"}


# Newcomers ---------------------------------------------------------------------


def fingerprint_of(account: Account) -> str:
    """The 24 digits that stand for the keys of an account's row."""
    return auth.fingerprint(
        PublicKey.from_hex(account.day_key), PublicKey.from_hex(account.deed_key)
    )


def is_fingerprint_of(account: Account, typed: str) -> bool:
    """Whether the digits *typed* are those that the newcomer's own screen must have shown."""
    return _digits(typed) == _digits(fingerprint_of(account))


def certify(account: Account, pen: Deed) -> None:
    """Vouch for a newcomer of one's own office, and hand over the office's keys.

    Raises:
        CertificateRefusedError: the newcomer is of another office, or needs an office key
            that the signed-in person does not hold.
        CaseworkError: whatever else the rules refuse.
    """
    me, here = auth.current(), console()
    if account.office != me.office:
        raise CertificateRefusedError("other_office")
    trust = here.trust(fresh=True)
    newcomer = member_of(account)
    made = Certificate(
        site=here.store.site,
        keyset=trust.keyset.number,
        account=newcomer.account,
        office=newcomer.office,
        roles=newcomer.roles,
        day=newcomer.day,
        deed=newcomer.deed,
        certified_by=me.account,
        on=here.clock.today().isoformat(),
    )
    body = made.encode()
    facts: dict[str, JSON] = {
        "account": newcomer.account,
        "office": newcomer.office,
        "fingerprint": fingerprint_of(account),
        "certificate": made.digest().hex(),
    }
    held = certifying.keys_held(here.store, account=account.id)
    # Some stand already where a key change overtook an earlier certificate.
    wraps = [one for one in _handed_over(newcomer, trust.keyset) if one.id not in held]
    certifying.certify_member(
        here.store,
        act=pen.sign_outside("member.certified", facts, added=wraps),
        certificate=StoredCertificate(
            made.digest().hex(), account.id, body, pen.key.sign(certificate_signing_bytes(body))
        ),
        wraps=wraps,
        trust=trust,
        now=here.clock.now(),
    )
    here.trust(fresh=True)


def member_of(account: Account) -> Member:
    """Return an account as a key set has it."""
    return Member(
        account=account.id,
        office=account.office,
        roles=tuple(sorted(account.roles)),
        day=PublicKey.from_hex(account.day_key),
        deed=PublicKey.from_hex(account.deed_key),
    )


def _handed_over(newcomer: Member, keyset: KeySet) -> list[StoredWrap]:
    """Wrap every key of the office, replaced ones too, to whom the roles let read cases."""
    if not needs_office_key(newcomer):
        return []
    held = office_keys()
    if keyset.office(newcomer.office).key.box.hex() not in held:
        raise CertificateRefusedError("no_office_key")
    wraps = (
        wrap_office_key(key, site=keyset.site, code=newcomer.office, member=newcomer)
        for key in held.values()
    )
    return [stored(wrap) for wrap in wraps]


# Wrapping anew ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one press has done."""

    done: int
    failed: int


def rewrap_cases(seconds: float = REWRAP_SECONDS) -> Rewrapped:
    """Wrap open cases of one's office to its present key, for some seconds; each is kept at once.

    Raises:
        UnreadableError: the signed-in person does not hold the office's present key.
    """
    here, office = console(), auth.current().office
    trust, keys = here.trust(fresh=True), office_keys()
    if trust.keyset.office(office).key.box.hex() not in keys:
        raise UnreadableError
    end, after, done, failed = time.monotonic() + seconds, "", 0, 0
    while found := rewrapping.stale_cases(here.store, office=office, trust=trust, after=after):
        for report in found:
            if time.monotonic() > end:
                return Rewrapped(done, failed)
            is_done = _rewrap(report, office, keys)
            done, failed = done + is_done, failed + (not is_done)
        after = found[-1]
    return Rewrapped(done, failed)


def _rewrap(report: str, office: str, keys: Mapping[str, PrivateKey]) -> bool:
    """Wrap one case anew; False when something in it does not open."""
    here = console()
    trust = here.trust()

    def act(case: Case) -> Case:
        stale = rewrapping.stale_case(here.store, report=report, office=office, trust=trust)
        opened = HeldKeys(case, tuple(_opened(wrap, stale, keys) for wrap in stale.wraps))
        wraps = wraps_for(opened, trust.keyset.office(office))
        facts: dict[str, JSON] = {
            "office": office,
            "key_id": trust.keyset.office(office).key.box.hex(),
        }
        return rewrapping.rewrap_case(
            here.store,
            act=sign_act(case, "keys.rewrapped", facts, added=wraps, removed=stale.wraps),
            wraps=wraps,
            trust=trust,
            now=here.clock.now(),
        )

    try:
        attempt(report, act)
    except AlreadyDoneError:  # a colleague was faster
        return True
    except (CryptoError, KeyError):  # it was tampered with: verification names what
        return False
    except (NotPermittedError, StaleActError):  # just transferred, or somebody acts on it now
        return False
    return True


def _opened(
    wrap: KeyWrap, stale: rewrapping.StaleCase, keys: Mapping[str, PrivateKey]
) -> OpenedKey:
    manifest = {one.sending: one for one in stale.manifests}[wrap.sending]
    context = wrap_context(
        console().store.site,
        stale.case.report_id,
        wrap.sending,
        wrap.key_kind,
        digest(manifest.body),
    )
    key = unwrap_key(
        wrap.body, context=context, holder=keys[wrap.recipient_key], key_id=wrap.key_id
    )
    return OpenedKey(wrap, manifest, key)


def stored(wrap: MemberWrap) -> StoredWrap:
    return StoredWrap(
        owner_kind=_OWNERS[wrap.kind],
        owner=wrap.name,
        key_id=wrap.key_id.hex(),
        account=wrap.account or RECOVERY,
        body=wrap.body,
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
