"""Reads how awards are computed from a policy file: items, amounts, uplifts, caps, settings."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from casework.domain.accident import Grade
from casework.domain.award_rules import (
    ITEM_STEPS,
    ORDER,
    Amount,
    AwardItem,
    AwardRule,
    ByGrade,
    ByMetric,
    CapLift,
    ClassCap,
    Fixed,
    Manual,
    Percent,
    PerHead,
    PeriodCap,
    Range,
    Rounding,
    Tier,
    Uplift,
)
from casework.domain.money import FEN_MAX
from casework.domain.policy_money import read_citation
from casework.domain.reward_facts import CODE, METRICS, RELATIONS, REWARD_MATTERS
from casework.domain.rule_table import RuleTable

MODES = ("none", "code", "code_then_reveal", "agent", "supplement")
KINDS = ("percent", "fixed", "range", "per_head", "by_grade", "by_metric", "manual")


def read_award(table: RuleTable | None) -> AwardRule | None:
    """Take how awards are computed, or nothing.

    Raises:
        PolicyFileError: a key is missing, unknown or out of place; several items are combined,
            or several fines itemised, and a step comes before their own floors and caps.
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
        several_fines=table.choice("several_fines", ("sum", "itemised"), "sum"),
        joint=table.choice(
            "joint", ("first_signer", "equal", "mandate", "weighted"), "first_signer"
        ),
        items=items,
        uplifts=tuple(_uplift(entry) for entry in table.tables("uplift")),
        total_cap_fen=table.fen_or_none("total_cap_fen"),
        cite=read_citation(table),
        cap_cite=read_citation(table, "cap_cite"),
        concealed_count=table.choice("concealed_count", ("concealed", "all"), "concealed"),
        grade_from=table.choice("grade_from", ("total", "concealed"), "total"),
        grade_by=table.choice("grade_by", ("worst", "deaths"), "worst"),
        fine_changed=table.choice("fine_changed", ("recompute", "keep"), "recompute"),
        combine=table.choice("combine", ("first", "max", "sum"), "first"),
        uplift_stack=table.choice("uplift_stack", ("highest", "sum"), "highest"),
        order=_order(table),
        duplicate=table.choice(
            "duplicate", ("first_accepted", "first_effective"), "first_accepted"
        ),
        helpers=table.choice("helpers", ("none", "discretionary"), "none"),
        class_caps=tuple(_class_cap(entry) for entry in table.tables("class_cap")),
        cap_lifts=tuple(_cap_lift(entry) for entry in table.tables("cap_lift")),
        period_caps=tuple(_period_cap(entry) for entry in table.tables("period_cap")),
        rounding=_rounding(table.table_or_none("rounding")),
    )
    _check(table, rule)
    table.done()
    return rule


def _check(table: RuleTable, rule: AwardRule) -> None:
    """Refuse settings that do not go together."""
    several = rule.combine != "first" or rule.several_fines == "itemised"
    if several and frozenset(rule.order[:2]) != frozenset(ITEM_STEPS):
        raise table.refuse("order", "item_floor and item_cap first, where sums are added up")
    if rule.cap_lifts and rule.total_cap_fen is None:
        raise table.refuse("cap_lift", "a total_cap_fen that it lifts")
    for lift in rule.cap_lifts:
        if lift.cap_fen is not None and lift.cap_fen <= (rule.total_cap_fen or 0):
            raise table.refuse("cap_lift", "a cap_fen above total_cap_fen, or none")


def _order(table: RuleTable) -> tuple[str, ...]:
    if not table.has("order"):
        return ORDER
    order = table.texts("order", ORDER)
    if len(order) != len(ORDER):
        raise table.refuse("order", f"each of {', '.join(ORDER)} once")
    return order


def _item(entry: RuleTable) -> AwardItem:
    item = AwardItem(
        id=entry.text("id"),
        classes=_classes(entry),
        situations=_codes(entry, "situations"),
        penalty=entry.choice("penalty", ("any", "some", "none"), "any"),
        clue_grades=entry.wholes("clue_grades", 1, 3),
        amount=_amount(entry.table("amount")),
        cite=read_citation(entry),
        flags=_codes(entry, "flags"),
    )
    entry.done()
    return item


def _classes(entry: RuleTable) -> tuple[str, ...]:
    classes = entry.texts("classes", REWARD_MATTERS)
    if not classes:
        raise entry.refuse("classes", f"at least one of {', '.join(REWARD_MATTERS)}")
    return classes


def _codes(entry: RuleTable, key: str) -> tuple[str, ...]:
    """Take codes that facts can carry; a code that none can have would never match."""
    codes = entry.texts(key)
    if not all(CODE.match(code) for code in codes):
        raise entry.refuse(key, "a list of codes in lower case")
    return codes


def _amount(table: RuleTable) -> Amount:
    kind = table.choice("kind", KINDS)
    amount = _AMOUNTS[kind](table)
    table.done()
    return amount


def _percent(table: RuleTable) -> Percent:
    rate, low, high = table.rate("rate"), table.fen_or_none("min_fen"), None
    if table.has("max_fen"):
        high = table.whole("max_fen", low or 1, FEN_MAX)
    return Percent(rate, low, high, table.fen_or_none("threshold_fen"))


def _range(table: RuleTable) -> Range:
    # "Up to 500" is a range from nothing on.
    low = table.whole("low_fen", 0, FEN_MAX)
    return Range(low, table.whole("high_fen", max(low, 1), FEN_MAX))


def _per_head(table: RuleTable) -> PerHead:
    by_grade = table.table("by_grade")
    amount = PerHead(MappingProxyType({grade: by_grade.fen(grade) for grade in Grade}))
    by_grade.done()
    return amount


def _by_grade(table: RuleTable) -> ByGrade:
    grades, ranges = table.table("by_grade"), {}
    for grade in Grade:
        entry = grades.table(grade)
        ranges[grade] = _range(entry)
        entry.done()
    grades.done()
    return ByGrade(MappingProxyType(ranges))


def _by_metric(table: RuleTable) -> ByMetric:
    metric, tiers, least = table.choice("metric", METRICS), list[Tier](), 0
    for entry in table.tables("tier"):
        at_least = entry.whole("at_least", least, FEN_MAX)
        tiers.append(Tier(at_least, _range(entry)))
        entry.done()
        least = at_least + 1
    if not tiers:
        raise table.refuse("tier", "at least one tier, rising")
    return ByMetric(metric, tuple(tiers))


def _fixed(table: RuleTable) -> Fixed:
    return Fixed(table.fen("amount_fen"))


def _manual(_table: RuleTable) -> Manual:
    return Manual()


_AMOUNTS: Mapping[str, Callable[[RuleTable], Amount]] = {
    "percent": _percent,
    "fixed": _fixed,
    "range": _range,
    "per_head": _per_head,
    "by_grade": _by_grade,
    "by_metric": _by_metric,
    "manual": _manual,
}


def _uplift(entry: RuleTable) -> Uplift:
    who, flags = entry.texts("who", RELATIONS), _codes(entry, "flags")
    if not who and not flags:
        raise entry.refuse("who", f"at least one of {', '.join(RELATIONS)}, or flags")
    least = entry.whole("min_add_fen", 0, FEN_MAX, 0)
    uplift = Uplift(
        who=who,
        classes=entry.texts("classes", REWARD_MATTERS),
        rate=entry.rate("rate"),
        min_add_fen=least,
        cite=read_citation(entry),
        max_add_fen=entry.whole("max_add_fen", max(least, 1), FEN_MAX)
        if entry.has("max_add_fen")
        else None,
        flags=flags,
        named=entry.truth("named", False),
    )
    entry.done()
    return uplift


def _class_cap(entry: RuleTable) -> ClassCap:
    cap = ClassCap(_classes(entry), entry.fen("cap_fen"), read_citation(entry))
    entry.done()
    return cap


def _cap_lift(entry: RuleTable) -> CapLift:
    lift = CapLift(
        who=entry.texts("who", RELATIONS),
        flags=_codes(entry, "flags"),
        cap_fen=entry.fen_or_none("cap_fen"),
        approval=entry.truth("approval", True),
        cite=read_citation(entry),
    )
    if not lift.who and not lift.flags:
        raise entry.refuse("flags", f"at least one flag, or who of {', '.join(RELATIONS)}")
    entry.done()
    return lift


def _period_cap(entry: RuleTable) -> PeriodCap:
    cap = PeriodCap(
        scope=entry.choice("scope", ("reporter", "reporter_and_type")),
        window=entry.choice("window", ("month", "year")),
        max_fen=entry.fen("max_fen"),
        classes=entry.texts("classes", REWARD_MATTERS),
        cite=read_citation(entry),
    )
    entry.done()
    return cap


def _rounding(table: RuleTable | None) -> Rounding:
    if table is None:
        return Rounding()
    rounding = Rounding(
        unit_fen=table.whole("unit_fen", 1, 1_000_000),
        mode=table.choice("mode", ("half_up", "down", "up")),
    )
    table.done()
    return rounding
