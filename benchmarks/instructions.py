"""Instructions of a submission, by cachegrind: figures that a busy machine does not change.

Each application is driven inside one process, twice, and the difference divided by
the difference in submissions, so that starting up does not count. The kernel's work
is not in it, nor the receipt derivation: the instance's codes are cheap.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bare.app import ADDRESS
from benchmarks.databases import BACKENDS, databases
from benchmarks.instance import CHEAP, make_instance
from benchmarks.report import number, plain_table
from benchmarks.servers import ROOT

FEW: Final = 10
_TOTAL = re.compile(r"I\s+refs:\s+([0-9,]+)")


def instructions_of(output: str) -> int:
    """Return the total that cachegrind prints.

    Raises:
        ValueError: it prints none.
    """
    found = _TOTAL.search(output)
    if found is None:
        raise ValueError(f"cachegrind counted nothing: {output[-300:]}")
    return int(found[1].replace(",", ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Count and print; 1 when valgrind is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--backend", choices=BACKENDS, default="sqlite")
    parser.add_argument("--submissions", type=int, default=40, help="more are steadier")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("This counts with valgrind: apt-get install valgrind", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="tonggui-instructions-") as folder,
        databases(Path(folder), options.backend) as where,
    ):
        site = make_instance(Path(folder) / "ours", where.ours, costs=CHEAP)
        bare = {ADDRESS: where.bare}
        each = {
            name: _each(name, environ, options.submissions)
            for name, environ in (("site", site), ("form", site), ("bare", bare))
        }
    _show(each)
    return 0


def _each(name: str, environ: Mapping[str, str], submissions: int) -> float:
    few, many = (_count(name, environ, times) for times in (FEW, FEW + submissions))
    return (many - few) / submissions


def _count(name: str, environ: Mapping[str, str], times: int) -> int:
    print(f"{name}, {times} times", file=sys.stderr, flush=True)
    cachegrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
    program = [sys.executable, "-m", "benchmarks.driven", name, str(times)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*cachegrind, f"--cachegrind-out-file={folder}/out", *program],
            cwd=ROOT,
            env={**os.environ, **environ, "PYTHONHASHSEED": "0"},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return instructions_of(done.stdout)


def _show(each: Mapping[str, float]) -> None:
    bare = each["bare"]
    rows = [
        (name, number(value / 1e6, 2), number(value / bare, 2))
        for name, value in (
            ("GET and POST", each["site"]),
            ("GET", each["form"]),
            ("POST", each["site"] - each["form"]),
            ("bare POST", bare),
        )
    ]
    print(plain_table("Instructions of one submission", ("", "million", "times bare"), rows))


if __name__ == "__main__":
    sys.exit(main())
