"""The numbers for the counter: read as people write them, and hashes that nobody can test."""

import pytest

from crypto.claim_number import (
    claim_hash,
    confirm_hash,
    draw_claim_number,
    draw_confirmation,
    read_claim_number,
    read_confirmation,
)
from crypto.errors import CodeError
from crypto.receipt_code import check_digit

PEPPER = bytes(32)
NUMBER = "123456789012345" + check_digit("123456789012345")
CONFIRMATION = "7654321" + check_digit("7654321")


@pytest.mark.parametrize(
    ("draw", "read", "count"),
    [(draw_claim_number, read_claim_number, 16), (draw_confirmation, read_confirmation, 8)],
)
def test_what_is_drawn_is_read_back_however_it_is_written(draw, read, count):
    number = draw()
    assert len(number) == count
    assert read(f" {number[:4]} {number[4:8]}-{number[8:]} ") == number
    assert read("".join(chr(ord(digit) + 0xFEE0) for digit in number)) == number
    with pytest.raises(CodeError):
        read(number[:-1] + str((int(number[-1]) + 1) % 10))
    with pytest.raises(CodeError):
        read(number[1:])


def test_a_confirmation_is_bound_to_its_claim_and_to_the_pepper():
    claimed = claim_hash(NUMBER, pepper=PEPPER)
    told = confirm_hash(CONFIRMATION, claimed, pepper=PEPPER)
    assert len(told) == 64
    assert told == confirm_hash(CONFIRMATION, claimed, pepper=PEPPER)
    other = claim_hash("9" + NUMBER[1:], pepper=PEPPER)
    assert told != confirm_hash(CONFIRMATION, other, pepper=PEPPER)
    assert told != confirm_hash(CONFIRMATION, claimed, pepper=bytes([1] * 32))
    assert told != confirm_hash("0" + CONFIRMATION[1:], claimed, pepper=PEPPER)
