"""The command lines of the benchmarks."""

import subprocess
import sys

import pytest

from benchmarks import submit
from benchmarks.instructions import instructions_of
from source import ROOT


def test_without_a_name_the_benchmarks_are_listed():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert "python -m benchmarks.submit" in listed


@pytest.mark.parametrize("clients", ["0", "8,-1", "8,", "many"])
def test_clients_are_whole_numbers_above_nothing(clients, capsys):
    with pytest.raises(SystemExit) as refused:
        submit.main(["--clients", clients])
    assert refused.value.code == 2
    assert "--clients" in capsys.readouterr().err


def test_the_total_of_cachegrind_is_read_with_its_commas():
    assert instructions_of("==1== \n==1== I   refs:      1,234,567\n") == 1_234_567


def test_a_run_that_cachegrind_did_not_count_is_an_error():
    with pytest.raises(ValueError, match="counted nothing"):
        instructions_of("valgrind: cannot start")
