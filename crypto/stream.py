"""Sealed files: a secretstream of 64 KiB chunks, padded, in constant memory.

    file = suite (1) | key id (32) | stream header (24) | chunks

Every chunk carries the context; exactly the last one is FINAL. libsodium reads
a cut stream, or data after FINAL, without complaint, so the reader checks.
"""

from collections.abc import Iterable, Iterator

from crypto.context import Context, digest_state, key_id
from crypto.errors import UnsealError
from crypto.objects import HEAD_SIZE, check_key_id, object_key_id, sub_key
from crypto.padding import MARK, file_bucket
from crypto.suite import CURRENT, STREAM_HEADER_SIZE, STREAM_OVERHEAD, StreamReader, suite_of

CHUNK_SIZE = 64 * 1024
SEALED_CHUNK_SIZE = CHUNK_SIZE + STREAM_OVERHEAD
FILE_HEAD_SIZE = HEAD_SIZE + STREAM_HEADER_SIZE
_ZEROS = bytes(CHUNK_SIZE)


def stored_size(content_size: int) -> int:
    """Return the size of the stored file for *content_size* bytes of content."""
    padded = file_bucket(content_size)
    chunks = -(-padded // CHUNK_SIZE)
    return FILE_HEAD_SIZE + padded + chunks * STREAM_OVERHEAD


class FileSealer:
    """Seals one file while it comes in.

    Write `header`, then whatever `push` returns, then everything that
    `finish` yields; sizes and digest are known after that.
    """

    def __init__(self, key: bytes, context: Context) -> None:
        """Start a file under *key*, bound to *context*."""
        name = key_id(key)
        self._writer = CURRENT.stream_writer(sub_key(key, context), context.encode(name))
        self.header = bytes([CURRENT.number]) + name + self._writer.header
        self._digest = digest_state()
        self._digest.update(self.header)
        self._waiting = bytearray()
        self._plain_size = 0
        self._stored_size = len(self.header)
        self._finished = False

    @property
    def plain_size(self) -> int:
        """Bytes of content so far."""
        return self._plain_size

    @property
    def stored_size(self) -> int:
        """Bytes of the stored file so far."""
        return self._stored_size

    def digest(self) -> bytes:
        """Return `context.digest` of the whole stored file.

        Raises:
            ValueError: the file is not finished.
        """
        if not self._finished:
            raise ValueError("the file is not finished")
        return self._digest.digest()

    def push(self, data: bytes) -> bytes:
        """Take in *data* and return the ciphertext to append, often none.

        Raises:
            ValueError: the file is finished.
        """
        if self._finished:
            raise ValueError("the file is finished")
        self._plain_size += len(data)
        self._waiting += data
        # The mark of the padding always follows, so a full chunk is never the last.
        return b"".join(self._full_chunks())

    def finish(self) -> Iterator[bytes]:
        """Yield the ciphertext of what is left and of the padding.

        Up to a third of a large file is padding, so it comes in chunks.
        """
        if self._finished:
            raise ValueError("the file is finished")
        zeros = file_bucket(self._plain_size) - self._plain_size - len(MARK)
        self._waiting += MARK
        while zeros:
            more = min(zeros, CHUNK_SIZE - len(self._waiting))
            self._waiting += _ZEROS[:more]
            zeros -= more
            if zeros:
                yield from self._full_chunks()
        last = self._seal(bytes(self._waiting), final=True)
        self._waiting.clear()
        self._finished = True
        yield last

    def _full_chunks(self) -> Iterator[bytes]:
        start = 0
        while len(self._waiting) - start >= CHUNK_SIZE:
            yield self._seal(bytes(self._waiting[start : start + CHUNK_SIZE]), final=False)
            start += CHUNK_SIZE
        del self._waiting[:start]

    def _seal(self, chunk: bytes, *, final: bool) -> bytes:
        sealed = self._writer.push(chunk, final=final)
        self._digest.update(sealed)
        self._stored_size += len(sealed)
        return sealed


def read_stream(chunks: Iterable[bytes], *, key: bytes, context: Context) -> Iterator[bytes]:
    """Yield the content of a stored file; `unseal.open_stream` is the public door.

    Raises:
        UnsealError: for every failure.
    """
    source = _Source(chunks)
    head = source.take(FILE_HEAD_SIZE)
    if len(head) < FILE_HEAD_SIZE:
        raise UnsealError
    suite = suite_of(head)
    name = object_key_id(head)
    check_key_id(name, key)
    reader = suite.stream_reader(sub_key(key, context), head[HEAD_SIZE:], context.encode(name))
    return _unpadded(_opened(source, reader))


def _opened(source: "_Source", reader: StreamReader) -> Iterator[bytes]:
    while True:
        content, final = reader.pull(source.take(SEALED_CHUNK_SIZE))
        if final != source.at_end():
            raise UnsealError
        yield content
        if final:
            return


def _unpadded(opened: Iterable[bytes]) -> Iterator[bytes]:
    """Hold back what may be padding: a mark and a run of zeros, counted only."""
    held = 0  # bytes held back: 0, or the mark and the zeros behind it
    content_size = padded_size = 0
    for chunk in opened:
        padded_size += len(chunk)
        body = chunk.rstrip(b"\x00")
        zeros = len(chunk) - len(body)
        if held and not body:
            held += zeros
            continue
        for out in _released(held):
            content_size += len(out)
            yield out
        marked = body.endswith(MARK)
        held = 1 + zeros if marked else 0
        out = body[:-1] if marked else chunk
        content_size += len(out)
        if out:
            yield out
    if not held or file_bucket(content_size) != padded_size:
        raise UnsealError


def _released(held: int) -> Iterator[bytes]:
    """Yield a mark and zeros, *held* bytes in all, that turned out to be content."""
    if held:
        yield MARK
        held -= 1
    while held:
        size = min(held, CHUNK_SIZE)
        yield _ZEROS[:size]
        held -= size


class _Source:
    """Bytes cut anywhere, taken in pieces of a chosen size."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._ready = bytearray()

    def take(self, size: int) -> bytes:
        """Return the next *size* bytes, fewer at the end."""
        while len(self._ready) < size and self._more():
            pass
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def at_end(self) -> bool:
        """Whether nothing is left."""
        while not self._ready:
            if not self._more():
                return True
        return False

    def _more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._ready += chunk
        return True
