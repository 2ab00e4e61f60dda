from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import shares
from crypto.errors import KeySetError, UnsealError

ALLOWED = [(n, k) for n in range(3, 8) for k in range(2, 5) if k < n]
KEYS = st.binary(min_size=32, max_size=32)


def by_seat(bundles, seats):
    return {seat: bundles[seat - 1] for seat in seats}


@pytest.mark.parametrize(("n", "k"), ALLOWED)
@given(key=KEYS)
@settings(max_examples=5, deadline=None)
def test_any_k_open_and_no_fewer_do(n, k, key):
    bundles = shares.split(key, n=n, k=k)
    for count in range(n + 1):
        for seats in combinations(range(1, n + 1), count):
            some = by_seat(bundles, seats)
            if count >= k:
                assert shares.combine(some, n=n, k=k) == key
            else:
                with pytest.raises(UnsealError):
                    shares.combine(some, n=n, k=k)


@pytest.mark.parametrize(("n", "k"), ALLOWED)
def test_fewer_than_k_lack_exactly_one_random_piece(n, k):
    bundles = shares.split(bytes(32), n=n, k=k)
    everything = set().union(
        *(shares._pieces(b, seat=s, n=n, k=k) for s, b in enumerate(bundles, 1))
    )
    for seats in combinations(range(1, n + 1), k - 1):
        held = set().union(*(shares._pieces(bundles[s - 1], seat=s, n=n, k=k) for s in seats))
        assert everything - held == {frozenset(seats)}


def parts_for(bundles, seats, lost):
    return {seat: shares.due(bundles[seat - 1], to=lost) for seat in seats}


@pytest.mark.parametrize(("n", "k"), ALLOWED)
@given(key=KEYS)
@settings(max_examples=3, deadline=None)
def test_any_k_rebuild_one_and_no_fewer_do(n, k, key):
    bundles = shares.split(key, n=n, k=k)
    for lost in range(1, n + 1):
        others = [seat for seat in range(1, n + 1) if seat != lost]
        for seats in combinations(others, k):
            assert shares.rebuild(parts_for(bundles, seats, lost), seat=lost) == bundles[lost - 1]
        for seats in combinations(others, k - 1):
            with pytest.raises(UnsealError):
                shares.rebuild(parts_for(bundles, seats, lost), seat=lost)


@pytest.mark.parametrize(("n", "k"), ALLOWED)
def test_whoever_rebuilds_a_seat_holds_no_more_than_that_seat(n, k):
    bundles = shares.split(bytes(32), n=n, k=k)
    for lost in range(1, n + 1):
        others = [seat for seat in range(1, n + 1) if seat != lost]
        own = shares._pieces(bundles[lost - 1], seat=lost, n=n, k=k)
        for part in parts_for(bundles, others, lost).items():
            seat, body = part
            got = shares._part(body, giver=seat, seat=lost, n=n, k=k)
            assert got.items() <= own.items()


def test_a_wrong_part_shows_and_who_gave_it():
    bundles = shares.split(bytes(32), n=4, k=2)
    parts = parts_for(bundles, (1, 2, 3), 4)
    assert shares.part_conflicts(parts, seat=4) == ()
    parts[2] = parts[2][:-1] + bytes([parts[2][-1] ^ 1])
    assert shares.part_conflicts(parts, seat=4) == ((1, 2),)
    with pytest.raises(UnsealError):
        shares.rebuild(parts, seat=4)


def test_malformed_parts_rebuild_nothing():
    bundles = shares.split(bytes(32), n=3, k=2)
    good = parts_for(bundles, (1, 2), 3)
    assert shares.rebuild(good, seat=3) == bundles[2]
    other = shares.split(bytes(32), n=4, k=2)
    for wrong in (
        b"",
        good[1][:-1],
        good[1] + b"x",
        good[2],
        bundles[0],
        shares.due(bundles[0], to=2),
        shares.due(other[0], to=3),
    ):
        with pytest.raises(UnsealError):
            shares.rebuild({1: wrong, 2: good[2]}, seat=3)
    for nobody in ({}, {3: good[1], 2: good[2]}):
        with pytest.raises(UnsealError):
            shares.rebuild(nobody, seat=3)
    for to in (0, 1, 4):
        with pytest.raises(UnsealError):
            shares.due(bundles[0], to=to)
    for wrong in (b"", b"\x03\x02", b"\x03\x07\x01" + bytes(64), bundles[0][:-1]):
        with pytest.raises(UnsealError):
            shares.due(wrong, to=3)


@pytest.mark.parametrize("choice", [(1, 1), (2, 2), (3, 1), (3, 3), (8, 2), (7, 5), (0, 0), (4, 4)])
def test_other_choices_are_refused(choice):
    n, k = choice
    with pytest.raises(KeySetError):
        shares.split(bytes(32), n=n, k=k)
    with pytest.raises(UnsealError):
        shares.combine({}, n=n, k=k)


@given(st.integers(0, 66))
def test_a_wrong_piece_shows_and_who_has_it(at):
    bundles = list(shares.split(bytes(32), n=4, k=2))
    body = bytearray(bundles[1])
    at = 3 + at % (len(body) - 3)
    body[at] ^= 1
    bundles[1] = bytes(body)
    everyone = by_seat(bundles, (1, 2, 3, 4))
    with pytest.raises(UnsealError):
        shares.combine(everyone, n=4, k=2)
    pairs = shares.conflicts(everyone, n=4, k=2)
    assert pairs
    assert all(2 in pair for pair in pairs)


def test_pieces_of_two_keys_do_not_mix():
    one, other = shares.split(bytes(32), n=3, k=2), shares.split(bytes(32), n=3, k=2)
    with pytest.raises(UnsealError):
        shares.combine({1: one[0], 2: other[1]}, n=3, k=2)


def test_malformed_bundles_do_not_open():
    bundles = shares.split(bytes(32), n=3, k=2)
    for wrong in (b"", bundles[0][:-1], bundles[0] + b"x", bundles[1], b"\x04" + bundles[0][1:]):
        with pytest.raises(UnsealError):
            shares.combine({1: wrong, 2: bundles[1]}, n=3, k=2)
    with pytest.raises(UnsealError):
        shares.combine({0: bundles[0], 2: bundles[1]}, n=3, k=2)
    with pytest.raises(KeySetError):
        shares.split(b"short", n=3, k=2)
