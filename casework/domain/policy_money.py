"""Reads the parts of a policy file that are about money: awards, approval, the fund."""

from types import MappingProxyType

from casework.domain.accident import Grade
from casework.domain.award_rules import (
    Amount,
    AwardItem,
    AwardRule,
    ByGrade,
    Fixed,
    Manual,
    Percent,
    PerHead,
    Range,
    Uplift,
)
from casework.domain.citation import MARKS, Citation
from casework.domain.money import FEN_MAX
from casework.domain.policy_rules import ApprovalTier, Budget
from casework.domain.reward_facts import RELATIONS, REWARD_MATTERS
from casework.domain.roles import Role
from casework.domain.rule_table import RuleTable

MODES = ("none", "code", "code_then_reveal", "agent", "supplement")


def read_citation(table: RuleTable, key: str = "cite") -> Citation:
    """Take the source of a figure.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    cite = table.table(key)
    citation = Citation(
        doc=cite.text("doc"),
        clause=cite.text("clause"),
        mark=cite.choice("mark", MARKS),
        note=cite.text("note", ""),
    )
    cite.done()
    return citation


def read_award(table: RuleTable | None) -> AwardRule | None:
    """Take how awards are computed, or nothing.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    if table is None:
        return None
    items = tuple(_item(entry) for entry in table.tables("item"))
    if len({item.id for item in items}) != len(items) or not items:
        raise table.refuse("item", "at least one item, each id once")
    rule = AwardRule(
        principle=table.choice("principle", ("receiver", "penaliser", "finder")),
        anonymous_mode=table.choice("anonymous_mode", MODES),
        ineligible=table.texts("ineligible", RELATIONS),
        known=table.truth("known", False),
        no_deaths=table.choice("no_deaths", ("violation", "refuse")),
        several_fines=table.choice("several_fines", ("sum",), "sum"),
        joint=table.choice("joint", ("first_signer", "equal"), "first_signer"),
        items=items,
        uplifts=tuple(_uplift(entry) for entry in table.tables("uplift")),
        total_cap_fen=table.fen_or_none("total_cap_fen"),
        cite=read_citation(table),
        cap_cite=read_citation(table, "cap_cite"),
    )
    table.done()
    return rule


def _item(entry: RuleTable) -> AwardItem:
    classes = entry.texts("classes", REWARD_MATTERS)
    if not classes:
        raise entry.refuse("classes", f"at least one of {', '.join(REWARD_MATTERS)}")
    item = AwardItem(
        id=entry.text("id"),
        classes=classes,
        situations=entry.texts("situations"),
        penalty=entry.choice("penalty", ("any", "some", "none"), "any"),
        clue_grades=entry.wholes("clue_grades", 1, 3),
        amount=_amount(entry.table("amount")),
        cite=read_citation(entry),
    )
    entry.done()
    return item


def _amount(table: RuleTable) -> Amount:
    amount: Amount
    kind = table.choice("kind", ("percent", "fixed", "range", "per_head", "by_grade", "manual"))
    if kind == "percent":
        rate, low, high = table.rate("rate"), table.fen_or_none("min_fen"), None
        if table.has("max_fen"):
            high = table.whole("max_fen", low or 1, FEN_MAX)
        amount = Percent(rate, low, high)
    elif kind == "fixed":
        amount = Fixed(table.fen("amount_fen"))
    elif kind == "range":
        amount = _range(table)
    elif kind == "per_head":
        by_grade = table.table("by_grade")
        amount = PerHead(MappingProxyType({grade: by_grade.fen(grade) for grade in Grade}))
        by_grade.done()
    elif kind == "by_grade":
        amount = _by_grade(table.table("by_grade"))
    else:
        amount = Manual()
    table.done()
    return amount


def _range(table: RuleTable) -> Range:
    low = table.fen("low_fen")
    return Range(low, table.whole("high_fen", low, FEN_MAX))


def _by_grade(table: RuleTable) -> ByGrade:
    ranges = {}
    for grade in Grade:
        entry = table.table(grade)
        ranges[grade] = _range(entry)
        entry.done()
    table.done()
    return ByGrade(MappingProxyType(ranges))


def _uplift(entry: RuleTable) -> Uplift:
    who = entry.texts("who", RELATIONS)
    if not who:
        raise entry.refuse("who", f"at least one of {', '.join(RELATIONS)}")
    uplift = Uplift(
        who=who,
        classes=entry.texts("classes", REWARD_MATTERS),
        rate=entry.rate("rate"),
        min_add_fen=entry.whole("min_add_fen", 0, FEN_MAX, 0),
        cite=read_citation(entry),
    )
    entry.done()
    return uplift


def read_tier(entry: RuleTable) -> ApprovalTier:
    """Take one tier of approval.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    tier = ApprovalTier(
        entry.whole("over_fen", 0, FEN_MAX), entry.texts("needs", tuple(Role)), read_citation(entry)
    )
    entry.done()
    return tier


def read_budget(table: RuleTable | None) -> Budget | None:
    """Take the fund, or nothing.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place.
    """
    if table is None:
        return None
    budget = Budget(
        source=table.text("source"),
        yearly_fen=table.fen("yearly_fen"),
        on_exhausted=table.choice("on_exhausted", ("queue", "block", "overdraw")),
        warn_at_percent=table.wholes("warn_at_percent", 1, 100),
        cite=read_citation(table),
    )
    table.done()
    return budget
