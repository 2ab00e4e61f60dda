"""How statements are named and which of them count."""

import pytest

from benchmarks.statements import Below, name_of, named


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("INSERT INTO report (id, site) VALUES (?, ?)", "INSERT report"),
        ('insert into "report" (id) values (1)', "INSERT report"),
        ("SELECT event.id\nFROM event, report", "SELECT event"),
        ("UPDATE retry_box SET box=? WHERE id = ?", "UPDATE retry_box"),
        ("DELETE FROM session WHERE id = ?", "DELETE session"),
        ("SELECT 1", "SELECT"),
    ],
)
def test_a_statement_is_named_by_verb_and_table(statement, name):
    assert name_of(statement) == name


def test_begin_and_commit_do_not_count():
    texts = {"BEGIN IMMEDIATE": 1, "COMMIT": 1, "INSERT INTO event (a) VALUES (1)": 2}
    assert named(texts) == {"INSERT event": 2}


def test_savepoints_the_limiter_and_rows_are_counted_apart():
    below = Below("/limits")
    below.note("SAVEPOINT request", is_limiter=False)
    below.note("INSERT INTO event VALUES (1)", is_limiter=False)
    below.note("-- trigger", is_limiter=False)
    below.note("INSERT INTO hits VALUES (1)", is_limiter=True)
    below.note("RELEASE request", is_limiter=False)
    assert (below.savepoints, below.rows, below.limiter) == (2, 1, {"INSERT hits": 1})
