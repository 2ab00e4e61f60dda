"""Made entries are found as often as they should be, and a run prints and writes its figures."""

import json
import os
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from benchmarks import search
from postgres_server import PostgresServer


@pytest.fixture
def folder(tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for entries; those of PostgreSQL go to the server of the run."""
    monkeypatch.setitem(os.environ, "TEST_DATABASE_URL", postgres.url)
    return tmp_path / "entries"


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_run_finds_prints_and_writes(backend, folder, tmp_path, capsys):
    told = tmp_path / "out.json"
    asked = ["--backend", backend, "--sizes", "300,600", "--repeat", "3", "--terms", "2,8"]
    search.main([*asked, "--folder", str(folder), "--json", str(told)])
    assert "Newest 20, 3 times each" in capsys.readouterr().out
    head, *lines = json.loads(told.read_text())["searches"]
    assert tuple(head) == search.HEAD
    found = {(one[1], one[2], one[3], one[4]): int(one[-1]) for one in lines}
    assert len(found) == len(lines) == 2 * 2 * 4 * 2
    for cases in ("300", "600"):
        for signs in ("2", "8"):
            assert found[cases, "above", "half of all", signs] == 20
            assert found[cases, "above", "8 in all", signs] == 8
            assert 0 <= found[cases, "department", "8 in all", signs] < 8


def test_lengths_are_those_of_the_terms():
    assert search._lengths("2,4,8") == [2, 4, 8]
    for wrong in ("1", "9", "2,10"):
        with pytest.raises(ArgumentTypeError):
            search._lengths(wrong)
