"""Amounts as people read them, in digits and in capital numerals."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.money import FEN_MAX, capitals, plain, round_half_up, shown, yuan

DIGITS = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def read_capitals(words: str) -> int:
    """Read the numeral back into fen, sign by sign."""
    total = group = digit = 0
    fen = 0
    for sign in words.removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in PLACES:
            group += digit * PLACES[sign]
            digit = 0
        elif sign in GROUPS:
            total += (group + digit) * GROUPS[sign]
            group = digit = 0
        elif sign == "元":
            fen = (total + group + digit) * 100
            digit = 0
        else:
            fen += digit * (10 if sign == "角" else 1)
            digit = 0
    return fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (yuan(160_000), "壹拾陆万元整"),
        (yuan(60_000), "陆万元整"),
        (yuan(300_000), "叁拾万元整"),
        (yuan(3_000), "叁仟元整"),
        (300_015, "叁仟元零壹角伍分"),
        (yuan(1_000_000), "壹佰万元整"),
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (yuan(10_010), "壹万零壹拾元整"),
        (yuan(100_000_001), "壹亿零壹元整"),
        (yuan(1_001_000), "壹佰万零壹仟元整"),
        (yuan(1_234) + 56, "壹仟贰佰叁拾肆元伍角陆分"),
    ],
)
def test_capital_numerals(fen: int, words: str):
    assert capitals(fen) == words


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.integers(0, FEN_MAX - 1))
def test_a_numeral_reads_back_and_stutters_no_zero(fen: int):
    words = capitals(fen)
    assert read_capitals(words) == fen
    assert "零零" not in words
    assert words.endswith(("整", "分"))


@pytest.mark.parametrize("fen", [-1, FEN_MAX])
def test_no_numeral_below_zero_or_beyond_a_trillion_yuan(fen: int):
    with pytest.raises(ValueError):
        capitals(fen)


def test_what_people_read():
    assert shown(yuan(60_000)) == "¥60,000.00"
    assert shown(123_456) == "¥1,234.56"
    assert shown(-5) == "-¥0.05"
    assert plain(yuan(40_000)) == "40,000"
    assert plain(123_450) == "1,234.50"
    assert plain(-yuan(3)) == "-3"


@pytest.mark.parametrize(
    ("amount", "fen"), [("1/2", 1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("-1/2", -1), ("7", 7)]
)
def test_halves_are_rounded_up(amount: str, fen: int):
    assert round_half_up(Fraction(amount)) == fen
