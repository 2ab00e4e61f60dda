"""A routing file that lost or garbled a line means the same, or is refused with file and line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain.errors import RoutingFileError
from casework.domain.routing import Routing, load_routing

FILE = Path(__file__).parents[3] / "casework" / "routing" / "410329.toml"
LINES = FILE.read_text(encoding="utf-8").splitlines(keepends=True)
WHOLE = load_routing("".join(LINES).encode(), file=FILE.name)


def meaning(routing: Routing) -> Routing:
    return replace(routing, sha256="")


def read(body: bytes) -> Routing | RoutingFileError:
    """Read a file; anything but a table or a refusal is a fault and fails the test."""
    try:
        return load_routing(body, file=FILE.name)
    except RoutingFileError as refusal:
        return refusal


def names_file_and_line(refusal: RoutingFileError, lines: int) -> bool:
    line = refusal.line or 0
    return refusal.file == FILE.name and 1 <= line <= lines + 1 and bool(refusal.expected)


def is_same_or_refused(lines: list[str]) -> bool:
    """Tell whether the file still means the same; if not, it must be refused."""
    found = read("".join(lines).encode())
    if isinstance(found, RoutingFileError):
        assert names_file_and_line(found, len(lines)), found
        return False
    assert meaning(found) == meaning(WHOLE)
    return True


def dropped(line: str) -> str:
    return ""


def doubled(line: str) -> str:
    return line + line


def cut(line: str) -> str:
    return line[: len(line) // 2] + "\n"


def without_value(line: str) -> str:
    return line.partition("=")[0] + "\n" if "=" in line else line


def junk(line: str) -> str:
    return "%% ﷽ \x00\n"


@pytest.mark.parametrize("garble", [dropped, doubled, cut, without_value, junk])
def test_any_line_garbled_changes_nothing_or_is_refused(garble: Callable[[str], str]):
    same = 0
    for place, line in enumerate(LINES):
        same += is_same_or_refused([*LINES[:place], garble(line), *LINES[place + 1 :]])
    assert same < len(LINES) / 2, "most lines mean something"


@given(st.lists(st.integers(0, len(LINES) - 1), min_size=2, max_size=6, unique=True))
@settings(max_examples=60, deadline=None)
def test_several_lost_lines_never_end_in_a_fault(places: list[int]):
    left = [line for place, line in enumerate(LINES) if place not in places]
    found = read("".join(left).encode())
    assert isinstance(found, Routing) or names_file_and_line(found, len(left))


@given(st.binary(max_size=40), st.integers(0, 20_000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_put_in_are_refused_or_read(inserted: bytes, place: int):
    body = "".join(LINES).encode()
    found = read(body[:place] + inserted + body[place:])
    lines = len(LINES) + inserted.count(b"\n")
    assert isinstance(found, Routing) or names_file_and_line(found, lines)


def test_the_line_of_a_department_that_is_wrong_is_its_own():
    text = "".join(LINES)
    wrong = text.replace(
        'kind = "department"\nsupervisor = "410329-awb"',
        'kind = "department"\nsupervisor = "410329-yjj"',
        1,
    )
    assert wrong != text
    with pytest.raises(RoutingFileError) as refusal:
        load_routing(wrong.encode(), file=FILE.name)
    line = refusal.value.line
    assert line is not None
    assert wrong.splitlines()[line - 1] == 'supervisor = "410329-yjj"'
