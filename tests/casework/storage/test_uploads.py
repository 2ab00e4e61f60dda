"""Uploads as rows, on both databases: parts in order, each once, gone with their upload."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.domain.errors import UploadsFullError
from casework.services import uploads
from casework.storage import migrate
from casework.storage.unit_of_work import Store

SITE = "410329"
NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
ID = b"\1" * 32


@pytest.fixture
def store(database_url):
    """An empty database of the newest revision."""
    migrate.upgrade(database_url)
    made = Store.open(database_url, site=SITE)
    yield made
    made.close()


def found(store):
    row = uploads.find(store, upload_id=ID, now=NOW)
    assert row is not None
    return row


def add(store, number, name, *, size=65_000, box=b"box"):
    return uploads.add_part(
        store, upload_id=ID, number=number, blob_name=name, stored_size=size, box=box
    )


def test_parts_come_back_in_order_and_the_newest_notes_stay(store):
    assert uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    names = [f"ab/{number:032x}" for number in range(12)]
    for number, name in enumerate(names, start=1):
        assert add(store, number, name, box=b"%d" % number)
    assert uploads.parts(store, upload_id=ID) == tuple(names)
    row = found(store)
    assert (row.box, row.parts) == (b"12", 12)


@pytest.mark.parametrize("number", [1, 3])
def test_a_part_out_of_turn_changes_nothing(store, number):
    uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    add(store, 1, "ab/1", box=b"one")
    assert not add(store, number, "ab/2", box=b"two")
    assert uploads.parts(store, upload_id=ID) == ("ab/1",)
    assert found(store).box == b"one"


def test_a_second_beginning_changes_nothing(store):
    assert uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    assert not uploads.begin(store, upload_id=ID, box=b"second", now=NOW)
    assert found(store).box == b"first"


def test_an_upload_is_found_until_the_whole_hour_after_a_day(store):
    uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    end = datetime(2026, 3, 2, 13, tzinfo=UTC)
    assert uploads.find(store, upload_id=ID, now=end - timedelta(seconds=1))
    assert uploads.find(store, upload_id=ID, now=end) is None


def test_what_is_forgotten_names_its_parts_once(store):
    uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    add(store, 1, "ab/1")
    assert uploads.forget(store, upload_id=ID) == ("ab/1",)
    assert uploads.forget(store, upload_id=ID) == ()
    assert not add(store, 2, "ab/2")


def test_the_room_for_all_is_filled_to_the_last_byte(store, monkeypatch):
    monkeypatch.setattr(uploads, "STORED_BYTES_MAX", 5_000_000_000)
    uploads.begin(store, upload_id=ID, box=b"first", now=NOW)
    assert add(store, 1, "ab/1", size=4_999_999_999)
    assert add(store, 2, "ab/2", size=1)
    with pytest.raises(UploadsFullError):
        add(store, 3, "ab/3", size=1)
    with pytest.raises(UploadsFullError):
        uploads.begin(store, upload_id=b"\2" * 32, box=b"", now=NOW)
