"""Merkle trees of RFC 6962 (RFC 9162, section 2.1): hash, inclusion, consistency.

Leaves are given as their hashes (`leaf_hash`), so that a tree can be kept
without its entries.
"""

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256

from crypto.errors import ProofError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the root over *leaves* (leaf hashes)."""
    return _root(leaves, 0, len(leaves)) if leaves else EMPTY_ROOT


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the proof that the leaf at *index* is in the tree over *leaves*.

    Raises:
        ProofError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ProofError("no such leaf")
    return tuple(_inclusion(index, leaves, 0, len(leaves)))


def check_inclusion(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that *leaf* stands at *index* of the tree of *size* leaves under *root*.

    Raises:
        ProofError: the proof does not show that.
    """
    if not 0 <= index < size:
        raise ProofError("no such leaf")
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            found = node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    if last or not hmac.compare_digest(found, root):
        raise ProofError("the proof does not lead to this root")


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the proof that the first *old_size* of *leaves* were never changed.

    Raises:
        ProofError: *old_size* is 0 or larger than the tree.
    """
    if not 0 < old_size <= len(leaves):
        raise ProofError("no such tree")
    return tuple(_consistency(old_size, leaves, 0, len(leaves), whole=True))


def check_consistency(
    *, old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree under *root* only adds to the one under *old_root*.

    Raises:
        ProofError: the proof does not show that.
    """
    if not 0 < old_size <= size:
        raise ProofError("no such tree")
    if old_size == size:
        if proof or not hmac.compare_digest(old_root, root):
            raise ProofError("two trees of one size differ")
        return
    steps = [*proof]
    if old_size & (old_size - 1) == 0:
        # The old tree is a whole subtree, whose root the proof leaves out.
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the proof is empty")
    old_found, found = _follow(steps, old_size - 1, size - 1)
    if not (hmac.compare_digest(old_found, old_root) and hmac.compare_digest(found, root)):
        raise ProofError("the proof does not lead to these roots")


def _follow(steps: Sequence[bytes], at: int, last: int) -> tuple[bytes, bytes]:
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            old_found, found = node_hash(step, old_found), node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return old_found, found


def _root(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    if end - start == 1:
        return leaves[start]
    middle = start + _split(end - start)
    return node_hash(_root(leaves, start, middle), _root(leaves, middle, end))


def _inclusion(index: int, leaves: Sequence[bytes], start: int, end: int) -> Iterator[bytes]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _inclusion(index, leaves, start, middle)
        yield _root(leaves, middle, end)
    else:
        yield from _inclusion(index, leaves, middle, end)
        yield _root(leaves, start, middle)


def _consistency(
    old_end: int, leaves: Sequence[bytes], start: int, end: int, *, whole: bool
) -> Iterator[bytes]:
    if old_end == end:
        if not whole:
            yield _root(leaves, start, end)
        return
    middle = start + _split(end - start)
    if old_end <= middle:
        yield from _consistency(old_end, leaves, start, middle, whole=whole)
        yield _root(leaves, middle, end)
    else:
        yield from _consistency(old_end, leaves, middle, end, whole=False)
        yield _root(leaves, start, middle)


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << (size - 1).bit_length() - 1
