"""What is looked at on site: every matter has a list, each question its clause, a bad file none."""

import pytest

from casework.domain.case import Matter
from casework.domain.checklists import FILE, MARKS, checklist_of, parse_checklists
from casework.domain.errors import ChecklistFileError

TEXT = FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("matter", Matter)
def test_every_matter_has_questions_with_a_clause_and_how_well_it_is_known(matter: Matter):
    found = checklist_of(matter)
    assert len(found.questions) >= 3
    assert all(one.text and one.cite and one.mark in MARKS for one in found.questions)
    assert found.questions[0].id == "two_officers"


def test_the_digest_is_of_the_words():
    other = parse_checklists(TEXT.replace("凭", "依").replace("来意", "目的"), "other")
    digests = {one: checklist_of(one).sha256 for one in Matter}
    assert len(set(digests.values())) == len(Matter)
    assert all(other[one].sha256 != digest for one, digest in digests.items())
    again = parse_checklists(TEXT, "again")
    assert {one: again[one].sha256 for one in Matter} == digests


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('mark = "M"', 'mark = "X"', "item 1: mark"),
        ('id = "right_place"', "", "item 2"),
        ('text = "两名', 'text = " "\n# ', "item 1: text"),
        ('matters = ["major_hazard"]', 'matters = ["another"]', "item 7: matters"),
        ('id = "right_place"', 'id = "two_officers"', "general_hazard"),
        ("[[item]]", "[[item", "toml"),
    ],
)
def test_a_bad_file_is_refused_whole_and_says_where(old: str, new: str, where: str):
    assert old in TEXT
    with pytest.raises(ChecklistFileError) as refusal:
        parse_checklists(TEXT.replace(old, new, 1), "visit.toml")
    assert (refusal.value.file, refusal.value.key) == ("visit.toml", where)


def test_a_matter_without_a_question_is_refused():
    with pytest.raises(ChecklistFileError, match="general_hazard"):
        parse_checklists("", "visit.toml")
