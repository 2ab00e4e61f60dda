"""Uploads measured and traced: a file that should not be there is named."""

from pathlib import Path

import pytest

from benchmarks import upload
from benchmarks.traced import Traced, holding, judged
from benchmarks.upload import Line, Result

HOME = Path("/srv/tonggui")
SEALED = f'17 openat(AT_FDCWD, "{HOME}/blobs/unfinished/{"0f" * 16}", O_WRONLY|O_CREAT, 0600) = 9'


@pytest.mark.parametrize(
    "line",
    [
        '17 openat(AT_FDCWD, "/tmp/tmpa1b2", O_RDWR|O_CREAT|O_EXCL, 0600) = 9',
        '17 openat(AT_FDCWD, "/tmp", O_RDWR|O_TMPFILE, 0600) = 9',
        f'17 openat(AT_FDCWD, "{HOME}/spool", O_WRONLY|O_CREAT, 0600) = 9',
        '17 creat("/var/tmp/x", 0600) = 9',
    ],
)
def test_a_file_that_is_not_the_stores_own_is_wrong(line):
    found = judged([SEALED, line], HOME)
    assert (found.opened, found.sealed, len(found.wrong)) == (2, 1, 1)


@pytest.mark.parametrize(
    "line",
    [
        SEALED,
        f'17 openat(AT_FDCWD, "{HOME}/tonggui.sqlite-wal", O_RDWR|O_CREAT, 0600) = 9',
        '17 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 9',
        '17 openat(AT_FDCWD, "/tmp/x", O_RDWR|O_CREAT, 0600) = -1 EACCES (Permission denied)',
        '17 openat(AT_FDCWD, "/dev/null", O_RDWR) = 9',
    ],
)
def test_what_is_read_refused_or_the_stores_own_is_not(line):
    assert judged([line], HOME).wrong == []


def test_what_was_sent_is_found_wherever_it_lies(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"..planted..")
    (tmp_path / "other").write_bytes(b"sealed")
    assert holding(tmp_path, b"planted") == [str(tmp_path / "deep" / "file")]


def test_each_gate_has_an_edge():
    mib = 1024 * 1024
    small, large = Line(1, 99.0, 1.0, 1.0, 100 * mib), Line(500, 1.5, 1.0, 1.0, 116 * mib)
    assert Result([small, large]).missed() == []
    assert len(Result([small, Line(500, 1.51, 1.0, 1.0, 116 * mib)]).missed()) == 1
    assert len(Result([small, Line(500, 1.5, 1.0, 1.0, 116 * mib + 1)]).missed()) == 1
    assert len(Result([small, large], Traced(wrong=["/tmp/x"])).missed()) == 1


def test_a_real_run_is_flat_in_memory_and_writes_nothing_in_the_clear():
    found = upload.run([1, 60], 1, trace=True)
    assert found.growth <= upload.MEMORY_BYTES_MAX
    assert found.traced is not None
    assert not found.traced.missing, "install strace: make test does it"
    assert found.traced.wrong == []
    assert found.traced.sealed == 1 + 5  # a whole file, and one in five parts
