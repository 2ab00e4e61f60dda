"""How a year's fund is used by month, and until when it lasts."""

from datetime import date

import pytest

from casework.domain.fund_use import Month, by_month, forecast
from casework.domain.ledger import Balance, LineKind
from casework.domain.money import yuan

K = LineKind


def test_months_add_up_and_only_those_that_have_begun_are_told():
    moved = [
        (date(2025, 12, 20), K.APPROPRIATION, 1000),
        (date(2026, 1, 31), K.RESERVATION, 100),
        (date(2026, 2, 1), K.DISBURSEMENT, 60),
        (date(2026, 2, 2), K.RELEASE, 40),
        (date(2026, 2, 3), K.SUPPLEMENT, 500),
        (date(2026, 3, 1), K.RETURN, 60),
        (date(2026, 3, 1), K.VIREMENT_OUT, 10),
        (date(2026, 3, 1), K.VIREMENT_IN, 10),
    ]
    assert by_month(moved, 2026, date(2026, 3, 2)) == (
        Month(1, 100, 0, 100, 1000),
        Month(2, -40, 60, 60, 1500),
        Month(3, 0, -60, 60, 1500),
    )
    assert by_month(moved, 2026, date(2025, 12, 31)) == ()
    late = by_month([*moved, (date(2027, 1, 4), K.LAPSE, 1440)], 2026, date(2027, 1, 4))
    assert len(late) == 12
    assert late[-1].granted_fen == 60


@pytest.mark.parametrize("kind", [K.CLAWBACK, K.CARRY_IN, K.CARRY_OUT, K.OVERDRAFT, K.COVER])
def test_every_other_kind_is_counted_as_what_it_moves(kind: LineKind):
    (month,) = by_month([(date(2026, 1, 2), kind, 7)], 2026, date(2026, 1, 3))
    assert (month.used_fen, month.granted_fen) == {
        K.CLAWBACK: (-7, 0), K.CARRY_IN: (0, 7), K.CARRY_OUT: (0, -7),
        K.OVERDRAFT: (0, 7), K.COVER: (0, -7),
    }[kind]  # fmt: skip


def test_the_day_on_which_it_is_used_up_can_be_redone_by_hand():
    # 600,000 of a million used by ten awards in 60 days: 10,000 a day; 60,000 each.
    standing = Balance(yuan(1_000_000), yuan(200_000), yuan(400_000), yuan(400_000))
    told = forecast(standing, awards=10, waiting=2, today=date(2026, 3, 1), year=2026)
    assert (told.average_fen, told.expected_fen, told.pace_fen) == (
        yuan(60_000), yuan(120_000), yuan(10_000),
    )  # fmt: skip
    assert told.left_fen == yuan(280_000)
    assert told.exhausted_on == date(2026, 3, 29)


def test_what_is_expected_may_be_more_than_there_is():
    standing = Balance(100, 60, 0, 40)
    told = forecast(standing, awards=1, waiting=5, today=date(2026, 3, 1), year=2026)
    assert (told.left_fen, told.exhausted_on) == (0, date(2026, 3, 1))


def test_a_fund_that_lasts_or_was_not_used_names_no_day():
    lasting = Balance(yuan(1_000_000), 0, yuan(60_000), yuan(940_000))
    assert (
        forecast(lasting, awards=1, waiting=0, today=date(2026, 6, 1), year=2026).exhausted_on
        is None
    )
    unused = forecast(
        Balance(100, 0, 0, 100), awards=0, waiting=3, today=date(2026, 6, 1), year=2026
    )
    assert (unused.pace_fen, unused.expected_fen, unused.exhausted_on) == (0, 0, None)
