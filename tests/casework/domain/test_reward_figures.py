"""What the public is told of rewards gives away no single one of them."""

from collections import defaultdict
from itertools import product

import pytest

from casework.domain import reward_figures
from casework.domain.reward_figures import (
    BANDS,
    BESIDE,
    Band,
    Counted,
    encode,
    figures,
    joined,
    parse,
    used_percent,
)

FIVE = [30_000] * 5


def told(amounts, *beside, used=50):
    return figures(amounts, beside, first="2026Q1", quarter="2026Q1", used=used)


def test_four_awards_are_not_told_and_five_are():
    assert told([30_000] * 4) is None
    assert told(FIVE).bands == (Band(0, None, 5),)


def test_bands_with_under_five_are_told_with_their_neighbours():
    # Twenty small ones, six of a middle size, three and one of the largest.
    amounts = [49_999] * 20 + [300_000] * 6 + [5_000_000] * 3 + [16_000_000]
    assert told(amounts).bands == (Band(0, 300_000, 20), Band(300_000, None, 10))


def test_a_band_begins_with_its_first_fen():
    amounts = [99_999] * 5 + [100_000] * 5
    assert told(amounts).bands == (Band(0, 100_000, 5), Band(100_000, None, 5))


def test_what_is_left_of_the_small_ones_joins_the_band_above():
    assert told([1] * 4 + [300_000] * 5).bands == (Band(0, None, 9),)


@pytest.mark.parametrize(("bands", "most"), [(2, 13), (3, 11), (4, 9), (5, 7)])
def test_no_number_in_joined_bands_can_be_worked_out(monkeypatch, bands, most):
    """Whoever knows the rule and what is told still has a choice for each joined band."""
    monkeypatch.setattr(reward_figures, "BANDS", tuple(range(bands)))
    fitting = defaultdict(list)
    for counts in product(range(most + 1), repeat=bands):
        shown = joined(counts)
        assert bool(shown) == (sum(counts) >= 5)
        assert not shown or sum(band.awards for band in shown) == sum(counts)
        assert all(band.awards >= 5 for band in shown)
        fitting[shown].append(counts)
    for shown, all_counts in fitting.items():
        for band in shown:
            of = range(band.from_fen, bands if band.below_fen is None else band.below_fen)
            # More than *most* was not tried, so a larger sum may look as if it told more.
            if len(of) > 1 and band.awards <= most:
                for at in of:
                    assert len({counts[at] for counts in all_counts}) > 1


@pytest.mark.parametrize(("times", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (6, 6)])
def test_beside_the_awards_none_is_told_and_one_to_four_are_not(times, shown):
    found = told(FIVE, *[Counted.LAPSED] * times)
    assert found.beside["lapsed"] == shown
    assert found.beside["refused"] == 0


@pytest.mark.parametrize(
    ("used", "granted", "shown"),
    [(0, 100, 0), (9, 100, 0), (10, 100, 10), (949, 1000, 90), (100, 100, 100), (1, 0, None)],
)
def test_the_use_of_the_budget_is_told_in_tens_rounded_down(used, granted, shown):
    assert used_percent(used, granted) == shown


def test_figures_read_back_as_they_were_written():
    found = told([49_999] * 6 + [16_000_000] * 5, *[Counted.PAID] * 7, Counted.OBJECTED)
    body = encode(found, site="example.gov.cn")
    assert parse(body, site="example.gov.cn") == found
    assert found.beside.keys() == set(BESIDE)
    with pytest.raises(ValueError, match="this site"):
        parse(body, site="other.gov.cn")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b'"awards":5,"below_fen":null', b'"awards":4,"below_fen":null'),
        (b'"awards":5,"bands"', b'"awards":6,"bands"'),
        (b'"paid":0', b'"paid":-1'),
        (b'"paid":0', b'"paid":true'),
        (b'"paid":0', b'"paid":"0"'),
        (b'"quarter":"2026Q1"', b'"quarter":"2025Q4"'),
        (b'"quarter":"2026Q1"', b'"quarter":"../etc"'),
        (b'"paid":0,', b""),
        (b"{", b" {"),
        (b"}", b'},"x":1'),
    ],
)
def test_what_is_no_file_of_figures_is_refused(was, now):
    body = encode(told(FIVE), site="s")
    assert was in body
    with pytest.raises(ValueError, match="no figures"):
        parse(body.replace(was, now, 1), site="s")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b"\xff"])
def test_other_bytes_are_refused(body):
    with pytest.raises(ValueError, match="no figures"):
        parse(body, site="s")


def test_bands_begin_at_zero_and_rise():
    assert BANDS[0] == 0
    assert list(BANDS) == sorted(set(BANDS))
