"""What a report is worth under a policy, with its working: every step fits a pocket calculator.

Order: eligibility, the first item that matches, its floor and cap, uplift,
total cap, shares. Fractions of a fen are kept until the end, then rounded
half up. The same function answers the command line, the console and the
public page.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from casework.domain.accident import Accident
from casework.domain.award_rules import (
    AwardItem,
    AwardRule,
    ByGrade,
    Fixed,
    Percent,
    PerHead,
    Range,
    Uplift,
)
from casework.domain.money import plain, round_half_up
from casework.domain.policy_rules import Policy
from casework.domain.reward_facts import REWARD_MATTERS, RewardFacts, parse_facts

__all__ = ["REWARD_MATTERS", "Quote", "Step", "parse_facts", "quote"]

CONCEALED = "concealed_accident"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the amount after it, in fen, and how it came about."""

    step: str
    amount_fen: int
    clause: str
    note: str

    def as_json(self) -> dict[str, object]:
        """Return the step as the answer of issue 6 has it."""
        return {
            "step": self.step,
            "amount_fen": self.amount_fen,
            "clause": self.clause,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer of `reward quote`.

    Attributes:
        outcome: "amount"; "range": an officer chooses within range_fen; "manual": the rule
            has no figure, a named approver gives one with a reason; "none": see reason.
        amount_fen: 0 for "none", None for "range" and "manual".
        shares_fen: what each signer gets, first signer first; they sum to amount_fen.
        needs: roles that must agree beside the approver, and proofs that are missing.
    """

    policy: str
    policy_sha256: str
    outcome: str
    amount_fen: int | None
    range_fen: tuple[int, int] | None = None
    shares_fen: tuple[int, ...] = ()
    reason: str | None = None
    needs: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the answer of `tonggui reward quote --json` (issue 6)."""
        return {
            "policy": self.policy,
            "policy_sha256": self.policy_sha256,
            "outcome": self.outcome,
            "amount_fen": self.amount_fen,
            "range_fen": list(self.range_fen) if self.range_fen else None,
            "shares_fen": list(self.shares_fen),
            "reason": self.reason,
            "needs": list(self.needs),
            "trace": [step.as_json() for step in self.trace],
        }

    @property
    def sha256(self) -> str:
        """Digest of the whole answer: what an approval is bound to beside the amount."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def reserve_fen(self) -> int:
        """What to set aside: the amount, or the upper end of a range; 0 if there is neither."""
        return self.range_fen[1] if self.range_fen else self.amount_fen or 0


class _Working:
    """Amounts on their way (one, or the two ends of a range), with the steps so far."""

    def __init__(self) -> None:
        self.ends: tuple[Fraction, ...] = ()
        self.steps: list[Step] = []

    def note(self, step: str, ends: Sequence[Fraction], clause: str, note: str) -> None:
        self.ends = tuple(ends)
        self.steps.append(Step(step, round_half_up(self.ends[-1]), clause, note))

    def at_least(self, step: str, floor: int | None, clause: str) -> None:
        if floor is not None and self.ends[0] < floor:
            raised = [max(end, Fraction(floor)) for end in self.ends]
            self.note(step, raised, clause, f"不低于 {plain(floor)}")

    def at_most(self, step: str, cap: int | None, clause: str) -> None:
        if cap is not None and self.ends[-1] > cap:
            cut = [min(end, Fraction(cap)) for end in self.ends]
            self.note(step, cut, clause, f"不超过 {plain(cap)}")


def quote(policy: Policy, facts: Mapping[str, object] | RewardFacts) -> Quote:
    """Return what a report with these facts is worth under *policy*. Pure: same in, same out.

    Args:
        policy: the rule set; its award rule may be inherited.
        facts: the object of issue 6, or facts already checked.

    Raises:
        FactsError: a key is unknown or a value impossible; the key is named.

    Source: the clause of each step of the working.
    """
    known = facts if isinstance(facts, RewardFacts) else parse_facts(facts)
    rule = policy.award
    if rule is None:
        return _none(policy, "no_award_rule")
    barred = _barred(rule, known)
    if barred:
        return _none(policy, barred, Step(barred, 0, rule.cite.shown, "不符合奖励条件"))
    matter = _matter(rule, known)
    if matter is None:
        return _none(policy, "no_deaths")
    item = next((item for item in rule.items if _matches(item, matter, known)), None)
    if item is None:
        return _none(policy, "class_not_rewarded", Step("no_item", 0, rule.cite.shown, matter))
    working = _Working()
    if not _base(working, item, known):
        return _manual(policy, item)
    for uplift in rule.uplifts:
        _uplift(working, uplift, matter, known)
    working.at_most("total_cap", rule.total_cap_fen, rule.cap_cite.shown)
    return _answer(policy, rule, known, working)


def _barred(rule: AwardRule, facts: RewardFacts) -> str:
    """Return the code of the first reason that excludes a reward, or ""."""
    if not facts.reporter.named and rule.anonymous_mode == "none":
        return "anonymous"
    if facts.reporter.relation in rule.ineligible:
        return facts.reporter.relation
    if facts.already_known == "known" and not rule.known:
        return "already_known"
    return ""


def _matter(rule: AwardRule, facts: RewardFacts) -> str | None:
    """Return the class to reward: a concealed accident without deaths may count as another."""
    if facts.matter != CONCEALED or (facts.accident and facts.accident.concealed_deaths):
        return facts.matter
    return "violation" if rule.no_deaths == "violation" else None


def _matches(item: AwardItem, matter: str, facts: RewardFacts) -> bool:
    fined = any(facts.penalties_fen)
    return (
        matter in item.classes
        and (not item.situations or facts.situation in item.situations)
        and (item.penalty == "any" or (item.penalty == "some") == fined)
        and (not item.clue_grades or facts.clue_grade in item.clue_grades)
    )


def _base(working: _Working, item: AwardItem, facts: RewardFacts) -> bool:
    """Put the item's own amount down; False where the rule has no figure."""
    amount, clause = item.amount, item.cite.shown
    if isinstance(amount, Percent):
        _percent(working, amount, facts.penalties_fen, clause)
    elif isinstance(amount, Fixed):
        working.note("fixed", [Fraction(amount.amount_fen)], clause, plain(amount.amount_fen))
    elif isinstance(amount, Range):
        _range(working, "range", amount, clause, "")
    elif isinstance(amount, PerHead):
        _per_head(working, amount, facts.accident or Accident(), clause)
    elif isinstance(amount, ByGrade):
        grade = (facts.accident or Accident()).grade
        _range(working, "by_grade", amount.by_grade[grade], clause, f"{grade.zh}事故，")
    else:
        return False
    return True


def _percent(working: _Working, amount: Percent, fines: tuple[int, ...], clause: str) -> None:
    listed = " + ".join(plain(fine) for fine in fines) or "0"
    total = f"({listed})" if len(fines) > 1 else listed
    share = Fraction(sum(fines)) * amount.rate
    working.note("percent_of_penalty", [share], clause, f"{total} × {_percentage(amount.rate)}")
    working.at_least("item_floor", amount.min_fen, clause)
    working.at_most("item_cap", amount.max_fen, clause)


def _per_head(working: _Working, amount: PerHead, accident: Accident, clause: str) -> None:
    count, each = accident.concealed_deaths, amount.by_grade[accident.grade]
    note = f"{count} × {plain(each)}（{accident.grade.zh}事故）"
    working.note("per_head", [Fraction(count * each)], clause, note)


def _range(working: _Working, step: str, amount: Range, clause: str, before: str) -> None:
    if amount.low_fen == amount.high_fen:
        working.note(step, [Fraction(amount.low_fen)], clause, before + plain(amount.low_fen))
        return
    ends = [Fraction(amount.low_fen), Fraction(amount.high_fen)]
    words = f"{before}{plain(amount.low_fen)} 至 {plain(amount.high_fen)}，由承办人选定"
    working.note(step, ends, clause, words)


def _uplift(working: _Working, uplift: Uplift, matter: str, facts: RewardFacts) -> None:
    """Add an insider's share, unless the relation was looked into and not proved."""
    if facts.reporter.relation not in uplift.who or facts.reporter.relation_proved is False:
        return
    if uplift.classes and matter not in uplift.classes:
        return
    added = [max(end * uplift.rate, Fraction(uplift.min_add_fen)) for end in working.ends]
    raised = [end + more for end, more in zip(working.ends, added, strict=True)]
    before = plain(round_half_up(working.ends[-1]))
    if added[-1] > working.ends[-1] * uplift.rate:
        note = f"{before} + {plain(uplift.min_add_fen)}（最低上浮）"
    else:
        note = f"{before} × {_percentage(1 + uplift.rate)}"
    working.note("uplift", raised, uplift.cite.shown, note)


def _answer(policy: Policy, rule: AwardRule, facts: RewardFacts, working: _Working) -> Quote:
    ends = tuple(round_half_up(end) for end in working.ends)
    needs = _needs(policy, rule, facts, ends[-1])
    steps = tuple(working.steps)
    if len(ends) == 2 and ends[0] != ends[1]:
        low, high = ends
        return Quote(policy.id, policy.pin, "range", None, (low, high), needs=needs, trace=steps)
    amount = ends[-1]
    shares = shares_of(amount, facts.signers, equal=rule.joint == "equal")
    return Quote(policy.id, policy.pin, "amount", amount, None, shares, needs=needs, trace=steps)


def shares_of(amount_fen: int, signers: int, *, equal: bool) -> tuple[int, ...]:
    """Return each signer's share: all to the first, or equal with the remainder to the first."""
    if not equal:
        return (amount_fen, *([0] * (signers - 1)))
    each, rest = divmod(amount_fen, signers)
    return (each + rest, *([each] * (signers - 1)))


def _needs(policy: Policy, rule: AwardRule, facts: RewardFacts, amount_fen: int) -> tuple[str, ...]:
    needs: list[str] = []
    for tier in policy.approval:
        if amount_fen > tier.over_fen:
            needs += tier.needs
    relations = {relation for uplift in rule.uplifts for relation in uplift.who}
    if facts.reporter.relation in relations and facts.reporter.relation_proved is None:
        needs.append("relation_proof")
    return tuple(dict.fromkeys(needs))


def _none(policy: Policy, reason: str, *steps: Step) -> Quote:
    return Quote(policy.id, policy.pin, "none", 0, reason=reason, trace=steps)


def _manual(policy: Policy, item: AwardItem) -> Quote:
    step = Step("manual", 0, item.cite.shown, "规则没有给出数额，由审批人说明理由后确定")
    needs = ("approver", "reason")
    return Quote(policy.id, policy.pin, "manual", None, needs=needs, trace=(step,))


def _percentage(rate: Fraction) -> str:
    """Return "15 %": exact, since rates are decimal shares."""
    hundredth = rate * 100
    if hundredth.denominator == 1:
        return f"{hundredth.numerator} %"
    return f"{float(hundredth):g} %"
