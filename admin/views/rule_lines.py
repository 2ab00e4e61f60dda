"""Policies as lines of a page: where each stands, and every limit with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words, rule_words, words
from admin.forms.words import word
from casework.domain.award_rules import Amount, ByGrade, ByMetric, Fixed, Percent, PerHead, Range
from casework.domain.citation import Citation
from casework.domain.claim_rules import ClaimRule
from casework.domain.money import shown
from casework.domain.policy import Policies, Policy, regions_up
from casework.domain.policy_rules import NATION, ClockRule, Extension, PauseRule
from casework.domain.reward_base import quantity
from casework.storage.policies import PolicyActivation


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy file of the list.

    Attributes:
        standing: code of rule_words.STANDINGS.
        since: first day on which it counts or will count here; None where it does not.
    """

    policy: Policy
    standing: str
    since: date | None

    @property
    def may_be_proposed(self) -> bool:
        """Whether two persons could put it in force."""
        return self.standing in ("at_hand", "changed")


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One time limit in words, with where it comes from."""

    name: str
    limit: str
    more: tuple[str, ...]
    source: str
    mark: str
    policy: str


def lines_of(
    policies: Policies, activations: tuple[PolicyActivation, ...], today: date
) -> tuple[PolicyLine, ...]:
    """Return every policy at hand, those in force first."""
    order = tuple(rule_words.STANDINGS)
    made = [_line(one, activations, today) for one in policies.by_id.values()]
    return tuple(sorted(made, key=lambda one: (order.index(one.standing), one.policy.id)))


def _line(policy: Policy, activations: tuple[PolicyActivation, ...], today: date) -> PolicyLine:
    mine = [one for one in activations if one.policy == policy.id]
    same = [one.active_from for one in mine if one.sha256 == policy.pin]
    since = min(same, default=None)
    if policy.comparator:
        return PolicyLine(policy, "comparator", None)
    if policy.effective_to is not None and policy.effective_to < today:
        return PolicyLine(policy, "ended", since)
    if since is not None:
        return PolicyLine(policy, "in_force" if since <= today else "later", since)
    home = console().instance.region
    if policy.region not in regions_up(home) and policy.region[:6] != home[:6]:
        return PolicyLine(policy, "elsewhere", None)
    return PolicyLine(policy, "changed" if mine else "at_hand", None)


def region(code: str) -> str:
    """What a policy's region is called, as seen from this county."""
    home = console().instance.region
    known = {
        NATION: _("全国"),
        f"{home[:2]}0000": _("本省"),
        f"{home[:4]}00": _("本市"),
    }
    named = console().region_name(code)
    return known.get(code) or (named if named != code else _("外地"))


def limits_of(policy: Policy) -> tuple[LimitLine, ...]:
    """Return every time limit, own and inherited, in the order in which a case meets them."""
    order = tuple(clock_words.CLOCKS)
    found = sorted(policy.clocks.values(), key=lambda rule: order.index(rule.key))
    return tuple(_limit(policy, rule) for rule in found)


def _limit(policy: Policy, rule: ClockRule) -> LimitLine:
    begins = word(rule_words.BEGINNINGS, rule.from_event)
    limit = _(
        "%(begins)s起 %(value)d %(unit)s",
        begins=begins, value=rule.value, unit=word(clock_words.UNITS, rule.unit),
    )  # fmt: skip
    return LimitLine(
        name=word(clock_words.CLOCKS, rule.key),
        limit=limit,
        more=tuple(_more(rule)),
        source=source(rule.cite),
        mark=word(rule_words.MARKS, rule.cite.mark),
        policy="" if rule.policy_id == policy.id else rule.policy_id,
    )


def _more(rule: ClockRule) -> list[str]:
    parts = []
    if not rule.unit.timed and rule.unit != "working_day":
        parts.append(word(rule_words.ENDS, rule.end))
    if rule.hard:
        parts.append(_("下级不得放宽"))
    if rule.on_breach in rule_words.BREACHES:
        parts.append(word(rule_words.BREACHES, rule.on_breach))
    if rule.extend:
        parts.append(_extension(rule.extend))
    if rule.pause:
        parts.append(_pause(rule.pause))
    return parts


def _extension(more: Extension) -> str:
    return _(
        "可延期 %(times)d 次，合计不超过 %(total)d %(unit)s，由%(role)s批准",
        times=more.max_times, total=more.total, unit=word(clock_words.UNITS, more.unit),
        role=word(words.ROLES, more.approver_role),
    )  # fmt: skip


def _pause(pause: PauseRule) -> str:
    reasons = _("、").join(word(clock_words.PAUSE_REASONS, one) for one in pause.reasons)
    return _(
        "可暂停（%(reasons)s），合计不超过 %(days)d 日，由%(role)s批准",
        reasons=reasons, days=pause.max_days, role=word(words.ROLES, pause.approver_role),
    )  # fmt: skip


def source(cite: Citation) -> str:
    """Document and clause, with the note that stands there."""
    words_of = f"{cite.doc} {cite.clause}" if cite.clause != "—" else cite.doc
    return f"{words_of}{_('：')}{cite.note}" if cite.note else words_of


def awards_of(policy: Policy) -> tuple[Mapping[str, str], ...]:
    """Return what each kind of reward comes to, with its source."""
    rule = policy.award
    if rule is None:
        return ()
    return tuple(
        {
            "matters": _("、").join(word(words.MATTERS, one) for one in item.classes),
            "amount": amount(item.amount),
            "source": source(item.cite),
            "mark": word(rule_words.MARKS, item.cite.mark),
        }
        for item in rule.items
    )


def amount(found: Amount) -> str:
    """How much, in words."""
    match found:
        case Percent():
            least = _("，最低 %(sum)s", sum=shown(found.min_fen)) if found.min_fen else ""
            most = _("，最高 %(sum)s", sum=shown(found.max_fen)) if found.max_fen else ""
            return _("罚款的 %(rate)s", rate=_percent(found.rate)) + least + most
        case Fixed():
            return shown(found.amount_fen)
        case Range():
            if found.low_fen == found.high_fen:
                return shown(found.low_fen)
            return f"{shown(found.low_fen)} – {shown(found.high_fen)}"
        case PerHead():
            sums = _("、").join(shown(one) for one in found.by_grade.values())
            return _("每名查实的瞒报死亡人员，按事故等级 %(sums)s", sums=sums)
        case ByGrade():
            ranges = found.by_grade.values()
            pairs = [f"{shown(one.low_fen)} – {shown(one.high_fen)}" for one in ranges]
            return _("每起，按事故等级 %(sums)s", sums=_("、").join(pairs))
        case ByMetric():
            tiers = [
                _(
                    "%(least)s以上 %(sum)s",
                    least=quantity(found.metric, one.at_least),
                    sum=amount(one.amount),
                )
                for one in found.tiers
            ]
            return _("按数量：%(tiers)s", tiers=_("；").join(tiers))
        case _:
            return word(words.OUTCOMES, "manual")


def approval_of(policy: Policy) -> tuple[Mapping[str, str], ...]:
    """Return who agrees to an award of which amount, with its source."""
    return tuple(
        {
            "amount": _("超过 %(sum)s", sum=shown(tier.over_fen)) if tier.over_fen else _("全部"),
            "roles": _("、").join(word(words.ROLES, one) for one in tier.needs),
            "instead": "y" if tier.instead else "",
            "source": source(tier.cite),
            "mark": word(rule_words.MARKS, tier.cite.mark),
        }
        for tier in policy.approval
    )


def claim_of(rule: ClaimRule) -> tuple[tuple[str, str], ...]:
    """Return how awards are claimed and what is withheld, as pairs of name and words."""
    exempt = _("免税") if not rule.tax_rate else _percent(rule.tax_rate)
    return (
        (_("何时开始"), word(rule_words.OPENINGS, rule.opens_on)),
        (_("领取方式"), _("、").join(word(rule_words.WAYS, one) for one in rule.ways)),
        (_("收款户名"), _("必须是举报人本人") if rule.name_check else _("不核对")),
        (_("无法通知的"), _("按举报编号公告") if rule.announce else _("不公告")),
        (_("依规定扣除"), _percent(rule.cut_rate) if rule.cut_rate else _("不扣除")),
        (_("代扣税"), f"{exempt}{_('：')}{source(rule.tax_cite)}"),
        (_("出处"), source(rule.cite)),
    )


def _percent(rate: Fraction) -> str:
    return f"{float(rate * 100):g}%"
