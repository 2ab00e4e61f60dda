"""Rule sets in words, Chinese first: what `tonggui policy show` prints."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from casework.domain.award_rules import (
    SETTINGS,
    Amount,
    AwardRule,
    ByGrade,
    ByMetric,
    CapLift,
    Fixed,
    Percent,
    PerHead,
    Range,
)
from casework.domain.citation import Citation
from casework.domain.claim_rules import ClaimRule
from casework.domain.clock_reasons import EXTENSION_REASONS, PAUSE_REASONS, ClockReason
from casework.domain.deadline import End, Unit
from casework.domain.money import plain
from casework.domain.policy import Policy
from casework.domain.policy_rules import (
    ApprovalTier,
    Budget,
    ClockRule,
    Extension,
    PauseRule,
    Rung,
)
from casework.domain.policy_strictness import gaps
from casework.domain.reward_base import quantity

UNITS = {
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.DAY: "日",
    Unit.WORKING_DAY: "个工作日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
CLOCK_NAMES = {
    "first_contact": "首次联系",
    "accept": "受理",
    "hand_over": "移交",
    "assign": "指定承办",
    "return": "退回",
    "sign_in": "签收",
    "verify": "核查",
    "tell_result": "告知结果",
    "object": "提出异议",
    "review": "复核",
    "accident_entry": "事故录入",
    "accident_completion": "事故信息完善",
    "listing": "挂牌督办",
    "rectify": "整改",
    "recheck": "复查",
    "police_answer": "公安答复",
    "publish_penalty": "处罚公开",
    "publish_decision": "执法决定公开",
    "retaliation_answer": "打击报复答复",
    "protect": "决定保护措施",
    "propose": "提出奖励",
    "approve": "奖励审批",
    "notify": "领奖通知",
    "claim": "领奖",
    "pay": "发放",
    "reward_review": "奖励复核",
    "reward_object": "对奖励提出异议",
    "close": "办结",
    "order_reply": "督办单答复",
    "urgent": "紧急处置",
}
RUNG_NAMES = {
    "head": "部门负责人",
    "supervisor": "安委办",
    "listing": "挂牌督办",
    "committee": "报告安委会",
    "assessment": "纳入考核",
}
STATUS_NAMES = {
    "in_force": "执行 in force",
    "at_hand": "备用 at hand",
    "ended": "已废止 ended",
    "comparator": "对照 comparator",
}
ROLE_NAMES = {
    "leader": "部门负责人",
    "supervisor": "安委办",
    "approver": "奖励审批人",
    "finance": "财政",
}
_ENDS = {End.ROLL: "遇休息日顺延", End.KEEP: "遇休息日不顺延"}
_BREACHES = {
    "lapse": "到期失效 lapses",
    "deem_accepted": "逾期视为受理 deemed accepted",
    "forfeit": "逾期视为放弃 forfeited",
}
_OPENINGS = {
    "finding": "查实后开始 on the finding",
    "penalty": "处罚决定后开始 on the penalty",
    "first_check": "初核属实后开始 on the first check",
}
_WAYS = {
    "account": "转账 account",
    "counter": "窗口 counter",
    "voucher": "凭证 voucher",
    "agent": "代领 agent",
}
_ORDER = {key: place for place, key in enumerate(CLOCK_NAMES)}


def lines(found: Policy) -> Iterator[str]:
    """Yield what a rule set says, own and inherited, each thing with its source."""
    yield f"{found.id}  {found.title}  {found.doc_no}"
    until = f" 至 to {found.effective_to}" if found.effective_to else ""
    yield f"区域 region {found.region}，自 from {found.effective_from}{until}"
    if found.comparator:
        yield "只供对照，不选作案件的规则 / a comparator, never chosen for a case"
    if found.inherits:
        yield f"继承 inherits {' → '.join(one.id for one in list(found.chain())[1:])}"
    yield f"sha256 {found.sha256}"
    yield f"案件所记 pin {found.pin}"
    yield f"文本 text: {found.read}"
    for gap in () if found.comparator else gaps(found):
        yield f"缺少 lacks: {gap}（不能据此受理 / no case can be accepted under it）"
    yield from _section("时限 clocks:", _clocks(found))
    yield from _section("逾期阶梯 ladder:", (rung_words(rung) for rung in found.ladder))
    yield from _section("奖励 awards:", _award(found.award) if found.award else ())
    yield from _section("审批 approval:", (tier_words(tier) for tier in found.approval))
    yield from _section("领奖 claims:", claim_words(found.claim))
    if found.budget:
        yield fund_words(found.budget)
    for point in found.open_points:
        yield f"待核实 open: {point}"


def clock_words(rule: ClockRule, *, of: str = "") -> str:
    """Return one limit on one line; *of* is the rule set it is shown for."""
    parts = [f"{limit_words(rule)}，自 {rule.from_event} 起"]
    if not rule.unit.timed and rule.unit is not Unit.WORKING_DAY:
        parts.append(_ENDS[rule.end])
    if rule.hard:
        parts.append("下级不得放宽 hard")
    if rule.on_breach in _BREACHES:
        parts.append(_BREACHES[rule.on_breach])
    inherited = f"（{rule.policy_id}）" if of and rule.policy_id != of else ""
    name = CLOCK_NAMES[rule.key]
    return f"{rule.key}: {'，'.join(parts)}；{name}{inherited} [{source_words(rule.cite)}]"


def limit_words(rule: ClockRule) -> str:
    """Return "30 日"."""
    return f"{rule.value} {UNITS[rule.unit]}"


def extension_words(more: Extension) -> str:
    """Return how far a limit may be lengthened, and who decides."""
    unit = UNITS[more.unit]
    parts = [f"延期 extend: {more.max_times} 次，每次不超过 {more.max_value} {unit}"]
    if more.total != more.max_times * more.max_value:
        parts.append(f"合计不超过 {more.total} {unit}")
    parts.append(f"{ROLE_NAMES[more.approver_role]}批准")
    if more.over is not None:
        parts.append(f"超过 {more.over} {unit}由{ROLE_NAMES[more.over_role]}批准")
    if more.again_role:
        parts.append(f"再次延期由{ROLE_NAMES[more.again_role]}批准")
    if more.reasons:
        parts.append(f"理由 {_reasons(more.reasons, EXTENSION_REASONS)}")
    if more.must_tell_reporter:
        parts.append("告知举报人理由")
    return f"{'，'.join(parts)} [{source_words(more.cite)}]"


def pause_words(pause: PauseRule) -> str:
    """Return why and for how long a clock may stand still, and who decides."""
    reasons = _reasons(pause.reasons, PAUSE_REASONS)
    who = ROLE_NAMES[pause.approver_role]
    return (
        f"暂停 pause: {reasons}，合计不超过 {pause.max_days} 日，{who}批准"
        f" [{source_words(pause.cite)}]"
    )


def rung_words(rung: Rung) -> str:
    """Return one rung of the ladder."""
    after = f"期满后 {rung.after} {UNITS[rung.unit]}"
    return f"{rung.name}: {after}，{RUNG_NAMES[rung.name]} [{source_words(rung.cite)}]"


def amount_words(amount: Amount) -> str:
    """Return how much, in yuan."""
    match amount:
        case Percent():
            least = f"，最低 {plain(amount.min_fen)} 元" if amount.min_fen else ""
            most = f"，最高 {plain(amount.max_fen)} 元" if amount.max_fen else ""
            from_on = f"，罚款满 {plain(amount.threshold_fen)} 元的" if amount.threshold_fen else ""
            return f"罚款的 {share_words(amount.rate)}{least}{most}{from_on}"
        case Fixed():
            return f"{plain(amount.amount_fen)} 元"
        case Range():
            if amount.low_fen == amount.high_fen:
                return f"{plain(amount.low_fen)} 元"
            return f"{plain(amount.low_fen)} 至 {plain(amount.high_fen)} 元，由办理人提出"
        case PerHead():
            sums = "、".join(plain(fen) for fen in amount.by_grade.values())
            return f"每名查实的瞒报死亡人员，按事故等级 {sums} 元"
        case ByGrade():
            sums = "、".join(
                f"{plain(one.low_fen)}–{plain(one.high_fen)}" for one in amount.by_grade.values()
            )
            return f"每起，按事故等级 {sums} 元"
        case ByMetric():
            tiers = "；".join(
                f"{quantity(amount.metric, one.at_least)}以上 {amount_words(one.amount)}"
                for one in amount.tiers
            )
            return f"按数量：{tiers}"
        case _:
            return "无数额，由审批人说明理由决定"


def share_words(rate: Fraction) -> str:
    """Return "15 %"."""
    return f"{float(rate * 100):g} %"


def tier_words(tier: ApprovalTier) -> str:
    """Return who agrees above an amount."""
    roles = "、".join(ROLE_NAMES[role] for role in tier.needs)
    instead = "，前面各级不再适用 instead" if tier.instead else ""
    over = f"超过 {plain(tier.over_fen)} 元的" if tier.over_fen else "全部"
    return f"{over}，{roles}同意{instead} [{source_words(tier.cite)}]"


def claim_words(rule: ClaimRule) -> Iterator[str]:
    """Yield how awards are claimed, and what is withheld."""
    ways = "、".join(_WAYS[way] for way in rule.ways)
    yield f"{_OPENINGS[rule.opens_on]}；{ways} [{source_words(rule.cite)}]"
    if rule.name_check:
        yield "只汇入举报人本人名下的账户 name_check"
    if rule.announce:
        yield "无法通知的，按举报编号公告 announce"
    if rule.cut_rate:
        yield f"先扣除 cut {share_words(rule.cut_rate)}"
    tax = f"代扣税 tax {share_words(rule.tax_rate)}" if rule.tax_rate else "免税 exempt"
    yield f"{tax} [{source_words(rule.tax_cite)}]"


def fund_words(budget: Budget) -> str:
    """Return the money of one year."""
    rules = f"用完 exhausted: {budget.on_exhausted}; 年末 year end: {budget.year_end}"
    return f"资金 fund: 每年 {plain(budget.yearly_fen)} 元; {rules} [{source_words(budget.cite)}]"


def source_words(cite: Citation) -> str:
    """Return document, clause and mark, with the note that stands there."""
    return f"{cite.shown}；{cite.note}" if cite.note else cite.shown


def _clocks(found: Policy) -> Iterator[str]:
    for rule in sorted(found.clocks.values(), key=lambda rule: _ORDER[rule.key]):
        yield clock_words(rule, of=found.id)
        for one in rule.windows:
            season = "" if (one.since, one.until) == ("01-01", "12-31") else one.since + "–"
            until = one.until if season else ""
            yield f"  计时 counts: {one.first:%H:%M}–{one.last:%H:%M} {season}{until}".rstrip()
        if rule.extend:
            yield f"  {extension_words(rule.extend)}"
        if rule.pause:
            yield f"  {pause_words(rule.pause)}"
        if rule.remind_at:
            yield f"  提醒 remind: {', '.join(rule.remind_at)}"


def _award(rule: AwardRule) -> Iterator[str]:
    for item in rule.items:
        words = amount_words(item.amount)
        only = [*item.situations, *item.flags, *(f"clue_grade {one}" for one in item.clue_grades)]
        limited = f"（{', '.join(only)}）" if only else ""
        yield f"{item.id}: {', '.join(item.classes)}{limited}，{words} [{item.cite.shown}]"
    for cap in rule.class_caps:
        yield f"{', '.join(cap.classes)} 不超过 {plain(cap.cap_fen)} 元 [{cap.cite.shown}]"
    for more in rule.uplifts:
        least = f"，至少 {plain(more.min_add_fen)} 元" if more.min_add_fen else ""
        most = f"，至多 {plain(more.max_add_fen)} 元" if more.max_add_fen else ""
        share = share_words(more.rate)
        who = ", ".join((*more.who, *more.flags))
        yield f"上浮 uplift: {who}，{share}{least}{most} [{more.cite.shown}]"
    if rule.total_cap_fen is not None:
        yield f"每件不超过 {plain(rule.total_cap_fen)} 元 [{rule.cap_cite.shown}]"
    for lift in rule.cap_lifts:
        yield _lift_words(lift)
    for period in rule.period_caps:
        window = {"month": "每月", "year": "每年"}[period.window]
        yield f"{window}不超过 {plain(period.max_fen)} 元，{period.scope} [{period.cite.shown}]"
    yield f"设置 settings: {', '.join(f'{key} {value}' for key, value in award_settings(rule))}"


def award_settings(rule: AwardRule) -> tuple[tuple[str, str], ...]:
    """Return what the text leaves open, and how this rule set settles it."""
    rounding = f"{rule.rounding.mode} {rule.rounding.unit_fen}"
    return (
        *((key, str(getattr(rule, key))) for key in SETTINGS),
        ("order", " > ".join(rule.order)),
        ("rounding", rounding),
    )


def _lift_words(lift: CapLift) -> str:
    who = ", ".join((*lift.who, *lift.flags))
    most = f"提高到 {plain(lift.cap_fen)} 元" if lift.cap_fen else "可以超过"
    approval = "，须经批准 cap_override" if lift.approval else ""
    return f"上限 cap: {who}，{most}{approval} [{lift.cite.shown}]"


def _section(heading: str, body: Iterator[str] | Sequence[str]) -> Iterator[str]:
    indented = [f"  {line}" for line in body]
    if indented:
        yield heading
        yield from indented


def _reasons(codes: Sequence[str], known: Sequence[ClockReason]) -> str:
    names = {reason.code: reason.zh for reason in known}
    return "；".join(names[code] for code in codes)
