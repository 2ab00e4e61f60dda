"""One template for each reason: with a clause, and nothing to be sent half filled in."""

import re

import pytest

from casework.domain.act_facts import SCOPE_CODES
from casework.domain.fact_forms import TEXT
from casework.domain.refusal_templates import TEMPLATES, left_over, template_of
from casework.domain.urgency import scope_of
from casework.domain.verification import REFUSAL_REASONS


def test_every_reason_has_one_template():
    assert [one.reason for one in TEMPLATES] == [one.code for one in REFUSAL_REASONS]


@pytest.mark.parametrize("reason", [one.code for one in REFUSAL_REASONS])
def test_a_template_names_its_clause_and_what_is_to_be_filled_in(reason: str):
    found = template_of(reason)
    assert found is not None
    assert found.mark in ("S", "M", "D")
    assert found.mark == "M" or "待核" not in found.cite
    assert TEXT.test(found.cite)
    assert found.cite in found.text
    assert not re.search(r"[{}]", found.text)
    assert left_over(found.text)


# Clauses as read in public copies: what each says of a report that is turned away.
@pytest.mark.parametrize(
    ("reason", "clause"),
    [
        ("already_accepted", "《信访工作条例》（2022）第十九条第三款"),
        ("no_clear_facts", "《信访工作条例》（2022）第十九条第一款、第二款"),
        ("accident_closed", "（国务院令第493号）第三十一条、第三十二条、第三十四条"),
        ("not_work_safety", "《安全生产法》第七十三条、第七十四条"),
        ("not_this_department", "《安全生产法》第七十三条第一款"),
        ("not_this_department", "（2022）第二十三条第一款"),
    ],
)
def test_a_clause_that_was_read_is_named_with_its_number(reason: str, clause: str):
    found = template_of(reason)
    assert found is not None
    assert found.mark == "S"
    assert clause in found.cite


@pytest.mark.parametrize("scope", SCOPE_CODES)
def test_what_belongs_elsewhere_comes_filled_in(scope: str):
    found, elsewhere = template_of("not_work_safety", scope=scope), scope_of(scope)
    assert found is not None
    assert elsewhere is not None
    assert left_over(found.text) == ()
    assert elsewhere.phone in found.text
    assert elsewhere.cite in found.cite
    assert TEXT.test(found.cite)


def test_the_channel_stands_in_no_other_template():
    assert template_of("repeated", scope="labour") == template_of("repeated")


def test_no_template_of_an_unknown_reason():
    assert template_of("no_time") is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("都写好了。", ()),
        ("请向【哪个部门】反映【什么】。", ("【哪个部门】", "【什么】")),
        ("请向【】反映。", ("【】",)),
        ("删了一半】的。", ("】",)),
        ("（电话 12333）[1]", ()),
    ],
)
def test_what_is_left_over(text: str, left: tuple[str, ...]):
    assert left_over(text) == left
