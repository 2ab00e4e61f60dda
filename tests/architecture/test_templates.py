"""Templates use what they import and hold nothing that the content policy stops."""

import re
from collections.abc import Iterator

import pytest

from source import files, relative

IMPORTED = re.compile(r"\{%-?\s*from\s+[\"'][^\"']+[\"']\s+import\s+(.+?)\s*-?%\}", re.DOTALL)
IMPORTED_FILE = re.compile(r"\{%-?\s*import\s+[\"'][^\"']+[\"']\s+as\s+(\w+)")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
FORBIDDEN = {
    "a script inside the page": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a style sheet inside the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a script in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "an address on another host": re.compile(
        r"\s(?:src|srcset|href|action|formaction|poster|data)\s*=\s*[\"']?\s*(?:https?:)?//",
        re.IGNORECASE,
    ),
}


def templates() -> list[tuple[str, str]]:
    """Return each template's name and text, without its comments."""
    found = files("portal/templates", "admin/templates", suffixes=(".html", ".txt", ".svg"))
    assert found, "no templates"
    return [(relative(path), COMMENT.sub("", path.read_text(encoding="utf-8"))) for path in found]


def imported_names(text: str) -> Iterator[str]:
    """Yield the names under which a template knows what it imports."""
    for clause in IMPORTED.findall(text):
        listed = re.sub(r"\s+with(out)?\s+context$", "", clause)
        for name in listed.split(","):
            yield name.split(" as ")[-1].strip()
    yield from IMPORTED_FILE.findall(text)


def test_every_imported_macro_is_used():
    unused = [
        f"{name} imports {macro}"
        for name, text in templates()
        for macro in imported_names(text)
        if not re.search(rf"\b{macro}\b\s*[.(]", text)
    ]
    assert unused == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    assert [name for name, text in templates() if FORBIDDEN[what].search(text)] == []


@pytest.mark.parametrize(
    ("what", "sample"),
    [
        ("a script inside the page", "<script>go()</script>"),
        ("a style sheet inside the page", "<style>p {}</style>"),
        ("a style attribute", '<p class="x" style="color: red">'),
        ("a script in an attribute", '<button onclick="go()">'),
        ("a javascript: address", '<a href="javascript:go()">'),
        ("an address on another host", '<img src="https://example.org/x.png">'),
        ("an address on another host", '<script src="//example.org/x.js"></script>'),
    ],
)
def test_the_patterns_find_what_they_name(what, sample):
    assert FORBIDDEN[what].search(sample)
