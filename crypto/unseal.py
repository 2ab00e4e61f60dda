"""The opening half, for offices, seats and requesters; the public site never loads it.

Every failure is the same `UnsealError`.
"""

from collections.abc import Iterable, Iterator

from crypto.context import Context, approval_context
from crypto.errors import UnsealError
from crypto.objects import check_key_id, open_object
from crypto.padding import unpad_identity, unpad_text
from crypto.private_key import PrivateKey
from crypto.stream import read_stream


def unseal_text(body: bytes, *, key: bytes, context: Context) -> str:
    """Return the text that `seal.seal_text` sealed.

    Raises:
        UnsealError: for every failure.
    """
    return _text(unpad_text(open_object(body, key=key, context=context)))


def unseal_identity(body: bytes, *, key: bytes, context: Context) -> str:
    """Return the identity text that `seal.seal_identity` sealed.

    Raises:
        UnsealError: for every failure.
    """
    return _text(unpad_identity(open_object(body, key=key, context=context)))


def unseal_bytes(body: bytes, *, key: bytes, context: Context) -> bytes:
    """Return the bytes that `seal.seal_bytes` sealed.

    Raises:
        UnsealError: for every failure.
    """
    return open_object(body, key=key, context=context)


def unwrap_key(body: bytes, *, context: Context, holder: PrivateKey, key_id: bytes) -> bytes:
    """Return the key that `seal.wrap_key` wrapped to *holder*.

    Args:
        body: the stored wrap.
        context: what it is bound to; for a sending with the digest of its manifest.
        holder: the office, member or recovery key it was wrapped to.
        key_id: the name of the key expected inside.

    Raises:
        UnsealError: for every failure, a key of another name too.
    """
    key = holder.open_box(body, context=context, name=key_id)
    check_key_id(key_id, key)
    return key


def open_pieces(body: bytes, *, context: Context, holder: PrivateKey, item_key_id: bytes) -> bytes:
    """Return the pieces that `seal.seal_pieces` sealed to a seat.

    Args:
        body: the stored box.
        context: `piece_context` of the item and seat.
        holder: the seat's key.
        item_key_id: head of the sealed item (`objects.object_key_id`).

    Raises:
        UnsealError: for every failure.
    """
    return holder.open_box(body, context=context, name=item_key_id)


def open_approval(
    body: bytes, *, request_digest: bytes, item: str, seat: int, requester: PrivateKey
) -> bytes:
    """Return the pieces that a custodian approved for *requester*.

    Args:
        body: the stored approval.
        request_digest: digest of the signed request event.
        item: id of the identity item.
        seat: number of the custodian's seat.
        requester: deed key of the officer who asked.

    Raises:
        UnsealError: for every failure.
    """
    context = approval_context(item, seat, request_digest)
    return requester.open_box(body, context=context, name=request_digest)


def open_reason(body: bytes, *, context: Context, holder: PrivateKey) -> str:
    """Return why a release is asked for, which `seal.seal_reason` sealed to a seat.

    Raises:
        UnsealError: for every failure.
    """
    return _text(unpad_text(unseal_for(body, context=context, holder=holder)))


def unseal_for(body: bytes, *, context: Context, holder: PrivateKey) -> bytes:
    """Return the bytes that `seal.seal_for` sealed to *holder*.

    Raises:
        UnsealError: for every failure.
    """
    return holder.open_box(body, context=context, name=b"")


def open_stream(chunks: Iterable[bytes], *, key: bytes, context: Context) -> Iterator[bytes]:
    """Yield the true content of a stored file, padding removed, in constant memory.

    What was yielded is authentic and in order, but only a complete run
    without an error says that the file was whole.

    Args:
        chunks: the stored bytes, cut anywhere.
        key: content key of the file's sending; of an identity item its own key.
        context: `file_context` of the file, or `item_file_context`.

    Raises:
        UnsealError: for every failure: cut, extended, changed, wrong key or context.
    """
    return read_stream(chunks, key=key, context=context)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise UnsealError from None
