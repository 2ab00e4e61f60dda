"""Every claim of THREATS.md names tests, and they are there."""

import re

from source import ROOT

TEXT = (ROOT / "THREATS.md").read_text(encoding="utf-8")
NAMED = re.findall(r"[a-z_/]+/test_[a-z0-9_]+\.py", TEXT.replace("tests/architecture/", ""))
PROPERTIES = {f"P{number}" for number in range(1, 11)}


def test_every_named_test_is_there():
    assert len(NAMED) > 40
    assert [name for name in NAMED if not (ROOT / "tests" / name).is_file()] == []


def test_every_property_has_its_section_and_a_test():
    told: set[str] = set()
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        properties = set(re.findall(r"P[0-9]+", title))
        assert not properties or re.search(r"test_[a-z0-9_]+\.py", section), title
        told |= properties
    assert told == PROPERTIES


def test_what_is_promised_in_chinese_is_promised_in_english():
    """Each claim that a test shows has both languages in it."""
    claims = [one for one in re.split(r"^- ", TEXT, flags=re.MULTILINE)[1:] if "test_" in one]
    assert len(claims) > 20
    for claim in claims:
        assert re.search(r"[\u4e00-\u9fff]", claim), claim
        assert re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", claim), claim
