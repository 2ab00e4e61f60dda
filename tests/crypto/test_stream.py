import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.context import digest, file_context
from crypto.errors import UnsealError
from crypto.padding import file_bucket
from crypto.stream import CHUNK_SIZE, SEALED_CHUNK_SIZE, FileSealer, stored_size
from crypto.suite import CURRENT
from crypto.unseal import open_stream

KEY = bytes(range(32))
CONTEXT = file_context("410329", "report", "file")
HEAD = 57
EDGES = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 98303, 98304, 131071, 131072, 200_000]


def sealed(content: bytes, step: int = 50_000) -> bytes:
    sealer = FileSealer(KEY, CONTEXT)
    out = [sealer.header]
    out += [sealer.push(content[at : at + step]) for at in range(0, len(content), step)]
    out += sealer.finish()
    stored = b"".join(out)
    assert sealer.plain_size == len(content)
    assert sealer.stored_size == len(stored) == stored_size(len(content))
    assert sealer.digest() == digest(stored)
    return stored


def opened(stored: bytes, step: int = 70_001, key: bytes = KEY, context=CONTEXT) -> bytes:
    chunks = (stored[at : at + step] for at in range(0, len(stored), step))
    return b"".join(open_stream(chunks, key=key, context=context))


@pytest.mark.parametrize("size", EDGES)
@pytest.mark.parametrize("fill", [b"\x00", b"\x80", b"a"])
def test_a_file_comes_back(size, fill):
    content = fill * size
    assert opened(sealed(content)) == content


@given(
    st.lists(
        st.sampled_from([b"\x80", bytes(30_000), b"\x80" + bytes(65_536), b"abc"]), max_size=6
    ),
    st.integers(1, 140_000),
    st.integers(1, 140_000),
)
@settings(max_examples=40, deadline=None)
def test_a_file_that_looks_like_padding_comes_back(parts, write_step, read_step):
    content = b"".join(parts)
    assert opened(sealed(content, max(write_step, 1000)), max(read_step, 1000)) == content


def test_bytes_may_come_one_by_one():
    stored = sealed(b"abc")
    pieces = [stored[at : at + 1] for at in range(len(stored))]
    assert b"".join(open_stream([b"", *pieces, b""], key=KEY, context=CONTEXT)) == b"abc"


def test_size_is_hidden_within_a_bucket():
    by_bucket: dict[int, set[int]] = {}
    for size in range(0, 300_000, 7001):
        by_bucket.setdefault(file_bucket(size), set()).add(stored_size(size))
    assert all(len(sizes) == 1 for sizes in by_bucket.values())
    assert len({min(sizes) for sizes in by_bucket.values()}) == len(by_bucket)


@pytest.mark.parametrize("size", [10, 100_000, 140_000])
def test_no_cut_file_opens(size):
    stored = sealed(b"x" * size)
    ends = [0, 1, 33, 56, HEAD, HEAD + 5, HEAD + 17, HEAD + SEALED_CHUNK_SIZE, len(stored) - 1]
    for end in ends:
        if end < len(stored):
            with pytest.raises(UnsealError):
                opened(stored[:end])


def test_no_file_with_data_after_final_opens():
    stored = sealed(b"x" * 10)
    for more in (b"\x00", stored[HEAD:], bytes(SEALED_CHUNK_SIZE)):
        with pytest.raises(UnsealError):
            opened(stored + more)


def test_no_chunk_can_be_swapped_dropped_or_repeated():
    stored = sealed(b"x" * 300_000)
    head, body = stored[:HEAD], stored[HEAD:]
    chunks = [body[at : at + SEALED_CHUNK_SIZE] for at in range(0, len(body), SEALED_CHUNK_SIZE)]
    for one, other in pairwise(range(len(chunks))):
        swapped = [*chunks]
        swapped[one], swapped[other] = swapped[other], swapped[one]
        for changed in (
            swapped,
            chunks[:one] + chunks[other:],
            chunks[:one] + chunks[one:other] * 2,
        ):
            with pytest.raises(UnsealError):
                opened(head + b"".join(changed))


@pytest.mark.parametrize("at", [0, 1, 33, 56, HEAD, 30_000, -1])
def test_no_changed_byte_opens(at):
    stored = bytearray(sealed(b"x"))
    stored[at] ^= 1
    with pytest.raises(UnsealError):
        opened(bytes(stored))


def test_no_file_opens_under_another_key_or_in_another_context():
    stored = sealed(b"x")
    with pytest.raises(UnsealError):
        opened(stored, key=bytes(32))
    for context in (
        file_context("410328", "report", "file"),
        file_context("410329", "other", "file"),
        file_context("410329", "report", "other"),
    ):
        with pytest.raises(UnsealError):
            opened(stored, context=context)


def forged(padded: bytes, *, final: bool = True) -> bytes:
    """A stream by the right key whose padding nobody makes."""
    sealer = FileSealer(KEY, CONTEXT)
    return sealer.header + sealer._writer.push(padded, final=final)


@pytest.mark.parametrize(
    "padded", [b"", b"abc", b"abc\x80", bytes(CHUNK_SIZE), b"a" * CHUNK_SIZE, b"a\x80" + bytes(9)]
)
def test_no_wrong_padding_opens(padded):
    with pytest.raises(UnsealError):
        opened(forged(padded))


def test_no_stream_without_a_final_chunk_opens():
    with pytest.raises(UnsealError):
        opened(forged((b"a\x80").ljust(CHUNK_SIZE, b"\x00"), final=False))


def test_tags_that_we_never_write_are_refused():
    from nacl import bindings

    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, KEY)
    push = bindings.crypto_secretstream_xchacha20poly1305_TAG_PUSH
    chunk = bindings.crypto_secretstream_xchacha20poly1305_push(state, b"x", b"ad", push)
    with pytest.raises(UnsealError):
        CURRENT.stream_reader(KEY, header, b"ad").pull(chunk)


def test_a_finished_file_takes_no_more_and_an_unfinished_has_no_digest():
    sealer = FileSealer(KEY, CONTEXT)
    with pytest.raises(ValueError):
        sealer.digest()
    for _ in sealer.finish():
        pass
    with pytest.raises(ValueError):
        sealer.push(b"x")
    with pytest.raises(ValueError):
        next(sealer.finish())


def test_memory_stays_small_whatever_the_size():
    content, tracked = bytes(1 << 20), 0

    def ciphertext():
        nonlocal tracked
        sealer = FileSealer(KEY, CONTEXT)
        yield sealer.header
        for _ in range(33):
            yield sealer.push(content)
        yield from sealer.finish()

    tracemalloc.start()
    size = sum(len(part) for part in open_stream(ciphertext(), key=KEY, context=CONTEXT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 33 << 20
    assert peak < 10 << 20
