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
from rich_instance import Rich, rich_instance
from tampering import Judge, Owner, Tampering, Verdict
from tampering_files import of_files
from tampering_forged import of_attacker
from tampering_rows import UNTOLD, of_old_rows, of_tables

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
