"""Names of enterprises meet by a mark that says nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.blind_index import mark_of, plain_name

KEY, OTHER_KEY, SITE = bytes(range(32)), bytes(32), "410329"
PLACES = ("伊川县", "彭婆镇")


@pytest.mark.parametrize(
    "spelling",
    [
        "伊川宏达化工有限公司",
        "河南省伊川县宏达化工有限公司",
        "河南省洛阳市伊川县彭婆镇宏达化工有限公司",
        " 伊川县 宏达化工 （有限公司）",
        "伊川宏达化工有限责任公司",
        "宏达化工股份有限公司",
        "宏达化工",
    ],
)
def test_the_spellings_of_one_name_are_one_name(spelling):
    assert plain_name(spelling, PLACES) == "宏达化工"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宏达化工有限公司", "宏远化工有限公司"),
        ("宏达化工一厂", "宏达化工二厂"),
        ("ＡＢＣ物流", "ABD物流"),
    ],
)
def test_different_names_stay_different(one, other):
    assert mark_of(one, key=KEY, site=SITE) != mark_of(other, key=KEY, site=SITE)


def test_width_case_and_signs_do_not_count():
    assert plain_name("ＡＢＣ・物流（１号）") == plain_name("abc物流1号") == "abc物流1号"


@pytest.mark.parametrize("name", ["", "  ", "——", "（）", "。"])
def test_what_is_no_name_has_no_mark(name):
    assert mark_of(name, key=KEY, site=SITE) == b""


@pytest.mark.parametrize(
    ("name", "plain"), [("伊川县", "伊川县"), ("有限公司", "有限"), ("公司", "公司")]
)
def test_a_name_never_shrinks_below_two_characters(name, plain):
    assert plain_name(name, PLACES) == plain


def test_key_and_site_are_in_the_mark():
    mark = mark_of("宏达化工", key=KEY, site=SITE)
    assert len(mark) == 16
    assert mark == mark_of("宏达化工", key=KEY, site=SITE)
    assert mark != mark_of("宏达化工", key=OTHER_KEY, site=SITE)
    assert mark != mark_of("宏达化工", key=KEY, site="410328")


@given(st.text())
def test_any_text_has_a_plain_name_that_is_plain_already(name):
    plain = plain_name(name, ())
    assert " " not in plain
    assert mark_of(name, key=KEY, site=SITE) == mark_of(f" {name}。", key=KEY, site=SITE)
