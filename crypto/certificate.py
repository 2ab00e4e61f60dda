"""Certificates: later officers, vouched for by a certified colleague.

The colleague types the 24-digit fingerprint from the newcomer's own screen and
signs with the deed key (SEALING.md 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.canonical import canonical, parse_object
from crypto.context import named_hash, signing_input
from crypto.errors import EventError, KeySetError
from crypto.fields import Fields
from crypto.keyset_rows import KeySetBody, Member
from crypto.keyset_rules import check_roles
from crypto.public_key import PublicKey

_FIELDS = frozenset(
    {"site", "keyset", "account", "office", "roles", "day", "deed", "certified_by", "on"}
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a colleague vouches for.

    Attributes:
        site: site id.
        keyset: number of the key set that it counts with; the next one lists every member.
        account: the newcomer's account id.
        office: code of the office of both.
        roles: what the newcomer may do, in alphabetical order.
        day: the newcomer's day key.
        deed: the newcomer's deed key.
        certified_by: account id of the colleague.
        on: civil date.
    """

    site: str
    keyset: int
    account: str
    office: str
    roles: tuple[str, ...]
    day: PublicKey
    deed: PublicKey
    certified_by: str
    on: str

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(
            {
                "site": self.site,
                "keyset": self.keyset,
                "account": self.account,
                "office": self.office,
                "roles": list(self.roles),
                "day": self.day.encode().hex(),
                "deed": self.deed.encode().hex(),
                "certified_by": self.certified_by,
                "on": self.on,
            }
        )

    def digest(self) -> bytes:
        """Return the 32 bytes by which an event names the certificate."""
        return named_hash("tg-certificate", self.encode())

    @property
    def member(self) -> Member:
        """The newcomer as a member."""
        return Member(self.account, self.office, self.roles, self.day, self.deed)


def certificate_signing_bytes(body: bytes) -> bytes:
    """Return the bytes that the colleague signs."""
    return signing_input("tg-certificate", body)


def parse_certificate(body: bytes) -> Certificate:
    """Read a certificate; believes nothing, see `check_certificate`.

    Raises:
        KeySetError: malformed.
    """
    try:
        read = Fields(parse_object(body, _FIELDS))
        return Certificate(
            site=read.text("site"),
            keyset=read.integer("keyset"),
            account=read.text("account"),
            office=read.text("office"),
            roles=read.strings("roles"),
            day=read.public_key("day"),
            deed=read.public_key("deed"),
            certified_by=read.text("certified_by"),
            on=read.day("on"),
        )
    except EventError as error:
        raise KeySetError("malformed certificate") from error


def check_certificate(
    body: bytes,
    signature: bytes,
    keyset: KeySetBody,
    *,
    colleagues: Mapping[str, Member] | None = None,
) -> Member:
    """Believe a certificate, or refuse it.

    Args:
        body: the encoded certificate.
        signature: by the colleague's deed key.
        keyset: the key set in force.
        colleagues: members believed by earlier certificates, by account id.

    Returns:
        The newcomer as a member.

    Raises:
        KeySetError: malformed, for another site or key set, for a member of the key set,
            or not signed by a certified colleague of the same office.
    """
    certificate = parse_certificate(body)
    check_roles(certificate.roles)
    if certificate.site != keyset.site or not keyset.has_office(certificate.office):
        raise KeySetError("a certificate for another site or office")
    if certificate.keyset != keyset.number:
        raise KeySetError("a certificate of another key set")
    # What custodians signed about a person, a colleague cannot change.
    if any(one.account == certificate.account for one in keyset.members):
        raise KeySetError("a member of the key set needs no certificate")
    believed = (colleagues or {}).get(certificate.certified_by)
    colleague = believed or keyset.member(certificate.certified_by)
    if colleague.account == certificate.account or colleague.office != certificate.office:
        raise KeySetError("not certified by a colleague")
    try:
        colleague.deed.verify(certificate_signing_bytes(body), signature)
    except EventError as error:
        raise KeySetError("wrong signature") from error
    return certificate.member
