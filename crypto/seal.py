"""The sealing half: what goes in here, the sealer cannot read again.

Under a key: texts of a case, padded. To a public key: keys, pieces of an
item key, approvals.
"""

from crypto.context import Context, approval_context, key_id
from crypto.objects import new_key as new_key
from crypto.objects import seal_box, seal_object
from crypto.padding import pad_identity, pad_text
from crypto.public_key import PublicKey


def seal_text(text: str, *, key: bytes, context: Context) -> bytes:
    """Seal a narrative, message or other text, padded to its bucket.

    Args:
        text: up to 65,535 bytes in UTF-8.
        key: content or thread key, 32 bytes.
        context: what it is bound to.

    Raises:
        SizeError: *text* is longer.
    """
    return seal_object(pad_text(text.encode()), key=key, context=context)


def seal_identity(text: str, *, key: bytes, context: Context) -> bytes:
    """Seal an identity text, padded to 2 KiB exactly.

    Args:
        text: up to 2,047 bytes in UTF-8.
        key: item key, 32 bytes.
        context: what it is bound to.

    Raises:
        SizeError: *text* is longer.
    """
    return seal_object(pad_identity(text.encode()), key=key, context=context)


def seal_bytes(content: bytes, *, key: bytes, context: Context) -> bytes:
    """Seal bytes whose length is no secret; nothing is padded."""
    return seal_object(content, key=key, context=context)


def wrap_key(key: bytes, *, context: Context, recipient: PublicKey) -> bytes:
    """Wrap *key* to *recipient*.

    Args:
        key: the 32-byte key to hand over.
        context: what it is bound to; for a sending with the digest of its manifest.
        recipient: whoever shall open it.
    """
    return seal_box(key, context=context, name=key_id(key), recipient=recipient)


def seal_pieces(
    pieces: bytes, *, context: Context, item_key_id: bytes, recipient: PublicKey
) -> bytes:
    """Seal the pieces due to one seat.

    Args:
        pieces: one bundle of `shares.split`.
        context: `piece_context` of the item and seat.
        item_key_id: `key_id` of the item key, as it heads the item.
        recipient: the seat's key.
    """
    return seal_box(pieces, context=context, name=item_key_id, recipient=recipient)


def seal_approval(
    pieces: bytes, *, request_digest: bytes, item: str, seat: int, requester: PublicKey
) -> bytes:
    """Seal a seat's pieces to the deed key of the officer who asked for them.

    Args:
        pieces: what `unseal.open_pieces` returned.
        request_digest: digest of the signed request event, 32 bytes.
        item: id of the identity item.
        seat: number of the custodian's seat.
        requester: the officer's deed key.
    """
    context = approval_context(item, seat, request_digest)
    return seal_box(pieces, context=context, name=request_digest, recipient=requester)


def seal_reason(text: str, *, context: Context, recipient: PublicKey) -> bytes:
    """Seal to a seat why a release is asked for, padded to its bucket.

    Args:
        text: up to 65,535 bytes in UTF-8.
        context: `reason_context` of the release and seat.
        recipient: the seat's key.

    Raises:
        SizeError: *text* is longer.
    """
    return seal_for(pad_text(text.encode()), context=context, recipient=recipient)


def seal_for(content: bytes, *, context: Context, recipient: PublicKey) -> bytes:
    """Seal any bytes to a public key, for example a settings backup to the recovery key."""
    return seal_box(content, context=context, name=b"", recipient=recipient)
