"""One template for each reason: with a clause, and nothing to be sent half filled in."""

import re

import pytest

from casework.domain.act_facts import SCOPE_CODES, TEXT
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
    assert TEXT.test(found.cite)
    assert found.cite in found.text
    assert not re.search(r"[{}]", found.text)
    assert left_over(found.text)


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
