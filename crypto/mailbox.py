"""The reporter's side: the only opening that the public site can do.

A reporter's key opens the thread key M of that report and signs what the
reporter does. Narrative, files and identity have no road from here.
"""

from dataclasses import dataclass, field, replace

from crypto.context import Context
from crypto.derivation import KeyPairs, derive_pairs
from crypto.errors import UnsealError
from crypto.objects import open_key, open_object, seal_box, seal_object
from crypto.padding import pad_text, unpad_text
from crypto.public_key import PublicKey
from crypto.records import KeyWrap


@dataclass(frozen=True, slots=True)
class ReporterKey:
    """The reporter's key, derived from the receipt code.

    Attributes:
        secret: 32 bytes, `receipt.Receipt.secret`.
    """

    secret: bytes = field(repr=False)
    _pairs: KeyPairs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive both pairs once.

        Raises:
            UnsealError: the secret does not have 32 bytes.
        """
        object.__setattr__(self, "_pairs", derive_pairs(self.secret))

    @property
    def public(self) -> PublicKey:
        """The public half, which the manifest of the report names."""
        return self._pairs.public

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""
        return self._pairs.sign(message)

    def open_thread_key(self, body: bytes, context: Context, key_id: bytes) -> bytes:
        """Open the thread key M.

        Args:
            body: the stored wrap whose recipient is "reporter".
            context: `wrap_context` of the sending, kind "thread", with its manifest's digest.
            key_id: the name of the key, as the wrap's row has it.

        Raises:
            UnsealError: for every failure.
        """
        return open_key(body, context=context, name=key_id, pairs=self._pairs)


def wrap_anew(
    wrap: KeyWrap, *, wrap_id: str, context: Context, key: ReporterKey, to: PublicKey
) -> KeyWrap:
    """Open one of the reporter's thread keys and wrap it to the reporter's next key.

    Args:
        wrap: the stored wrap whose recipient is "reporter".
        wrap_id: id of the new row.
        context: what both wraps are bound to, as for `open_thread_key`.
        key: the reporter's key until now.
        to: public half of the next one.

    Raises:
        UnsealError: for every failure to open.
    """
    thread = key.open_thread_key(wrap.body, context, wrap.key_id)
    body = seal_box(thread, context=context, name=wrap.key_id, recipient=to)
    return replace(wrap, id=wrap_id, recipient_key=to.box.hex(), body=body)


def seal_message(text: str, *, key: bytes, context: Context) -> bytes:
    """Seal a message under the thread key, padded to its bucket.

    Args:
        text: up to 65,535 bytes in UTF-8.
        key: thread key M.
        context: `part_context` of kind "message".

    Raises:
        SizeError: *text* is longer.
    """
    return seal_object(pad_text(text.encode()), key=key, context=context)


def open_message(body: bytes, *, key: bytes, context: Context) -> str:
    """Return the text of a message.

    Raises:
        UnsealError: for every failure.
    """
    try:
        return unpad_text(open_object(body, key=key, context=context)).decode()
    except UnicodeDecodeError:
        raise UnsealError from None
