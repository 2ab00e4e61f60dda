import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import receipt
from crypto.argon import CodeParameters, DerivationGate, Priority
from crypto.errors import BusyError, CodeError, KeySetError, UnsealError
from crypto.mailbox import ReporterKey
from crypto.receipt_code import check_digit

CHEAP = CodeParameters(bytes(range(16)), 1, 8192)
PEPPER = bytes(32)
DIGITS = st.text("0123456789", min_size=23, max_size=23)


# The code ------------------------------------------------------------------------


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("00200667308", "5")])
def test_check_digits_published_for_mod_11_10(digits, check):
    assert check_digit(digits) == check


@given(DIGITS)
def test_every_slip_of_one_digit_and_nearly_every_swap_shows(digits):
    code = digits + check_digit(digits)
    for at, digit in enumerate(code):
        other = code[:at] + str((int(digit) + 1 + at) % 10) + code[at + 1 :]
        if other != code:
            with pytest.raises(CodeError):
                receipt.read_code(other)


def test_most_swaps_of_neighbours_show():
    missed = total = 0
    for _ in range(200):
        code = receipt.draw_code()
        for at, (one, other) in enumerate(pairwise(code)):
            if one != other:
                total += 1
                swapped = code[:at] + other + one + code[at + 2 :]
                missed += check_digit(swapped[:-1]) == swapped[-1]
    assert missed < total / 20


def test_a_code_is_read_as_people_write_it():
    code = receipt.draw_code()
    assert receipt.group(code).count(" ") == 5
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    forms = [code, receipt.group(code), f" {code}\n", "-".join(code), wide, "　".join(wide)]
    forms.append("－".join(wide))
    assert {receipt.read_code(form) for form in forms} == {code}


@pytest.mark.parametrize(
    "typed", ["", "1234", "x" * 24, "٠" * 24, "²" * 24, "1" * 25, "1" * 23, "1" * 23 + "\x00"]
)
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(CodeError):
        receipt.read_code(typed)


def test_draws_that_would_bias_are_thrown_away():
    limit = 256**10 - 256**10 % 10**23
    draws = [b"\xff" * 10, limit.to_bytes(10, "big"), (limit - 1).to_bytes(10, "big")]
    code = receipt.draw_code(lambda size: draws.pop(0))
    assert code[:23] == "9" * 23
    assert draws == []


def test_digits_are_even():
    counts = [0] * 10
    for _ in range(2000):
        for digit in receipt.draw_code()[:23]:
            counts[int(digit)] += 1
    assert all(4600 * 0.9 < count < 4600 * 1.1 for count in counts)


# Locator and secret ----------------------------------------------------------------


def test_code_salt_pepper_and_costs_all_count():
    code, other = "1" * 24, "2" * 24
    made = [
        receipt.derive(code, parameters=CHEAP, pepper=PEPPER),
        receipt.derive(other, parameters=CHEAP, pepper=PEPPER),
        receipt.derive(code, parameters=CodeParameters(bytes(16), 1, 8192), pepper=PEPPER),
        receipt.derive(code, parameters=CodeParameters(CHEAP.salt, 2, 8192), pepper=PEPPER),
        receipt.derive(code, parameters=CHEAP, pepper=bytes([1] * 32)),
    ]
    assert len({one.locator for one in made}) == len({one.secret for one in made}) == len(made)
    assert not {one.locator for one in made} & {one.secret for one in made}
    assert receipt.derive(code, parameters=CHEAP, pepper=PEPPER) == made[0]
    assert code not in repr(made[0])


def test_a_look_up_tries_every_set_in_use():
    older = CodeParameters(bytes(16), 1, 8192)
    found = receipt.look_up("1" * 24, parameters=[CHEAP, older], pepper=PEPPER)
    assert [one.locator for one in found] == [
        receipt.derive("1" * 24, parameters=one, pepper=PEPPER).locator for one in (CHEAP, older)
    ]


@pytest.mark.parametrize(
    "parameters", [CodeParameters(b"", 1, 8192), CodeParameters(bytes(16), 0, 8192),
                   CodeParameters(bytes(16), 1, 10)]
)  # fmt: skip
def test_unusable_parameters_are_refused(parameters):
    with pytest.raises(KeySetError):
        receipt.derive("1" * 24, parameters=parameters, pepper=PEPPER)


def test_the_secret_is_a_reporters_key():
    made = receipt.derive("1" * 24, parameters=CHEAP, pepper=PEPPER)
    key = ReporterKey(made.secret)
    key.public.verify(b"message", key.sign(b"message"))
    assert made.secret.hex() not in repr(key)


# The form sent again ---------------------------------------------------------------


def test_the_same_form_with_the_same_text_shows_the_code_again():
    secret, code = bytes(32), receipt.draw_code()
    box = receipt.seal_code(code, secret, b"typed")
    assert receipt.open_code(box, secret, b"typed") == code


def test_the_form_without_the_text_shows_nothing():
    secret, other = bytes(32), bytes([1] * 32)
    box = receipt.seal_code(receipt.draw_code(), secret, b"typed")
    for wrong in ((secret, b""), (secret, b"typed "), (other, b"typed"), (b"", secret + b"typed")):
        with pytest.raises(UnsealError):
            receipt.open_code(box, *wrong)
    assert receipt.retry_id(secret) != receipt.retry_id(other)


# The queue ---------------------------------------------------------------------------


def enter(
    gate: DerivationGate, priority: Priority, order: list[str], name: str
) -> threading.Thread:
    def run():
        with gate.enter(priority):
            order.append(name)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until(condition) -> None:
    waited = threading.Event()
    for _ in range(30_000):
        if condition():
            return
        waited.wait(0.002)
    raise AssertionError


def test_intake_goes_before_look_ups_and_both_before_idle_work():
    gate, order, threads = DerivationGate(1), list[str](), list[threading.Thread]()
    with gate.enter(Priority.INTAKE):
        for priority in (Priority.IDLE, Priority.LOOK_UP, Priority.INTAKE):
            threads.append(enter(gate, priority, order, priority.name))
            wait_until(lambda at=priority: gate._waiting[at] == 1)
    for thread in threads:
        thread.join()
    assert order == ["INTAKE", "LOOK_UP", "IDLE"]


def test_a_look_up_too_many_is_told_to_come_back():
    gate, order = DerivationGate(1, look_ups_waiting_max=2), list[str]()
    with gate.enter(Priority.INTAKE):
        threads = [enter(gate, Priority.LOOK_UP, order, "x") for _ in range(2)]
        wait_until(lambda: gate._waiting[Priority.LOOK_UP] == 2)
        with pytest.raises(BusyError), gate.enter(Priority.LOOK_UP):
            pass
        threads.append(enter(gate, Priority.INTAKE, order, "intake"))
        wait_until(lambda: gate._waiting[Priority.INTAKE] == 1)
    for thread in threads:
        thread.join()
    assert order == ["intake", "x", "x"]


def test_no_more_run_than_there_are_slots():
    gate, lock = DerivationGate(3), threading.Lock()
    running = most = 0

    def run():
        nonlocal running, most
        with gate.enter(Priority.INTAKE):
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.05)
            with lock:
                running -= 1

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3


def test_a_failed_derivation_frees_its_slot():
    gate = DerivationGate(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.enter(Priority.INTAKE):
            raise ZeroDivisionError
    with gate.enter(Priority.IDLE):
        pass


def test_derivations_run_beside_python():
    """Argon2id gives up the interpreter lock: the other thread counts on meanwhile."""
    costly = CodeParameters(bytes(16), 4, 64 << 20)
    thread = threading.Thread(
        target=receipt.derive, args=("1" * 24,), kwargs={"parameters": costly, "pepper": PEPPER}
    )
    thread.start()
    counted = 0
    while thread.is_alive():
        counted += 1
    assert counted > 1000
