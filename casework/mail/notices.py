"""The texts of notices: a case number, a date and what is to be done; never matter or person.

A notice is made from its kind, the case number, one day, and which of the clocks and rungs
that every case has, so there is nothing else it could tell. Every subject is the same.
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

SUBJECT = "铜匦：有一件待办事项"

_TEXTS: Mapping[str, str] = {
    "report.received": "举报编号 {case_number} 已分派至贵单位，请登录工作台查看并决定是否受理。",
    "report.urgent": (
        "举报编号 {case_number} 标为紧急，已分派至贵单位办理或者督办，请立即登录工作台查看并处置。"
    ),
    "report.copied": "举报编号 {case_number} 已抄送贵单位，请登录工作台查看并签收。",
    "observation.given": "举报编号 {case_number} 有抄送单位反馈的情况，请登录工作台查看。",
    "discipline.answered": "举报编号 {case_number} 有纪检监察机关的书面回复，请登录工作台查看。",
    "interference.noted": "举报编号 {case_number} 有一份加密记录送贵单位，请登录工作台查看。",
    "refusal.proposed": "举报编号 {case_number} 拟不予受理，待另一人确认，请登录工作台办理。",
    "refusal.declined": "举报编号 {case_number} 的不予受理意见已退回，请登录工作台重新办理。",
    "case.transferred": "举报编号 {case_number} 已转办至贵单位，请登录工作台查看。",
    "assignment.proposed": "举报编号 {case_number} 有一份承办单位建议待决定，请登录工作台办理。",
    "assignment.drawn": "举报编号 {case_number} 已随机抽取承办人员，请登录工作台查看。",
    "assignment.handed": "举报编号 {case_number} 已移交其他承办人员，请登录工作台查看。",
    "return.requested": "举报编号 {case_number} 有一份退回申请待决定，请登录工作台办理。",
    "return.overruled": "举报编号 {case_number} 的退回申请未获同意，仍由贵单位承办，请登录查看。",
    "cohandlers.named": "举报编号 {case_number} 请贵单位协办，请登录工作台查看。",
    "recusal.noted": "举报编号 {case_number} 请贵单位研究是否另行指定承办，请登录工作台办理。",
    "opinion.given": "举报编号 {case_number} 有新的协办意见，请登录工作台查看。",
    "visit.planned": "举报编号 {case_number} 安排了现场核查，请登录工作台查看。",
    "visit.recorded": "举报编号 {case_number} 有一份现场核查记录待第二人签字，请登录工作台办理。",
    "visit.returned": "举报编号 {case_number} 的现场核查记录已退回，请登录工作台查看。",
    "clock.reminded": "举报编号 {case_number} 的{clock}到 {on} 为止，请按期办理。",
    "claim.ends": "举报编号 {case_number} 的领奖期限到 {on} 为止，请再次书面提醒领奖人。",
    "clock.overdue": "举报编号 {case_number} 的{clock} {on} 已过，请立即办理。",
    "case.escalated": "举报编号 {case_number} 的{clock} {on} 已过，{rung}，请登录查看并确认。",
    "report.deemed_accepted": (
        "举报编号 {case_number} 逾期未决定是否受理，依规则视为已受理，核查期限已开始，请立即办理。"
    ),
    "pause.ended": "举报编号 {case_number} 的暂停计时已结束，{clock}到 {on} 为止，请继续办理。",
    "extension.requested": "举报编号 {case_number} 有一份延期申请待决定，请登录工作台办理。",
    "extension.granted": "举报编号 {case_number} 的延期申请已获批准，请登录工作台查看。",
    "extension.refused": "举报编号 {case_number} 的延期申请未获批准，请登录工作台查看。",
    "pause.requested": "举报编号 {case_number} 有一份暂停计时申请待决定，请登录工作台办理。",
    "pause.granted": "举报编号 {case_number} 的暂停计时申请已获批准，请登录工作台查看。",
    "pause.refused": "举报编号 {case_number} 的暂停计时申请未获批准，请登录工作台查看。",
    "order.issued": "举报编号 {case_number} 有一份督办单待贵单位负责人答复，请登录工作台办理。",
    "order.answered": "举报编号 {case_number} 的督办单已有答复，请登录工作台查看。",
    "closing.proposed": "举报编号 {case_number} 有一份办结提议待决定，请登录工作台办理。",
    "closing.declined": "举报编号 {case_number} 的办结提议已退回，请登录工作台查看。",
    "objection.filed": "举报编号 {case_number} 的举报人提出异议，请登录工作台查看并按期复核。",
    "review.decided": "举报编号 {case_number} 的复核已有决定，请登录工作台查看。",
    "malice.proposed": "举报编号 {case_number} 有一份恶意举报认定待确认，请登录工作台办理。",
    "malice.confirmed": "举报编号 {case_number} 的恶意举报认定已获确认，请登录工作台查看。",
    "malice.declined": "举报编号 {case_number} 的恶意举报认定未获确认，请登录工作台查看。",
    "report.urged": "举报编号 {case_number} 的举报人催办，请登录工作台查看并及时答复。",
    "keyset.proposed": "有一份密钥变更提议待保管人签署，请登录工作台“人员与密钥”查看。",
    "keyset.changed": "密钥集已变更。请登录工作台“人员与密钥”查看，有待重新封装的请及时办理。",
    "policy.tried": "有一份启用规则的提议已完成试算，待另一单位确认，请登录工作台“规则”查看。",
    "policy.activated": "有一份规则已确认启用，请登录工作台“规则”查看启用日期。",
    "calendar.proposed": "有一份工作日历变更提议待核对确认，请登录工作台“规则”查看。",
    "calendar.changed": "工作日历已变更，受影响的期限正在重算，请登录工作台“规则”查看。",
    "routing.proposed": "有一份启用分派表的提议待确认，请登录工作台“规则”查看。",
    "routing.activated": "有一份分派表已确认启用，请登录工作台“规则”查看启用日期。",
    "clock.recomputed": "举报编号 {case_number} 的{clock}因工作日历变更改到 {on} 为止。",
    "fund.queued": "有一笔奖励因资金不足排队等候，请登录工作台“专项资金”查看。",
    "fund.ready": "举报编号 {case_number} 排队等候的奖励现在有资金，请登录工作台签署预留。",
    "fund.warned": "专项奖励资金的使用已达到预警比例，请登录工作台“专项资金”查看。",
    "fund.proposed": "有一份专项资金调整提议待另一人同意，请登录工作台“专项资金”查看。",
    "message.sent": "举报编号 {case_number} 有新的消息，请登录工作台查看。",
    "reward.computed": "举报编号 {case_number} 查证属实，可以办理奖励，请登录工作台拟定。",
    "reward.lapsed": "举报编号 {case_number} 的奖励逾期未领，已经作废，请登录工作台查看。",
    "reward.reserved": "举报编号 {case_number} 有一笔奖励待审批，请登录工作台办理。",
    "reward.stopped": "举报编号 {case_number} 的奖金停止发放，需要核实，请登录工作台办理。",
    "reward.sent_back": "举报编号 {case_number} 的奖励退回重新提出，请登录工作台办理。",
    "reward.declared": "举报编号 {case_number} 的举报人申报了与奖励有关的情况，请登录工作台查看。",
    "reward.objected": "举报编号 {case_number} 的举报人对奖励提出异议，请登录工作台办理。",
    "reward.recalled": "举报编号 {case_number} 的奖励须追回，请登录工作台查看。",
    "reward.approved": "举报编号 {case_number} 的奖励已批准，请登录工作台查看。",
    "reward.claimed": "举报编号 {case_number} 的奖励待发放，请登录工作台办理。",
    "release.requested": "举报编号 {case_number} 有一项身份信息调取申请待决定，请登录工作台办理。",
    "release.refused": "举报编号 {case_number} 的身份信息调取申请未获同意，请登录工作台查看。",
    "release.attempted": "举报编号 {case_number} 有一次被拒绝的身份信息查看，请审计员登录查看。",
    "hold.requested": "举报编号 {case_number} 有一份暂缓删除申请待决定，请登录工作台办理。",
    "destruction.requested": "举报编号 {case_number} 有一份提前销毁申请待确认，请登录工作台办理。",
    "release.approved": "举报编号 {case_number} 的身份信息调取已获同意，请登录工作台办理。",
    "recovery.announced": "有人正在动用恢复密钥。如不知情，请立即联系系统管理员和上级单位核实。",
    "recovery.used": "恢复密钥已经动用，部分单位密钥已重新交给其现有人员。请核实并安排更换密钥。",
}
_CLOCKS: Mapping[str, str] = {
    "first_contact": "首次联系举报人期限",
    "accept": "受理期限",
    "hand_over": "移交期限",
    "assign": "指定承办期限",
    "return": "退回期限",
    "sign_in": "签收期限",
    "verify": "核查期限",
    "tell_result": "告知结果期限",
    "object": "举报人提出异议的期限",
    "review": "复核期限",
    "accident_entry": "事故信息录入期限",
    "accident_completion": "事故信息完善期限",
    "listing": "挂牌督办期限",
    "rectify": "整改期限",
    "recheck": "复查期限",
    "police_answer": "公安机关答复期限",
    "publish_penalty": "处罚公示期限",
    "publish_decision": "决定公布期限",
    "retaliation_answer": "打击报复答复期限",
    "protect": "决定保护措施期限",
    "propose": "拟定奖励期限",
    "approve": "奖励审批期限",
    "notify": "通知领奖期限",
    "claim": "领奖期限",
    "pay": "发放期限",
    "reward_review": "奖励复核期限",
    "reward_object": "对奖励提出异议的期限",
    "close": "办结期限",
    "order_reply": "督办单答复期限",
    "urgent": "紧急处置期限",
}
_RUNGS: Mapping[str, str] = {
    "head": "现报本单位负责人",
    "supervisor": "现报请贵单位督办",
    "listing": "现列入挂牌督办",
    "committee": "现报告安委会",
    "assessment": "现纳入考核",
}
_COVERED = "承办人员正在请假，请代办人员办理。"
_FOOT = "本邮件由系统自动发出，请勿回复。\nDo not reply: an answer to this mail is refused."


def known(kind: str) -> bool:
    """Tell whether there is a notice of this kind."""
    return kind in _TEXTS


def compose(
    kind: str,
    *,
    case_number: str,
    on: str,
    to: str,
    sender: str,
    mail_id: str,
    now: datetime,
    clock: str = "",
    rung: str = "",
    is_covered: bool = False,
) -> EmailMessage:
    """Return the mail for one notice.

    Args:
        kind: one of the kinds that `known` knows.
        case_number: the only name of the case that a mail may carry.
        on: a day, "" where the notice has none.
        to: the office's address.
        sender: address that refuses answers.
        mail_id: id of the outbox row; a mail sent twice has the same Message-ID.
        now: UTC instant of the Date header.
        clock: key of the clock that it is about, "" where it is about none.
        rung: the rung to which the case was brought, "" for none.
        is_covered: whether its officer is on leave, so that it is for who covers.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    text = _TEXTS[kind].format(
        case_number=case_number,
        on=on,
        clock=_CLOCKS.get(clock, "办理期限"),
        rung=_RUNGS.get(rung, "现报请贵单位督办"),
    )
    if is_covered:
        text += _COVERED
    message.set_content(f"{text}\n\n{_FOOT}\n")
    return message


def compose_root(
    note: str, *, on: str, to: str, sender: str, mail_id: str, now: datetime
) -> EmailMessage:
    """Return the mail that gives a witness the audit tree's root as it stood at a day's end."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = f"铜匦：审计日志根值 {on} / audit root"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    text = (
        "请保存本邮件。日后核对时，审计日志必须仍包含下列根值。\nKeep this mail: the audit log must"
    )
    message.set_content(f"{text} still contain this root later on.\n\n{note}\n{_FOOT}\n")
    return message
