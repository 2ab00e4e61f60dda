"""The fund: lines and balance move together, never below zero, nothing twice."""

import random
import threading

import pytest
import sqlalchemy as sa

from casework.domain.errors import AlreadyDoneError, BudgetExceededError, LedgerError
from casework.domain.ids import new_id
from casework.domain.ledger import MOVES, Balance, Line, LineKind, balance, reserve

YEAR = 2026


def line(kind: LineKind, amount_fen: int, award: str = "", year: int = YEAR) -> Line:
    source, target = MOVES[kind]
    return Line(new_id(), kind, source, target, amount_fen, year, award, "ee" * 32)


def appropriate(store, amount_fen: int, year: int = YEAR) -> None:
    grant = line(LineKind.APPROPRIATION, amount_fen, year=year)
    store.write(lambda uow: uow.ledger.append([grant]))


def test_a_year_without_a_grant_has_nothing(store):
    assert store.read(lambda uow: uow.ledger.balance(YEAR)) == Balance()
    assert store.write(lambda uow: uow.ledger.lock_balance(YEAR)) == Balance()
    assert store.read(lambda uow: uow.ledger.for_year(YEAR)) == ()
    assert store.read(lambda uow: uow.ledger.years()) == ()


def test_lines_come_back_in_the_order_in_which_they_moved_the_balance(store):
    lines = [
        line(LineKind.APPROPRIATION, 100),
        line(LineKind.RESERVATION, 100, "a"),
        line(LineKind.RELEASE, 100, "a"),
        line(LineKind.RESERVATION, 70, "b"),
        line(LineKind.DISBURSEMENT, 70, "b"),
        line(LineKind.APPROPRIATION, 5),
    ]
    for one in lines[:3]:
        store.write(lambda uow, one=one: uow.ledger.append([one]))
    store.write(lambda uow: uow.ledger.append(lines[3:]))

    found = store.read(lambda uow: uow.ledger.for_year(YEAR))

    assert found == tuple(lines)
    expected = Balance(appropriated_fen=105, reserved_fen=0, paid_fen=70, available_fen=35)
    assert balance(found) == store.read(lambda uow: uow.ledger.balance(YEAR)) == expected
    assert store.read(lambda uow: uow.ledger.page(YEAR, after=4)) == tuple(lines[4:])
    assert store.read(lambda uow: uow.ledger.of_award("b")) == tuple(lines[3:5])
    assert store.read(lambda uow: uow.ledger.of_award("")) == ()


def test_years_are_apart(store):
    appropriate(store, 10)
    appropriate(store, 20, 2027)

    assert store.read(lambda uow: uow.ledger.years()) == (2026, 2027)
    assert store.read(lambda uow: uow.ledger.balance(2027)).available_fen == 20


def test_a_constraint_stops_what_the_rules_should_have_stopped(store):
    appropriate(store, 100)

    for wrong in (
        line(LineKind.RESERVATION, 101, "a"),
        line(LineKind.DISBURSEMENT, 1, "a"),
        line(LineKind.RELEASE, 1, "a"),
        line(LineKind.RESERVATION, 1, "a", year=2025),
    ):
        with pytest.raises(LedgerError):
            store.write(lambda uow, wrong=wrong: uow.ledger.append([wrong]))

    assert store.read(lambda uow: uow.ledger.balance(YEAR)).available_fen == 100
    assert len(store.read(lambda uow: uow.ledger.for_year(YEAR))) == 1


@pytest.mark.parametrize("kind", [LineKind.RESERVATION, LineKind.RELEASE, LineKind.DISBURSEMENT])
def test_an_award_is_reserved_released_and_paid_once(store, kind):
    appropriate(store, 1000)
    before = [line(LineKind.RESERVATION, 100, "other")]
    if kind is not LineKind.RESERVATION:
        before.append(line(LineKind.RESERVATION, 10, "a"))
    store.write(lambda uow: uow.ledger.append([*before, line(kind, 10, "a")]))

    with pytest.raises(AlreadyDoneError):
        store.write(lambda uow: uow.ledger.append([line(kind, 10, "a")]))


def test_a_refused_line_leaves_the_balance_alone(store):
    appropriate(store, 100)
    store.write(lambda uow: uow.ledger.append([line(LineKind.RESERVATION, 10, "a")]))

    with pytest.raises(AlreadyDoneError):
        store.write(lambda uow: uow.ledger.append([line(LineKind.RESERVATION, 10, "a")]))

    assert store.read(lambda uow: uow.ledger.balance(YEAR)).reserved_fen == 10


def test_many_who_reserve_at_once_take_exactly_what_is_there(store):
    appropriate(store, 1_000)
    start = threading.Barrier(16)
    outcomes: list[str | int] = []

    def take(number: int) -> None:
        def run(uow):
            reserve(uow.ledger.lock_balance(YEAR), 100)
            uow.ledger.append([line(LineKind.RESERVATION, 100, f"a{number}")])

        start.wait()
        try:
            store.write(run)
            outcomes.append("taken")
        except BudgetExceededError as refused:
            outcomes.append(refused.shortfall_fen)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [100] * 6 + ["taken"] * 10
    found = store.read(lambda uow: uow.ledger.balance(YEAR))
    assert (found.available_fen, found.reserved_fen) == (0, 1_000)


def test_grants_of_a_new_year_at_once_are_all_counted(store):
    start = threading.Barrier(8)

    def grant() -> None:
        start.wait()
        appropriate(store, 1)

    threads = [threading.Thread(target=grant) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.read(lambda uow: uow.ledger.balance(YEAR)).available_fen == 8
    lines = store.read(lambda uow: uow.ledger.for_year(YEAR))
    assert balance(lines).available_fen == 8


def test_after_any_sequence_the_balance_is_what_the_lines_add_up_to(store):
    chance = random.Random(7)
    appropriate(store, 500)
    open_awards: dict[str, int] = {}
    for _ in range(120):
        if open_awards and chance.random() < 0.6:
            award = chance.choice(sorted(open_awards))
            kind = chance.choice([LineKind.RELEASE, LineKind.DISBURSEMENT])
            made = line(kind, open_awards[award], award)
        else:
            award = new_id()
            made = line(LineKind.RESERVATION, chance.randint(1, 60), award)
        try:
            store.write(lambda uow, made=made: uow.ledger.append([made]))
        except LedgerError:
            continue
        if made.kind is LineKind.RESERVATION:
            open_awards[award] = made.amount_fen
        else:
            del open_awards[award]

    lines = store.read(lambda uow: uow.ledger.for_year(YEAR))
    assert balance(lines) == store.read(lambda uow: uow.ledger.balance(YEAR))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE fund_balance SET available_fen = -1, appropriated_fen = appropriated_fen - 101",
        "UPDATE fund_balance SET available_fen = available_fen + 1",
        "UPDATE fund_balance SET reserved_fen = -1, appropriated_fen = appropriated_fen - 1",
        "UPDATE ledger_entry SET amount_fen = 0",
        "UPDATE ledger_entry SET account_to = account_from",
    ],
)
def test_the_database_itself_keeps_the_books(store, tampering):
    appropriate(store, 100)

    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.connection.exec_driver_sql(tampering))
