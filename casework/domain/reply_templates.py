"""Replies to the reporter that say what the law wants said: one template for each occasion.

A template has nothing to fill in: what varies comes from the case (numbers, days, the office,
papers), never a name. Who sends it may add words of their own, and has to where only they know
what to tell. `message.sent` names the template and the hash of its text, so that whoever reads the
event later knows which version it was. Refusals have templates of their own
(`refusal_templates.py`): two people decide on those.

Marks as in the rule files: S seen in public copies, M from memory, D our own reading. The numbers
of clauses marked M are to be checked before they are relied on.

Source: FEATURES.md, response templates; POLICIES.md (c).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.act_facts import text_of
from casework.domain.case import Act, AskState, AwardState, Case, Extension, Finding, State
from casework.domain.clock_reasons import EXTENSION_REASONS
from casework.domain.errors import BadActError
from casework.domain.marks import last_mark

VERIFY = "verify"
_AFTER_FINDING = frozenset({State.CONCLUDED, State.CLOSED})
_NOT_DECIDED = frozenset({State.RECEIVED, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Reply:
    """The words for one occasion, in both languages.

    Attributes:
        code: which occasion.
        zh, en: what officers call it.
        cite: the clause.
        mark: S, M or D: how well *cite* is known.
        text_zh, text_en: what the reporter reads, with {names} for what comes from the case.
        fits: whether a case is at that point.
        is_result: whether it tells what was found.
        needs_words: whether it tells nothing without words of the officer's own.
    """

    code: str
    zh: str
    en: str
    cite: str
    mark: str
    text_zh: str
    text_en: str
    fits: Callable[[Case], bool]
    is_result: bool = False
    needs_words: bool = False

    @property
    def sha256(self) -> str:
        """The hash of all that a reader sees of it, 64 hexadecimal digits."""
        told = [self.code, self.cite, self.mark, self.text_zh, self.text_en]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _found(finding: Finding) -> Callable[[Case], bool]:
    return lambda case: case.state in _AFTER_FINDING and case.finding is finding


def _reviewed(outcome: str, states: frozenset[State]) -> Callable[[Case], bool]:
    def fits(case: Case) -> bool:
        return bool(case.reviews) and case.reviews[-1].outcome == outcome and case.state in states

    return fits


def _granted(case: Case) -> Extension | None:
    granted = [
        one
        for one in case.extensions
        if one.clock == VERIFY and one.state is AskState.GRANTED and one.due_on
    ]
    return granted[-1] if granted else None


_WORK_SAFETY_73 = "《安全生产法》第七十三条第一款"
_HEAD_ZH = "您的举报（编号 {number}）"
_HEAD_EN = "Your report (number {number})"
_OBJECT_ZH = "对本答复不服的，可以在查询页提出异议；最后一日和其他途径见查询页。"
_OBJECT_EN = (
    " If you disagree, file an objection on the follow-up page, which names the last day for it "
    "and other remedies."
)
# That the reporter is told is our reading: the clause itself asks for a written record.
_TOLD = "受理的举报事项经调查核实后，应当形成书面材料"

REPLIES: tuple[Reply, ...] = (
    Reply(
        "accepted",
        "受理告知",
        "Accepted",
        f"{_WORK_SAFETY_73}（受理举报）",
        "S",
        _HEAD_ZH + "已于{accepted_on}受理，由{lead}承办，应在{verify_due_on}以前完成核查。"
        "适用：{policy}。依据：{cite}。请保管好查询码，凭它查看进展、补充材料。",
        _HEAD_EN + " was accepted on {accepted_on}. {lead} handles it and has to verify it by "
        "{verify_due_on}. Keep your receipt code: with it you follow the report and add evidence.",
        lambda case: case.state is State.ACCEPTED and case.accepted_on is not None,
    ),
    Reply(
        "transferred",
        "转办告知",
        "Transferred",
        f"{_WORK_SAFETY_73}（不属于本部门职责的，转交其他有关部门处理）",
        "S",
        _HEAD_ZH + "所反映的事项属于{lead}的职责，已转由{lead}承办。依据：{cite}。"
        "查询码不变，期限照常计算。",
        _HEAD_EN + " has been passed on to {lead}, whose duty the matter is. Your receipt code "
        "stays the same, and so do the time limits.",
        lambda case: case.state in _NOT_DECIDED and last_mark(case, "transferred") is not None,
    ),
    Reply(
        "extended",
        "延期告知",
        "More time",
        "安监总财〔2012〕63号（情况复杂的，经批准可以延长核查时间；条文待核）",
        "M",
        _HEAD_ZH + "经批准延长核查时间，理由是{reason}。新的最后一日是{due_on}。依据：{cite}。",
        _HEAD_EN + " needs more time to be verified: {reason}. This was approved; the new last "
        "day is {due_on}.",
        lambda case: case.state is State.ACCEPTED and _granted(case) is not None,
    ),
    Reply(
        "substantiated",
        "核查结果：查证属实",
        "Result: substantiated",
        f"{_WORK_SAFETY_73}（{_TOLD}）",
        "D",
        _HEAD_ZH + "经{lead}核查，所反映的问题查证属实。依据：{cite}。处理情况如下。" + _OBJECT_ZH,
        _HEAD_EN + " was verified by {lead}: what you reported is substantiated." + _OBJECT_EN,
        _found(Finding.SUBSTANTIATED),
        is_result=True,
        needs_words=True,
    ),
    Reply(
        "partly",
        "核查结果：部分属实",
        "Result: partly substantiated",
        f"{_WORK_SAFETY_73}（{_TOLD}）",
        "D",
        _HEAD_ZH + "经{lead}核查，所反映的问题部分属实。依据：{cite}。哪些属实、哪些不属实和处理"
        "情况如下。" + _OBJECT_ZH,
        _HEAD_EN
        + " was verified by {lead}: what you reported is substantiated in part."
        + _OBJECT_EN,
        _found(Finding.PARTLY),
        is_result=True,
        needs_words=True,
    ),
    Reply(
        "unsubstantiated",
        "核查结果：查无实据",
        "Result: not substantiated",
        f"{_WORK_SAFETY_73}（{_TOLD}）",
        "D",
        _HEAD_ZH + "经{lead}核查，没有查到能证明所反映问题的证据。依据：{cite}。"
        "核查过程和理由如下。没有查实不等于诬告；有新的线索，可以再次举报。" + _OBJECT_ZH,
        _HEAD_EN + " was verified by {lead}: no evidence was found for what you reported. That is "
        "no reproach to you; with new clues you may report again." + _OBJECT_EN,
        _found(Finding.UNSUBSTANTIATED),
        is_result=True,
        needs_words=True,
    ),
    Reply(
        "cannot_be_verified",
        "核查结果：无法核实",
        "Result: cannot be verified",
        f"{_WORK_SAFETY_73}（{_TOLD}）",
        "D",
        _HEAD_ZH + "经{lead}核查，现有材料不足以判断是否属实。依据：{cite}。已做的核查和还缺什么"
        "如下；补充材料后可以再次核查。" + _OBJECT_ZH,
        _HEAD_EN + " was looked into by {lead}, but there is not enough to tell whether it is "
        "true. With more material it can be verified again." + _OBJECT_EN,
        _found(Finding.CANNOT_BE_VERIFIED),
        is_result=True,
        needs_words=True,
    ),
    Reply(
        "rectification",
        "整改告知",
        "To be put right",
        f"{_WORK_SAFETY_73}（需要落实整改措施的，督促落实）",
        "S",
        _HEAD_ZH + "查实的问题，{lead}已责令整改（{document}），整改后将复查。依据：{cite}。",
        "What was found on your report (number {number}) has been ordered to be put right by "
        "{lead} ({document}) and will be checked again.",
        lambda case: case.state in _AFTER_FINDING and bool(case.rectifications),
    ),
    Reply(
        "referral",
        "移送告知",
        "Referred",
        "《行政执法机关移送涉嫌犯罪案件的规定》（国务院令第310号）第三条；《监察法》关于移送问题线索的"
        "规定（条号待核）",
        "M",
        _HEAD_ZH + "所涉事项已移送{body}依法处理。依据：{cite}。后续由{body}负责，您仍可凭查询码"
        "查看本系统里的进展。",
        _HEAD_EN + " has been referred to {body_en}, who will deal with it under the law. What "
        "happens here can still be followed with your receipt code.",
        lambda case: bool(case.referrals),
    ),
    Reply(
        "objection_kept",
        "异议复核：维持",
        "Objection: result kept",
        "参照《信访工作条例》（2022）第三十五条（复查）",
        "D",
        "您对举报（编号 {number}）的异议，已由没有参与办理的人员复核，维持原来的结论。"
        "依据：{cite}。理由如下。其他途径见查询页。",
        "Your objection in report {number} was reviewed by people who had no hand in it: the "
        "result stands. Other remedies are named on the follow-up page.",
        _reviewed("kept", _AFTER_FINDING),
        needs_words=True,
    ),
    Reply(
        "objection_redo",
        "异议复核：重新核查",
        "Objection: to be verified anew",
        "参照《信访工作条例》（2022）第三十五条（复查）",
        "D",
        "您对举报（编号 {number}）的异议，已由没有参与办理的人员复核，决定重新核查，应在"
        "{verify_due_on}以前完成。依据：{cite}。",
        "Your objection in report {number} was reviewed by people who had no hand in it: it will "
        "be verified anew, by {verify_due_on}.",
        _reviewed("redo", frozenset({State.ACCEPTED})),
    ),
    Reply(
        "reward",
        "奖励告知",
        "Reward approved",
        "《安全生产法》第七十六条（对举报有功人员给予奖励；条文待核）",
        "M",
        _HEAD_ZH + "已获准奖励。请凭查询码在查询页申领：可以转账，也可以凭领奖号到柜台领取，"
        "不必说明您是谁。适用：{policy}。依据：{cite}。",
        _HEAD_EN + " has been granted a reward. Claim it on the follow-up page with your receipt "
        "code: to an account, or at the counter with a claim number.",
        lambda case: case.award is not None and case.award.state is AwardState.NOTIFIED,
    ),
)
_BY_CODE: Mapping[str, Reply] = {one.code: one for one in REPLIES}
_BODIES = {
    "police": ("公安机关", "the police"),
    "discipline": ("纪检监察机关", "discipline bodies"),
}
_REASONS = {one.code: (one.zh, one.en) for one in EXTENSION_REASONS}


def offered(case: Case) -> tuple[Reply, ...]:
    """Return the templates that fit a case as it stands, in order."""
    return tuple(one for one in REPLIES if one.fits(case))


def reply_of(code: str, case: Case) -> Reply | None:
    """Return the template of a code if it fits the case; None for another or unknown."""
    found = _BY_CODE.get(code)
    return found if found is not None and found.fits(case) else None


def filled(reply: Reply, case: Case, *, lead: str, policy: str, is_english: bool = False) -> str:
    """Return a template with what the case gives written in.

    Args:
        reply: a template that fits the case.
        case: as it stands.
        lead: name of the lead office.
        policy: title of the policy that the case goes by.
        is_english: which of the two texts.
    """
    day = _day_en if is_english else _day_zh
    at = 1 if is_english else 0
    granted, referred = _granted(case), case.referrals[-1].to if case.referrals else ""
    body = _BODIES.get(referred, ("", ""))
    values = {
        "number": case.case_number,
        "lead": lead,
        "policy": policy,
        "cite": reply.cite,
        "accepted_on": day(case.accepted_on),
        "verify_due_on": day(case.verify_due_on),
        "due_on": day(date.fromisoformat(granted.due_on) if granted else None),
        "reason": _REASONS.get(granted.reason_code, ("", ""))[at] if granted else "",
        "document": case.rectifications[-1].document if case.rectifications else "",
        "body": body[0],
        "body_en": body[1],
    }
    return (reply.text_en if is_english else reply.text_zh).format(**values)


def check_pinned(act: Act) -> None:
    """Check that a message names a template and its version, or neither; the reporter none.

    Raises:
        BadActError: one without the other, or by the reporter.
    """
    named, version = text_of(act, "template"), text_of(act, "template_sha256")
    if bool(named) != bool(version):
        raise BadActError("template_sha256", "together with the template")
    if named and act.actor == "reporter":
        raise BadActError("template", "none in a message of the reporter")


def _day_zh(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _day_en(day: date | None) -> str:
    return day.isoformat() if day else ""
