"""The English catalogues say what the Chinese pages say, and the sites read what people edit."""

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from chinese import CHINESE
from scripts import words

PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #0-9.]*[a-z]|%%|\{\w*\}")
# Sentence: what stays Chinese in its English, because it is to be typed so.
STAYS_CHINESE = {
    "不重复的代码，用“；”隔开": "；",
    # The heads of columns in a bank's own file.
    "没有找到列名。文件前 20 行里要有一行写明“参考号”“金额”和“结果”"
    "（对账单没有“结果”），金额以元为单位。": "“参考号” (reference), “金额” (amount) and “结果”",
}

site = pytest.mark.parametrize("site", words.SITES)


def entries(site):
    """Each sentence of the catalogue with its English."""
    return words.known(words.catalogue_path(site))


@site
def test_every_sentence_has_its_english(site):
    english = entries(site)
    missing = sorted(sentence for sentence in words.sentences(site) if not english.get(sentence))
    assert missing == [], "add them: make words, then fill in the .po"


@site
def test_no_sentence_is_kept_that_no_page_says(site):
    assert sorted(set(entries(site)) - set(words.sentences(site))) == [], "make words"


def test_a_sentence_inside_an_f_string_is_found(tmp_path):
    module = BytesIO('x = f"{a}{_(\'举报\')}" + _("一" "二") + _(name)'.encode())
    assert [found[2] for found in words.in_python(module, None, None, None)] == ["一二", "举报"]


@site
def test_the_same_places_are_filled_in(site):
    found = {
        chinese: english
        for chinese, english in entries(site).items()
        if english and sorted(PLACEHOLDER.findall(chinese)) != sorted(PLACEHOLDER.findall(english))
    }
    assert found == {}


@site
def test_no_chinese_is_left_in_the_english(site):
    found = {
        chinese: english
        for chinese, english in entries(site).items()
        if CHINESE.search(english.replace(STAYS_CHINESE.get(chinese, "\0"), ""))
    }
    assert found == {}


@site
def test_nothing_is_guessed(site):
    text = words.catalogue_path(site).read_bytes()
    assert [one.id for one in read_po(BytesIO(text)) if one.fuzzy] == []
    assert b"\n#~ " not in text, "entries of sentences that are gone"


@site
def test_the_site_reads_what_people_edit(site):
    path = words.catalogue_path(site)
    assert path.with_suffix(".mo").read_bytes() == words.compiled(path.read_bytes()), (
        "compile it: make words"
    )


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("%(n)d 件", "%(m)d reports"),
        ("%(n)d 件", "%(n)s reports"),
        ("占 %(share).1f%%", "%(share).1f"),
        ("最多延长 {most}", "by most"),
    ],
)
def test_a_place_that_differs_is_seen(chinese, english):
    assert sorted(PLACEHOLDER.findall(chinese)) != sorted(PLACEHOLDER.findall(english))
