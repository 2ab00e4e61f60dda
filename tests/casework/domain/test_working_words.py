"""The words between the figures of a working, in English."""

import pytest

from casework.domain.working_words import in_english
from chinese import CHINESE, in_python
from source import ROOT

WORKING = ("reward.py", "reward_base.py", "reward_working.py")


@pytest.mark.parametrize(
    ("note", "english"),
    [
        ("400,000 × 15 %", "400,000 × 15 %"),
        ("取最高：60,000、45,000 至 50,000", "the highest of 60,000, 45,000 to 50,000"),
        ("罚款 8,000，未达到 10,000", "fine 8,000, below 10,000"),
        ("3 × 10,000（重大事故）", "3 × 10,000 (major accident)"),
        ("特别重大事故，1 至 2，由承办人选定",
         "extraordinary accident, 1 to 2, chosen by the officer"),
        ("货值 30,000 元（货值 10,000 元以上），500",
         "goods worth 30,000 yuan (goods worth 10,000 yuan and above), 500"),
        ("取整到 100 元", "rounded to 100 yuan"),
    ],
)  # fmt: skip
def test_a_step_is_read_in_english(note, english):
    assert in_english(note) == english


def test_every_word_that_a_working_uses_has_its_english():
    words = {
        word for name in WORKING for _line, word in in_python(ROOT / "casework" / "domain" / name)
    }
    assert len(words) > 15
    # "事故" stands behind the name of a grade, which comes from elsewhere.
    left = {word: in_english(word.replace("事故", "")) for word in words}
    assert {word: text for word, text in left.items() if CHINESE.search(text)} == {}
