"""How awards are claimed: read from a policy file, inherited as a whole, refused whole."""

from fractions import Fraction

import pytest

from casework.domain.claim_rules import ClaimRule
from casework.domain.errors import PolicyFileError
from casework.domain.policy_file import parse_policies
from policy_text import policy_file

CITE = 'cite = { doc = "x", clause = "第一条", mark = "S" }'
TAXED = 'tax_rate = 0.2\ntax_cite = { doc = "y", clause = "第二条", mark = "S" }'
LEAST = f'[claim]\nopens_on = "penalty"\nways = ["counter"]\n{CITE}\n'


def claim(text: str) -> ClaimRule:
    """Return the rule of a file with this section."""
    return parse_policies(policy_file(rest=text))["test-1"].claim


def test_without_a_section_a_finding_opens_the_claim_and_nothing_is_withheld():
    rule = claim("")
    assert rule == ClaimRule()
    assert (rule.opens_on, rule.ways) == ("finding", ("account", "counter"))
    assert (rule.name_check, rule.announce) == (False, True)
    assert rule.cut_rate == rule.tax_rate == 0
    assert rule.tax_cite.doc == "财税字〔1994〕20号"
    assert rule.cite.mark == "D"


def test_a_section_says_what_it_says_and_the_rest_is_usual():
    rule = claim(LEAST)
    assert (rule.opens_on, rule.ways) == ("penalty", ("counter",))
    assert (rule.name_check, rule.announce) == (False, True)
    assert rule.cut_rate == rule.tax_rate == 0
    assert rule.tax_cite == ClaimRule().tax_cite
    assert rule.cite.shown == "x 第一条"


def test_all_that_a_section_can_say():
    rule = claim(
        '[claim]\nopens_on = "first_check"\nways = ["agent", "voucher", "counter", "account"]\n'
        f"name_check = true\nannounce = false\ncut_rate = 0.05\n{TAXED}\n{CITE}\n"
    )
    assert rule.opens_on == "first_check"
    assert rule.ways == ("agent", "voucher", "counter", "account")
    assert (rule.name_check, rule.announce) == (True, False)
    assert (rule.cut_rate, rule.tax_rate) == (Fraction(1, 20), Fraction(1, 5))
    assert rule.tax_cite.shown == "y 第二条"


def test_it_is_inherited_as_a_whole():
    files = policy_file(rest=LEAST) | policy_file("test-2", more='inherits = "test-1"')
    found = parse_policies(files)
    assert found["test-2"].own_claim is None
    assert found["test-2"].claim is found["test-1"].claim


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (LEAST.replace('"penalty"', '"payment"'), "claim.opens_on"),
        (LEAST.replace('opens_on = "penalty"\n', ""), "claim.opens_on"),
        (LEAST.replace('["counter"]', "[]"), "claim.ways"),
        (LEAST.replace('["counter"]', '["counter", "counter"]'), "claim.ways"),
        (LEAST.replace('["counter"]', '["post"]'), "claim.ways"),
        (LEAST.replace(CITE, ""), "claim.cite"),
        (LEAST + "cut_rate = 1\n", "claim.cut_rate"),
        (LEAST + "cut_rate = 0\n", "claim.cut_rate"),
        (LEAST + "tax_rate = 1.0\n", "claim.tax_rate"),
        (LEAST + "tax_rate = 0.2\n", "claim.tax_cite"),
        (LEAST + "announce = 1\n", "claim.announce"),
        (LEAST + "post = true\n", "claim.post"),
    ],
)
def test_a_bad_section_is_refused_by_its_key(text: str, key: str):
    with pytest.raises(PolicyFileError) as refusal:
        claim(text)
    assert refusal.value.key == key
    assert refusal.value.line is not None
