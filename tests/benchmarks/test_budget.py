"""The benchmark of the fund's books: what it measures is what awards do."""

import pytest

from benchmarks import budget
from casework.domain.ledger import balance, by_pot


@pytest.mark.parametrize("lines", [10, 11])
def test_the_made_books_are_books(lines):
    with budget._books("sqlite", lines) as (store, server):
        store.write(budget._reserve)
        found = store.read(lambda uow: uow.ledger.for_year(budget.YEAR))
        assert server is None
        assert len(found) == lines + 1
        assert balance(found) == store.read(lambda uow: uow.ledger.balance(budget.YEAR))
        parts = store.read(lambda uow: uow.ledger.told_parts(budget.YEAR))
        assert parts == {
            pot: (balance(of_pot), len(of_pot)) for pot, of_pot in by_pot(found).items()
        }


def test_a_run_tells_each_ratio(capsys):
    budget.main(["--sizes", "10,20", "--backend", "sqlite", "--rounds", "1"])
    told = capsys.readouterr().out
    assert "sqlite: balance, 20 to 10 lines, CPU" in told
    assert "sqlite: reservation, 20 to 10 lines, p50" in told
