"""Numbers that name a person are checked for slips, and for nothing else."""

from datetime import date

import pytest

from portal.forms.dates import read_day
from portal.forms.identity import id_number, is_card_number, is_id_number, is_phone, phone


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",  # the example of GB 11643
        "330113200001010015",  # a county made in 2021, unknown to libraries
        "810000199001010017",  # residence permit of Hong Kong
    ],
)
def test_a_well_formed_id_number_passes_whatever_its_region(number):
    digits = number[:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]
    assert is_id_number(digits + check)


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",  # check digit
        "11010519491331002X",  # month 13
        "11010518001231002X",  # 1800
        "1101051949123100",
        "１１０１０５１９４９１２３１００２X",
        "",
    ],
)
def test_a_slip_in_an_id_number_is_found(number):
    assert not is_id_number(number)


def test_spaces_and_a_small_x_are_taken_as_meant():
    assert id_number("110105 19491231 002x") == "11010519491231002X"
    assert phone("(0379) 6836-1234") == "03796836" + "1234"


@pytest.mark.parametrize(
    "number", ["13800138000", "+8613800138000", "037968361234", "+85291234567"]
)
def test_a_number_that_can_be_dialled_passes(number):
    assert is_phone(number)


@pytest.mark.parametrize("number", ["1380013800", "138001380000", "68361234", "12345", "１３８"])
def test_a_number_that_cannot_be_dialled_is_told(number):
    assert not is_phone(number)


def test_a_card_number_has_its_check_digit():
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")


@pytest.mark.parametrize(
    "typed", ["2026-03-01", "2026/3/1", "2026年3月1日", "2026.03.01", "20260301"]
)
def test_a_day_is_read_in_every_common_spelling(typed):
    assert read_day(typed) == date(2026, 3, 1)


@pytest.mark.parametrize("typed", ["2026-02-29", "昨天", "2026-13-01", "26-3-1", ""])
def test_what_is_no_day_is_no_day(typed):
    assert read_day(typed) is None
