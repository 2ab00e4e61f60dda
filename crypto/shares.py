"""k of n without new mathematics (SEALING.md 5).

For every set of k-1 seats there is one 32-byte piece, given to every seat not
in the set; the key is the XOR of all pieces. Any k-1 seats lack just the
piece of their own set; any k have all. A piece is held n-k+1 times, so a
wrong one shows by comparing.

    bundle = n (1) | k (1) | seat (1) | the seat's pieces, 32 bytes each, in the
             order of their sets
    part   = n (1) | k (1) | from (1) | to (1) | those of *from*'s pieces that are due
             to *to* as well, in the order of their sets

A lost seat is rebuilt from the parts of k others. A part holds nothing that the
lost seat did not have: whole bundles would put the key into one person's hand.
"""

import hmac
from collections.abc import Iterable, Mapping
from itertools import combinations

from crypto.context import KEY_SIZE
from crypto.errors import KeySetError, UnsealError
from crypto.randomness import random_bytes

SEATS_MAX = 7
THRESHOLD_MIN = 2
THRESHOLD_MAX = 4
HEAD_SIZE = 3
PART_HEAD_SIZE = 4
Pieces = dict[frozenset[int], bytes]


def check_numbers(n: int, k: int) -> None:
    """Check that *k* of *n* is a choice we allow: k from 2 to 4, k < n <= 7.

    Raises:
        KeySetError: it is not.
    """
    if not (THRESHOLD_MIN <= k <= THRESHOLD_MAX and k < n <= SEATS_MAX):
        raise KeySetError(f"{k} of {n} is not allowed")


def split(item_key: bytes, *, n: int, k: int) -> tuple[bytes, ...]:
    """Split *item_key* into one bundle of pieces a seat.

    Args:
        item_key: 32 bytes.
        n: number of seats.
        k: how many of them open it.

    Returns:
        The bundle of seat 1 at index 0, and so on.

    Raises:
        KeySetError: k of n is not allowed.
    """
    check_numbers(n, k)
    if len(item_key) != KEY_SIZE:
        raise KeySetError("a key has 32 bytes")
    *free, last = _sets(n, k)
    pieces = {without: random_bytes(KEY_SIZE) for without in free}
    pieces[last] = _xor((item_key, *pieces.values()))
    return tuple(_bundle(pieces, seat=seat, n=n, k=k) for seat in range(1, n + 1))


def combine(bundles: Mapping[int, bytes], *, n: int, k: int) -> bytes:
    """Put the key together again.

    The result is checked against nothing here but the pieces that several
    seats hold; the id at the head of what it opens is the last word.

    Args:
        bundles: seat number to bundle, of k or more seats.
        n: number of seats.
        k: how many of them open it.

    Raises:
        UnsealError: too few, malformed, or pieces that contradict each other.
    """
    return _xor(_gather(bundles, n=n, k=k).values())


def due(bundle: bytes, *, to: int) -> bytes:
    """Return the part of *bundle* that is due to the lost seat *to* as well.

    Args:
        bundle: the bundle of any other seat.
        to: number of the lost seat.

    Raises:
        UnsealError: malformed, or *to* is no other seat.
    """
    n, k, seat = _head(bundle, HEAD_SIZE)
    pieces = _pieces(bundle, seat=seat, n=n, k=k)
    if to == seat or not 1 <= to <= n:
        raise UnsealError
    return bytes((n, k, seat, to)) + b"".join(pieces[one] for one in _common(n, k, seat, to))


def rebuild(parts: Mapping[int, bytes], *, seat: int) -> bytes:
    """Return the bundle due to a lost *seat*, from the parts of k others.

    A piece that two of the k hold is compared; one that a single seat holds
    cannot be.

    Args:
        parts: seat number to part (`due`), of k or more other seats.
        seat: number of the lost seat.

    Raises:
        UnsealError: too few, malformed, or pieces that contradict each other.
    """
    read = _parts(parts, seat=seat)
    n, k = _numbers(parts)
    found: Pieces = {}
    for pieces in read.values():
        for without, piece in pieces.items():
            if not hmac.compare_digest(found.setdefault(without, piece), piece):
                raise UnsealError
    if len(parts) < k:
        raise UnsealError
    return _bundle(found, seat=seat, n=n, k=k)


def part_conflicts(parts: Mapping[int, bytes], *, seat: int) -> tuple[tuple[int, int], ...]:
    """Return the pairs of seats whose parts for a lost *seat* contradict each other.

    Raises:
        UnsealError: a part is malformed, or they are not of one split.
    """
    return _disagreeing(_parts(parts, seat=seat))


def conflicts(bundles: Mapping[int, bytes], *, n: int, k: int) -> tuple[tuple[int, int], ...]:
    """Return the pairs of seats that hold different pieces where they should agree.

    A seat whose bundle is wrong stands in the pairs of most others.

    Raises:
        UnsealError: a bundle is malformed.
    """
    read = {seat: _pieces(body, seat=seat, n=n, k=k) for seat, body in sorted(bundles.items())}
    return _disagreeing(read)


def _disagreeing(read: Mapping[int, Pieces]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (one, other)
        for one, other in combinations(read, 2)
        if any(read[one][key] != read[other][key] for key in read[one].keys() & read[other].keys())
    )


def _head(body: bytes, size: int) -> tuple[int, ...]:
    if len(body) < size:
        raise UnsealError
    _check_split(body[0], body[1])
    return tuple(body[:size])


def _check_split(n: int, k: int) -> None:
    try:
        check_numbers(n, k)
    except KeySetError:
        raise UnsealError from None


def _numbers(parts: Mapping[int, bytes]) -> tuple[int, int]:
    """Return n and k, in which all parts must agree."""
    heads = {_head(body, PART_HEAD_SIZE)[:2] for body in parts.values()}
    if len(heads) != 1:
        raise UnsealError
    n, k = heads.pop()
    return n, k


def _parts(parts: Mapping[int, bytes], *, seat: int) -> dict[int, Pieces]:
    n, k = _numbers(parts)
    return {
        giver: _part(body, giver=giver, seat=seat, n=n, k=k)
        for giver, body in sorted(parts.items())
    }


def _part(body: bytes, *, giver: int, seat: int, n: int, k: int) -> Pieces:
    if giver == seat or not {giver, seat} <= set(range(1, n + 1)):
        raise UnsealError
    sets = _common(n, k, giver, seat)
    right_size = len(body) == PART_HEAD_SIZE + KEY_SIZE * len(sets)
    if body[:PART_HEAD_SIZE] != bytes((n, k, giver, seat)) or not right_size:
        raise UnsealError
    starts = range(PART_HEAD_SIZE, len(body), KEY_SIZE)
    return {without: body[at : at + KEY_SIZE] for without, at in zip(sets, starts, strict=True)}


def _common(n: int, k: int, one: int, other: int) -> list[frozenset[int]]:
    """The sets whose pieces both seats hold, in order."""
    return [without for without in _sets(n, k) if without.isdisjoint((one, other))]


def _gather(bundles: Mapping[int, bytes], *, n: int, k: int) -> Pieces:
    _check_split(n, k)
    if len(bundles) < k:
        raise UnsealError
    found: Pieces = {}
    for seat, body in bundles.items():
        for without, piece in _pieces(body, seat=seat, n=n, k=k).items():
            if not hmac.compare_digest(found.setdefault(without, piece), piece):
                raise UnsealError
    return found


def _pieces(body: bytes, *, seat: int, n: int, k: int) -> Pieces:
    mine = [without for without in _sets(n, k) if seat not in without]
    right_size = len(body) == HEAD_SIZE + KEY_SIZE * len(mine)
    if not 1 <= seat <= n or body[:HEAD_SIZE] != bytes((n, k, seat)) or not right_size:
        raise UnsealError
    starts = range(HEAD_SIZE, len(body), KEY_SIZE)
    return {without: body[at : at + KEY_SIZE] for without, at in zip(mine, starts, strict=True)}


def _bundle(pieces: Pieces, *, seat: int, n: int, k: int) -> bytes:
    mine = (pieces[without] for without in _sets(n, k) if seat not in without)
    return bytes((n, k, seat)) + b"".join(mine)


def _sets(n: int, k: int) -> list[frozenset[int]]:
    """Every set of k-1 seats, in the order of their numbers."""
    return [frozenset(chosen) for chosen in combinations(range(1, n + 1), k - 1)]


def _xor(parts: Iterable[bytes]) -> bytes:
    total = 0
    for part in parts:
        total ^= int.from_bytes(part, "big")
    return total.to_bytes(KEY_SIZE, "big")
