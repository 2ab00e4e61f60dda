import gc
import os
import threading

import pytest

from crypto.argon import CodeParameters, DerivationGate
from crypto.mailbox import ReporterKey
from crypto.receipt import derive
from crypto.receipt_pool import ReceiptPool

# Newer Pythons warn of a fork beside threads; that it works is what is tested.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

CHEAP = CodeParameters(bytes(range(16)), 1, 8192)
PEPPER = bytes(32)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make(size: int = 8, **options) -> ReceiptPool:
    return ReceiptPool(CHEAP, PEPPER, size, gate=DerivationGate(2), **options)


def wait_for_count(pool: ReceiptPool, count: int) -> None:
    waited = threading.Event()
    for _ in range(30_000):
        if pool.ready_count == count:
            return
        waited.wait(0.002)
    raise AssertionError(pool.ready_count)


def test_a_prepared_code_has_what_intake_needs():
    prepared = make(size=0).take()
    receipt = derive(prepared.code, parameters=CHEAP, pepper=PEPPER)
    assert prepared.locator == receipt.locator
    assert prepared.public == ReporterKey(receipt.secret).public
    assert prepared.code not in repr(prepared)


def test_the_pool_is_filled_after_the_first_take_and_never_beyond_its_size():
    pool = make(size=5)
    assert pool.ready_count == 0
    first = pool.take()
    wait_for_count(pool, 5)
    codes = {first.code, *(pool.take().code for _ in range(20))}
    assert len(codes) == 21
    wait_for_count(pool, 5)
    pool.fill(10)
    assert pool.ready_count == 5
    pool.drop()


def test_codes_are_dropped_after_an_hour():
    clock = Clock()
    pool = make(size=0, clock=clock)
    pool._size = 3  # no thread: nothing was taken
    pool.fill(3)
    clock.now = 3599.9
    assert pool.ready_count == 3
    clock.now = 3600
    assert pool.ready_count == 0


def test_the_thread_drops_them_without_anybody_asking():
    pool = make(size=3, max_age_seconds=2)
    pool.take()
    wait_for_count(pool, 3)
    waited = threading.Event()
    for _ in range(30_000):
        if pool._thread is None:
            break
        waited.wait(0.002)
    assert not pool._ready
    assert pool._thread is None


def test_codes_are_dropped_with_the_key_set():
    pool = make()
    pool.fill(4)
    other = CodeParameters(bytes(16), 1, 8192)
    pool.renew(other, PEPPER)
    assert pool.ready_count == 0
    prepared = pool.take()
    assert prepared.locator == derive(prepared.code, parameters=other, pepper=PEPPER).locator
    pool.drop()


def test_a_code_prepared_for_a_former_key_set_is_not_kept():
    pool = make()
    generation = pool._generation
    pool.renew(CHEAP, PEPPER)
    assert pool._add(generation) is False
    assert pool.ready_count == 0


@pytest.mark.parametrize("options", [{"size": 65}, {"size": -1}, {"max_age_seconds": 3601}])
def test_more_or_older_is_refused(options):
    with pytest.raises(ValueError):
        make(**options)


def take_in_child(pool: ReceiptPool, count: int) -> list[str]:
    """Fork, take codes in the child, and hand them back through a pipe."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = ",".join([str(pool.ready_count), *(pool.take().code for _ in range(count))])
            os.write(write_end, text.encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text.split(",")


def test_forked_workers_never_give_one_code_twice():
    pool = make(size=10)
    pool.fill(10)
    given: list[str] = []
    for _ in range(3):
        ready, *codes = take_in_child(pool, 12)
        assert ready == "0"
        given += codes
    given += [pool.take().code for _ in range(12)]
    assert len(given) == len(set(given)) == 48
    pool.drop()


def test_a_fork_while_the_thread_fills_leaves_a_working_pool():
    pool = make(size=64)
    given = [pool.take().code]
    for _ in range(5):
        given += take_in_child(pool, 5)[1:]
    given += [pool.take().code for _ in range(5)]
    assert len(given) == len(set(given)) == 31
    pool.drop()


def test_a_pool_that_is_gone_is_not_called_after_a_fork():
    pool = make(size=0)
    del pool
    gc.collect()
    child = os.fork()
    if child == 0:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
