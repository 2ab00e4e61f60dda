"""The base of an award: what the rule gives for one item, before floors, caps and uplifts."""

from dataclasses import dataclass
from fractions import Fraction

from casework.domain.accident import Accident, Grade
from casework.domain.award_rules import (
    AwardItem,
    AwardRule,
    ByGrade,
    ByMetric,
    Fixed,
    Percent,
    PerHead,
    Range,
)
from casework.domain.money import plain
from casework.domain.reward_facts import RewardFacts
from casework.domain.reward_working import Step, Working


@dataclass(frozen=True, slots=True)
class Missing:
    """Why an item gives no sum.

    Attributes:
        reason: "manual": the rule has no figure; "below_threshold", "metric_missing".
    """

    reason: str
    step: Step

    @property
    def manual(self) -> bool:
        """Whether a named approver is to give the sum."""
        return self.reason == "manual"


def begin(working: Working, rule: AwardRule, item: AwardItem, facts: RewardFacts) -> Missing | None:
    """Put the item's own sum down; return why where there is none."""
    match item.amount:
        case Percent():
            return _percent(working, rule, item, item.amount, facts)
        case Fixed():
            fixed = item.amount.amount_fen
            working.begin("fixed", item, [Fraction(fixed)], plain(fixed))
        case Range():
            _range(working, "range", item, item.amount, "")
        case PerHead():
            _per_head(working, rule, item, item.amount, facts.accident or Accident())
        case ByGrade():
            grade = _grade(rule, facts.accident or Accident())
            _range(working, "by_grade", item, item.amount.by_grade[grade], f"{grade.zh}事故，")
        case ByMetric():
            return _by_metric(working, item, item.amount, facts)
        case _:
            return _missing("manual", item, "规则没有给出数额，由审批人说明理由后确定")
    return None


def percentage(rate: Fraction) -> str:
    """Return "15 %": exact, since rates are decimal shares."""
    hundredth = rate * 100
    if hundredth.denominator == 1:
        return f"{hundredth.numerator} %"
    return f"{float(hundredth):g} %"


def _percent(
    working: Working, rule: AwardRule, item: AwardItem, amount: Percent, facts: RewardFacts
) -> Missing | None:
    fines = facts.penalties_fen
    if amount.threshold_fen is not None and sum(fines) < amount.threshold_fen:
        listed = _added(fines)
        note = f"罚款 {listed}，未达到 {plain(amount.threshold_fen)}"
        return _missing("below_threshold", item, note)
    groups = [(fine,) for fine in fines] if rule.several_fines == "itemised" and fines else [fines]
    for group in groups:
        share = Fraction(sum(group)) * amount.rate
        note = f"{_added(group)} × {percentage(amount.rate)}"
        working.begin("percent_of_penalty", item, [share], note)
    return None


def _added(fines: tuple[int, ...]) -> str:
    listed = " + ".join(plain(fine) for fine in fines) or "0"
    return f"({listed})" if len(fines) > 1 else listed


def _grade(rule: AwardRule, accident: Accident) -> Grade:
    """Return the grade of the accident as the rule counts it."""
    deaths = accident.concealed_deaths if rule.grade_from == "concealed" else accident.deaths
    if rule.grade_by == "deaths":
        return Accident(deaths=deaths).grade
    return Accident(deaths, accident.serious_injuries, accident.direct_loss_fen).grade


def _per_head(
    working: Working, rule: AwardRule, item: AwardItem, amount: PerHead, accident: Accident
) -> None:
    every = rule.concealed_count == "all"
    count = accident.deaths if every else accident.concealed_deaths
    grade = _grade(rule, accident)
    each = amount.by_grade[grade]
    note = f"{count} × {plain(each)}（{grade.zh}事故）"
    working.begin("per_head", item, [Fraction(count * each)], note)


def _by_metric(
    working: Working, item: AwardItem, amount: ByMetric, facts: RewardFacts
) -> Missing | None:
    value = facts.metrics.get(amount.metric)
    if value is None:
        return _missing("metric_missing", item, f"缺少 {amount.metric}")
    tier = next((one for one in reversed(amount.tiers) if value >= one.at_least), None)
    told = quantity(amount.metric, value)
    if tier is None:
        least = quantity(amount.metric, amount.tiers[0].at_least)
        return _missing("below_threshold", item, f"{told}，未达到 {least}")
    at_least = quantity(amount.metric, tier.at_least)
    _range(working, "by_metric", item, tier.amount, f"{told}（{at_least}以上），")
    return None


def quantity(metric: str, value: int) -> str:
    """Return a measured quantity as people write it."""
    match metric:
        case "goods_value_fen":
            return f"货值 {plain(value)} 元"
        case "weight_g":
            return f"{value / 1000:,.10g} 千克"
        case _:
            return f"{value:,} 个"


def _range(working: Working, step: str, item: AwardItem, amount: Range, before: str) -> None:
    if amount.low_fen == amount.high_fen:
        only = amount.low_fen
        working.begin(step, item, [Fraction(only)], before + plain(only))
        return
    ends = [Fraction(amount.low_fen), Fraction(amount.high_fen)]
    words = f"{before}{plain(amount.low_fen)} 至 {plain(amount.high_fen)}，由承办人选定"
    working.begin(step, item, ends, words)


def _missing(reason: str, item: AwardItem, note: str) -> Missing:
    return Missing(reason, Step(reason, 0, item.cite.shown, note))
