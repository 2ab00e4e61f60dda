"""What an award hangs on, as a list: each condition, whether it is met, and by which clause.

`reward.quote` answers with the first reason alone; who decides on an award, and who asks why
there is none, has to see them all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from casework.domain.award_opening import SHORT
from casework.domain.award_rules import AwardRule
from casework.domain.award_values import Award
from casework.domain.case import Case
from casework.domain.policy_rules import Policy
from casework.domain.reward import CAP_OVERRIDE, RELATION_PROOF, Quote


class Met(StrEnum):
    """Whether a condition is met; open: somebody still has to say, or to do something."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an award.

    Attributes:
        code: what it is about; the pages have the words.
        told: a code that says more: the relation, the reason of the quote; "" for none.
        clause: where it stands; "" where no rule set says it.
    """

    code: str
    met: Met
    told: str = ""
    clause: str = ""


def conditions(
    case: Case, policy: Policy, *, named: bool, worked: Quote | None, award: Award | None
) -> tuple[Condition, ...]:
    """Return the conditions of an award, in the order in which one asks for them.

    Args:
        case: an accepted report.
        policy: the one pinned at acceptance.
        named: whether the reporter gave a name.
        worked: what the rules give now; None while no finding earns anything.
        award: the claim; None while none is open.
    """
    found = [_finding(case), *_opening(case, policy)]
    rule = policy.award
    if rule is None:
        return (*found, Condition("ruled", Met.NO, "no_award_rule"))
    found += [_known(case, rule), _name(rule, named), _relation(case, rule, worked)]
    found += [*_prior(case, rule, worked), _first(case, rule)]
    if worked is not None:
        found += _figure(worked)
    return (*found, *_money(award))


def _finding(case: Case) -> Condition:
    if case.finding is None:
        return Condition("found_true", Met.OPEN)
    return Condition("found_true", Met.YES if case.rewarded else Met.NO, str(case.finding))


def _opening(case: Case, policy: Policy) -> Iterator[Condition]:
    """The moment that the policy waits for, beside the finding."""
    if policy.claim.opens_on == "penalty":
        met = Met.YES if case.penalty_no else Met.OPEN
        yield Condition("penalty_decided", met, clause=policy.claim.cite.shown)


def _known(case: Case, rule: AwardRule) -> Condition:
    told = str(json.loads(case.finding_facts).get("already_known", "no"))
    met = Met.NO if told == "known" and not rule.known else Met.YES
    return Condition("not_known", met, told if told != "no" else "", rule.cite.shown)


def _name(rule: AwardRule, named: bool) -> Condition:
    """Who has no name is rewarded by the receipt code, where the rules let that be."""
    if named:
        return Condition("named", Met.YES)
    met = Met.YES if rule.anonymous_mode == "code" else Met.NO
    return Condition("named", met, "anonymous", rule.cite.shown)


def _relation(case: Case, rule: AwardRule, worked: Quote | None) -> Condition:
    """What the reporter declares; that it is true, who opens the payee item checks."""
    if case.declared is None:
        return Condition("relation", Met.OPEN, "", rule.cite.shown)
    told = case.declared.relation
    if told in rule.ineligible:
        return Condition("relation", Met.NO, told, rule.cite.shown)
    unproved = worked is not None and RELATION_PROOF in worked.needs
    return Condition("relation", Met.OPEN if unproved else Met.YES, told, rule.cite.shown)


def _prior(case: Case, rule: AwardRule, worked: Quote | None) -> Iterator[Condition]:
    if not rule.period_caps:
        return
    clause = rule.period_caps[0].cite.shown
    if case.declared is None:
        yield Condition("prior", Met.OPEN, "", clause)
        return
    is_full = worked is not None and worked.reason == "period_cap"
    yield Condition("prior", Met.NO if is_full else Met.YES, "", clause)


def _first(case: Case, rule: AwardRule) -> Condition:
    """Of several reports of one matter, that the first one earns it."""
    met = Met.OPEN if case.merged is not None else Met.YES
    return Condition("first", met, rule.duplicate if met is Met.OPEN else "", rule.cite.shown)


def _figure(worked: Quote) -> list[Condition]:
    """What the rules give: a sum, a choice for somebody, or nothing."""
    if worked.outcome == "none":
        clause = worked.trace[-1].clause if worked.trace else ""
        return [Condition("figure", Met.NO, worked.reason or "none", clause)]
    met = Met.YES if worked.outcome == "amount" else Met.OPEN
    found = [Condition("figure", met, worked.outcome if met is Met.OPEN else "")]
    if CAP_OVERRIDE in worked.needs:
        found.append(Condition("cap_lifted", Met.OPEN))
    return found


def _money(award: Award | None) -> Iterator[Condition]:
    if award is not None and award.reason == SHORT:
        yield Condition("money", Met.OPEN, SHORT)
    elif award is not None and award.reserved_fen:
        yield Condition("money", Met.YES)
