"""The database administrator as an adversary: nothing that is done to stored bytes goes unseen.

On copies of a database, its blob store, its key sets and its register, every table and file is
forged, changed, flipped, swapped, replayed, cut, extended and deleted. Verification has to name
the very thing, or whoever is entitled to read it must be refused; and nobody may get to read
what was not sealed for this place.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.storage.schema import metadata
from crypto.notes import LogKey
from instance import make_world
from log_keeper import pass_days, take
from rich_instance import Rich, rich_instance
from rich_turns import STORIES, take_late_turns, take_turns
from tampering import Judge, Owner, Tampering, Verdict
from tampering_files import of_files
from tampering_forged import of_attacker
from tampering_rows import UNTOLD, of_old_rows, of_tables
from tampering_turns import of_turns

# Nothing that a case can go through is left out.
TURNS = {kind for steps in STORIES.values() for kind, *_ in steps} | {
    "case.redone", "merge.joined", "merge.left", "callback.asked", "callback.phoned",
    "reward.closed", "reward.lapsed", "reward.reopened", "reward.shared",
}  # fmt: skip
ATTACKS = {"forge", "change", "flip", "swap", "replay", "truncate", "extend", "delete"}


@pytest.fixture
def rich(tmp_path: Path, database_url: str) -> Iterator[Rich]:
    """An instance in which everything has happened once."""
    made = rich_instance(tmp_path / "home", database_url)
    yield made
    made.world.store.close()


def every(rich: Rich, owner: Owner) -> Iterator[Tampering]:
    """Yield all that is tried."""
    yield from of_tables(owner.rows)
    for old in (rich.early, rich.late):
        yield from of_old_rows(rich, owner.rows, old)
    yield from of_files(rich, owner.rows)
    yield from of_attacker(rich, owner.rows)
    yield from of_old_databases(rich, owner)


def of_old_databases(rich: Rich, owner: Owner) -> Iterator[Tampering]:
    """Yield the whole database, and each table, as they once were."""
    tables = tuple(metadata.tables)
    names = frozenset({"audit-checkpoint", "register/checkpoint"})
    for what, rows in (("early", rich.early), ("late", rich.late)):
        yield Tampering(
            "replay",
            f"the whole database, {what}",
            tables,
            lambda owner, rows=rows: owner.set_back(rows, *tables),  # type: ignore[misc]
            names,
        )


@pytest.fixture
def turned(tmp_path: Path, database_url: str) -> Iterator[Rich]:
    """An instance in which cases have taken every turn, and nothing else has happened."""
    made = Rich(make_world(tmp_path / "home", database_url), {}, LogKey.generate())
    take_turns(made)
    pass_days(made.world, 66)  # nobody claims an award so long
    take_late_turns(made)
    take(made.world)
    yield made
    made.world.store.close()


def test_whatever_is_done_to_the_turns_of_a_case_is_named_or_refused(turned: Rich):
    bad: list[tuple[str, str, Verdict]] = []
    with Owner(turned) as owner:
        judge = Judge(turned, owner)
        for one in of_turns(turned, owner.rows):
            verdict = judge.of(one)
            if verdict.what not in ("named", "refused"):
                bad.append((one.attack, one.place, verdict))
        assert judge.problems() == []  # everything was put back
        told = {row["kind"] for row in owner.rows["event"]}
    assert bad == []
    assert TURNS - told == set()


def test_whatever_is_done_to_stored_bytes_is_named_or_refused(rich: Rich):
    tried: Counter[str] = Counter()
    places: set[str] = set()
    bad: list[tuple[str, str, Verdict]] = []
    with Owner(rich) as owner:
        judge = Judge(rich, owner)
        for one in every(rich, owner):
            verdict = judge.of(one)
            tried[one.attack] += 1
            places.add(one.place.partition(".")[0])
            if verdict.what not in ("named", "refused"):
                bad.append((one.attack, one.place, verdict))
        assert judge.problems() == []  # everything was put back
    assert bad == []
    assert sum(tried.values()) >= 300
    assert tried.keys() == ATTACKS
    assert min(tried.values()) >= 20, tried
    assert metadata.tables.keys() - places - UNTOLD.keys() == set()
