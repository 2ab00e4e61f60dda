"""What the database refuses by itself, whatever program writes to it."""

import pytest
import sqlalchemy as sa


@pytest.fixture
def full(database, rows):
    """A database at the head, with one row in every table."""
    database.go("head")
    for revision in rows:
        database.fill(revision)
    return database


# Table, what differs from the row that is there, what stops it.
REFUSED = [
    ("report", {"id": "r2"}, "case number given twice"),
    ("report", {"id": "r2", "case_number": "n", "events": 0}, "no event"),
    ("mailbox", {"locator": b"2"}, "second mailbox of a report"),
    ("mailbox", {"report_id": "none"}, "mailbox of no report"),
    ("retry_box", {"id": b"2", "report_id": "none"}, "box of no report"),
    ("event", {"id": "other"}, "place in a report taken twice"),
    ("sealed_object", {"id": "o2", "report_id": "none"}, "object of no report"),
    ("key_wrap", {"id": "w2", "report_id": "none"}, "wrap of no report"),
    ("identity_item", {"id": "i2", "report_id": "none"}, "item of no report"),
    ("identity_piece", {"id": "p2", "seat": 0}, "no seat 0"),
    ("identity_piece", {"id": "p2", "seat": 8}, "no seat 8"),
    ("sealed_file", {"id": "f2"}, "two files in one blob"),
    ("sealed_file", {"id": "f2", "blob_name": "x", "stored_size": 0}, "empty file"),
    ("account", {"id": "a2"}, "login name given twice"),
    ("account", {"id": "a2", "login": "x", "state": "ghost"}, "unknown state"),
    ("key_set", {"body": b"other"}, "number of a key set given twice"),
    ("release", {"id": "x2", "report_id": "none"}, "release of no report"),
    ("release_approval", {"account": "a3"}, "seat approves twice"),
    ("release_approval", {"seat": 2}, "person approves twice"),
    ("release_approval", {"release": "none", "seat": 2, "account": "a3"}, "of no release"),
    ("fund_balance", {"year": 2027, "available_fen": 0}, "does not add up"),
    ("fund_balance", {"year": 2027, "reserved_fen": -3, "available_fen": 99_999_996}, "below zero"),
    ("fund_part", {"pot": "county", "overdrawn_fen": 0}, "pot does not add up"),
    ("fund_part", {"pot": "county", "paid_fen": -20, "reserved_fen": 70}, "pot below zero"),
    ("fund_proposal", {"id": "g2", "state": "agreed?"}, "unknown state of a proposal"),
    ("ledger_entry", {"id": "l2"}, "ordinal given twice"),
    ("ledger_entry", {"id": "l2", "ordinal": 2, "amount_fen": 0}, "moves nothing"),
    ("ledger_entry", {"id": "l2", "ordinal": 2, "account_to": "budget"}, "moves nowhere"),
    ("award", {"id": "w2", "amount_fen": -1}, "award of less than nothing"),
    ("clock", {"key": "other", "report_id": "none"}, "clock of no report"),
    ("clock", {"state": "overdue"}, "clock told twice"),
    ("calendar_day", {"kind": "workday"}, "day announced twice"),
]


def test_the_database_refuses_what_is_wrong_by_itself(full, rows):
    """One test for all: each leaves the database as it was."""
    taken = []
    for table, change, why in REFUSED:
        row = [tables[table] for tables in rows.values() if table in tables][-1]
        try:
            full.insert(table, row | change)
        except sa.exc.IntegrityError:
            continue
        taken.append((table, why))

    assert taken == []


def test_an_award_is_booked_once_a_kind_and_grants_as_often_as_wanted(full, rows):
    grant = rows["0005_money"]["ledger_entry"]
    reserved = grant | {"kind": "RESERVATION", "award": "w1"}
    full.insert("ledger_entry", grant | {"id": "l2", "ordinal": 2})
    full.insert("ledger_entry", reserved | {"id": "l3", "ordinal": 3})

    with pytest.raises(sa.exc.IntegrityError):
        full.insert("ledger_entry", reserved | {"id": "l4", "ordinal": 4})
    paid = reserved | {"kind": "DISBURSEMENT"}
    full.insert("ledger_entry", paid | {"id": "l4", "ordinal": 4})
    full.insert("ledger_entry", paid | {"id": "l5", "ordinal": 5, "turn": 2})
    with pytest.raises(sa.exc.IntegrityError):
        full.insert("ledger_entry", paid | {"id": "l6", "ordinal": 6, "turn": 2})


def test_events_outside_reports_may_share_their_ordinal(full, rows):
    outside = rows["0001_report"]["event"] | {"report_id": "", "ordinal": 0}

    full.insert("event", outside | {"id": "e2"})
    full.insert("event", outside | {"id": "e3"})

    assert {"e2", "e3"} <= {row["id"] for row in full.rows("event")}


def test_every_table_carries_the_site(full):
    with full.engine.connect() as connection:
        inspector = sa.inspect(connection)
        without = {
            table
            for table in full.tables()
            if "site" not in {column["name"] for column in inspector.get_columns(table)}
        }

    assert without == set()


def test_no_key_counts_up(full):
    with full.engine.connect() as connection:
        inspector = sa.inspect(connection)
        counting = {
            f"{table}.{column['name']}"
            for table in full.tables()
            for column in inspector.get_columns(table)
            if column.get("autoincrement") is True or column["default"] is not None
        }
        if full.engine.dialect.name == "postgresql":
            counting |= set(inspector.get_sequence_names())

    assert counting == set()
