"""Blobs: whole or absent, private, alike in their dates, and never in the way when full.

What both stores promise is tested on both, the S3 store a real server.
"""

import os
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import s3_server
from casework.config import Secrets, SettingError, write_secret
from casework.domain.errors import StorageUnavailableError
from casework.storage.blobs import SAME_TIME_NS, BlobMissingError, Blobs, FileBlobs
from casework.storage.blobs_s3 import PIECE_BYTES

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "with space#and%20more"


@pytest.fixture
def files(folder):
    return Blobs.open(f"file://{folder}")


@pytest.fixture(scope="module")
def s3():
    with s3_server.running() as endpoint:
        yield endpoint


@pytest.fixture
def in_s3(s3, tmp_path):
    """An empty store below a prefix of its own."""
    url = s3_server.url_of(s3, f"of/{secrets.token_hex(4)}")
    return Blobs.open(url, s3_server.secrets_in(tmp_path / "secrets"))


@pytest.fixture(params=["files", "in_s3"])
def blobs(request):
    """Each of the two stores in turn."""
    return request.getfixturevalue(request.param)


def begun(blobs, s3):
    """What is begun and not finished, looked at from outside."""
    if isinstance(blobs, FileBlobs):
        return list(blobs._folder.glob("unfinished/*"))
    listed = s3_server.client_of(s3).list_multipart_uploads(Bucket=s3_server.BUCKET)
    return listed.get("Uploads", [])


def put(blobs: Blobs, data: bytes) -> str:
    name = blobs.new_name()
    with blobs.writer(name) as writer:
        for at in range(0, len(data), 65536):
            writer.write(data[at : at + 65536])
        writer.flush_durable()
    return name


@pytest.mark.parametrize(
    "size", [0, 1, 65535, 65536, 65537, PIECE_BYTES - 1, PIECE_BYTES, 12_000_000]
)
def test_a_blob_comes_back_byte_for_byte(blobs, size):
    data = os.urandom(size)

    name = put(blobs, data)

    pieces = list(blobs.read(name))
    assert b"".join(pieces) == data
    assert all(len(piece) <= 65536 for piece in pieces)
    assert blobs.size(name) == size
    assert b"".join(blobs.read(name, 7)) == data


@pytest.mark.parametrize("size", [4, PIECE_BYTES + 4])
def test_an_unfinished_blob_is_not_there(blobs, s3, size):
    name = blobs.new_name()
    with blobs.writer(name) as writer:
        writer.write(b"x" * size)
        assert list(blobs.names()) == []
        with pytest.raises(BlobMissingError):
            next(blobs.read(name))
        assert writer.size == size

    assert not begun(blobs, s3)


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


def test_files_and_folders_tell_no_time_and_open_to_nobody_else(files, folder):
    names = [put(files, b"x") for _ in range(3)]
    files.delete(names.pop())

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


def test_names_lists_what_is_finished_and_nothing_else(files, folder):
    names = {put(files, b"x") for _ in range(5)}
    (folder / "lost+found").mkdir()
    (folder / names.copy().pop()).with_name("stray").touch()

    assert set(files.names()) == names


def test_orphans_are_found_by_age_although_all_dates_are_alike(blobs):
    now = datetime.now(UTC)
    name = put(blobs, b"x")

    assert list(blobs.names_older_than(now - timedelta(minutes=1))) == []
    assert list(blobs.names_older_than(now + timedelta(minutes=1))) == [name]


def test_what_was_begun_and_left_is_swept_by_age(blobs, s3):
    now = datetime.now(UTC)
    assert blobs.sweep_unfinished(now) == 0
    left = blobs.writer(blobs.new_name())
    left.write(b"x" * PIECE_BYTES)

    if isinstance(blobs, FileBlobs):  # Moto says of every unfinished upload that it is from 2010
        assert blobs.sweep_unfinished(now - timedelta(minutes=1)) == 0
    assert blobs.sweep_unfinished(now + timedelta(minutes=1)) == 1
    assert not begun(blobs, s3)


@pytest.mark.parametrize("url", ["ftp://bucket", "file://relative", "/full/path", ""])
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


def test_an_object_in_s3_says_what_all_others_say(in_s3, s3):
    name = put(in_s3, b"x")
    client = s3_server.client_of(s3)
    [stored] = [
        one for one in client.list_objects_v2(Bucket=s3_server.BUCKET)["Contents"]
        if one["Key"].endswith(name)
    ]  # fmt: skip
    told = client.head_object(Bucket=s3_server.BUCKET, Key=stored["Key"])
    assert (told["ContentType"], told["Metadata"]) == ("application/octet-stream", {})


def test_of_a_shared_bucket_only_our_own_objects_are_named(in_s3, s3):
    name = put(in_s3, b"x")
    client = s3_server.client_of(s3)
    client.put_object(Bucket=s3_server.BUCKET, Key="elsewhere", Body=b"")
    client.put_object(Bucket=s3_server.BUCKET, Key=f"{in_s3._prefix}stray", Body=b"")
    assert list(in_s3.names()) == [name]


def test_a_store_that_is_away_is_said(tmp_path):
    url = s3_server.url_of("http://127.0.0.1:1", "x")
    away = Blobs.open(url, s3_server.secrets_in(tmp_path / "secrets"))
    with pytest.raises(StorageUnavailableError):
        away.prepare()
    writer = away.writer(away.new_name())
    with pytest.raises(StorageUnavailableError):
        writer.write(b"x" * PIECE_BYTES)
    with pytest.raises(StorageUnavailableError):
        list(away.read(away.new_name()))


def test_a_bucket_that_is_not_there_is_said(s3, tmp_path):
    url = s3_server.url_of(s3, "").replace(s3_server.BUCKET, "another-bucket")
    with pytest.raises(StorageUnavailableError):
        Blobs.open(url, s3_server.secrets_in(tmp_path / "secrets")).prepare()


@pytest.mark.parametrize("body", [None, b"one-line\n", b"a\nb\nc\n"])
def test_credentials_come_from_a_secret_file_and_nowhere_else(body, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from-the-environment")
    folder = tmp_path / "secrets"
    if body is not None:
        write_secret(folder, "blob-credentials", body)
    with pytest.raises(SettingError, match="blob-credentials"):
        Blobs.open("s3://sealed-files/x?endpoint=https://s3.example", Secrets(folder))
