"""The public half of a holder's key."""

import re
from dataclasses import dataclass

from nacl import bindings
from nacl.exceptions import CryptoError as SodiumError

from crypto.context import KEY_SIZE, named_hash
from crypto.errors import EventError, KeySetError

SIGNATURE_SIZE = 64
FINGERPRINT_DIGITS = 24
_HEX_KEY = re.compile(r"[0-9a-f]{64}\Z")
_HEX_PAIR = re.compile(r"[0-9a-f]{128}\Z")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Public keys of one holder.

    Attributes:
        box: X25519 public key, 32 bytes: to seal to.
        sign: Ed25519 public key, 32 bytes: to check signatures with.
    """

    box: bytes
    sign: bytes

    def encode(self) -> bytes:
        """Return both keys, 64 bytes."""
        return self.box + self.sign

    @classmethod
    def decode(cls, body: bytes) -> "PublicKey":
        """Read what `encode` wrote.

        Raises:
            KeySetError: not 64 bytes.
        """
        if len(body) != 2 * KEY_SIZE:
            raise KeySetError("a public key has 64 bytes")
        return cls(body[:KEY_SIZE], body[KEY_SIZE:])

    @classmethod
    def from_hex(cls, text: str) -> "PublicKey":
        """Read the hex form, 128 lower-case characters.

        Raises:
            KeySetError: not that.
        """
        if not _HEX_PAIR.match(text):
            raise KeySetError("a public key has 128 hex digits")
        return cls.decode(bytes.fromhex(text))

    def fingerprint(self) -> str:
        """Return the 24 digits, in groups of four, that two people compare aloud."""
        return fingerprint_digits(self.encode())

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check an Ed25519 *signature* of *message*.

        Raises:
            EventError: it is not this key's.
        """
        verify(self.sign, message, signature)


def member_fingerprint(day: PublicKey, deed: PublicKey) -> str:
    """Return the 24 digits that stand for both keys of an officer."""
    return fingerprint_digits(day.encode() + deed.encode())


def fingerprint_digits(encoded: bytes) -> str:
    """Return the 24 digits, in groups of four, that stand for any public bytes."""
    number = int.from_bytes(named_hash("tg-fingerprint", encoded), "big")
    digits = f"{number % 10**FINGERPRINT_DIGITS:0{FINGERPRINT_DIGITS}d}"
    return " ".join(digits[at : at + 4] for at in range(0, FINGERPRINT_DIGITS, 4))


def verify(sign_public: bytes, message: bytes, signature: bytes) -> None:
    """Check an Ed25519 *signature* by the 32-byte key *sign_public*.

    Raises:
        EventError: it is not that key's.
    """
    if len(sign_public) != KEY_SIZE or len(signature) != SIGNATURE_SIZE:
        raise EventError("malformed signature")
    try:
        bindings.crypto_sign_open(signature + message, sign_public)
    except SodiumError as error:
        raise EventError("wrong signature") from error


def check_sign_key(text: str) -> None:
    """Check that *text* is the hex form of one 32-byte key.

    Raises:
        EventError: it is not.
    """
    if not _HEX_KEY.match(text):
        raise EventError("malformed signing key")
