"""The texts of notices: a case number, a date and what is to be done; never matter or person.

A notice is made from its kind, the case number and one day, so there is nothing else
it could tell. Every subject is the same.
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

SUBJECT = "铜匦：有一件待办事项"

_TEXTS: Mapping[str, str] = {
    "report.received": "举报编号 {case_number} 已分派至贵单位，请登录工作台查看并决定是否受理。",
    "case.transferred": "举报编号 {case_number} 已转办至贵单位，请登录工作台查看。",
    "clock.reminded": "举报编号 {case_number} 的核查期限为 {on}，请按期办结。",
    "clock.overdue": "举报编号 {case_number} 的核查期限 {on} 已过，请立即办理。",
    "case.escalated": "举报编号 {case_number} 的核查期限 {on} 已过，现报请贵单位督办。",
    "extension.requested": "举报编号 {case_number} 有一份延期申请待决定，请登录工作台办理。",
    "extension.granted": "举报编号 {case_number} 的延期申请已获批准，请登录工作台查看。",
    "extension.refused": "举报编号 {case_number} 的延期申请未获批准，请登录工作台查看。",
    "pause.requested": "举报编号 {case_number} 有一份暂停计时申请待决定，请登录工作台办理。",
    "pause.granted": "举报编号 {case_number} 的暂停计时申请已获批准，请登录工作台查看。",
    "pause.refused": "举报编号 {case_number} 的暂停计时申请未获批准，请登录工作台查看。",
    "order.issued": "举报编号 {case_number} 有一份督办单待贵单位负责人答复，请登录工作台办理。",
    "order.answered": "举报编号 {case_number} 的督办单已有答复，请登录工作台查看。",
    "report.urged": "举报编号 {case_number} 的举报人催办，请登录工作台查看并及时答复。",
    "keyset.proposed": "有一份密钥变更提议待保管人签署，请登录工作台“人员与密钥”查看。",
    "keyset.changed": "密钥集已变更。请登录工作台“人员与密钥”查看，有待重新封装的请及时办理。",
    "message.sent": "举报编号 {case_number} 有新的消息，请登录工作台查看。",
    "reward.reserved": "举报编号 {case_number} 有一笔奖励待审批，请登录工作台办理。",
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
_FOOT = "本邮件由系统自动发出，请勿回复。\nDo not reply: an answer to this mail is refused."


def known(kind: str) -> bool:
    """Tell whether there is a notice of this kind."""
    return kind in _TEXTS


def compose(
    kind: str, *, case_number: str, on: str, to: str, sender: str, mail_id: str, now: datetime
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
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = SUBJECT
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(f"{_TEXTS[kind].format(case_number=case_number, on=on)}\n\n{_FOOT}\n")
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
