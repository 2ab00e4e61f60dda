"""Blobs: whole or absent, private, alike in their dates, and never in the way when full."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.domain.errors import StorageUnavailableError
from casework.storage.blobs import SAME_TIME_NS, BlobMissingError, Blobs

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "with space#and%20more"


@pytest.fixture
def blobs(folder):
    return Blobs.open(f"file://{folder}")


def put(blobs: Blobs, data: bytes) -> str:
    name = blobs.new_name()
    with blobs.writer(name) as writer:
        writer.write(data)
        writer.flush_durable()
    return name


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_000])
def test_a_blob_comes_back_byte_for_byte(blobs, size):
    data = os.urandom(size)

    name = put(blobs, data)

    pieces = list(blobs.read(name))
    assert b"".join(pieces) == data
    assert all(len(piece) <= 65536 for piece in pieces)
    assert blobs.size(name) == size
    assert b"".join(blobs.read(name, 7)) == data


def test_an_unfinished_blob_is_not_there(blobs, folder):
    name = blobs.new_name()
    with blobs.writer(name) as writer:
        writer.write(b"half")
        assert list(blobs.names()) == []
        with pytest.raises(BlobMissingError):
            next(blobs.read(name))
        assert writer.size == 4

    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_discarding_twice_or_after_the_end_harms_nothing(blobs):
    name = blobs.new_name()
    writer = blobs.writer(name)
    writer.write(b"whole")
    writer.flush_durable()

    writer.discard()
    writer.discard()

    assert list(blobs.names()) == [name]


def test_a_name_is_used_once(blobs):
    name = put(blobs, b"first")

    writer = blobs.writer(name)
    writer.write(b"second")
    with pytest.raises(StorageUnavailableError):
        writer.flush_durable()

    assert b"".join(blobs.read(name)) == b"first"


def test_files_and_folders_tell_no_time_and_open_to_nobody_else(blobs, folder):
    names = [put(blobs, b"x") for _ in range(3)]
    blobs.delete(names.pop())

    for path in folder.rglob("*"):
        if path.name == "unfinished":
            continue
        found = path.stat()
        assert found.st_mtime_ns == SAME_TIME_NS, path
        assert found.st_mode & 0o077 == 0, path


def test_missing_blobs_are_named(blobs):
    name = blobs.new_name()

    with pytest.raises(BlobMissingError):
        list(blobs.read(name))
    with pytest.raises(BlobMissingError):
        blobs.size(name)
    blobs.delete(name)
    assert list(blobs.names()) == []


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "ab/x", f"ab/{'A' * 32}", f"ab/{'0' * 32}\n"]
)
def test_a_name_of_another_form_is_refused(blobs, name):
    for use in (blobs.read, blobs.size, blobs.writer, blobs.delete):
        with pytest.raises(ValueError, match="no name"):
            next(use(name))


def test_names_lists_what_is_finished_and_nothing_else(blobs, folder):
    names = {put(blobs, b"x") for _ in range(5)}
    (folder / "lost+found").mkdir()
    (folder / names.copy().pop()).with_name("stray").touch()

    assert set(blobs.names()) == names


def test_orphans_are_found_by_age_although_all_dates_are_alike(blobs):
    now = datetime.now(UTC)
    name = put(blobs, b"x")

    assert list(blobs.names_older_than(now - timedelta(minutes=1))) == []
    assert list(blobs.names_older_than(now + timedelta(minutes=1))) == [name]


def test_what_was_begun_and_left_is_swept_by_age(blobs):
    now = datetime.now(UTC)
    assert blobs.sweep_unfinished(now) == 0
    left = blobs.writer(blobs.new_name())
    left.write(b"x")

    assert blobs.sweep_unfinished(now - timedelta(minutes=1)) == 0
    assert blobs.sweep_unfinished(now + timedelta(minutes=1)) == 1
    left.discard()


@pytest.mark.parametrize("url", ["s3://bucket", "file://relative", "/full/path", ""])
def test_other_places_are_refused(url):
    with pytest.raises(ValueError, match="full/path"):
        Blobs.open(url)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    script = """
import os, resource, sys
from casework.domain.errors import StorageUnavailableError
from casework.storage.blobs import Blobs
blobs = Blobs.open("file://" + sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
writer = blobs.writer(blobs.new_name())
try:
    for _ in range(10):
        writer.write(b"x" * 65536)
except StorageUnavailableError as refused:
    print(refused.details["reason"])
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=ROOT
    )

    assert ran.stdout.startswith("errno"), ran.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StorageUnavailableError):
        Blobs.open(f"file://{tmp_path}/file/blobs").writer(Blobs.new_name())
