"""Words for what a case has been through, as its reporter reads them."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from casework.domain import hold, protection
from casework.domain.clock_reasons import EXTENSION_REASONS, PAUSE_REASONS
from casework.domain.disclosure import PURPOSES, REFUSALS
from casework.domain.interference import QUIET_KINDS
from casework.domain.verification import REFUSAL_REASONS
from portal.language import in_words

STATES: Final = {
    "received": (_l("已收到，等待受理"), _l("受理单位会决定是否受理，结果会写在这里。")),
    "accepted": (_l("已受理，正在核查"), _l("受理单位正在核查。")),
    "refused": (_l("不予受理"), _l("理由写在下面。不同意的，可以留言，或者向监督单位反映。")),
    "concluded": (_l("核查结束"), _l("结论写在下面。")),
    "closed": (_l("已办结"), _l("这件举报已经办结，仍然可以留言。")),
    "merged": (_l("合并办理"), _l("已与同一事项的举报合并办理，您的举报按收到时间单独记录。")),
}
FINDINGS: Final = {
    "substantiated": _l("查证属实"),
    "partly": _l("部分属实"),
    "unsubstantiated": _l("查无实据"),
    "cannot_be_verified": _l("无法核实"),
}
AWARDS: Final = {
    "reserved": _l("正在审批"),
    "rejected": _l("不予奖励"),
    "eligibility": _l("正在核定"),
    "computed": _l("正在核定"),
    "approved": _l("已批准，正在通知"),
    "funded": _l("已批准，正在通知"),
    "notified": _l("已批准，等您领取"),
    "ordered": _l("银行正在付款"),
    "reconciled": _l("已发放"),
    "closed": _l("已发放"),
    "lapsed": _l("逾期未领"),
    "recalled": _l("决定追回"),
    "claimed": _l("已申请领取，等待发放"),
    "paid": _l("已发放"),
}
AMOUNT_SHOWN: Final = frozenset(
    {"notified", "claimed", "ordered", "paid", "reconciled", "closed", "lapsed", "recalled"}
)
REASONS: Final = {reason.code: in_words(reason) for reason in REFUSAL_REASONS}
PURPOSE_WORDS: Final = {purpose.code: in_words(purpose) for purpose in PURPOSES}
PURPOSE_BASES: Final = {purpose.code: purpose.basis for purpose in PURPOSES}
UNOPENED: Final[dict[str, Any]] = {
    "refused": _l("保管人没有同意"),
    "expired": _l("过期作废"),
    "voided": _l("作废"),
}
UNOPENED_REASONS: Final[dict[str, Any]] = {
    **{reason.code: in_words(reason) for reason in REFUSALS},
    "item_withdrawn": _l("您撤回了这项信息"),
    "new_version": _l("这项信息有了新的"),
    "requester_left": _l("申请的人已经离开"),
    "seat_changed": _l("保管席位换了人"),
}
EXTENSION_WORDS: Final = {reason.code: in_words(reason) for reason in EXTENSION_REASONS}
PAUSE_WORDS: Final = {reason.code: in_words(reason) for reason in PAUSE_REASONS}
# The limits that concern the reporter, in the order in which they come; the others are
# between the offices.
CLOCKS: Final[dict[str, Any]] = {
    "urgent": _l("紧急处置"),
    "first_contact": _l("与您联系"),
    "accept": _l("决定是否受理"),
    "verify": _l("核查期限"),
    "tell_result": _l("告知结果"),
    "object": _l("您可以提出异议"),
    "review": _l("复核"),
    "retaliation_answer": _l("答复打击报复"),
    "protect": _l("决定怎样保护您"),
    "propose": _l("拟定奖励"),
    "approve": _l("审批奖励"),
    "notify": _l("通知领奖"),
    "claim": _l("您可以领奖"),
    "pay": _l("发放奖金"),
    "reward_review": _l("奖励复核"),
    "reward_object": _l("您可以对奖励提出异议"),
}
UNITS: Final = {
    "minute": _l("分钟"), "hour": _l("小时"), "day": _l("日"),
    "working_day": _l("个工作日"), "month": _l("个月"), "year": _l("年"),
}  # fmt: skip
RIGHT_ENDS: Final = _l("系统提醒：%(clock)s，期限快到了")
OTHER_CLOCK: Final = _l("内部办理环节")
# Milestones that are about the reporter; what else was done stays with the office.
MILESTONES: Final[dict[str, Any]] = {
    "signed_in": _l("%(office)s签收"),
    "contacted": _l("%(office)s登记已经与您联系"),
    "attended": _l("%(office)s登记已经到场处置"),
    "retaliation_reported": _l("%(office)s登记了您反映的打击报复"),
    "retaliation_answered": _l("%(office)s答复了打击报复的情况"),
    "objection_received": _l("%(office)s收到您的异议"),
    "reviewed": _l("%(office)s复核完成"),
    "reward_declined": _l("%(office)s决定不予奖励"),
    "award_objected": _l("%(office)s收到您对奖励的异议"),
    "award_reviewed": _l("%(office)s对奖励的复核完成"),
}
OTHER_MILESTONE: Final = _l("%(office)s登记了办理进展")
# To whom a step of the ladder brought an overdue case.
RUNGS: Final[dict[str, Any]] = {
    "head": _l("%(clock)s超期，已报%(to)s负责人"),
    "supervisor": _l("%(clock)s超期，已报%(to)s督办"),
    "listing": _l("%(clock)s超期，已由%(to)s挂牌督办"),
    "committee": _l("%(clock)s超期，已报安全生产委员会"),
    "assessment": _l("%(clock)s超期，已纳入考核"),
}
MEASURES: Final = {one.code: in_words(one) for one in protection.MEASURES}
HOLD_REASONS: Final = {reason.code: in_words(reason) for reason in hold.REASONS}
REGISTER_KINDS: Final = {
    "report.received": _l("收到"),
    "report.accepted": _l("受理"),
    "report.deemed_accepted": _l("视为受理"),
    "report.refused": _l("不予受理"),
    "case.merged": _l("合并办理"),
    "merge.undone": _l("撤销合并"),
    "report.transferred": _l("转办"),
    "clock.overdue": _l("核查超期"),
    "reward.approved": _l("批准奖励"),
    "reward.paid": _l("发放奖金"),
    "reward.lapsed": _l("奖励逾期失效"),
    "release.opened": _l("打开身份信息"),
    "recovery.used": _l("启用恢复密钥"),
    "keyset.changed": _l("更换密钥"),
    "figures.frozen": _l("公布季度数字"),
    "rewards.frozen": _l("公布季度奖励数字"),
}
# What the public figures count of awards, in the order in which it is shown.
REWARD_COUNTS: Final = {
    "claimed": _l("举报人已申领"),
    "paid": _l("已发放"),
    "refused": _l("不予奖励"),
    "lapsed": _l("逾期未领，作废"),
    "objected": _l("举报人申请复核"),
    "recalled": _l("决定追回"),
}
ITEM_KINDS: Final = {
    "who": _l("姓名和身份证号"),
    "contact": _l("联系方式"),
    "payee": _l("收款信息"),
    "mandate": _l("委托书和代理人"),
    "file": _l("能看出您是谁的文件"),
}

# An unannounced visit that the reporter's page announced would be none; and that somebody leant on
# the office is for those above it.
SILENT: Final = QUIET_KINDS | frozenset(
    {"visit.planned", "visit.photographed", "visit.recorded", "visit.returned", "visit.dropped"}
)

EVENTS: Final[dict[str, Any]] = {
    "report.received": _l("收到举报"),
    "report.read": _l("%(office)s查看了举报内容"),
    "file.read": _l("%(office)s查看了一个附件"),
    "report.accepted": _l("%(office)s受理，核查期限到 %(verify_due_on)s"),
    "report.refused": _l("%(office)s不予受理：%(reason)s"),
    "report.transferred": _l("转给%(lead)s办理"),
    "assignment.proposed": _l("%(office)s的工作人员建议了承办单位"),
    "assignment.drawn": _l("%(office)s随机抽取了承办人员"),
    "assignment.handed": _l("%(office)s更换了承办人员"),
    "return.requested": _l("%(office)s认为不属于自己的职责，申请退回"),
    "return.overruled": _l("%(office)s裁定不予退回，仍由原单位办理"),
    "cohandlers.named": _l("%(office)s请其他单位协助办理"),
    "recusal.noted": _l("一名工作人员依法回避，不再接触您的举报"),
    "opinion.given": _l("%(office)s提出了协助意见"),
    "interference.noted": _l("有新的办理记录"),
    "interference.read": _l("有新的办理记录"),
    "copy.sent": _l("%(office)s把办理要求抄送了当地单位，不含您写的内容"),
    "copy.acknowledged": _l("%(office)s签收了抄送件"),
    "observation.given": _l("%(office)s反馈了看到的情况"),
    "discipline.answered": _l("%(office)s作了书面回复"),
    "case.merged": _l("%(office)s把您的举报与同一事项的举报合并办理，按收到时间单独记录"),
    "merge.undone": _l("%(office)s恢复单独办理您的举报"),
    "finding.recorded": _l("核查结束：%(finding)s"),
    "evidence.added": _l("您补充了材料"),
    "case.closed": _l("%(office)s办结"),
    "closing.proposed": _l("%(office)s提议办结，等待第二人同意"),
    "closing.declined": _l("%(office)s退回办结提议，继续办理"),
    "visit.signed": _l("两名执法人员已到现场核查并签字"),
    "rectification.ordered": _l("%(office)s责令整改"),
    "referral.made": _l("%(office)s把有关情况移送其他机关处理"),
    "referral.acknowledged": _l("%(office)s收到移送机关的回执"),
    "clock.reminded": _l("系统提醒受理单位抓紧办理（%(clock)s）"),
    "clock.overdue": _l("%(clock)s超过了期限"),
    "clock.recomputed": _l("放假安排有变化，%(clock)s由 %(was)s 改为 %(due_on)s"),
    "case.escalated": _l("%(clock)s超期，已报%(to)s督办"),
    "step.acknowledged": _l("%(office)s确认知道已经超期"),
    "report.deemed_accepted": _l("到期没有决定，依照规定视为受理，核查期限到 %(verify_due_on)s"),
    "milestone.recorded": OTHER_MILESTONE,
    "extension.requested": _l("%(office)s申请延期（%(clock)s）：%(reason)s"),
    "extension.granted": _l("%(office)s批准延期，最后一日改为 %(due_on)s"),
    "extension.refused": _l("%(office)s没有批准延期"),
    "pause.requested": _l("%(office)s申请暂停计时（%(clock)s）：%(reason)s"),
    "pause.granted": _l("%(office)s批准暂停计时"),
    "pause.refused": _l("%(office)s没有批准暂停计时"),
    "pause.ended": _l("恢复计时，最后一日是 %(due_on)s"),
    "order.issued": _l("%(office)s已督办"),
    "order.answered": _l("%(office)s已答复督办"),
    "reward.reserved": _l("提出奖励，正在审批"),
    # One of several may have said yes: no sum before all have.
    "reward.approved": _l("奖励审批通过一级"),
    "reward.shared": _l("您分得奖励 %(amount)s"),
    "reward.rejected": _l("%(office)s决定不予奖励：%(reason)s"),
    "reward.claimed": _l("您申请领取奖金"),
    "reward.computed": _l("奖励已开始核定"),
    "reward.declared": _l("您申报了关系和已得的奖励"),
    "reward.proposed": _l("提出奖励，正在审批"),
    "reward.funded": _l("财政已确认资金"),
    "reward.sent_back": _l("奖励退回重新核定"),
    "reward.notified": _l("通知领奖"),
    "reward.identified": _l("窗口核对了身份证"),
    "reward.witnessed": _l("第二名工作人员在窗口核对"),
    "reward.ordered": _l("已向银行发出付款指令"),
    "reward.stopped": _l("奖金暂停发放，正在核实"),
    "reward.undone": _l("银行没有付款：%(reason)s。请核对账户"),
    "reward.returned": _l("银行退回了款项：%(reason)s。请重新领取"),
    "reward.reconciled": _l("对账相符"),
    "reward.closed": _l("奖励办结"),
    "reward.lapsed": _l("逾期没有领取"),
    "reward.reopened": _l("恢复领取：%(reason)s"),
    "reward.objected": _l("您对奖励提出了异议"),
    "reward.reviewed": _l("%(office)s复核奖励异议：%(outcome)s"),
    "reward.recalled": _l("%(office)s决定追回奖金：%(reason)s"),
    "reward.paid": _l("奖金 %(amount)s 已发放"),
    "report.urged": _l("您催办了一次"),
    "objection.filed": _l("您提出了异议"),
    "review.decided": _l("%(office)s复核：%(outcome)s"),
    "case.redone": _l("%(office)s复核后决定重新核查，期限到 %(verify_due_on)s"),
    "callback.asked": _l("办结满 %(month)s 个月，请您回答问题解决了没有"),
    "satisfaction.given": _l("您回答：%(answer)s"),
    "callback.phoned": _l("%(office)s电话回访：%(answer)s"),
    "protection.ordered": _l("%(office)s采取保护措施：%(measure)s"),
    "protection.declined": _l("%(office)s决定暂不采取保护措施，理由见下"),
    "protection.ended": _l("%(office)s结束了一项保护措施"),
    "malice.proposed": _l("%(office)s提出认定恶意举报，须另一人确认；身份信息没有打开"),
    "malice.confirmed": _l("%(office)s确认认定恶意举报；身份信息没有打开"),
    "malice.declined": _l("%(office)s不认定恶意举报"),
    "code.changed": _l("您更换了查询码"),
    "keys.rewrapped": _l("%(office)s换了密钥，您的举报已重新封装"),
    "keys.resealed": _l("保管席位换钥，您的身份信息已重新封存"),
    "keys.contributed": _l("一个保管席位协助重建失落的席位"),
    "keys.rebuilt": _l("失落的保管席位已经重建"),
    "release.requested": _l("%(office)s申请打开您的一项身份信息：%(purpose)s"),
    "release.approved": _l("%(office)s的一名保管人同意打开"),
    "release.refused": _l("%(office)s的一名保管人不同意打开"),
    "release.opened": _l("%(office)s打开了这项身份信息"),
    "release.expired": _l("打开身份信息的申请过期作废"),
    "release.voided": _l("打开身份信息的申请已经作废"),
    "release.attempted": _l("有人试图打开身份信息，被系统拒绝"),
    "hold.requested": _l("%(office)s申请依法暂缓删除"),
    "hold.approved": _l("%(office)s的一名保管人同意暂缓删除"),
    "hold.lifted": _l("暂缓删除已解除"),
    "identity.withdrawn": _l("您撤回了身份信息"),
    "identity.erased": _l("系统删除了身份信息"),
    "identity.forgotten": _l("确认数据库不再留存已删除的身份信息"),
    "destruction.requested": _l("%(office)s申请提前销毁举报内容"),
    "destruction.confirmed": _l("%(office)s确认提前销毁举报内容"),
    "case.destroyed": _l("举报内容已按规定销毁"),
}
OUTCOMES: Final = {
    "kept": _l("维持原来的结论"),
    "redo": _l("重新核查，期限到 %(verify_due_on)s"),
    "redo_joined": _l("重新核查"),
}
ANSWERS: Final = {
    "solved": _l("已解决"),
    "partly": _l("部分解决"),
    "not_solved": _l("没有解决"),
    "not_reached": _l("没有联系上您"),
}
FROM_OFFICE: Final = _l("%(office)s给您留言")
FROM_REPORTER: Final = _l("您留言")
TAKES_NO_MORE: Final = _l(
    "这件举报已经办结或者不予受理，不再收补充材料。有新情况，请写在留言里，或者重新举报。"
)

DONE: Final = {
    "message": _l("留言已经送到。"),
    "evidence": _l("补充的材料已经送到。"),
    "evidence_not_cleaned": _l(
        "补充的材料已经送到。有的文件没能清理，里面可能还有拍摄位置、时间、设备或作者；文件已加密保存，只有办理单位能看，选作“会暴露我身份”的只有保管人能打开。"
    ),
    "evidence_for_custodians": _l(
        "补充的材料已经送到。只交身份保管人的文件已加密封存，可以在“身份信息”里撤回。"
    ),
    "objection": _l("异议已经送到。上一级没有办过这件举报的人会复核，结果会写在这里。"),
    "satisfaction": _l("您的回答已经送到。"),
    "urge": _l("催办已经送到。受理单位和监督它的单位都会收到提醒。"),
    "code": _l("新查询码已经启用，旧的不能再用。请把旧的抄写销毁。"),
    "claim": _l("领奖申请已经送到，收款信息已加密封存。发放后这里会显示。"),
    "declaration": _l("申报已经送到，奖励会按它核定。批准以前可以更改。"),
    "award_objection": _l("异议已经送到。没有参与这份奖励的人会复核，结果会写在这里。"),
}
UNSURE_CODE: Final = _l("新查询码可能已经启用，也可能还没有。请先用新的进入；进不去，再用旧的。")
# endpoint: title and sentence where a session that ended may mean that all went well
ENDED_UNSURE: Final = {"new_code.confirm": (_l("已经退出信箱"), UNSURE_CODE)}
NOTES: Final = {
    "ended": _l("为了安全，半小时没有操作就会退出。请再输入一次查询码。"),
    "left": _l("已经退出信箱。用的是别人的设备，请同时关闭浏览器窗口。"),
}
