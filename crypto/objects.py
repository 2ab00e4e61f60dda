"""Layout of sealed objects and sealed boxes (SEALING.md 4).

    object = suite (1) | key id (32) | nonce (24) | ciphertext and tag (n + 16)
    box    = suite (1) | sealed box over ( prefix (32) | payload )

Both sites use this; what may be opened, and by whom, is decided by the
modules above it: `unseal` for offices and seats, `mailbox` for reporters.
"""

import hmac

from crypto.context import KEY_ID_SIZE, KEY_SIZE, Context, key_id, lp, named_hash
from crypto.derivation import KeyPairs
from crypto.errors import UnsealError
from crypto.public_key import PublicKey
from crypto.randomness import random_bytes
from crypto.suite import CURRENT, NONCE_SIZE, TAG_SIZE, suite_of

PREFIX_SIZE = 32
HEAD_SIZE = 1 + KEY_ID_SIZE
OBJECT_OVERHEAD = HEAD_SIZE + NONCE_SIZE + TAG_SIZE


def new_key() -> bytes:
    """Draw a fresh 32-byte key."""
    return random_bytes(KEY_SIZE)


def sub_key(key: bytes, context: Context) -> bytes:
    """Return the key that one object is sealed under, derived by kind and id."""
    return named_hash("tg-subkey", lp(context.kind.encode(), context.object_id.encode()), key=key)


def object_key_id(body: bytes) -> bytes:
    """Return the key id at the head of a sealed object or file.

    Raises:
        UnsealError: too short, or an unknown suite.
    """
    suite_of(body)
    if len(body) < HEAD_SIZE:
        raise UnsealError
    return body[1:HEAD_SIZE]


def check_key_id(claimed: bytes, key: bytes) -> None:
    """Check in constant time that *claimed* is the id of *key*.

    Raises:
        UnsealError: it is not.
    """
    # An AEAD alone can be made to open under two keys; this hash cannot.
    if len(key) != KEY_SIZE or not hmac.compare_digest(claimed, key_id(key)):
        raise UnsealError


def seal_object(content: bytes, *, key: bytes, context: Context) -> bytes:
    """Seal *content* under a sub-key of *key*, bound to *context*; no padding here."""
    name = key_id(key)
    nonce = random_bytes(NONCE_SIZE)
    sealed = CURRENT.seal(sub_key(key, context), nonce, content, context.encode(name))
    return bytes([CURRENT.number]) + name + nonce + sealed


def open_object(body: bytes, *, key: bytes, context: Context) -> bytes:
    """Undo `seal_object`.

    Raises:
        UnsealError: for every failure, whatever it is.
    """
    suite = suite_of(body)
    name = object_key_id(body)
    check_key_id(name, key)
    nonce = body[HEAD_SIZE : HEAD_SIZE + NONCE_SIZE]
    sealed = body[HEAD_SIZE + NONCE_SIZE :]
    return suite.open(sub_key(key, context), nonce, sealed, context.encode(name))


def seal_box(payload: bytes, *, context: Context, name: bytes, recipient: PublicKey) -> bytes:
    """Seal *payload* to *recipient*, bound to *context*, recipient and key id *name*."""
    boxed = CURRENT.box(recipient.box, _prefix(context, name, recipient) + payload)
    return bytes([CURRENT.number]) + boxed


def open_box(body: bytes, *, context: Context, name: bytes, pairs: KeyPairs) -> bytes:
    """Undo `seal_box`.

    Raises:
        UnsealError: for every failure, whatever it is.
    """
    suite = suite_of(body)
    opened = suite.unbox(pairs.public.box, pairs.box_secret, body[1:])
    expected = _prefix(context, name, pairs.public)
    if not hmac.compare_digest(opened[:PREFIX_SIZE], expected):
        raise UnsealError
    return opened[PREFIX_SIZE:]


def open_key(body: bytes, *, context: Context, name: bytes, pairs: KeyPairs) -> bytes:
    """Open a box that holds the key named *name*.

    Raises:
        UnsealError: for every failure, a key of another name too.
    """
    key = open_box(body, context=context, name=name, pairs=pairs)
    check_key_id(name, key)
    return key


def _prefix(context: Context, name: bytes, recipient: PublicKey) -> bytes:
    return named_hash("tg-box-prefix", context.encode(name) + recipient.box)
