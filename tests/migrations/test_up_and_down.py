"""Every revision goes up and down on data, on both databases."""

import pytest

from casework.storage.migrate import revisions

EVERY = revisions()


def before(revision: str) -> str:
    """Return the revision before, or the empty database."""
    place = EVERY.index(revision)
    return EVERY[place - 1] if place else "base"


@pytest.mark.parametrize("revision", EVERY)
def test_going_up_keeps_what_was_there_and_takes_new_rows(database, rows, remade, revision):
    database.go(before(revision))
    older = EVERY[: EVERY.index(revision)]
    for one in older:
        database.fill(one)
    anew = remade.get(revision, set())
    kept = {table: database.rows(table) for table in database.tables() - anew}

    database.go(revision)
    made = database.tables() - kept.keys()
    database.fill(revision)

    assert {table: without_new_columns(database.rows(table), kept[table]) for table in kept} == kept
    assert made == rows[revision].keys()
    for table in made:
        found = [same(row) for row in database.rows(table)]
        assert same(rows[revision][table]) in found
        assert len(found) == 1 or table in anew


def without_new_columns(rows, before):
    """Return rows as they were: what a revision adds to them says nothing of old ones."""
    if not before:
        return rows
    new = rows[0].keys() - before[0].keys()
    assert all(row[column] is None for row in rows for column in new)
    return [{name: row[name] for name in row.keys() - new} for row in rows]


@pytest.mark.parametrize("revision", EVERY)
def test_going_down_takes_its_own_and_nothing_else(database, remade, revision):
    database.go(before(revision))
    for one in EVERY[: EVERY.index(revision)]:
        database.fill(one)
    anew = remade.get(revision, set())
    kept = {table: database.rows(table) for table in database.tables() - anew}
    database.go(revision)
    database.fill(revision)

    database.go(before(revision))

    assert {table: database.rows(table) for table in database.tables() - anew} == kept


@pytest.mark.parametrize("revision", EVERY)
def test_down_and_up_again_is_as_good_as_new(database, revision):
    database.go(revision)
    tables = database.tables()
    database.go(before(revision))
    database.go(revision)

    assert database.tables() == tables
    for one in EVERY[: EVERY.index(revision) + 1]:
        database.fill(one)  # every column and key is there again


def same(row):
    """Return a row without what only one database keeps: the zone of an instant."""
    return {
        name: value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value
        for name, value in row.items()
    }
