"""What a process holds in memory goes neither into its log nor into a core dump nor to swap."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casework.private_process import swap_in_the_clear
from people import ROOT

PLANTED = "样本秘密-7Q2X"


def ran(script: str) -> str:
    """Run a script that logs as our processes do; return all it wrote."""
    begin = (
        "import logging, threading, sys, warnings\n"
        "from casework.private_process import log_without_words, place_of\n"
        "log_without_words(logging.INFO)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin + script], cwd=ROOT, capture_output=True, text=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (f"raise ValueError('{PLANTED}')", "ValueError at <string>:4"),
        (f"{{}}['{PLANTED}']", "KeyError"),
        (
            f"t = threading.Thread(target=lambda: int('{PLANTED}')); t.start(); t.join()",
            "a thread ended: ValueError",
        ),
        (
            f"class A:\n  def __del__(self): raise ValueError('{PLANTED}')\nA()",
            "ignored: ValueError",
        ),
        (
            f"try: int('{PLANTED}')\nexcept ValueError:"
            f" logging.getLogger('sqlalchemy').exception('{PLANTED}')",
            "ERROR sqlalchemy ValueError at <string>:5",
        ),
        (f"logging.getLogger('boto').warning('took %s', '{PLANTED}')", "WARNING boto at"),
        (f"logging.getLogger('tonggui.x').warning('%d', '{PLANTED}')", ""),
        (f"warnings.warn('{PLANTED}')", "py.warnings"),
        (
            f"try: int('{PLANTED}')\nexcept ValueError as e:"
            " logging.getLogger('tonggui.x').error('failed: %s', place_of(e))",
            "ERROR tonggui.x failed: ValueError at <string>:4 <module>",
        ),
        (
            f"try:\n  try: int('{PLANTED}')\n  except ValueError as e:"
            f" raise RuntimeError('{PLANTED}') from e\n"
            "except RuntimeError: logging.getLogger('tonggui.x').exception('failed')",
            "ERROR tonggui.x failed",
        ),
    ],
)
def test_a_failure_is_told_by_kind_and_place_alone(script, told):
    output = ran(script)

    assert told in output
    assert PLANTED not in output


def test_our_own_lines_stay_one_line_each():
    output = ran("logging.getLogger('tonggui.x').info('%s', 'one\\ntwo')")

    assert output == "INFO tonggui.x one two\n"


DIE = """
import ctypes, os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
sys.path.insert(0, sys.argv[1])
from casework.private_process import keep_memory_private
if sys.argv[2] == "private":
    keep_memory_private()
print(resource.getrlimit(resource.RLIMIT_CORE)[0] != 0, ctypes.CDLL(None).prctl(3), flush=True)
os.abort()
"""


def died(how: str, folder: Path) -> tuple[str, bool]:
    """Let a process die of an abort; return what it said of itself, and whether it dumped core."""
    process = subprocess.Popen(
        [sys.executable, "-c", DIE, str(ROOT), how], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read().strip()
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WTERMSIG(status) == signal.SIGABRT
    return said, os.WCOREDUMP(status)


def test_a_process_that_dies_leaves_no_core_dump(tmp_path):
    """Neither by its limit nor, where dumps are piped to a program, by its second flag."""
    assert died("private", tmp_path) == ("False 0", False)
    assert list(tmp_path.iterdir()) == []


def test_without_that_it_would_have_left_one_where_the_machine_allows_it(tmp_path):
    said, dumped = died("as it is", tmp_path)

    assert said.endswith("1")
    assert dumped == said.startswith("True")


SWAPS = "Filename\tType\tSize\tUsed\tPriority\n"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("", ()),
        ("/dev/sda2 partition 100 0 -2\n", ("/dev/sda2",)),
        ("/swapfile file 100 0 -2\n", ("/swapfile",)),
        ("/dev/zram0 partition 100 0 100\n", ()),
        ("/dev/dm-0 partition 100 0 -2\n", ()),
        ("/dev/dm-1 partition 100 0 -2\n/dev/dm-0 partition 1 0 -3\n", ("/dev/dm-1",)),
    ],
)
def test_swap_is_told_unless_it_is_memory_or_encrypted(tmp_path, lines, found):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/swaps").write_text(SWAPS + lines)
    for device, uuid in (("dm-0", "CRYPT-PLAIN-swap"), ("dm-1", "LVM-abc")):
        (tmp_path / f"sys/block/{device}/dm").mkdir(parents=True)
        (tmp_path / f"sys/block/{device}/dm/uuid").write_text(uuid)

    assert swap_in_the_clear(tmp_path) == found


def test_a_machine_without_a_list_of_swap_has_none(tmp_path):
    assert swap_in_the_clear(tmp_path) == ()
