"""Random bytes are handed out once: not twice in a thread, nor in another, nor after a fork."""

import os
from concurrent.futures import ThreadPoolExecutor

from crypto.randomness import PIECE, random_bytes


def test_every_size_has_its_length_and_no_piece_comes_twice():
    given = [random_bytes(size) for size in (24, 32, 16, PIECE - 1, PIECE, PIECE + 1, 24) * 40]
    assert [len(one) for one in given] == [24, 32, 16, PIECE - 1, PIECE, PIECE + 1, 24] * 40
    assert len(set(given)) == len(given)


def test_threads_share_nothing():
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _n: random_bytes(16), range(4000)))
    assert len(set(given)) == 4000


def test_a_forked_child_begins_with_nothing_of_its_parents():
    random_bytes(16)  # something is left over
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, random_bytes(32))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 32) != random_bytes(32)
    os.close(reading)
    os.close(writing)
