"""The key set: the one document that says which public keys are believed.

No public key is believed because it stands in the database (SEALING.md 3).
Settings hold the hash of the first key set; k custodians of each sign the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.argon import CodeParameters as CodeParameters
from crypto.canonical import canonical, parse_object
from crypto.certificate import Certificate as Certificate
from crypto.certificate import certificate_signing_bytes as certificate_signing_bytes
from crypto.certificate import check_certificate as check_certificate
from crypto.certificate import parse_certificate as parse_certificate
from crypto.context import named_hash, signing_input
from crypto.errors import EventError, KeySetError
from crypto.fields import Fields
from crypto.keyset_json import FIELDS, as_json, from_json
from crypto.keyset_rows import KeySetBody
from crypto.keyset_rows import Member as Member
from crypto.keyset_rows import Office as Office
from crypto.keyset_rows import ReplacedKey as ReplacedKey
from crypto.keyset_rows import SeatKey as SeatKey
from crypto.keyset_rules import check_rules
from crypto.public_key import fingerprint_digits


@dataclass(frozen=True, slots=True)
class KeySet(KeySetBody):
    """One numbered key set; its fields stand in `KeySetBody`."""

    def __post_init__(self) -> None:
        """Refuse what breaks a rule of `keyset_rules`.

        Raises:
            KeySetError: a rule is broken.
        """
        check_rules(self)

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(as_json(self))

    def digest(self) -> bytes:
        """Return the 32 bytes that settings and the next key set name."""
        return keyset_digest(self.encode())

    def fingerprint(self) -> str:
        """Return the 24 digits, in groups of four, that custodians compare aloud."""
        return fingerprint_digits(self.digest())

    @classmethod
    def parse(cls, body: bytes) -> "KeySet":
        """Read what `encode` wrote; believes nothing, see `check_first`.

        Raises:
            KeySetError: not canonical, a field malformed or a rule broken.
        """
        try:
            return from_json(cls, Fields(parse_object(body, FIELDS)))
        except EventError as error:
            raise KeySetError("malformed key set") from error


def keyset_digest(body: bytes) -> bytes:
    """Return the digest of an encoded key set."""
    return named_hash("tg-keyset", body)


def keyset_signing_bytes(body: bytes) -> bytes:
    """Return the bytes that custodians sign with their deed keys."""
    return signing_input("tg-keyset", body)


def check_first(body: bytes, signatures: Mapping[str, bytes], *, expected_digest: bytes) -> KeySet:
    """Believe the first key set, or refuse it.

    Args:
        body: the encoded key set.
        signatures: account id to signature, of holders or deputies of seats.
        expected_digest: the hash that the settings pin.

    Raises:
        KeySetError: another hash, malformed, or not signed for k seats by the
            deed keys in the document itself.
    """
    if keyset_digest(body) != expected_digest:
        raise KeySetError("not the key set that the settings name")
    keyset = KeySet.parse(body)
    if keyset.number != 1:
        raise KeySetError("not the first key set")
    _check_signatures(body, signatures, keyset)
    return keyset


def check_next(body: bytes, signatures: Mapping[str, bytes], *, previous: KeySet) -> KeySet:
    """Believe the key set after *previous*, or refuse it.

    Raises:
        KeySetError: of another site, not the next, or not signed by custodians
            for k seats of *previous*.
    """
    keyset = KeySet.parse(body)
    if (keyset.site, keyset.demo) != (previous.site, previous.demo):
        raise KeySetError("a key set of another site")
    if keyset.number != previous.number + 1 or keyset.previous != previous.digest().hex():
        raise KeySetError("not the next key set")
    _check_signatures(body, signatures, previous)
    return keyset


def check_custodian(body: bytes, account: str, signature: bytes, *, by: KeySet) -> int:
    """Check one custodian's signature of a key set.

    Args:
        body: the encoded key set that was signed.
        account: whose signature it is said to be.
        signature: 64 bytes, by the account's deed key.
        by: the key set in which the account has its seat.

    Returns:
        The number of the seat it counts for.

    Raises:
        KeySetError: no custodian, or not this custodian's signature.
    """
    seat = by.seat_of(account)
    if seat is None:
        raise KeySetError("signed by somebody without a seat")
    try:
        by.member(account).deed.verify(keyset_signing_bytes(body), signature)
    except EventError as error:
        raise KeySetError("wrong signature") from error
    return seat.number


def _check_signatures(body: bytes, signatures: Mapping[str, bytes], by: KeySet) -> None:
    # Holder and deputy of one seat count once.
    signed = {check_custodian(body, account, one, by=by) for account, one in signatures.items()}
    if len(signed) < by.threshold:
        raise KeySetError("not signed for enough seats")
