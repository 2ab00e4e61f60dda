"""Rule sets as plain values: what `tonggui policy … --json` prints, and what `diff` compares."""

from datetime import date

from admin.commands.policy_words import amount_words, award_settings
from casework.domain.award_rules import (
    Amount,
    AwardItem,
    AwardRule,
    ByGrade,
    ByMetric,
    Fixed,
    Percent,
    PerHead,
    Range,
    Uplift,
)
from casework.domain.citation import Citation
from casework.domain.claim_rules import ClaimRule
from casework.domain.deadline import Window
from casework.domain.policy import Policies, Policy
from casework.domain.policy_rules import (
    ApprovalTier,
    Budget,
    ClockRule,
    Extension,
    PauseRule,
    Retention,
    Rung,
)
from casework.domain.policy_strictness import gaps

View = dict[str, object]


def summary(found: Policy) -> View:
    """Return what a list tells about a rule set."""
    return {
        "id": found.id,
        "title": found.title,
        "doc_no": found.doc_no,
        "region": found.region,
        "sectors": list(found.sectors),
        "effective_from": found.effective_from.isoformat(),
        "effective_to": found.effective_to.isoformat() if found.effective_to else None,
        "inherits": found.inherits,
        "sha256": found.sha256,
        "read": found.read,
        "comparator": found.comparator,
        "pin": found.pin,
    }


def status(policies: Policies, found: Policy, today: date) -> str:
    """Return where a rule set stands: comparator, ended, in_force, or at_hand (not yet)."""
    if found.comparator:
        return "comparator"
    if policies.is_in_force(found, today):
        return "in_force"
    if found.effective_to and found.effective_to < today:
        return "ended"
    return "at_hand"


def details(found: Policy) -> View:
    """Return everything that a rule set says, own and inherited."""
    award, budget = found.award, found.budget
    return {
        "chain": [one.id for one in found.chain()],
        "open_points": list(found.open_points),
        "gaps": [] if found.comparator else list(gaps(found)),
        "clocks": [clock_view(rule) for rule in found.clocks.values()],
        "ladder": [rung_view(rung) for rung in found.ladder],
        "award_items": [item_view(item) for item in (award.items if award else ())],
        "uplifts": [uplift_view(one) for one in (award.uplifts if award else ())],
        "total_cap_fen": award.total_cap_fen if award else None,
        "claim": claim_view(found.claim),
        "approval": [tier_view(tier) for tier in found.approval],
        "fund_yearly_fen": budget.yearly_fen if budget else None,
        "fund": fund_view(budget) if budget else None,
        "retention": retention_view(found.retention) if found.retention else None,
    }


def clock_view(rule: ClockRule) -> View:
    """Return one limit; "policy" is the rule set that it stands in."""
    return {
        "key": rule.key,
        "policy": rule.policy_id,
        "from": rule.from_event,
        "value": rule.value,
        "unit": rule.unit,
        "end": rule.end,
        "hard": rule.hard,
        "on_breach": rule.on_breach,
        "remind_at": list(rule.remind_at),
        "windows": [_window(one) for one in rule.windows],
        "extend": _extension(rule.extend) if rule.extend else None,
        "pause": _pause(rule.pause) if rule.pause else None,
        **_cited(rule.cite),
    }


def rung_view(rung: Rung) -> View:
    """Return one rung of the ladder."""
    return {"name": rung.name, "after": rung.after, "unit": rung.unit, **_cited(rung.cite)}


def item_view(item: AwardItem) -> View:
    """Return one kind of reward."""
    return {
        "id": item.id,
        "classes": list(item.classes),
        "situations": list(item.situations),
        "penalty": item.penalty,
        "clue_grades": list(item.clue_grades),
        "flags": list(item.flags),
        "amount": amount_view(item.amount),
        "words": amount_words(item.amount),
        **_cited(item.cite),
    }


def amount_view(amount: Amount) -> View:
    """Return how much; sums in fen, shares as decimals."""
    match amount:
        case Percent():
            return {
                "kind": "percent",
                "rate": _share(float(amount.rate)),
                "min_fen": amount.min_fen,
                "max_fen": amount.max_fen,
                "threshold_fen": amount.threshold_fen,
            }
        case Fixed():
            return {"kind": "fixed", "amount_fen": amount.amount_fen}
        case Range():
            return {"kind": "range", "range_fen": [amount.low_fen, amount.high_fen]}
        case PerHead():
            by_grade = {str(grade): fen for grade, fen in amount.by_grade.items()}
            return {"kind": "per_head", "by_grade": by_grade}
        case ByGrade():
            ranges = {str(grade): [r.low_fen, r.high_fen] for grade, r in amount.by_grade.items()}
            return {"kind": "by_grade", "by_grade": ranges}
        case ByMetric():
            tiers = [[t.at_least, t.amount.low_fen, t.amount.high_fen] for t in amount.tiers]
            return {"kind": "by_metric", "metric": amount.metric, "tiers": tiers}
        case _:
            return {"kind": "manual"}


def uplift_view(uplift: Uplift) -> View:
    """Return a share on top for some reporters."""
    return {
        "who": list(uplift.who),
        "classes": list(uplift.classes),
        "rate": _share(float(uplift.rate)),
        "min_add_fen": uplift.min_add_fen,
        "max_add_fen": uplift.max_add_fen,
        "flags": list(uplift.flags),
        "named": uplift.named,
        **_cited(uplift.cite),
    }


def award_view(rule: AwardRule) -> View:
    """Return what holds for all rewards of a rule set."""
    return {
        **dict(award_settings(rule)),
        "ineligible": list(rule.ineligible),
        "known": rule.known,
        "total_cap_fen": rule.total_cap_fen,
        "class_caps": [[list(one.classes), one.cap_fen] for one in rule.class_caps],
        "cap_lifts": [[*one.who, *one.flags, one.cap_fen, one.approval] for one in rule.cap_lifts],
        "period_caps": [
            [one.scope, one.window, list(one.classes), one.max_fen] for one in rule.period_caps
        ],
        "clause": rule.cite.shown,
    }


def tier_view(tier: ApprovalTier) -> View:
    """Return who must agree above an amount."""
    return {
        "over_fen": tier.over_fen,
        "needs": list(tier.needs),
        "instead": tier.instead,
        **_cited(tier.cite),
    }


def claim_view(rule: ClaimRule) -> View:
    """Return how awards are claimed, and what is withheld."""
    return {
        "opens_on": rule.opens_on,
        "ways": list(rule.ways),
        "name_check": rule.name_check,
        "announce": rule.announce,
        "cut_rate": _share(float(rule.cut_rate)),
        "tax_rate": _share(float(rule.tax_rate)),
        "tax_clause": rule.tax_cite.shown,
        **_cited(rule.cite),
    }


def fund_view(budget: Budget) -> View:
    """Return the money of one year."""
    return {
        "source": budget.source,
        "yearly_fen": budget.yearly_fen,
        "on_exhausted": budget.on_exhausted,
        "year_end": budget.year_end,
        "warn_at_percent": list(budget.warn_at_percent),
        **_cited(budget.cite),
    }


def retention_view(rule: Retention) -> View:
    """Return how long finished cases are kept, in months."""
    return {**rule.months, "identity": rule.identity_months, **_cited(rule.cite)}


def _cited(cite: Citation) -> View:
    return {"clause": cite.shown, "mark": cite.mark, "note": cite.note}


def _window(one: Window) -> View:
    hours = {"first": f"{one.first:%H:%M}", "last": f"{one.last:%H:%M}"}
    return {**hours, "since": one.since, "until": one.until}


def _extension(more: Extension) -> View:
    return {
        "max_times": more.max_times,
        "max_value": more.max_value,
        "max_total": more.total,
        "unit": more.unit,
        "approver_role": more.approver_role,
        "over": more.over,
        "over_role": more.over_role,
        "again_role": more.again_role,
        "reasons": list(more.reasons),
        "must_tell_reporter": more.must_tell_reporter,
        **_cited(more.cite),
    }


def _pause(pause: PauseRule) -> View:
    return {
        "reasons": list(pause.reasons),
        "max_days": pause.max_days,
        "approver_role": pause.approver_role,
        **_cited(pause.cite),
    }


def _share(rate: float) -> str:
    return f"{rate:g}"
