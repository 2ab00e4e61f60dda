"""The secret half of an officer's, office's, seat's or the recovery key."""

from dataclasses import dataclass, field

from crypto.context import Context, key_id
from crypto.derivation import KeyPairs, derive_pairs
from crypto.objects import new_key, open_box
from crypto.public_key import PublicKey


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """One 32-byte secret and the two key pairs derived from it.

    The public site never loads this module; reporters have `mailbox.ReporterKey`.

    Attributes:
        secret: 32 bytes.
    """

    secret: bytes = field(repr=False)
    _pairs: KeyPairs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive both pairs once.

        Raises:
            UnsealError: the secret does not have 32 bytes.
        """
        object.__setattr__(self, "_pairs", derive_pairs(self.secret))

    @classmethod
    def generate(cls) -> "PrivateKey":
        """Draw a fresh key."""
        return cls(new_key())

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self._pairs.public

    @property
    def key_id(self) -> bytes:
        """The 32 bytes that name this key in its wraps."""
        return key_id(self.secret)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""
        return self._pairs.sign(message)

    def open_box(self, body: bytes, *, context: Context, name: bytes) -> bytes:
        """Open a box sealed to this key.

        Args:
            body: the stored bytes.
            context: what the box is bound to.
            name: id of the key that it concerns.

        Raises:
            UnsealError: for every failure.
        """
        return open_box(body, context=context, name=name, pairs=self._pairs)
