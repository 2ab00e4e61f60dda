"""The fund's books: what each event books, and that no order of bookings breaks them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_story import Story
from casework.domain.errors import BadActError, BudgetExceededError, CaseworkError, LedgerError
from casework.domain.ids import is_id
from casework.domain.ledger import (
    Account,
    Balance,
    Line,
    LineKind,
    apply,
    appropriate,
    balance,
    balances,
    disburse,
    release,
    reserve,
)
from casework.domain.ledger_lines import lines_of
from casework.domain.money import yuan
from casework.domain.report import TRANSITIONS

Begin = Callable[..., Story]
GRANT = {"year": 2026, "amount_fen": yuan(1_000_000)}


def line(kind: str, event: str, **facts: object) -> Line:
    (one,) = lines_of(kind, {"amount_fen": 100, "year": 2026, "award": "a1", **facts}, event)
    return one


def test_each_money_event_books_exactly_one_line_and_no_other_event_any(story: Story):
    story.paid()
    booked = {act.kind: lines_of(act.kind, act.facts, "ab" * 32) for act in story.acts}
    (reserved,), (paid,) = booked.pop("reward.reserved"), booked.pop("reward.paid")
    assert (reserved.kind, reserved.account_from, reserved.account_to) == (
        LineKind.RESERVATION,
        Account.AVAILABLE,
        Account.RESERVED,
    )
    assert (paid.kind, paid.account_from, paid.account_to) == (
        LineKind.DISBURSEMENT,
        Account.RESERVED,
        Account.PAID,
    )
    assert (paid.amount_fen, paid.year, paid.award) == (6_000_000, 2026, "a1")
    assert all(lines == () for lines in booked.values())
    assert set(TRANSITIONS) >= {"reward.reserved", "reward.rejected", "reward.paid"}


def test_a_rejection_gives_back_what_the_award_before_it_held(story: Story):
    award = story.reserved().case.award
    (back,) = lines_of("reward.rejected", {"award": "a1"}, "ab" * 32, award=award)
    assert (back.kind, back.amount_fen, back.year) == (LineKind.RELEASE, 6_000_000, 2026)
    for wrong in (None, replace(award, id="a2") if award else None):
        with pytest.raises(LedgerError):
            lines_of("reward.rejected", {"award": "a1"}, "ab" * 32, award=wrong)


def test_a_line_is_named_by_its_event_so_it_cannot_be_booked_twice():
    one, same, other = (line("reward.reserved", event) for event in ("aa", "aa", "bb"))
    assert is_id(one.id)
    assert one == same
    assert one.id != other.id
    grant = line("fund.appropriated", "cc")
    with pytest.raises(LedgerError):
        balance([grant, one, same])


@pytest.mark.parametrize(
    "facts", [{"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": 1.5}, {"year": None}]
)
def test_a_line_needs_a_positive_amount_and_a_year(facts: dict[str, object]):
    with pytest.raises(LedgerError):
        line("reward.reserved", "aa", **facts)


def test_the_last_fen_may_be_reserved_and_one_more_may_not():
    fund = appropriate(Balance(), yuan(1_000_000))
    assert reserve(fund, yuan(1_000_000)).available_fen == 0
    with pytest.raises(BudgetExceededError) as refusal:
        reserve(fund, yuan(1_000_000) + 1)
    assert refusal.value.shortfall_fen == 1


def test_s36_sixty_thousand_of_the_last_fifty_is_refused_with_the_shortfall():
    fund = reserve(appropriate(Balance(), yuan(1_000_000)), yuan(950_000))
    with pytest.raises(BudgetExceededError) as refusal:
        reserve(fund, yuan(60_000))
    assert refusal.value.shortfall_fen == yuan(10_000)


def test_more_than_is_reserved_is_neither_paid_nor_given_back():
    fund = reserve(appropriate(Balance(), 1000), 400)
    assert disburse(fund, 400) == Balance(1000, 0, 400, 600)
    assert release(fund, 400) == Balance(1000, 0, 0, 1000)
    for move in (disburse, release):
        with pytest.raises(LedgerError):
            move(fund, 401)


@pytest.mark.parametrize("move", [appropriate, reserve, release, disburse])
@pytest.mark.parametrize("amount", [0, -5])
def test_no_amount_of_nothing_or_less(move: Callable[[Balance, int], Balance], amount: int):
    with pytest.raises(BadActError):
        move(Balance(1000, 500, 0, 500), amount)


@pytest.mark.parametrize("parts", [(1, 0, 0, 0), (0, -1, 0, 1), (5, 2, 2, 2)])
def test_books_that_do_not_balance_cannot_be_made(parts: tuple[int, int, int, int]):
    with pytest.raises(LedgerError):
        Balance(*parts)


def test_a_line_whose_accounts_are_not_its_kinds_is_refused():
    wrong = replace(line("fund.appropriated", "aa"), account_to=Account.PAID)
    with pytest.raises(LedgerError):
        apply(Balance(), wrong)


def test_each_year_has_its_own_books():
    lines = [
        line("fund.appropriated", "aa"),
        line("fund.appropriated", "bb", year=2027),
        line("reward.reserved", "cc", year=2027),
    ]
    assert balances(lines) == {2026: Balance(100, 0, 0, 100), 2027: Balance(100, 100, 0, 0)}
    with pytest.raises(LedgerError):
        balance(lines)


def test_the_answer_has_the_shape_of_the_command():
    assert Balance(100, 30, 20, 50).as_json(2026) == {
        "year": 2026,
        "appropriated_fen": 100,
        "reserved_fen": 30,
        "paid_fen": 20,
        "available_fen": 50,
    }


MOVES = st.tuples(
    st.sampled_from(["fund.appropriated", "reward.reserved", "reward.rejected", "reward.paid"]),
    st.integers(1, 500),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(moves=st.lists(MOVES, max_size=40))
def test_in_any_order_the_books_balance_and_never_fall_below_zero(moves: list[tuple[str, int]]):
    standing = Balance()
    kept: list[Line] = []
    sums = dict.fromkeys(Account, 0)
    for number, (kind, amount) in enumerate(moves):
        kinds = {"reward.rejected": LineKind.RELEASE}
        one = line(kind if kind not in kinds else "reward.paid", f"{number:04x}", amount_fen=amount)
        if kind in kinds:
            one = replace(one, kind=LineKind.RELEASE, account_to=Account.AVAILABLE)
        before = standing
        try:
            standing = apply(standing, one)
        except CaseworkError:
            assert standing is before
            continue
        kept.append(one)
        sums[one.account_from] -= amount
        sums[one.account_to] += amount
        # The same figures by another road: plain sums over the accounts.
        assert sum(sums.values()) == 0
        assert standing == Balance(
            -sums[Account.BUDGET],
            sums[Account.RESERVED],
            sums[Account.PAID],
            sums[Account.AVAILABLE],
        )
    assert balance(kept) == standing
