"""Suite 0x01: the primitives behind one small interface.

A second suite (SM2/SM3/SM4, a post-quantum hybrid) is one more class of this
form and one more line in `SUITES`; callers see no primitive.
"""

from typing import Protocol

from nacl import bindings
from nacl.exceptions import CryptoError as SodiumError

from crypto.context import KEY_SIZE, SUITE
from crypto.errors import KeySetError, UnsealError

NONCE_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
TAG_SIZE = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
BOX_OVERHEAD = bindings.crypto_box_SEALBYTES
STREAM_HEADER_SIZE = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
STREAM_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class StreamWriter:
    """A sealed stream being written; every chunk carries *bound*."""

    def __init__(self, key: bytes, bound: bytes) -> None:
        """Start a stream under *key*; its header is in `header`."""
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self.header = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._bound = bound

    def push(self, chunk: bytes, *, final: bool) -> bytes:
        """Return the ciphertext of *chunk*."""
        tag = _FINAL if final else _MESSAGE
        return bindings.crypto_secretstream_xchacha20poly1305_push(
            self._state, chunk, self._bound, tag
        )


class StreamReader:
    """A sealed stream being read."""

    def __init__(self, key: bytes, header: bytes, bound: bytes) -> None:
        """Start reading under *key*."""
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, key)
        self._bound = bound

    def pull(self, chunk: bytes) -> tuple[bytes, bool]:
        """Return the content of *chunk* and whether it is marked as the last.

        Raises:
            UnsealError: it does not open here, or has a tag we never write.
        """
        if len(chunk) < STREAM_OVERHEAD:
            raise UnsealError
        try:
            content, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(
                self._state, chunk, self._bound
            )
        except (SodiumError, RuntimeError):
            raise UnsealError from None
        if tag not in (_MESSAGE, _FINAL):
            raise UnsealError
        return content, tag == _FINAL


class Suite(Protocol):
    """What a suite must be able to do."""

    number: int

    def seal(self, key: bytes, nonce: bytes, content: bytes, bound: bytes) -> bytes:
        """Encrypt and authenticate *content*, and authenticate *bound*."""

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Undo `seal`, or raise UnsealError."""

    def box(self, recipient: bytes, content: bytes) -> bytes:
        """Encrypt to a public key, so that the sender cannot read it again."""

    def unbox(self, public: bytes, secret: bytes, boxed: bytes) -> bytes:
        """Undo `box`, or raise UnsealError."""

    def stream_writer(self, key: bytes, bound: bytes) -> StreamWriter:
        """Start a sealed stream."""

    def stream_reader(self, key: bytes, header: bytes, bound: bytes) -> StreamReader:
        """Start reading a sealed stream."""


class SodiumSuite:
    """XChaCha20-Poly1305, X25519 sealed boxes and secretstream, all by libsodium."""

    number = SUITE

    def seal(self, key: bytes, nonce: bytes, content: bytes, bound: bytes) -> bytes:
        """Encrypt and authenticate *content*, and authenticate *bound*."""
        return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(content, bound, nonce, key)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Undo `seal`.

        Raises:
            UnsealError: wrong key or bound bytes, or changed bytes.
        """
        if len(sealed) < TAG_SIZE or len(nonce) != NONCE_SIZE:
            raise UnsealError
        try:
            return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, bound, nonce, key)
        except SodiumError:
            raise UnsealError from None

    def box(self, recipient: bytes, content: bytes) -> bytes:
        """Encrypt to a public key.

        Raises:
            KeySetError: *recipient* is no usable X25519 key.
        """
        try:
            return bindings.crypto_box_seal(content, recipient)
        except (SodiumError, ValueError, RuntimeError) as error:
            raise KeySetError("not a key to seal to") from error

    def unbox(self, public: bytes, secret: bytes, boxed: bytes) -> bytes:
        """Undo `box`.

        Raises:
            UnsealError: not sealed to this key, or changed bytes.
        """
        if len(boxed) < BOX_OVERHEAD or len(secret) != KEY_SIZE:
            raise UnsealError
        try:
            return bindings.crypto_box_seal_open(boxed, public, secret)
        except SodiumError:
            raise UnsealError from None

    def stream_writer(self, key: bytes, bound: bytes) -> StreamWriter:
        """Start a sealed stream."""
        return StreamWriter(key, bound)

    def stream_reader(self, key: bytes, header: bytes, bound: bytes) -> StreamReader:
        """Start reading a sealed stream."""
        return StreamReader(key, header, bound)


CURRENT: Suite = SodiumSuite()
SUITES: dict[int, Suite] = {CURRENT.number: CURRENT}


def suite_of(body: bytes) -> Suite:
    """Return the suite that the first byte of *body* names.

    Raises:
        UnsealError: empty, or a suite we do not know.
    """
    if not body or body[0] not in SUITES:
        raise UnsealError
    return SUITES[body[0]]
