"""Places are handed over in the order of asking, and no place is ever lost."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.domain.errors import StorageUnavailableError
from casework.storage.turns import Turns


def test_who_waited_longest_is_next():
    turns, order = Turns(1), []

    def use(number: int) -> None:
        with turns.place(60):
            order.append(number)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    with turns.place(1):
        for number, thread in enumerate(threads):
            thread.start()
            while len(turns._waiting) == number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()

    assert order == list(range(8))


def test_never_more_hold_a_place_than_there_are():
    turns, guard = Turns(3), threading.Lock()
    inside, most = 0, 0

    def use(_: int) -> None:
        nonlocal inside, most
        with turns.place(60):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.001)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(use, range(200)))

    assert most == 3


def test_who_gives_up_is_told_and_takes_no_place_along():
    turns = Turns(1)
    with turns.place(1), pytest.raises(StorageUnavailableError), turns.place(0.02):
        pass

    with turns.place(0.02):
        pass


def test_a_failure_inside_gives_the_place_back():
    turns = Turns(1)
    with pytest.raises(RuntimeError), turns.place(1):
        raise RuntimeError

    with turns.place(0.02):
        pass
