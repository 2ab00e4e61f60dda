"""Sealed rows come back byte for byte, from the half that may read them."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.storage.messages import Messages
from casework.storage.sealed_vault import SealedVault
from casework.storage.statements import count_statements
from crypto.events import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject

BYTES = bytes(range(256))
OBJECTS = (
    SealedObject("o1", "s1", "narrative", 1, BYTES),
    SealedObject("o2", "s1", "manifest", 1, b"{}"),
    SealedObject("o3", "", "message", 1, b"m"),
)
WRAPS = (
    KeyWrap("w1", "s1", "content", "office:a", b"k" * 32, "ab" * 32, BYTES),
    KeyWrap("w2", "s1", "thread", "office:b", b"k" * 32, "ab" * 32, b"2"),
    KeyWrap("w3", "s1", "thread", "reporter", b"k" * 32, "ab" * 32, b"3"),
)
ITEMS = (IdentityItem("i1", "who", 1, BYTES), IdentityItem("i2", "payee", 1, b"p1"))
PIECES = tuple(IdentityPiece(f"p{n}", "i1", n, "cd" * 32, BYTES) for n in (1, 2, 3))
FILES = (SealedFile("f1", "s1", "ab/cd/" + "0" * 32, 5_000_000_000, b"d" * 32),)


@pytest.fixture
def report_id(store, stored_case):
    """A report with one row or more of every kind."""
    report_id = stored_case(store).report_id

    def put(uow):
        uow.sealed.add_objects(report_id, OBJECTS)
        uow.sealed.add_wraps(report_id, WRAPS)
        uow.sealed.add_items(report_id, ITEMS)
        uow.sealed.add_pieces(report_id, PIECES)
        uow.sealed.add_files(report_id, FILES)

    store.write(put)
    return report_id


def test_every_kind_of_row_comes_back_as_it_was(store, report_id):
    def look(uow):
        vault = SealedVault(uow)
        return (
            vault.objects(report_id),
            vault.wraps(report_id),
            vault.items(report_id),
            vault.pieces(report_id),
            vault.files(report_id),
        )

    assert store.read(look) == (OBJECTS, WRAPS, ITEMS, PIECES, FILES)


def test_single_rows_are_found_by_id_within_their_report(store, report_id):
    def look(uow):
        vault = SealedVault(uow)
        return (
            vault.one_object(report_id, "o1"),
            vault.item(report_id, "i1", 1),
            vault.pieces_of(report_id, "i1"),
            vault.file(report_id, "f1"),
            vault.office_wraps(report_id, "b"),
        )

    assert store.read(look) == (OBJECTS[0], ITEMS[0], PIECES, FILES[0], WRAPS[1:2])


def test_a_row_of_another_report_is_not_found_within_this_one(store, report_id, stored_case):
    other = stored_case(store).report_id

    def look(uow):
        vault = SealedVault(uow)
        return vault.one_object(other, "o1"), vault.file(other, "f1")

    assert store.read(look) == (None, None)


def test_what_is_not_there_is_none(store, report_id):
    def look(uow):
        vault, own = SealedVault(uow), report_id
        found = vault.one_object(own, "x"), vault.item(own, "x", 1), vault.file(own, "x")
        return (*found, vault.pieces_of(own, "x"))

    assert store.read(look) == (None, None, None, ())


def test_the_reporter_gets_messages_and_the_reporters_wraps_alone(store, report_id):
    found = store.read(
        lambda uow: (Messages(uow).objects(report_id), Messages(uow).wraps(report_id))
    )

    assert found == (OBJECTS[1:], WRAPS[2:])


def test_a_later_version_stands_beside_the_earlier_one(store, report_id):
    newer = IdentityItem("i2", "payee", 2, b"p2")
    store.write(lambda uow: uow.sealed.add_items(report_id, [newer]))

    items = store.read(lambda uow: SealedVault(uow).items(report_id))

    assert items == (*ITEMS, newer)
    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.sealed.add_items(report_id, [newer]))


def test_an_erased_item_takes_its_pieces_along_and_nothing_else(store, report_id):
    store.write(lambda uow: SealedVault(uow).erase_item(report_id, ITEMS[0], PIECES))

    def look(uow):
        vault = SealedVault(uow)
        return vault.items(report_id), vault.pieces(report_id), vault.objects(report_id)

    assert store.read(look) == (ITEMS[1:], (), OBJECTS)


def test_rows_of_no_report_are_refused(store):
    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.sealed.add_objects("none", OBJECTS))


def test_no_rows_are_no_statement(store):
    counted = count_statements(store)
    store.write(lambda uow: uow.sealed.add_files("none", []))
    assert counted.total == 0


def test_blobs_that_some_report_names_are_known(store, report_id):
    names = [FILES[0].blob_name, "ab/cd/" + "1" * 32]

    known = store.read(lambda uow: SealedVault(uow).known_blobs(names))

    assert known == {FILES[0].blob_name}
    assert store.read(lambda uow: SealedVault(uow).known_blobs([])) == frozenset()


def test_what_the_public_site_loads_cannot_read_sealed_rows():
    script = (
        "import sys; import casework.storage.unit_of_work, casework.storage.messages,"
        " casework.storage.blobs, casework.storage.limits_storage;"
        " sys.exit('casework.storage.sealed_vault' in sys.modules)"
    )
    root = Path(__file__).parents[3]

    assert subprocess.run([sys.executable, "-c", script], cwd=root).returncode == 0
