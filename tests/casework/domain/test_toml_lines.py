"""Where keys stand in a TOML text: held against the standard parser on random texts."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.toml_lines import key_lines, line_of

TEXT = """\
# a comment with [a.header] and key = 1
title = "one"   # and more

[policy]
id = 'x'  # id = 2
"quoted key" = 1
'a.b' . c = 2
long = '''
[policy.none]
no = 1
'''
also = \"\"\"
a \\\"\"\" b = 3
\"\"\"
many = [
  "[x]",  # ]
  { first = "}", last = [1, 2] },

  3,
]
day = 2026-01-01 10:00:00

[[deadline]]
key = "a"
cite = { doc = "x = 1", mark = "S" }
[deadline.extend]
unit = "day"
[[deadline]]
key = "b"
[deadline.extend]
unit = "hour"
[[deadline.step]]
n = 1
[[deadline.step]]
n = 2
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("title", 2),
        ("policy", 4),
        ("policy.id", 5),
        ("policy.quoted key", 6),
        ("policy.a.b.c", 7),
        ("policy.long", 8),
        ("policy.also", 12),
        ("policy.many", 15),
        ("policy.many[1]", 16),
        ("policy.many[2]", 17),
        ("policy.many[2].last", 17),
        ("policy.many[3]", 19),
        ("policy.day", 21),
        ("deadline", 23),
        ("deadline[1]", 23),
        ("deadline[1].key", 24),
        ("deadline[1].cite.mark", 25),
        ("deadline[1].extend", 26),
        ("deadline[1].extend.unit", 27),
        ("deadline[2]", 28),
        ("deadline[2].extend.unit", 31),
        ("deadline[2].step[1].n", 33),
        ("deadline[2].step[2].n", 35),
    ],
)
def test_each_key_has_the_line_on_which_it_stands(place: str, line: int):
    tomllib.loads(TEXT)
    assert key_lines(TEXT)[place] == line


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("deadline[2].cite.mark", 28),  # the table that lacks it
        ("deadline[1].cite.doc", 25),
        ("deadline[1].cite.clause", 25),
        ("deadline[3]", 23),
        ("award.item[1]", 1),  # nothing near: the beginning
    ],
)
def test_what_is_not_there_has_the_line_of_the_table_that_lacks_it(place: str, line: int):
    assert line_of(key_lines(TEXT), place) == line


def test_an_empty_text_has_no_lines():
    assert key_lines("") == {}
    assert line_of({}, "policy.id") is None


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
STRINGS = st.sampled_from(
    ['"a # b"', "'c = [d]'", '"e \\" f"', '"""g\n[h]\ni = 1"""', "'''j\n]'''", '""', "1", "-2.5",
     "true", "2026-01-01", "08:30:00"]
)  # fmt: skip
GAPS = st.sampled_from(["", "\n", "\n  # [c] k = 1\n", "  "])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    """Return the text of a value: plain, a list over lines, or a table on one line."""
    kind = draw(st.sampled_from(["plain", "list", "table"] if depth else ["plain"]))
    if kind == "list":
        items = draw(st.lists(values(depth=depth - 1), max_size=3))
        return "[" + "".join(f"{draw(GAPS)}{item}{draw(GAPS)}," for item in items) + "]"
    if kind == "table":
        names = draw(st.lists(NAMES, unique=True, max_size=3))
        pairs = [f"{name} = {draw(values(depth=depth - 1))}" for name in names]
        return "{ " + ", ".join(pairs) + " }"
    return draw(STRINGS)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a TOML text of keys, tables and lists of tables."""
    lines = []
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        lines.append(f"{name} = {draw(values())}{draw(GAPS)}")
    for number, several in enumerate(draw(st.lists(st.booleans(), max_size=4))):
        for _ in range(draw(st.integers(1, 3)) if several else 1):
            lines.append(f"[[T{number}]]  # one" if several else f"[T{number}]")
            for name in draw(st.lists(NAMES, unique=True, max_size=3)):
                lines.append(f"{name} = {draw(values())}")
            if draw(st.booleans()):
                lines.append(f"[T{number}.SUB]\nlast = {draw(values())}")
    return "\n".join(lines)


def places(data: object, within: str = "") -> Iterator[str]:
    """Yield the place of everything in a parsed text."""
    if isinstance(data, dict):
        for name, value in data.items():
            place = f"{within}.{name}" if within else name
            yield place
            yield from places(value, place)
    if isinstance(data, list):
        for number, value in enumerate(data, 1):
            yield f"{within}[{number}]"
            yield from places(value, f"{within}[{number}]")


@given(texts())
def test_every_key_that_the_parser_finds_has_a_line_that_names_it(text: str):
    data, found, lines = tomllib.loads(text), key_lines(text), text.splitlines()
    assert set(found) == set(places(data))
    for place, line in found.items():
        name = place.split(".")[-1].partition("[")[0]
        if not place.endswith("]"):
            assert name in lines[line - 1]
