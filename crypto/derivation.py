"""From one 32-byte secret to the two key pairs of its holder."""

from dataclasses import dataclass, field

from nacl import bindings

from crypto.context import KEY_SIZE, named_hash
from crypto.errors import UnsealError
from crypto.public_key import PublicKey


@dataclass(frozen=True, slots=True)
class KeyPairs:
    """The X25519 pair that opens and the Ed25519 pair that signs.

    Attributes:
        box_secret: 32 bytes.
        sign_secret: 64 bytes, in libsodium's form (seed and public key).
        public: both public halves.
    """

    box_secret: bytes = field(repr=False)
    sign_secret: bytes = field(repr=False)
    public: PublicKey

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""
        return bindings.crypto_sign(message, self.sign_secret)[:64]


def derive_pairs(secret: bytes) -> KeyPairs:
    """Derive both pairs of a holder's *secret*.

    Raises:
        UnsealError: *secret* does not have 32 bytes.
    """
    if len(secret) != KEY_SIZE:
        raise UnsealError
    box_secret = named_hash("tg-box", b"", key=secret)
    seed = named_hash("tg-sign", b"", key=secret)
    sign_public, sign_secret = bindings.crypto_sign_seed_keypair(seed)
    public = PublicKey(bindings.crypto_scalarmult_base(box_secret), sign_public)
    return KeyPairs(box_secret, sign_secret, public)
