"""Reads what a policy file says of claiming an award: `[claim]`."""

from fractions import Fraction

from casework.domain.claim_rules import OPENINGS, WAYS, ClaimRule
from casework.domain.policy_money import read_citation
from casework.domain.rule_table import RuleTable


def read_claim(table: RuleTable | None) -> ClaimRule | None:
    """Take how awards are claimed, or nothing.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place, no way is open, all would
            be withheld, or a tax has no source.
    """
    if table is None:
        return None
    usual = ClaimRule()
    ways = table.texts("ways", WAYS)
    if not ways:
        raise table.refuse("ways", f"at least one of {', '.join(WAYS)}")
    tax_rate = _withheld(table, "tax_rate")
    exempt = not tax_rate and not table.has("tax_cite")
    rule = ClaimRule(
        opens_on=table.choice("opens_on", OPENINGS),
        ways=ways,
        name_check=table.truth("name_check", usual.name_check),
        announce=table.truth("announce", usual.announce),
        cut_rate=_withheld(table, "cut_rate"),
        tax_rate=tax_rate,
        tax_cite=usual.tax_cite if exempt else read_citation(table, "tax_cite"),
        cite=read_citation(table),
    )
    table.done()
    return rule


def _withheld(table: RuleTable, key: str) -> Fraction:
    """Take a share below 1 that is withheld; left out: nothing is."""
    if not table.has(key):
        return Fraction(0)
    rate = table.rate(key)
    if rate >= 1:
        raise table.refuse(key, "a share below 1, or left out where nothing is withheld")
    return rate
