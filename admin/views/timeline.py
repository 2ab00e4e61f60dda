"""What happened in a case, one sentence an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from admin.auth import current
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words, deed_words, visit_words, words
from admin.forms.words import word
from admin.views import reward_details
from casework.domain.interference import is_hidden
from casework.queries.cases import TimelineLine

QUIET: Final = frozenset({"report.read", "file.read", "clock.reminded"})
Facts = Mapping[str, object]


def sentences(lines: Sequence[TimelineLine]) -> tuple[str, ...]:
    """All that happened in a case, in order: what answers a request names its time limit."""
    return tuple(sentence(_with_clock(line, lines)) for line in lines)


def shown_to_me(line: TimelineLine) -> bool:
    """Whether the signed-in person sees an event in its case; some notes are for others."""
    me = current()
    return not is_hidden(line.kind, line.facts, line.actor, account=me.account, office=me.office)


def sentence(line: TimelineLine) -> str:
    """What was done, by whom, and what matters about it."""
    told, who = detail(line), actor(line)
    what = word(deed_words.EVENTS, line.kind)
    what = _("%(what)s（%(told)s）", what=what, told=told) if told else what
    return _("%(who)s：%(what)s", who=who, what=what) if who else what


def _with_clock(line: TimelineLine, lines: Sequence[TimelineLine]) -> TimelineLine:
    """The answer to a request says only which request; that one says which time limit."""
    asked = line.facts.get("asked")
    if not isinstance(asked, int) or not 0 < asked <= len(lines):
        return line
    clock = lines[asked - 1].facts.get("clock")
    return replace(line, facts={**line.facts, "clock": clock}) if clock else line


def actor(line: TimelineLine) -> str:
    """Who did it, as colleagues know them; "" for a report that just came in."""
    if line.actor == "reporter":
        return _("举报人")
    if line.actor == "jobs":
        return _("系统")
    if line.actor == "nobody":
        return ""
    return console().person(line.actor)


def detail(line: TimelineLine) -> str:
    """The facts of the event in words; empty where the kind says all."""
    tell = _DETAILS.get(line.kind)
    return tell(line.facts) if tell else ""


def _accepted(facts: Facts) -> str:
    return _("核查期限 %(due)s", due=facts["verify_due_on"])


def _refused(facts: Facts) -> str:
    return word(words.REFUSAL_REASONS, str(facts["reason_code"]))


def _refusal_proposed(facts: Facts) -> str:
    return _("%(reason)s，依据%(basis)s", reason=_refused(facts), basis=facts["basis"])


def _refusal_declined(facts: Facts) -> str:
    return word(words.DECLINE_REASONS, str(facts["reason_code"]))


def _transferred(facts: Facts) -> str:
    office = console().office_name(str(facts["lead"]))
    reason = word(words.TRANSFER_REASONS, str(facts["reason_code"]))
    told = _("转给%(office)s，理由：%(reason)s", office=office, reason=reason)
    told += _("，同意退回") if facts.get("returned") else ""
    return told + (_("，协办：%(co)s", co=_offices(facts)) if facts.get("co") else "")


def _proposed_lead(facts: Facts) -> str:
    office = console().office_name(str(facts["lead"]))
    basis = word(words.LEAD_BASES, str(facts["basis"]))
    told = _("%(office)s承办，%(basis)s", office=office, basis=basis)
    return told + (_("，协办：%(co)s", co=_offices(facts)) if facts.get("co") else "")


def _drawn(facts: Facts) -> str:
    officer, seed = console().person(str(facts["officer"])), str(facts["seed"])[:12]
    told = _("%(officer)s，种子 %(seed)s…", officer=officer, seed=seed)
    reason = facts.get("reason_code")
    return f"{told}{_('，')}{word(words.DRAW_REASONS, str(reason))}" if reason else told


def _handed(facts: Facts) -> str:
    giver, taker = console().person(str(facts["from"])), console().person(str(facts["to"]))
    why = word(words.HAND_OVERS, str(facts["reason_code"]))
    return _("由%(giver)s移交%(taker)s，%(why)s", giver=giver, taker=taker, why=why)


def _recused(facts: Facts) -> str:
    why = word(words.RECUSAL_GROUNDS, str(facts["why"]))
    return _("%(who)s，%(why)s", who=console().person(str(facts["account"])), why=why)


def _returned(facts: Facts) -> str:
    reason = word(words.TRANSFER_REASONS, str(facts["reason_code"]))
    told = _("%(reason)s，依据：%(citation)s", reason=reason, citation=facts["citation"])
    to = str(facts["to"] or "")
    return told + (_("，建议由%(office)s承办", office=console().office_name(to)) if to else "")


def _copied(facts: Facts) -> str:
    return _offices({"co": facts["copies"]})


def _offices(facts: Facts) -> str:
    co = facts["co"]
    assert isinstance(co, list | tuple)
    return _("、").join(console().office_name(str(one)) for one in co)


def _merged(facts: Facts) -> str:
    kind = word(words.MERGE_KINDS, str(facts["kind"]))
    return _("%(kind)s，按收到时间第 %(rank)s 位", kind=kind, rank=facts["rank"])


def _undone(facts: Facts) -> str:
    return word(words.UNDO_REASONS, str(facts["reason_code"]))


def _finding(facts: Facts) -> str:
    return word(words.FINDINGS, str(facts["finding"]))


def _message(facts: Facts) -> str:
    if facts["from"] == "reporter":
        return _("举报人来信")
    told = _("致举报人，答复核查结果") if facts.get("about") == "result" else _("致举报人")
    if "template" not in facts:
        return told
    name = word(words.REPLIES, str(facts["template"]))
    version = str(facts["template_sha256"])[:8]
    return told + _("，模板：%(name)s（版本 %(version)s）", name=name, version=version)


def _clock(facts: Facts) -> str:
    return word(clock_words.CLOCKS, str(facts["clock"]))


def _escalated(facts: Facts) -> str:
    office = console().office_name(str(facts["to"]))
    if "rung" not in facts:  # stored before there were rungs
        return _("报%(office)s", office=office)
    rung = word(clock_words.RUNGS, str(facts["rung"]))
    return _("%(clock)s，%(rung)s：报%(office)s", clock=_clock(facts), rung=rung, office=office)


def _acknowledged(facts: Facts) -> str:
    rung = word(clock_words.RUNGS, str(facts["rung"]))
    return _("%(clock)s，%(rung)s", clock=_clock(facts), rung=rung)


def _recomputed(facts: Facts) -> str:
    was, due = facts["was"], facts["due_on"]
    return _("%(clock)s由 %(was)s 改为 %(due)s", clock=_clock(facts), was=was, due=due)


def _milestone(facts: Facts) -> str:
    name = word(clock_words.MILESTONES, str(facts["milestone"]))
    if facts.get("outcome") == "not_fixed":
        name = _("复查不合格，继续整改")
    document = str(facts["document"])
    return _("%(name)s，%(document)s", name=name, document=document) if document else name


def _more_time(facts: Facts) -> str:
    return _(
        "%(clock)s，%(value)s %(unit)s，理由：%(reason)s",
        clock=_clock(facts),
        value=facts["value"],
        unit=word(clock_words.UNITS, str(facts["unit"])),
        reason=word(clock_words.EXTENSION_REASONS, str(facts["reason_code"])),
    )


def _new_day(facts: Facts) -> str:
    due = _("新的最后一日 %(due)s", due=facts["due_on"])
    return _("%(clock)s，%(told)s", clock=_clock(facts), told=due) if "clock" in facts else due


def _asked(facts: Facts) -> str:
    return _clock(facts) if "clock" in facts else ""


def _pause(facts: Facts) -> str:
    return _(
        "%(clock)s，%(first)s 起，最长到 %(until)s，理由：%(reason)s，%(document)s",
        clock=_clock(facts),
        first=facts["first"],
        until=facts["until"],
        reason=word(clock_words.PAUSE_REASONS, str(facts["reason_code"])),
        document=facts["document"],
    )


def _order(facts: Facts) -> str:
    kind = word(clock_words.ORDER_KINDS, str(facts["kind"]))
    return _("%(kind)s %(number)s", kind=kind, number=facts["number"])


def _fund_move(facts: Facts) -> str:
    return f"{word(words.FUND_MOVES, str(facts['move']))} {reward_details.amount(facts)}"


def _requested(facts: Facts) -> str:
    return word(words.PURPOSES, str(facts["purpose"]))


def _seat(facts: Facts) -> str:
    return _("第 %(seat)s 席", seat=facts["seat"])


def _refused_release(facts: Facts) -> str:
    return word(words.RELEASE_REFUSALS, str(facts["reason_code"]))


def _voided(facts: Facts) -> str:
    return word(words.VOID_REASONS, str(facts["why"]))


def _attempted(facts: Facts) -> str:
    return word(words.ATTEMPTS, str(facts["why"]))


def _held(facts: Facts) -> str:
    reason = word(words.HOLD_REASONS, str(facts["reason_code"]))
    return _("%(reason)s，至 %(until)s", reason=reason, until=facts["until"])


def _erased(facts: Facts) -> str:
    until = str(facts["backups_until"])
    if not facts["asked"]:
        return _("保存期限已到；备份最迟 %(until)s 清除", until=until)
    return _("举报人撤回；备份最迟 %(until)s 清除", until=until)


def _forgotten(facts: Facts) -> str:
    return str(facts["forgotten_on"])


def _ending(facts: Facts) -> str:
    return word(words.DESTRUCTION_REASONS, str(facts["reason_code"]))


def _destroyed(facts: Facts) -> str:
    return word(words.RETENTION_CLASSES, str(facts["class"]))


def _policy(facts: Facts) -> str:
    return _("%(policy)s，自 %(day)s", policy=facts["policy"], day=facts["active_from"])


def _routing(facts: Facts) -> str:
    return _("自 %(day)s", day=facts["active_from"])


def _calendar(facts: Facts) -> str:
    told = _("%(year)s 年，%(rows)s 日", year=facts["year"], rows=facts["rows"])
    guess = _("，暂定") if facts["provisional"] else ""
    return f"{told}{guess}{_('，依据')}{facts['source']}"


def _rectification(facts: Facts) -> str:
    document = str(facts["document"])
    if not facts.get("due_on"):
        return document
    return _("%(document)s，限 %(due)s 前完成", document=document, due=facts["due_on"])


def _visit(facts: Facts) -> str:
    told = [word(visit_words.PURPOSES, str(facts["purpose"]))]
    officers = facts["officers"]
    assert isinstance(officers, list | tuple)
    told.append(_("、").join(console().person(str(one)) for one in officers))
    if facts.get("unannounced"):
        told.append(_("不打招呼"))
    return _("，").join(told)


def _photos(facts: Facts) -> str:
    photos = facts["photos"]
    assert isinstance(photos, list | tuple)
    return _("%(n)s 张", n=len(photos))


def _visited(facts: Facts) -> str:
    result = word(visit_words.RESULTS, str(facts["result"]))
    return _("%(on)s 到现场，%(result)s", on=facts["visited_on"], result=result)


def _dropped(facts: Facts) -> str:
    return word(visit_words.DROPS, str(facts["reason_code"]))


def _reviewed(facts: Facts) -> str:
    if facts["outcome"] == "kept":
        return _("维持原来的结论")
    if "verify_due_on" not in facts:
        return _("返工，由主件重新核查")
    return _redone(facts)


def _redone(facts: Facts) -> str:
    return _("返工，核查期限 %(due)s", due=facts["verify_due_on"])


def _called_back(facts: Facts) -> str:
    return _("办结满 %(n)s 个月", n=facts["month"])


def _satisfaction(facts: Facts) -> str:
    return word(words.ANSWERS, str(facts["answer"]))


def _phoned(facts: Facts) -> str:
    return word(words.PHONED, str(facts["answer"]))


def _basis(facts: Facts) -> str:
    return str(facts["basis"])


def _referral(facts: Facts) -> str:
    to = word(words.REFERRED_TO, str(facts["to"]))
    return _("%(to)s，%(document)s", to=to, document=facts["document"])


def _document(facts: Facts) -> str:
    return str(facts["document"])


def _protection(facts: Facts) -> str:
    measure = word(words.MEASURES, str(facts["measure"]))
    told = _("%(name)s，%(document)s", name=measure, document=facts["document"])
    if not facts.get("until"):
        return told
    return _("%(told)s，到 %(until)s 为止", told=told, until=facts["until"])


_DETAILS: Final[Mapping[str, Callable[[Facts], str]]] = {
    **reward_details.DETAILS,
    "report.accepted": _accepted,
    "report.deemed_accepted": _accepted,
    "milestone.recorded": _milestone,
    "clock.recomputed": _recomputed,
    "step.acknowledged": _acknowledged,
    "extension.requested": _more_time,
    "extension.granted": _new_day,
    "extension.refused": _asked,
    "pause.granted": _asked,
    "pause.refused": _asked,
    "pause.requested": _pause,
    "pause.ended": _new_day,
    "order.issued": _order,
    "report.refused": _refused,
    "refusal.proposed": _refusal_proposed,
    "refusal.declined": _refusal_declined,
    "report.transferred": _transferred,
    "assignment.proposed": _proposed_lead,
    "assignment.drawn": _drawn,
    "assignment.handed": _handed,
    "recusal.noted": _recused,
    "return.requested": _returned,
    "cohandlers.named": _offices,
    "copy.sent": _copied,
    "discipline.answered": _document,
    "finding.recorded": _finding,
    "case.merged": _merged,
    "merge.joined": _merged,
    "merge.undone": _undone,
    "visit.planned": _visit,
    "visit.photographed": _photos,
    "visit.recorded": _visited,
    "visit.dropped": _dropped,
    "rectification.ordered": _rectification,
    "referral.made": _referral,
    "referral.acknowledged": _document,
    "message.sent": _message,
    "clock.reminded": _clock,
    "clock.overdue": _clock,
    "case.escalated": _escalated,
    "review.decided": _reviewed,
    "case.redone": _redone,
    "callback.asked": _called_back,
    "satisfaction.given": _satisfaction,
    "callback.phoned": _phoned,
    "protection.ordered": _protection,
    "malice.proposed": _basis,
    "release.requested": _requested,
    "release.approved": _seat,
    "release.refused": _refused_release,
    "release.voided": _voided,
    "release.attempted": _attempted,
    "hold.requested": _held,
    "hold.approved": _seat,
    "identity.erased": _erased,
    "identity.forgotten": _forgotten,
    "destruction.requested": _ending,
    "destruction.confirmed": _ending,
    "case.destroyed": _destroyed,
    "keys.resealed": _seat,
    "keys.contributed": _seat,
    "keys.rebuilt": _seat,
    "fund.appropriated": reward_details.amount,
    "fund.supplemented": reward_details.amount,
    "fund.covered": reward_details.amount,
    "fund.queued": reward_details.amount,
    "bank.sent": reward_details.amount,
    "fund.warned": lambda facts: f"{facts['percent']} %",
    "fund.proposed": _fund_move,
    "fund.agreed": _fund_move,
    "policy.proposed": _policy,
    "policy.activated": _policy,
    "routing.proposed": _routing,
    "routing.activated": _routing,
    "calendar.proposed": _calendar,
    "calendar.changed": _calendar,
}
