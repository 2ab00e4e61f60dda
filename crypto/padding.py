"""Padding that hides lengths within a bucket (SEALING.md 4).

Content, one byte 0x80, then zeros up to the bucket; so the true length is
inside the seal and every content, the empty one too, can be padded.
"""

from crypto.errors import SizeError, UnsealError

KIB = 1024
MARK = b"\x80"
TEXT_BUCKETS = (1 * KIB, 2 * KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB)
TEXT_BYTES_MAX = TEXT_BUCKETS[-1] - 1
IDENTITY_BUCKET = 2 * KIB
IDENTITY_BYTES_MAX = IDENTITY_BUCKET - 1
FILE_BUCKET_MIN = 64 * KIB


def pad_text(content: bytes) -> bytes:
    """Pad a narrative, message or other part to the next of 1, 2, 4 ... 64 KiB.

    Raises:
        SizeError: *content* has more than 65,535 bytes.
    """
    for bucket in TEXT_BUCKETS:
        if len(content) < bucket:
            return _pad(content, bucket)
    raise SizeError("text", TEXT_BYTES_MAX)


def pad_identity(content: bytes) -> bytes:
    """Pad an identity text to 2 KiB exactly.

    Raises:
        SizeError: *content* has more than 2,047 bytes.
    """
    if len(content) > IDENTITY_BYTES_MAX:
        raise SizeError("identity", IDENTITY_BYTES_MAX)
    return _pad(content, IDENTITY_BUCKET)


def unpad(padded: bytes) -> bytes:
    """Return the content of *padded*.

    Raises:
        UnsealError: the padding is not one that `pad_text` or `pad_identity` makes.
    """
    content = padded.rstrip(b"\x00")
    if not content.endswith(MARK):
        raise UnsealError
    return content[:-1]


def unpad_text(padded: bytes) -> bytes:
    """Return the content of a padded text, of the one bucket it belongs to.

    Raises:
        UnsealError: wrong padding, or a bucket that `pad_text` would not choose.
    """
    content = unpad(padded)
    if len(content) > TEXT_BYTES_MAX or len(pad_text(content)) != len(padded):
        raise UnsealError
    return content


def unpad_identity(padded: bytes) -> bytes:
    """Return the content of a padded identity text.

    Raises:
        UnsealError: wrong padding, or not 2 KiB.
    """
    if len(padded) != IDENTITY_BUCKET:
        raise UnsealError
    return unpad(padded)


def file_bucket(content_size: int) -> int:
    """Return the padded size of a file: the next of 64 KiB times 1, 1.5, 2, 3, 4, 6, 8 ...

    The bucket is larger than the content by at least the one byte of the mark.

    Args:
        content_size: true size in bytes, >= 0.
    """
    if content_size < 0:
        raise ValueError(f"content_size must not be negative: {content_size}")
    bucket = FILE_BUCKET_MIN
    while bucket <= content_size:
        middle = bucket + bucket // 2
        if middle > content_size:
            return middle
        bucket *= 2
    return bucket


def _pad(content: bytes, bucket: int) -> bytes:
    return (content + MARK).ljust(bucket, b"\x00")
