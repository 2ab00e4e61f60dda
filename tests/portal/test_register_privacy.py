"""Before a quarter opens, the register tells neither the day of a report nor its office.

The adversary has every public byte on every day, entries of its own among them, and knows
who visited when (tests/support/register_adversary.py).
"""

import itertools
from collections.abc import Callable

import pytest

from casework.register import RegisterFolder
from casework.services import register
from instance import make_world
from register_adversary import Field, Round, play, success

ROUNDS = 240
# Half of the rounds are guessed at. By chance alone the adversary is right in more than this
# part of 120 guesses once in 300,000 runs (4.5 standard deviations).
CHANCE_MAX = 0.5 + 4.5 * 0.5 / (ROUNDS / 2) ** 0.5
CERTAIN = 0.9


def day(one: Round):
    return one.by_day, one.early


def office(one: Round):
    return one.by_office, one.first_office


@pytest.fixture
def field(tmp_path, sqlite_url):
    world = make_world(tmp_path / "home", sqlite_url)
    folder = RegisterFolder(tmp_path / "home" / "register")
    yield lambda **given: Field(world.store, world.trust, world.log_key, folder, **given)
    world.store.close()


@pytest.mark.parametrize("batch_days", [7, 1])
def test_neither_day_nor_office_is_guessed_better_than_by_chance(
    field: Callable[..., Field], batch_days: int
):
    rounds = play(field(batch_days=batch_days), ROUNDS, seed=20260302)
    assert success(rounds, day) <= CHANCE_MAX
    assert success(rounds, office) <= CHANCE_MAX


# A register that leaks must be caught by the same adversary, or the test above shows nothing.


def test_a_register_without_fillers_tells_the_day(field, monkeypatch):
    monkeypatch.setattr(register, "SPREAD_DAYS", 1)
    monkeypatch.setattr(register, "batch_size", lambda entries: entries)
    assert success(play(field(batch_days=1), 60, seed=1), day) >= CERTAIN


def test_a_register_in_order_of_arrival_tells_the_day(field, monkeypatch):
    arrived: dict[bytes, int] = {}
    real = register._entry

    def remembered(*given):
        row = real(*given)
        arrived[row.entry] = len(arrived)
        return row

    class InOrder:
        def shuffle(self, rows):
            rows.sort(key=lambda row: arrived.get(row.entry, len(arrived)))

        def randrange(self, _end):
            return 0

    monkeypatch.setattr(register, "_entry", remembered)
    monkeypatch.setattr(register, "_RANDOM", InOrder())
    assert success(play(field(), 60, seed=2), day) >= CERTAIN


def test_a_register_without_salts_tells_the_office(field, monkeypatch):
    numbers = itertools.count(1)
    real = register._entry

    def unsalted(*given):
        with monkeypatch.context() as here:
            here.setattr(register, "new_salt", lambda: bytes(32))
            here.setattr(register, "new_tag", lambda: f"{next(numbers):032x}")
            return real(*given)

    monkeypatch.setattr(register, "_entry", unsalted)
    assert success(play(field(), 60, seed=3), office) >= CERTAIN
