"""The table of clocks is made anew: every report comes up as one whose clocks are to be found."""

from datetime import UTC, date, datetime

import pytest

REPORT = "r1"


@pytest.fixture
def before(database):
    """A report with the one clock that the old table knew."""
    database.go("0015_erased_blobs")
    database.fill("0001_report")
    database.fill("0006_work")
    return database


def test_every_report_gets_the_row_of_a_new_one_and_the_old_clocks_go(before):
    before.go("0016_clocks")

    [row] = before.rows("clock")
    assert (row["report_id"], row["key"], row["since"]) == (REPORT, "new", 1)
    assert (row["state"], row["stopped"], row["stages"]) == ("new", False, "[]")
    assert row["started_on"] == row["due_on"] == date(2026, 3, 1)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert {plain(row["next_at"]), plain(row["as_of"])} == {plain(epoch)}
    assert row["due_at"] is None


def test_going_down_gives_the_old_table_the_clock_of_what_is_being_verified(before, rows):
    before.insert(
        "report",
        rows["0001_report"]["report"]
        | {
            "id": "r2",
            "case_number": "410329-2026-AAAAAAAA",
            "state": "accepted",
            "accepted_on": date(2026, 3, 2),
            "verify_due_on": date(2026, 4, 1),
        },
    )
    before.go("0016_clocks")
    before.go("0015_erased_blobs")

    [row] = before.rows("clock")
    assert (row["report_id"], row["key"], row["state"]) == ("r2", "verify", "running")
    assert (row["due_on"], row["next_on"]) == (date(2026, 4, 1), date(2026, 3, 2))


def plain(at: datetime) -> datetime:
    """Without the zone that only one database keeps."""
    return at.replace(tzinfo=None)
