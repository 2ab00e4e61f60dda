"""One meaning a word: the synonyms that GLOSSARY.md forbids appear nowhere."""

import re

import pytest

from source import files, relative

# Forbidden word: the word to use.
SYNONYMS = {
    "tip": "report",
    "ticket": "report",
    "complainant": "reporter",
    "payout": "disbursement",
    "case_key": "content key, thread key or item key",
    "decrypt_identity": "disclose",
}
SOURCES = ["crypto", "casework", "cleaning", "portal", "admin", "migrations", "benchmarks"]
SUFFIXES = (".py", ".html", ".toml", ".md", ".mako")


def words_of(text: str) -> str:
    """Return the text in snake_case, so that CaseKey reads as case_key."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()


def holds(synonym: str, text: str) -> bool:
    """Say whether the text has the word by itself or as a part of a name."""
    return re.search(rf"(?<![a-z]){synonym}s?(?![a-z])", words_of(text)) is not None


@pytest.mark.parametrize("synonym", SYNONYMS)
def test_no_source_uses(synonym):
    guilty = [
        f"{relative(path)}:{number} says {synonym}, not {SYNONYMS[synonym]}"
        for path in files(*SOURCES, suffixes=SUFFIXES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if holds(synonym, line)
    ]
    assert guilty == []


def test_a_word_is_found_in_every_spelling_and_not_inside_others():
    assert holds("tip", "the tip of")
    assert holds("tip", "new_tips = []")
    assert holds("case_key", "class CaseKey:")
    assert not holds("tip", "multiple tooltips")
