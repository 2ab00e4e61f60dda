"""What a report is worth under a policy, with its working: every step fits a pocket calculator.

Order, unless the policy says otherwise: base of the item, its floor and cap, class cap,
uplift, total cap, period cap, shares. Fractions of a fen are kept until the end, then
rounded half up. The same function answers the command line, the console and the
public page.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from casework.domain.approval import asks_approver, rungs
from casework.domain.award_rules import (
    ITEM_STEPS,
    AwardItem,
    AwardRule,
    CapLift,
    Percent,
    PeriodCap,
    Uplift,
)
from casework.domain.money import plain, round_half_up
from casework.domain.policy_rules import Policy
from casework.domain.reward_base import Missing, begin, percentage
from casework.domain.reward_facts import (
    CONCEALED,
    REWARD_MATTERS,
    PriorAward,
    RewardFacts,
    parse_facts,
)
from casework.domain.reward_working import Line, Step, Working
from casework.domain.roles import Role

__all__ = ["REWARD_MATTERS", "Quote", "Step", "parse_facts", "quote", "shares_of"]

CAP_OVERRIDE = "cap_override"  # the approval that lifts a total cap
RELATION_PROOF = "relation_proof"


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the steps look at: the rule, the class that is rewarded, the facts."""

    rule: AwardRule
    matter: str
    facts: RewardFacts


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
    asked = _Asked(rule, matter, known)
    items = [item for item in rule.items if _matches(item, asked)]
    if not items:
        reason = _unmatched(asked)
        return _none(policy, reason, Step("no_item", 0, rule.cite.shown, matter))
    working = Working()
    missing = _bases(working, asked, items[:1] if rule.combine == "first" else items)
    if missing is not None:
        return _without(policy, missing)
    _take_steps(working, asked)
    return _answer(policy, asked, working)


def total_cap_fen(policy: Policy, facts: Mapping[str, object]) -> int | None:
    """Return what all awards of a matter with these facts may come to; None for no cap.

    Raises:
        FactsError: a key is unknown or a value impossible; the key is named.
    """
    rule, known = policy.award, parse_facts(facts)
    if rule is None or rule.total_cap_fen is None:
        return None
    lift = next((one for one in rule.cap_lifts if _lifts_cap(one, known)), None)
    if lift is None or (lift.approval and CAP_OVERRIDE not in known.approved):
        return rule.total_cap_fen
    return lift.cap_fen


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


def _matches(item: AwardItem, asked: _Asked, *, graded: bool = True) -> bool:
    facts = asked.facts
    fined = any(facts.penalties_fen)
    return (
        asked.matter in item.classes
        and (not item.situations or facts.situation in item.situations)
        and (item.penalty == "any" or (item.penalty == "some") == fined)
        and (not graded or not item.clue_grades or facts.clue_grade in item.clue_grades)
        and facts.flags.issuperset(item.flags)
    )


def _unmatched(asked: _Asked) -> str:
    """Return why nothing matched: a grade of the clue nobody gave yet, or the class itself."""
    ungraded = asked.facts.clue_grade is None
    if ungraded and any(_matches(item, asked, graded=False) for item in asked.rule.items):
        return "clue_grade_missing"
    return "class_not_rewarded"


def _bases(working: Working, asked: _Asked, items: list[AwardItem]) -> Missing | None:
    """Put the base of each item down; return why there is none, or no figure."""
    found = [begin(working, asked.rule, item, asked.facts) for item in items]
    without = next((one for one in found if one is not None and one.manual), None)
    if without is None and not working.lines:
        without = next(one for one in found if one is not None)
    return without


# ---- steps ----------------------------------------------------------------------------------


def _take_steps(working: Working, asked: _Asked) -> None:
    rule = asked.rule
    for name in rule.order:
        if name not in ITEM_STEPS:
            working.combine(rule.combine, rule.cite.shown)
        for line in list(working.lines):
            _STEPS[name](working, line, asked)
    working.combine(rule.combine, rule.cite.shown)


def _item_floor(working: Working, line: Line, _asked: _Asked) -> None:
    if line.item is not None and isinstance(line.item.amount, Percent):
        working.at_least(line, "item_floor", line.item.amount.min_fen, line.item.cite.shown)


def _item_cap(working: Working, line: Line, _asked: _Asked) -> None:
    if line.item is not None and isinstance(line.item.amount, Percent):
        working.at_most(line, "item_cap", line.item.amount.max_fen, line.item.cite.shown)


def _class_cap(working: Working, line: Line, asked: _Asked) -> None:
    for cap in asked.rule.class_caps:
        if asked.matter in cap.classes:
            working.at_most(line, "class_cap", cap.cap_fen, cap.cite.shown)


def _uplift(working: Working, line: Line, asked: _Asked) -> None:
    """Add the share of an insider, or of an outstanding report; of several as the rule says."""
    base = line.ends
    found = [(_added(one, base), one) for one in asked.rule.uplifts if _lifts(one, asked)]
    if asked.rule.uplift_stack == "highest":
        found = sorted(found, key=lambda pair: pair[0][-1], reverse=True)[:1]
    for added, uplift in found:
        before = plain(round_half_up(line.ends[-1]))
        raised = [end + more for end, more in zip(line.ends, added, strict=True)]
        note = _uplift_note(uplift, base[-1], added[-1], before)
        working.change(line, "uplift", raised, uplift.cite.shown, note)


def _lifts(uplift: Uplift, asked: _Asked) -> bool:
    """Tell whether an uplift is due: not where the relation was looked into and not proved."""
    facts = asked.facts
    return (
        (not uplift.who or _is_one_of(facts, uplift.who))
        and (not uplift.flags or not facts.flags.isdisjoint(uplift.flags))
        and (not uplift.classes or asked.matter in uplift.classes)
        and (facts.reporter.named or not uplift.named)
    )


def _is_one_of(facts: RewardFacts, relations: tuple[str, ...]) -> bool:
    return facts.reporter.relation in relations and facts.reporter.relation_proved is not False


def _added(uplift: Uplift, ends: tuple[Fraction, ...]) -> list[Fraction]:
    least, most = Fraction(uplift.min_add_fen), uplift.max_add_fen
    added = [max(end * uplift.rate, least) for end in ends]
    return added if most is None else [min(one, Fraction(most)) for one in added]


def _uplift_note(uplift: Uplift, base: Fraction, added: Fraction, before: str) -> str:
    if added > base * uplift.rate:
        return f"{before} + {plain(uplift.min_add_fen)}（最低上浮）"
    if added < base * uplift.rate:
        return f"{before} + {plain(uplift.max_add_fen or 0)}（最高上浮）"
    if plain(round_half_up(base)) != before:
        return f"{before} + {plain(round_half_up(base))} × {percentage(uplift.rate)}"
    return f"{before} × {percentage(1 + uplift.rate)}"


def _total_cap(working: Working, line: Line, asked: _Asked) -> None:
    """Cut to the total cap, or to what holds where the rule lets it be exceeded."""
    rule, cap = asked.rule, asked.rule.total_cap_fen
    if cap is None or line.ends[-1] <= cap:
        return
    lift = next((one for one in rule.cap_lifts if _lifts_cap(one, asked.facts)), None)
    if lift is None or (lift.approval and CAP_OVERRIDE not in asked.facts.approved):
        if lift is not None:
            working.needs.append(CAP_OVERRIDE)
        working.at_most(line, "total_cap", cap, rule.cap_cite.shown)
        return
    working.change(line, "cap_lifted", line.ends, lift.cite.shown, f"可以超过 {plain(cap)}")
    working.at_most(line, "total_cap", lift.cap_fen, lift.cite.shown)


def _lifts_cap(lift: CapLift, facts: RewardFacts) -> bool:
    return _is_one_of(facts, lift.who) or not facts.flags.isdisjoint(lift.flags)


def _period_cap(working: Working, line: Line, asked: _Asked) -> None:
    """Leave what earlier awards of the same window have left over."""
    for cap in asked.rule.period_caps:
        if cap.classes and asked.matter not in cap.classes:
            continue
        counted = [one for one in asked.facts.prior_awards if _counts(cap, one, asked)]
        spent = sum(one.amount_fen for one in counted)
        if counted and _day(asked.facts) is None:
            working.needs.append("decided_on")
        listed = " − ".join([plain(cap.max_fen), *(plain(one.amount_fen) for one in counted)])
        left = max(cap.max_fen - spent, 0)
        working.at_most(line, "period_cap", left, cap.cite.shown, f"期内最多 {listed}")


def _counts(cap: PeriodCap, prior: PriorAward, asked: _Asked) -> bool:
    """Tell whether an earlier award counts; without a day to compare with, each does."""
    facts, on = asked.facts, _day(asked.facts)
    if cap.scope == "reporter_and_type" and (prior.matter, prior.situation) != (
        facts.matter,
        facts.situation,
    ):
        return False
    if on is None:
        return True
    same_year = prior.decided_on.year == on.year
    return same_year and (cap.window == "year" or prior.decided_on.month == on.month)


def _day(facts: RewardFacts) -> date | None:
    return facts.decided_on or facts.accepted_on


_STEPS: Mapping[str, Callable[[Working, Line, _Asked], None]] = {
    "item_floor": _item_floor,
    "item_cap": _item_cap,
    "class_cap": _class_cap,
    "uplift": _uplift,
    "total_cap": _total_cap,
    "period_cap": _period_cap,
}


# ---- answers --------------------------------------------------------------------------------


def _answer(policy: Policy, asked: _Asked, working: Working) -> Quote:
    ends = working.rounded(asked.rule.rounding)
    steps = tuple(working.steps)
    if not ends[-1]:
        reason = "period_cap" if steps[-1].step == "period_cap" else "no_penalty"
        return _none(policy, reason, *steps)
    needs = _needs(policy, asked, working, ends[-1])
    if len(ends) == 2 and ends[0] != ends[1]:
        low, high = ends
        return Quote(policy.id, policy.pin, "range", None, (low, high), needs=needs, trace=steps)
    amount = ends[-1]
    shares = shares_of(amount, asked.facts.signers, equal=asked.rule.joint == "equal")
    return Quote(policy.id, policy.pin, "amount", amount, None, shares, needs=needs, trace=steps)


def shares_of(amount_fen: int, signers: int, *, equal: bool) -> tuple[int, ...]:
    """Return each signer's share: all to the first, or equal with the remainder to the first."""
    if not equal:
        return (amount_fen, *([0] * (signers - 1)))
    each, rest = divmod(amount_fen, signers)
    return (each + rest, *([each] * (signers - 1)))


def _needs(policy: Policy, asked: _Asked, working: Working, amount_fen: int) -> tuple[str, ...]:
    # That an approver agrees goes without saying, unless the policy lists it.
    usual = (Role.APPROVER,) if asks_approver(policy) else ()
    needs = [str(role) for role in rungs(policy, amount_fen) if role not in usual]
    rule, reporter = asked.rule, asked.facts.reporter
    relations = {who for one in rule.uplifts for who in one.who}
    relations |= {who for one in rule.cap_lifts for who in one.who}
    if reporter.relation in relations and reporter.relation_proved is None:
        needs.append(RELATION_PROOF)
    return tuple(dict.fromkeys([*needs, *working.needs]))


def _none(policy: Policy, reason: str, *steps: Step) -> Quote:
    return Quote(policy.id, policy.pin, "none", 0, reason=reason, trace=steps)


def _without(policy: Policy, missing: Missing) -> Quote:
    """Answer where an item matched but gives no sum: manual, or none with its reason."""
    if not missing.manual:
        return _none(policy, missing.reason, missing.step)
    needs = ("approver", "reason")
    return Quote(policy.id, policy.pin, "manual", None, needs=needs, trace=(missing.step,))
