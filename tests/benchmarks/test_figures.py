"""Percentiles and medians of what was measured."""

import pytest

from benchmarks.figures import Sample, Series, Slice, middle, percentile, ratio


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([10.0, 20.0, 30.0, 40.0], 50) == 20.0
    assert percentile([10.0, 20.0, 30.0, 40.0], 51) == 30.0


def test_the_hundredth_percentile_is_the_largest_value_and_a_tiny_one_the_smallest():
    assert percentile([3.0, 1.0, 2.0], 100) == 3.0
    assert percentile([3.0, 1.0, 2.0], 0.1) == 1.0


def test_of_a_hundred_values_the_99th_percentile_is_the_last_but_one():
    assert percentile([float(number) for number in range(1, 101)], 99) == 99.0


def test_of_one_value_every_percentile_is_that_value():
    assert {percentile([7.0], percent) for percent in (1, 50, 99, 100)} == {7.0}


def test_nothing_has_no_percentile():
    assert percentile([], 50) is None


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_percentile_outside_of_its_range_is_refused(percent):
    with pytest.raises(ValueError):
        percentile([1.0], percent)


def test_the_middle_leaves_out_what_was_not_measured():
    assert middle([3.0, None, 1.0, 2.0]) == 2.0
    assert middle([None]) is None


def test_a_ratio_needs_both_sides():
    assert ratio(6.0, 3.0) == 2.0
    assert ratio(None, 3.0) is None
    assert ratio(6.0, 0.0) is None


def test_failed_submissions_are_counted_and_neither_timed_nor_taken_for_done():
    samples = [Sample(1.0, 5.0), Sample(1.0, 900.0, failure="POST 503"), Sample(1.0, 7.0)]
    series = Series([Slice(samples, seconds=2.0, cpu_ms=30.0)])
    assert series.done == 2
    assert series.failures == {"POST 503": 1}
    assert series.post_ms(100) == 7.0
    assert series.per_second == 1.0


def test_what_failures_cost_is_paid_by_the_good_answers():
    samples = [Sample(1.0, 5.0), Sample(1.0, 5.0, failure="POST 503")]
    assert Slice(samples, seconds=1.0, cpu_ms=30.0).cpu_each_ms == 30.0


def test_a_slice_in_which_nothing_succeeded_has_no_cost_for_each():
    broken = Slice([Sample(failure="GET 500")], seconds=1.0, cpu_ms=30.0)
    assert broken.cpu_each_ms is None
    assert broken.per_second == 0.0
