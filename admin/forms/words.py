"""What codes are called on these pages: states, events, reasons, purposes, roles."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from casework.domain import (
    clock_reasons,
    disclosure,
    hold,
    milestone,
    retention,
    transfer,
    verification,
)

Words = Mapping[str, LazyString]


class _Named(Protocol):
    """Something of the domain that brings its own words."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class _Reason(_Named, Protocol):
    """A coded reason."""

    @property
    def code(self) -> str: ...


def _in_language(reason: _Named) -> str:
    locale = get_locale()
    return reason.en if locale is not None and locale.language == "en" else reason.zh


def _reasons(reasons: Iterable[_Reason]) -> Words:
    return {reason.code: LazyString(_in_language, reason) for reason in reasons}


REFUSAL_REASONS: Final = _reasons(verification.REFUSAL_REASONS)
TRANSFER_REASONS: Final = _reasons(transfer.REASONS)

ROLES: Final[Words] = {
    "operator": _l("接线员"),
    "officer": _l("承办人"),
    "leader": _l("部门负责人"),
    "supervisor": _l("上级督办"),
    "approver": _l("奖励审批人"),
    "finance": _l("财政"),
    "cashier": _l("出纳"),
    "custodian": _l("身份保管人"),
    "auditor": _l("审计员"),
    "administrator": _l("系统管理员"),
}

STATES: Final[Words] = {
    "received": _l("待受理"),
    "accepted": _l("核查中"),
    "refused": _l("不予受理"),
    "concluded": _l("已核查"),
    "closed": _l("已办结"),
}

MATTERS: Final[Words] = {
    "general_hazard": _l("一般事故隐患"),
    "major_hazard": _l("重大事故隐患"),
    "violation": _l("安全生产违法行为"),
    "concealed_accident": _l("谎报瞒报事故"),
    "staff_misconduct": _l("工作人员违纪违法"),
    "retaliation": _l("打击报复举报人"),
}

CHANNELS: Final[Words] = {
    "web": _l("网上举报"),
    "portal": _l("网上举报"),
    "mail": _l("电子邮件"),
    "hotline": _l("12350 热线"),
    "letter": _l("来信"),
    "visit": _l("来访"),
    "api": _l("接口"),
}

FINDINGS: Final[Words] = {
    "substantiated": _l("查证属实"),
    "partly": _l("部分属实"),
    "unsubstantiated": _l("查无实据"),
    "cannot_be_verified": _l("无法核实"),
}

PURPOSES: Final = _reasons(disclosure.PURPOSES)
RELEASE_REFUSALS: Final = _reasons(disclosure.REFUSALS)
HOLD_REASONS: Final = _reasons(hold.REASONS)
DESTRUCTION_REASONS: Final = _reasons(retention.REASONS)

# What a release died of.
VOID_REASONS: Final[Words] = {
    "item_withdrawn": _l("举报人撤回了这项身份信息"),
    "new_version": _l("举报人更换了这项信息"),
    "requester_left": _l("申请人的密钥或岗位已变更"),
    "seat_changed": _l("保管席位的密钥或人员已变更"),
}

# Why a try was refused.
ATTEMPTS: Final[Words] = {
    "another_opens_release": _l("不是申请人本人"),
    "expired": _l("已过有效期"),
    "not_ready": _l("批准的席位不够，或者已经查看、已经结束"),
    "requester_approves_release": _l("申请人批准自己的申请"),
    "one_person_twice": _l("同一人再次批准"),
    "one_seat_twice": _l("同一席位再次批准"),
    "one_office_twice": _l("同一单位再次批准"),
    "no_seat": _l("没有保管席位"),
    **VOID_REASONS,
}

RETENTION_CLASSES: Final[Words] = {
    "refused": _l("不予受理"),
    "unsubstantiated": _l("未查实"),
    "substantiated": _l("查证属实"),
    "rewarded": _l("已发放奖励"),
}

HOLD_STATES: Final[Words] = {
    "requested": _l("待保管人同意"),
    "active": _l("暂缓删除中"),
    "lifted": _l("已解除"),
}

ALREADY_KNOWN: Final[Words] = {
    "no": _l("没有掌握"),
    "known_not_handled": _l("已经掌握，但没有依法处理"),
    "known": _l("已经掌握并在处理"),
}

RELEASE_STATES: Final[Words] = {
    "requested": _l("待保管人审批"),
    "approved": _l("已获批准，可以查看"),
    "refused": _l("已被拒绝"),
    "opened": _l("已查看"),
    "expired": _l("已过期"),
    "voided": _l("已作废"),
}

AWARD_STATES: Final[Words] = {
    "reserved": _l("待审批"),
    "approved": _l("已批准，待领取"),
    "claimed": _l("已申领，待发放"),
    "paid": _l("已发放"),
    "rejected": _l("未批准"),
}

MEANS: Final[Words] = {
    "transfer": _l("银行转账"),
    "cash": _l("柜台现金"),
}

CLAIM_WAYS: Final[Words] = {
    "account": _l("转入举报人账户"),
    "counter": _l("柜台凭领奖号领取"),
}

ITEM_KINDS: Final[Words] = {
    "who": _l("举报人姓名与证件"),
    "contact": _l("举报人联系方式"),
    "payee": _l("领奖人收款信息"),
    "file": _l("能看出举报人的文件"),
}

EVENTS: Final[Words] = {
    "report.received": _l("收到举报"),
    "report.read": _l("查阅举报内容"),
    "file.read": _l("下载附件"),
    "report.accepted": _l("受理"),
    "report.refused": _l("不予受理"),
    "report.transferred": _l("转办"),
    "finding.recorded": _l("登记核查结论"),
    "message.sent": _l("发送消息"),
    "evidence.added": _l("补充材料"),
    "case.closed": _l("办结"),
    "report.deemed_accepted": _l("逾期未决定，视为受理"),
    "milestone.recorded": _l("登记办理节点"),
    "clock.recomputed": _l("工作日历变更，期限重新计算"),
    "step.acknowledged": _l("阅知逾期上报"),
    "extension.requested": _l("申请延期"),
    "extension.granted": _l("批准延期"),
    "extension.refused": _l("不批准延期"),
    "pause.requested": _l("申请暂停计时"),
    "pause.granted": _l("批准暂停计时"),
    "pause.refused": _l("不批准暂停计时"),
    "pause.ended": _l("恢复计时"),
    "order.issued": _l("下达督办单"),
    "order.answered": _l("答复督办单"),
    "clock.reminded": _l("期限提醒"),
    "clock.overdue": _l("期限已超"),
    "case.escalated": _l("上报督办"),
    "reward.reserved": _l("拟定奖励并预留资金"),
    "reward.approved": _l("批准奖励"),
    "reward.rejected": _l("不批准奖励，释放资金"),
    "reward.claimed": _l("申领奖金"),
    "reward.paid": _l("发放奖金"),
    "release.requested": _l("申请查看身份信息"),
    "release.approved": _l("保管人批准查看"),
    "release.refused": _l("保管人拒绝查看"),
    "release.opened": _l("查看了身份信息"),
    "release.expired": _l("查看申请过期"),
    "report.urged": _l("催办"),
    "code.changed": _l("更换查询码"),
    "keys.resealed": _l("保管席位换钥，重新封存"),
    "keys.contributed": _l("保管席位分送碎片"),
    "keys.rebuilt": _l("保管席位重建"),
    "fund.appropriated": _l("下达预算"),
    "keyset.changed": _l("密钥集变更"),
    "policy.proposed": _l("提议启用规则"),
    "policy.tried": _l("试算规则"),
    "policy.activated": _l("启用规则"),
    "policy.withdrawn": _l("撤回启用规则的提议"),
    "calendar.proposed": _l("提议变更工作日历"),
    "calendar.changed": _l("变更工作日历"),
    "calendar.withdrawn": _l("撤回变更工作日历的提议"),
    "member.certified": _l("认证新人员"),
    "keys.destroyed": _l("销毁旧密钥"),
    "keys.rewrapped": _l("用新的部门密钥重新封装"),
    "instance.opened": _l("启用"),
    "figures.frozen": _l("公布季度登记"),
    "drill.held": _l("演练"),
    "recovery.announced": _l("公告动用恢复密钥"),
    "recovery.used": _l("动用了恢复密钥"),
    "identity.withdrawn": _l("撤回身份信息"),
    "release.voided": _l("查看申请作废"),
    "release.attempted": _l("试图查看身份信息，被拒绝"),
    "hold.requested": _l("申请暂缓删除"),
    "hold.approved": _l("保管人同意暂缓删除"),
    "hold.lifted": _l("解除暂缓删除"),
    "identity.erased": _l("删除身份信息"),
    "identity.forgotten": _l("确认数据库不再留存已删除的身份信息"),
    "destruction.requested": _l("申请提前销毁"),
    "destruction.confirmed": _l("确认提前销毁"),
    "case.destroyed": _l("销毁举报内容"),
    "event.unreadable": _l("记录无法识别，可能被改动"),
}

LEDGER_KINDS: Final[Words] = {
    "appropriation": _l("下达预算"),
    "reservation": _l("预留"),
    "release": _l("释放"),
    "disbursement": _l("发放"),
}

LEDGER_ACCOUNTS: Final[Words] = {
    "budget": _l("财政预算"),
    "available": _l("可用"),
    "reserved": _l("已预留"),
    "paid": _l("已发放"),
}

CLOCKS: Final[Words] = {
    "first_contact": _l("首次联系举报人"),
    "accept": _l("受理期限"),
    "hand_over": _l("移交期限"),
    "return": _l("退回期限"),
    "sign_in": _l("签收期限"),
    "verify": _l("核查期限"),
    "tell_result": _l("告知结果期限"),
    "object": _l("举报人提出异议的期限"),
    "review": _l("复核期限"),
    "accident_entry": _l("事故信息录入期限"),
    "accident_completion": _l("事故信息完善期限"),
    "listing": _l("挂牌督办期限"),
    "rectify": _l("整改期限"),
    "recheck": _l("复查期限"),
    "police_answer": _l("公安机关答复期限"),
    "publish_penalty": _l("处罚公示期限"),
    "publish_decision": _l("决定公布期限"),
    "retaliation_answer": _l("打击报复答复期限"),
    "propose": _l("拟定奖励期限"),
    "approve": _l("奖励审批期限"),
    "notify": _l("通知领奖期限"),
    "claim": _l("领奖期限"),
    "pay": _l("发放期限"),
    "reward_review": _l("奖励复核期限"),
    "close": _l("办结期限"),
    "order_reply": _l("督办单答复期限"),
    "new": _l("刚刚收到"),
}

# How a clock stands, or a case by its worst clock.
LEVELS: Final[Words] = {
    "overdue": _l("超期"),
    "paused": _l("暂停"),
    "near": _l("临期"),
    "normal": _l("正常"),
    "provisional": _l("暂定"),
}

# How a clock ended.
CLOCK_ENDS: Final[Words] = {
    "met": _l("按期完成"),
    "late": _l("逾期完成"),
    "lapsed": _l("期满未行使"),
    "void": _l("不再需要"),
}

# What waits for somebody, in lists.
WAITING: Final[Words] = {
    "extension": _l("申请延期"),
    "pause": _l("申请暂停"),
    "confirm": _l("待阅知"),
    "answer": _l("待答复"),
}

# Steps of the ladder that an overdue clock climbs.
RUNGS: Final[Words] = {
    "head": _l("本单位负责人"),
    "supervisor": _l("上级督办"),
    "listing": _l("挂牌督办"),
    "committee": _l("报告安委会"),
    "assessment": _l("纳入考核"),
}

UNITS: Final[Words] = {
    "minute": _l("分钟"),
    "hour": _l("小时"),
    "day": _l("日"),
    "working_day": _l("个工作日"),
    "month": _l("个月"),
    "year": _l("年"),
}

EXTENSION_REASONS: Final = _reasons(clock_reasons.EXTENSION_REASONS)
PAUSE_REASONS: Final = _reasons(clock_reasons.PAUSE_REASONS)
MILESTONES: Final[Words] = {
    one.name: LazyString(_in_language, one) for one in milestone.MILESTONES.values()
}

# Where a request for more time, or for a pause, stands.
ASK_STATES: Final[Words] = {
    "requested": _l("待决定"),
    "granted": _l("已批准"),
    "refused": _l("未批准"),
    "ended": _l("已结束"),
}

ORDER_KINDS: Final[Words] = {
    "urge": _l("督办提醒"),
    "order": _l("督办单"),
    "listing": _l("挂牌督办"),
}

PARTS: Final[Words] = {
    "narrative": _l("举报内容"),
    "enterprise": _l("被举报单位"),
    "place": _l("地点"),
    "occurred_on": _l("发生时间"),
    "relation": _l("与被举报单位的关系"),
    "account": _l("核查情况"),
    "supplement": _l("补充说明"),
    "note": _l("补充说明"),
}


RELATIONS: Final[Words] = {
    "none": _l("没有关系"),
    "staff": _l("在该单位工作"),
    "family": _l("该单位员工的亲属"),
}

CLEANED: Final[Words] = {
    "cleaned": _l("已清理"),
    "original": _l("未清理的原件"),
    "not_cleaned": _l("未清理"),
    "too_large": _l("未清理：超过这种格式能清理的大小"),
    "unknown_type": _l("未清理：没有清理这种格式的办法"),
    "damaged": _l("未清理：文件损坏，或内容与格式不符"),
    "encrypted": _l("未清理：文件有密码"),
    "no_tool": _l("未清理：服务器没有装清理音视频的程序"),
    "timed_out": _l("未清理：清理用时过长"),
}

# What a virus scanner said; a finding carries its name after "found:".
SCANNED: Final[Words] = {
    "": _l("未扫描"),
    "clean": _l("未发现病毒"),
    "not_scanned": _l("未扫描"),
}

# Steps of the working of an award, see casework.domain.reward.
STEPS: Final[Words] = {
    "percent_of_penalty": _l("按罚款比例"),
    "fixed": _l("定额"),
    "range": _l("幅度"),
    "by_grade": _l("按事故等级"),
    "per_head": _l("按瞒报死亡人数"),
    "item_floor": _l("单项下限"),
    "item_cap": _l("单项上限"),
    "uplift": _l("上浮"),
    "total_cap": _l("总额上限"),
    "manual": _l("由审批人确定"),
    "anonymous": _l("匿名"),
    "already_known": _l("已经掌握"),
    "no_item": _l("没有对应的奖项"),
}

OUTCOMES: Final[Words] = {
    "amount": _l("确定金额"),
    "range": _l("规则给出幅度，须由承办人选定"),
    "manual": _l("规则没有给出数额，须由审批人说明理由后确定"),
    "none": _l("不予奖励"),
}

NO_REWARD: Final[Words] = {
    "anonymous": _l("匿名举报，适用的办法只奖励实名举报"),
    "already_known": _l("举报前已经掌握并依法处理"),
    "no_award_rule": _l("适用的办法没有规定奖励"),
    "class_not_rewarded": _l("适用的办法不奖励这类情形"),
    "no_deaths": _l("没有瞒报死亡，适用的办法不奖励"),
    "regulator": _l("举报人是负有监管职责的人员"),
    "regulator_relative": _l("举报人是监管人员的近亲属"),
    "safety_manager": _l("举报人是该单位的安全管理人员"),
    "hired_expert": _l("举报人是受聘的专家"),
}

# Named texts inside an identity item.
ITEM_LINES: Final[Words] = {
    "name": _l("姓名"),
    "payee": _l("收款人"),
    "account": _l("账号"),
    "account_number": _l("账号"),
    "bank": _l("开户银行"),
    "branch": _l("开户网点"),
    "id_number": _l("身份证号"),
    "phone": _l("电话"),
    "contact": _l("联系方式"),
}


# What was just done, at the top of the page that follows.
DONE: Final[Words] = {
    "accepted": _l("已受理，核查期限开始计算。"),
    "refused": _l("已登记不予受理，举报人可以看到理由。"),
    "transferred": _l("已转办，期限不中断。"),
    "sent": _l("已发送，举报人下次查询时可以看到。"),
    "closed": _l("已办结。"),
    "concluded": _l("核查结论已登记。"),
    "signed_in": _l("已签收，签收期限到此为止；其他期限照常计算。"),
    "milestone": _l("办理节点已登记。"),
    "extension_asked": _l("延期申请已提交，等待决定；决定之前，原来的期限照常计算。"),
    "extension_granted": _l("已批准延期，举报人可以看到新的期限和理由。"),
    "extension_refused": _l("未批准延期，原来的期限不变。"),
    "pause_asked": _l("暂停申请已提交，等待决定；决定之前，期限照常计算。"),
    "pause_granted": _l("已批准暂停计时，暂停的天数单独统计。"),
    "pause_refused": _l("未批准暂停，期限照常计算。"),
    "pause_ended": _l("已恢复计时，今天起计入期限。"),
    "acknowledged": _l("已登记阅知；期限和逐级上报照常进行。"),
    "order_issued": _l("督办单已下达，承办部门负责人须在期限内答复。"),
    "order_answered": _l("督办单已答复，督办单位可以看到。"),
    "proposed": _l("奖励已拟定，资金已预留，等待审批。"),
    "approved": _l("已批准，举报人可以领奖。"),
    "rejected": _l("未批准，预留资金已释放。"),
    "paid": _l("已登记发放。"),
    "asked": _l("申请已提交，等待身份保管人审批。"),
    "agreed": _l("已批准查看。"),
    "declined": _l("已拒绝，本次申请结束。"),
    "appropriated": _l("预算已登记。"),
    "hold_asked": _l("申请已提交，等待身份保管人同意。"),
    "hold_agreed": _l("已登记同意。"),
    "hold_lifted": _l("已解除，系统恢复删除。"),
    "destruction_asked": _l("申请已提交，等待督办单位确认。"),
    "destruction_confirmed": _l("已确认，系统将在一分钟内销毁举报内容。"),
    "certified": _l("已认证，对方现在可以登录。"),
    "proposed_keys": _l("提议已保存，等待保管人签署。"),
    "signed_keys": _l("已签署，还需要其他席位。"),
    "keys_changed": _l("新的密钥集已经生效。"),
    "withdrawn_keys": _l("提议已撤回。"),
    "rule_proposed": _l("提议已保存，系统开始试算全部案件。"),
    "rule_in_force": _l("已确认，规则从启用之日起适用于新受理的举报。"),
    "rule_withdrawn": _l("提议已撤回。"),
    "calendar_proposed": _l("提议已保存，等待第二人核对确认。"),
    "calendar_changed": _l("工作日历已变更，系统正在重算受影响的期限。"),
    "rewrapped": _l("已重新封装一批。"),
    "rewrap_stuck": _l(
        "没有封装：剩下的案件您打不开，因为您没有本单位的旧密钥。请仍有旧密钥的同事来按；"
        "没有这样的同事，请系统管理员用纸质分片恢复（规程第 7 项）。"
    ),
}


def word(words: Words, code: str) -> str:
    """What *code* is called; an unknown one is shown as it is, never hidden."""
    known = words.get(str(code).lower())
    return str(known) if known is not None else str(code)
