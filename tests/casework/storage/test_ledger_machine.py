"""The fund's books under anything that may happen to them, in any order and two at a time.

After every step the balances are what the lines add up to, by year and by pot; nothing is
below zero, nothing is booked twice, and what the rules refuse has changed nothing.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from casework.domain.errors import AlreadyDoneError, CaseworkError
from casework.domain.ids import new_id
from casework.domain.ledger import MOVES, Balance, Line, LineKind, apply, balance, by_pot
from casework.domain.ledger_lines import lines_of
from casework.storage.unit_of_work import Store, UnitOfWork

YEARS = (2026, 2027)
POTS = st.sampled_from(["county", "city", "county:410329-yjj"])
AMOUNTS = st.integers(1, 400)
MONEY_IN = st.sampled_from(["fund.appropriated", "fund.supplemented"])
AFTER = st.sampled_from(
    [LineKind.RELEASE, LineKind.DISBURSEMENT, LineKind.RETURN, LineKind.CLAWBACK]
)
# Which of what was booked: what is drawn must not depend on who came first of two.
PLACES = st.integers(0, 1000)
Books = dict[tuple[int, str], Balance]


class Machine(RuleBasedStateMachine):
    """Everything that is ever booked, against plain figures kept beside it."""

    store: Store  # given by the test

    def __init__(self) -> None:
        super().__init__()
        self.books: Books = {}
        self.booked: list[Line] = []
        self.events = 0

    @initialize()
    def empty(self) -> None:
        for table in ("ledger_entry", "fund_part", "fund_balance"):
            self._write(partial(_emptied, table=table))

    # What comes in and moves -------------------------------------------------

    @rule(kind=MONEY_IN, pot=POTS, amount=AMOUNTS)
    def grant(self, kind: str, pot: str, amount: int) -> None:
        self._try(kind, amount_fen=amount, pot=pot)

    @rule(pot=POTS, to=POTS, amount=AMOUNTS)
    def virement(self, pot: str, to: str, amount: int) -> None:
        if pot == to:  # refused before it comes to lines
            return
        self._try("fund.agreed", move="virement", pot=pot, to_pot=to, amount_fen=amount)

    @rule(pot=POTS, amount=AMOUNTS)
    def overdraw(self, pot: str, amount: int) -> None:
        self._try("fund.agreed", move="overdraft", pot=pot, amount_fen=amount)

    @rule(pot=POTS, amount=AMOUNTS)
    def cover(self, pot: str, amount: int) -> None:
        self._try("fund.covered", pot=pot, amount_fen=amount)

    @rule(move=st.sampled_from(["carry", "lapse"]), pot=POTS, amount=AMOUNTS)
    def end_year(self, move: str, pot: str, amount: int) -> None:
        self._try("fund.agreed", move=move, pot=pot, amount_fen=amount)

    # What awards do ----------------------------------------------------------

    @rule(pot=POTS, amount=AMOUNTS)
    def reserve(self, pot: str, amount: int) -> None:
        self._try("reward.reserved", award=new_id(), pot=pot, amount_fen=amount)

    @rule(place=PLACES, kind=AFTER, turn=st.integers(1, 2))
    def follow(self, place: int, kind: LineKind, turn: int) -> None:
        """Release, pay, send back or claw back an award, in whatever state it is in."""
        reserved = [one for one in self.booked if one.kind is LineKind.RESERVATION]
        if not reserved:
            return
        source, target = MOVES[kind]
        line = replace(
            reserved[place % len(reserved)], id=new_id(), kind=kind, account_from=source,
            account_to=target, event=self._event(), turn=turn,
        )  # fmt: skip
        self._book([line])

    @rule(place=PLACES)
    def again(self, place: int) -> None:
        """Book once more what was booked: never done, whatever the balance would allow."""
        if not self.booked:
            return
        line = self.booked[place % len(self.booked)]
        with pytest.raises(Exception):  # noqa: B017 -- an id or an award given twice
            self._write(lambda uow: uow.ledger.append([line]))

    @rule(pot=POTS, amounts=st.tuples(AMOUNTS, AMOUNTS))
    def two_at_once(self, pot: str, amounts: tuple[int, int]) -> None:
        """Two reservations in two transactions at the same time: in some order, or refused."""
        lines = [
            self._lines("reward.reserved", award=new_id(), pot=pot, amount_fen=one)[0]
            for one in amounts
        ]
        start, taken = threading.Barrier(2), []

        def take(line: Line) -> None:
            start.wait()
            with contextlib.suppress(CaseworkError):
                self._write(self._checked([line]))
                taken.append(line)

        threads = [threading.Thread(target=take, args=(line,)) for line in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        before = self.books.get((YEARS[0], pot), Balance()).available_fen
        assert sum(line.amount_fen for line in taken) <= before
        if sum(amounts) <= before:
            assert len(taken) == 2
        elif min(amounts) <= before:
            assert len(taken) == 1
        stored = [one.id for one in self.store.read(partial(_standing, year=YEARS[0]))[2]]
        self._note(sorted(taken, key=lambda line: stored.index(line.id)))

    # What holds after every step ---------------------------------------------

    @invariant()
    def the_books_balance(self) -> None:
        for year in YEARS:
            whole, parts, lines = self.store.read(partial(_standing, year=year))
            assert whole == balance(lines)
            assert parts == {
                pot: (balance(of_pot), len(of_pot)) for pot, of_pot in by_pot(lines).items()
            }
            kept = {pot: one for (of_year, pot), one in self.books.items() if of_year == year}
            assert {pot: one for pot, (one, _count) in parts.items()} == kept
            assert [one.id for one in lines] == [one.id for one in self.booked if one.year == year]

    @invariant()
    def no_award_is_paid_more_than_it_holds(self) -> None:
        for one in {line.award for line in self.booked if line.award}:
            of_award = [line for line in self.booked if line.award == one]
            pairs = [(line.kind, line.turn) for line in of_award]
            assert len(pairs) == len(set(pairs))

    # -------------------------------------------------------------------------

    def _try(self, kind: str, **facts: object) -> None:
        self._book(self._lines(kind, **facts))

    def _lines(self, kind: str, **facts: object) -> list[Line]:
        return list(lines_of(kind, {"year": YEARS[0], **facts}, self._event()))

    def _event(self) -> str:
        self.events += 1
        return f"{self.events:064x}"

    def _book(self, lines: list[Line]) -> None:
        """Book as the services do; what plain figures refuse, the database has to refuse too."""
        refused = self._is_refused(lines)
        if refused:
            with pytest.raises(CaseworkError):
                self._write(lambda uow: uow.ledger.append(lines))
            return
        try:
            self._write(self._checked(lines))
        except AlreadyDoneError:
            assert any(
                (line.award, line.kind, line.turn) == (one.award, one.kind, one.turn)
                for line in lines
                for one in self.booked
            )
            return
        self._note(lines)

    def _is_refused(self, lines: list[Line]) -> bool:
        books = dict(self.books)
        try:
            for line in lines:
                place = line.year, line.pot
                books[place] = apply(books.get(place, Balance()), line)
        except CaseworkError:
            return True
        return False

    def _note(self, lines: list[Line]) -> None:
        for line in lines:
            place = line.year, line.pot
            self.books[place] = apply(self.books.get(place, Balance()), line)
            self.booked.append(line)

    def _checked(self, lines: list[Line]) -> Callable[[UnitOfWork], None]:
        def run(uow: UnitOfWork) -> None:
            first = lines[0]
            uow.ledger.lock_balance(first.year)
            apply(uow.ledger.parts(first.year).get(first.pot, Balance()), first)
            uow.ledger.append(lines)

        return run

    def _write(self, run: Callable[[UnitOfWork], object]) -> None:
        self.store.write(run)


def _emptied(uow: UnitOfWork, table: str) -> None:
    uow.connection.exec_driver_sql(f"DELETE FROM {table}")


def _standing(
    uow: UnitOfWork, year: int
) -> tuple[Balance, dict[str, tuple[Balance, int]], tuple[Line, ...]]:
    return uow.ledger.balance(year), uow.ledger.told_parts(year), uow.ledger.for_year(year)


def test_whatever_happens_the_books_hold(store):
    class Here(Machine):
        pass

    Here.store = store
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
