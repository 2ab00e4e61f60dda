import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import padding
from crypto.errors import SizeError, UnsealError

KIB = 1024


@given(st.binary(max_size=5000))
def test_text_comes_back(content):
    padded = padding.pad_text(content)
    assert len(padded) in padding.TEXT_BUCKETS
    assert padding.unpad_text(padded) == content


@given(st.binary(max_size=2047))
def test_identity_comes_back_and_always_fills_two_kib(content):
    padded = padding.pad_identity(content)
    assert len(padded) == 2 * KIB
    assert padding.unpad_identity(padded) == content


@pytest.mark.parametrize("bucket", padding.TEXT_BUCKETS)
def test_the_mark_needs_one_byte_of_the_bucket(bucket):
    assert len(padding.pad_text(bytes(bucket - 1))) == bucket
    if bucket < 64 * KIB:
        assert len(padding.pad_text(bytes(bucket))) == 2 * bucket


def test_too_long_is_refused_with_name_and_limit():
    with pytest.raises(SizeError) as text:
        padding.pad_text(bytes(64 * KIB))
    assert (text.value.name, text.value.limit) == ("text", 64 * KIB - 1)
    with pytest.raises(SizeError) as identity:
        padding.pad_identity(bytes(2 * KIB))
    assert (identity.value.name, identity.value.limit) == ("identity", 2 * KIB - 1)


@pytest.mark.parametrize("padded", [b"", bytes(1024), b"abc", b"\x80" + bytes(1024)])
def test_padding_that_nobody_makes_does_not_open(padded):
    with pytest.raises(UnsealError):
        padding.unpad_text(padded)


def test_a_text_in_too_large_a_bucket_does_not_open():
    with pytest.raises(UnsealError):
        padding.unpad_text(padding.pad_text(b"short") + bytes(1024))
    with pytest.raises(UnsealError):
        padding.unpad_identity(padding.pad_text(b"short"))


def test_file_buckets_are_powers_of_two_and_their_middles():
    sizes = sorted({padding.file_bucket(size * KIB) for size in range(0, 2048, 8)})
    assert [size // KIB for size in sizes] == [
        64,
        96,
        128,
        192,
        256,
        384,
        512,
        768,
        1024,
        1536,
        2048,
    ]


@given(st.integers(0, 2**40))
def test_a_file_bucket_holds_its_file_and_the_mark(size):
    bucket = padding.file_bucket(size)
    assert size < bucket
    assert bucket <= max(64 * KIB, 3 * size // 2 + 2)


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError):
        padding.file_bucket(-1)
