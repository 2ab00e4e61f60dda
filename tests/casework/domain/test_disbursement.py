"""What reaches the reporter: five columns that always add up, exempt unless the rule says so."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.claim_rules import ClaimRule
from casework.domain.disbursement import Disbursement, disbursement_of
from casework.domain.errors import BadActError
from casework.domain.money import FEN_MAX

RATES = st.fractions(min_value=0, max_value=Fraction(999, 1000), max_denominator=1000)
SUMS = st.integers(min_value=1, max_value=FEN_MAX - 1)


def columns(found: Disbursement) -> tuple[int, int, int, int, int]:
    """Return the five columns."""
    return (found.gross_fen, found.cut_fen, found.net_fen, found.tax_fen, found.paid_fen)


def test_an_award_is_exempt_unless_the_rule_says_otherwise():
    found = disbursement_of(ClaimRule(), 16_000_000)
    assert columns(found) == (16_000_000, 0, 16_000_000, 0, 16_000_000)
    assert found.is_exempt
    assert found.basis.shown == "财税字〔1994〕20号 第二条第（四）项（条文待核）"


def test_the_tax_is_taken_of_what_the_cut_leaves():
    rule = ClaimRule(cut_rate=Fraction(1, 10), tax_rate=Fraction(1, 5))
    found = disbursement_of(rule, 100_000)
    assert columns(found) == (100_000, 10_000, 90_000, 18_000, 72_000)
    assert not found.is_exempt


@pytest.mark.parametrize(("gross_fen", "tax_fen"), [(2, 0), (3, 1), (7, 1), (8, 2), (12, 2)])
def test_halves_are_rounded_up_to_the_fen(gross_fen: int, tax_fen: int):
    # 0.4, 0.6, 1.4, 1.6, 2.4 fen
    found = disbursement_of(ClaimRule(tax_rate=Fraction(1, 5)), gross_fen)
    assert columns(found) == (gross_fen, 0, gross_fen, tax_fen, gross_fen - tax_fen)


@pytest.mark.parametrize(("gross_fen", "cut_fen"), [(1, 1), (2, 1), (3, 2), (5, 3)])
def test_half_a_fen_is_a_whole_one(gross_fen: int, cut_fen: int):
    assert disbursement_of(ClaimRule(cut_rate=Fraction(1, 2)), gross_fen).cut_fen == cut_fen


def test_a_taxed_sum_too_small_to_owe_any_is_still_not_exempt():
    found = disbursement_of(ClaimRule(tax_rate=Fraction(1, 5)), 2)
    assert (found.tax_fen, found.is_exempt) == (0, False)


@pytest.mark.parametrize("gross_fen", [0, -1, FEN_MAX])
def test_what_is_no_payment_has_no_columns(gross_fen: int):
    with pytest.raises(BadActError):
        disbursement_of(ClaimRule(), gross_fen)


@given(gross_fen=SUMS, cut_rate=RATES, tax_rate=RATES)
def test_the_columns_always_add_up_and_never_go_below_nothing(
    gross_fen: int, cut_rate: Fraction, tax_rate: Fraction
):
    found = disbursement_of(ClaimRule(cut_rate=cut_rate, tax_rate=tax_rate), gross_fen)
    assert found.gross_fen == gross_fen == found.cut_fen + found.net_fen
    assert found.net_fen == found.tax_fen + found.paid_fen
    assert min(columns(found)) >= 0
    assert abs(found.cut_fen - gross_fen * cut_rate) <= Fraction(1, 2)
    assert abs(found.tax_fen - found.net_fen * tax_rate) <= Fraction(1, 2)


@given(gross_fen=SUMS, more_fen=SUMS, cut_rate=RATES, tax_rate=RATES)
def test_more_awarded_is_never_less_paid(
    gross_fen: int, more_fen: int, cut_rate: Fraction, tax_rate: Fraction
):
    rule = ClaimRule(cut_rate=cut_rate, tax_rate=tax_rate)
    larger = min(gross_fen + more_fen, FEN_MAX - 1)
    assert disbursement_of(rule, larger).paid_fen >= disbursement_of(rule, gross_fen).paid_fen


@given(gross_fen=SUMS)
def test_who_is_exempt_gets_all_of_it(gross_fen: int):
    assert disbursement_of(ClaimRule(), gross_fen).paid_fen == gross_fen
