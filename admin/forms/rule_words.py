"""What codes of rules are called: clocks' beginnings, marks of sources, states of proposals."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import Words

# Where a policy file stands here.
STANDINGS: Final[Words] = {
    "in_force": _l("已启用"),
    "later": _l("已确认，将启用"),
    "at_hand": _l("未启用"),
    "comparator": _l("仅供对照"),
    "ended": _l("已失效"),
    "elsewhere": _l("不适用于本地区"),
    "changed": _l("文件已变，须重新启用"),
}

PROPOSAL_STATES: Final[Words] = {
    "proposed": _l("待确认"),
    "in_force": _l("已生效"),
    "withdrawn": _l("已撤回"),
}

# How sure a figure of a policy is.
MARKS: Final[Words] = {
    "s": _l("公开文本"),
    "source": _l("来源文件原文"),
    "m": _l("条文待核"),
    "d": _l("推定"),
}

# Whose enterprise a routing rule is for.
TIERS: Final[Words] = {
    "central": _l("中央企业"),
    "provincial": _l("省属企业"),
    "city": _l("市属企业"),
    "county": _l("县属企业"),
    "township": _l("乡镇属企业"),
    "other": _l("其他企业"),
}

GRADES: Final[Words] = {"general": _l("一般隐患"), "major": _l("重大隐患")}

# What starts a clock.
BEGINNINGS: Final[Words] = {
    "submitted": _l("收到举报"),
    "dispatched": _l("分派"),
    "undetermined": _l("进入待定归属"),
    "transferred": _l("转办"),
    "accepted": _l("受理"),
    "concluded": _l("作出核查结论"),
    "told": _l("告知结果"),
    "substantiated": _l("查证属实"),
    "objection_received": _l("收到异议"),
    "reviewed": _l("复核结束"),
    "accident_known": _l("接到事故信息"),
    "listed": _l("列入挂牌督办"),
    "ordered": _l("责令整改"),
    "rectified": _l("整改完成"),
    "referred": _l("移送公安机关"),
    "penalty_decided": _l("作出处罚决定"),
    "decided": _l("作出决定"),
    "retaliation_reported": _l("收到打击报复举报"),
    "proposed": _l("拟定奖励"),
    "approved": _l("批准奖励"),
    "notified": _l("通知领奖"),
    "claimed": _l("申领"),
    "award_objected": _l("对奖励提出异议"),
    "order_issued": _l("发出督办单"),
    "urgent": _l("收到紧急举报"),
}

ENDS: Final[Words] = {
    "roll": _l("最后一日遇休息日顺延"),
    "keep": _l("最后一日遇休息日不顺延"),
}

# What follows when a clock runs out and no ladder is climbed.
BREACHES: Final[Words] = {
    "lapse": _l("到期失效"),
    "deem_accepted": _l("逾期视为受理"),
    "forfeit": _l("逾期视为放弃"),
    "resume": _l("到期恢复计时"),
}

# When the claim of an award opens, and how money reaches who claims it.
OPENINGS: Final[Words] = {
    "finding": _l("查证属实"),
    "penalty": _l("作出处罚决定"),
    "first_check": _l("初核属实"),
}

WAYS: Final[Words] = {
    "account": _l("转账到密封的账户"),
    "counter": _l("凭领奖号到窗口领取"),
    "voucher": _l("凭凭证领取"),
    "agent": _l("由代理人或者律师代领"),
}

DAY_KINDS: Final[Words] = {
    "holiday": _l("放假"),
    "workday": _l("上班"),
    "weekend": _l("周末"),
}

# What is wrong with a pasted notice.
NOTICE_KEYS: Final[Words] = {
    "sentence": _l("看不懂的句子"),
    "weekday": _l("星期不符"),
    "count": _l("天数不符"),
    "twice": _l("重复"),
    "make_up": _l("补班日不是周末"),
    "missing": _l("缺少"),
    "year": _l("年份"),
    "date": _l("日期"),
    "section": _l("节日"),
    "text": _l("文字太长"),
    "header": _l("表头"),
    "row": _l("行"),
    "day": _l("日期"),
    "kind": _l("种类"),
    "name": _l("名称"),
}

# What a dry run found, why an award would be refused.
OUTCOMES: Final[Words] = {
    "amount": _l("确定金额"),
    "range": _l("幅度"),
    "manual": _l("由审批人确定"),
    "none": _l("不予奖励"),
    "refused": _l("事实不符合规则，无法计算"),
}
