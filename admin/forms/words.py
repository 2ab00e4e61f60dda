"""What codes are called on these pages: states, events, reasons, purposes, roles."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from casework.domain import (
    assignment,
    disclosure,
    drawing,
    hold,
    protection,
    recusal,
    refusal,
    reply_templates,
    retention,
    transfer,
    urgency,
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


def named(one: _Named) -> LazyString:
    """What something of the domain calls itself, in the reader's language."""
    return LazyString(_in_language, one)


def reasons(coded: Iterable[_Reason]) -> Words:
    """What coded reasons of the domain are called, by code."""
    return {reason.code: named(reason) for reason in coded}


REFUSAL_REASONS: Final = reasons(verification.REFUSAL_REASONS)
DECLINE_REASONS: Final = reasons(refusal.DECLINE_REASONS)
SCOPES: Final = reasons(urgency.SCOPES)
REPLIES: Final = reasons(reply_templates.REPLIES)
TRANSFER_REASONS: Final = reasons(transfer.REASONS)
DRAW_REASONS: Final = reasons(drawing.REASONS)
RECUSAL_GROUNDS: Final = reasons(recusal.GROUNDS)
HAND_OVERS: Final[Words] = {"on_leave": _l("请假期间代办"), "back": _l("假满交回")}
LEAD_BASES: Final = reasons(assignment.BASES)
RETURN_OUTCOMES: Final[Words] = {
    "upheld": _l("同意退回，已改派"),
    "overruled": _l("不同意退回"),
    "kept": _l("申请单位自行受理"),
}

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
    "merged": _l("已并案"),
}

MERGE_KINDS: Final[Words] = {
    "same": _l("同一事项的举报"),
    "supplementary": _l("补充举报（有新的证据）"),
}
UNDO_REASONS: Final[Words] = {
    "another_matter": _l("查明不是同一事项"),
    "merged_by_mistake": _l("并案有误"),
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

# Whether it was solved, as the reporter answers a call-back.
ANSWERS: Final[Words] = {
    "solved": _l("已解决"),
    "partly": _l("部分解决"),
    "not_solved": _l("没有解决"),
}

PHONED: Final[Words] = {**ANSWERS, "not_reached": _l("没有联系上")}

FINDINGS: Final[Words] = {
    "substantiated": _l("查证属实"),
    "partly": _l("部分属实"),
    "unsubstantiated": _l("查无实据"),
    "cannot_be_verified": _l("无法核实"),
}

PURPOSES: Final = reasons(disclosure.PURPOSES)
RELEASE_REFUSALS: Final = reasons(disclosure.REFUSALS)
HOLD_REASONS: Final = reasons(hold.REASONS)
DESTRUCTION_REASONS: Final = reasons(retention.REASONS)

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
    "claimed": _l("已申领，待发放"),
    "paid": _l("已发放"),
    "rejected": _l("未批准"),
    "eligibility": _l("待核定"),
    "computed": _l("已核算，资金已预留"),
    "approved": _l("已批准，待通知"),
    "funded": _l("财政已确认，待通知"),
    "notified": _l("已通知，等举报人申领"),
    "ordered": _l("银行付款中"),
    "reconciled": _l("已对账"),
    "closed": _l("已办结"),
    "lapsed": _l("逾期未领"),
    "recalled": _l("追回中"),
}

MEANS: Final[Words] = {
    "transfer": _l("银行转账"),
    "cash": _l("柜台现金"),
    "voucher": _l("领奖券"),
    "agent": _l("由代理人代领"),
}

CLAIM_WAYS: Final[Words] = {
    "account": _l("转入举报人账户"),
    "counter": _l("柜台凭领奖号领取"),
    "voucher": _l("柜台凭领奖凭证领取"),
    "agent": _l("由代理人或律师代领"),
    "card": _l("柜台凭身份证件领取"),
}

AWARD_PAPERS: Final[Words] = {
    "notice": _l("领奖通知书"),
    "announcement": _l("领奖公告"),
    "voucher": _l("支付凭单"),
    "lapsed": _l("奖励失效公告"),
}

ITEM_KINDS: Final[Words] = {
    "who": _l("举报人姓名与证件"),
    "contact": _l("举报人联系方式"),
    "payee": _l("领奖人收款信息"),
    "mandate": _l("代理人和委托书"),
    "file": _l("能看出举报人的文件"),
}


LEDGER_KINDS: Final[Words] = {
    "appropriation": _l("下达预算"),
    "supplement": _l("追加预算"),
    "carry_in": _l("上年结转"),
    "virement_in": _l("调入"),
    "overdraft": _l("超支垫用"),
    "reservation": _l("预留"),
    "release": _l("释放"),
    "disbursement": _l("发放"),
    "return": _l("银行退回"),
    "clawback": _l("追回"),
    "cover": _l("弥补超支"),
    "virement_out": _l("调出"),
    "carry_out": _l("结转下年"),
    "lapse": _l("年终收回"),
}

LEDGER_ACCOUNTS: Final[Words] = {
    "budget": _l("财政预算"),
    "transit": _l("调剂途中"),
    "carried": _l("年度结转"),
    "overdraft": _l("超支额度"),
    "available": _l("可用"),
    "reserved": _l("已预留"),
    "paid": _l("已发放"),
}


FUND_SOURCES: Final[Words] = {
    "county": _l("县级财政"),
    "city": _l("市级财政"),
    "province": _l("省级财政"),
    "nation": _l("中央财政"),
}

FUND_MOVES: Final[Words] = {
    "virement": _l("调剂"),
    "overdraft": _l("超支垫用"),
    "clawback": _l("追回"),
    "carry": _l("结转下年"),
    "lapse": _l("年终收回"),
}

REFERRED_TO: Final[Words] = {
    "police": _l("公安机关"),
    "discipline": _l("纪检监察机关"),
}

MEASURES: Final = reasons(protection.MEASURES)

PARTS: Final[Words] = {
    "narrative": _l("举报内容"),
    "linked_case": _l("因哪一件举报被打击报复"),
    "enterprise": _l("被举报单位"),
    "place": _l("地点"),
    "occurred_on": _l("发生时间"),
    "relation": _l("与被举报单位的关系"),
    "account": _l("核查情况"),
    "rectification": _l("整改要求"),
    "visit_record": _l("现场核查记录"),
    "visit_note": _l("退回核查记录的说明"),
    "photo_info": _l("现场照片的说明"),
    "closing_note": _l("退回办结提议的说明"),
    "opinion": _l("协办意见"),
    "observation": _l("抄送单位反馈的情况"),
    "discipline_answer": _l("纪检监察机关的回复"),
    "ruling": _l("不同意退回的理由"),
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
    "clue_grade_missing": _l("线索等级还没有认定，认定后再计算"),
    "metric_missing": _l("缺少查获的数量（货值、重量），查明后再计算"),
    "below_threshold": _l("没有达到办法规定的起奖数额"),
    "no_penalty": _l("没有罚款，办法又没有规定最低奖励"),
    "period_cap": _l("本期内已经奖励到规定的最高数额"),
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
    "agent": _l("代理人"),
    "document": _l("携带的证件"),
    "number": _l("证件号码"),
}
DOCUMENTS: Final[Words] = {
    "id_card": _l("居民身份证"),
    "lawyer": _l("律师执业证"),
    "other": _l("其他证件"),
}


def word(words: Words, code: str) -> str:
    """What *code* is called; an unknown one is shown as it is, never hidden."""
    known = words.get(str(code).lower())
    return str(known) if known is not None else str(code)
