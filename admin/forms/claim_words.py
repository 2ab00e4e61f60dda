"""Words of a claim to an award: its conditions, reasons, and what the reporter declares."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import FINDINGS, NO_REWARD, Words

# Conditions of an award, see casework.domain.eligibility.
CONDITIONS: Final[Words] = {
    "found_true": _l("查证属实"),
    "penalty_decided": _l("处罚决定已经作出"),
    "ruled": _l("适用的办法规定了奖励"),
    "not_known": _l("有关部门事先没有掌握，或者没有依法处理"),
    "named": _l("实名举报，或者办法允许匿名举报凭查询码领奖"),
    "relation": _l("举报人与被举报单位的关系不在排除之列"),
    "prior": _l("没有超过本期奖励的最高数额"),
    "first": _l("同一事项中最先的举报人"),
    "figure": _l("办法给出数额"),
    "cap_lifted": _l("经批准可以超过总额上限"),
    "money": _l("资金已经预留"),
}

MET: Final[Words] = {"yes": _l("符合"), "no": _l("不符合"), "open": _l("待定")}

RELATIONS: Final[Words] = {
    "none": _l("没有关系"),
    "staff": _l("在该单位工作"),
    "spouse": _l("该单位人员的配偶"),
    "parent": _l("该单位人员的父母"),
    "child": _l("该单位人员的子女"),
    "family": _l("该单位员工的亲属"),
    "informant": _l("知情人"),
    "regulator": _l("负有监管职责的人员"),
    "regulator_relative": _l("监管人员的近亲属"),
    "safety_manager": _l("该单位的安全管理人员"),
    "hired_expert": _l("受聘的专家"),
}

# What a condition adds in one word: a relation, a reason of the calculator, a setting.
TOLD: Final[Words] = {
    **FINDINGS,
    **RELATIONS,
    **NO_REWARD,
    "range": _l("办法给出幅度，由承办人选定"),
    "manual": _l("办法没有给出数额，由审批人说明理由后确定"),
    "known": _l("已经掌握并在处理"),
    "known_not_handled": _l("已经掌握，但没有依法处理"),
    "first_accepted": _l("按受理的先后"),
    "first_effective": _l("按最先提供有效线索"),
    "short": _l("专项资金不足，等有资金时按次序预留"),
    "review": _l("复核后增加的部分"),
    "not_substantiated": _l("没有查证属实"),
}

# Why nothing is due, as whoever refuses it says; casework.domain.award_values.REFUSED_FOR.
REFUSED: Final[Words] = {
    "anonymous": _l("匿名举报，适用的办法只奖励实名举报"),
    "relation": _l("举报人与被举报单位的关系不符合奖励条件"),
    "duty_holder": _l("举报人负有监管职责，举报是其职责"),
    "injured_party": _l("举报人是事故或者违法行为的受害人，另有赔偿途径"),
    "offender": _l("举报人参与了被举报的违法行为"),
    "paid_by_competitor": _l("举报由同行出资，为了竞争"),
    "already_known": _l("举报前已经掌握并依法处理"),
    "from_media": _l("举报的内容已由媒体公开"),
    "duplicate": _l("同一事项已有更早的举报人"),
    "withdrawn": _l("举报人放弃奖励"),
    "no_rule": _l("适用的办法没有规定奖励"),
}

SENT_BACK: Final[Words] = {
    "amount": _l("金额需要重新考虑"),
    "facts": _l("事实或者处罚需要补充核实"),
    "grounds": _l("理由或者依据不充分"),
    "split": _l("分配需要重新考虑"),
}

REOPENED: Final[Words] = {
    "illness": _l("因病"),
    "away": _l("外出不在当地"),
    "not_told": _l("没有得到通知"),
    "disaster": _l("因灾害或者突发事件"),
    "lost_code": _l("遗失查询码，已经核对身份"),
}

RECALLED: Final[Words] = {
    "fraud": _l("骗取奖励"),
    "collusion": _l("与被举报单位或者工作人员串通"),
    "mistake": _l("核发有误"),
    "penalty_annulled": _l("处罚决定被撤销"),
}

BANK: Final[Words] = {
    "account_unknown": _l("账号不存在或者有误"),
    "name_differs": _l("户名与账号不符"),
    "account_closed": _l("账户已销户"),
    "other": _l("其他原因"),
}

NOTIFIED: Final[Words] = {
    "mailbox": _l("查询页"),
    "letter": _l("寄送领奖通知书"),
    "announced": _l("按举报编号公告"),
}

# What ended earlier approvals.
VOIDED: Final[Words] = {
    "finding.recorded": _l("核查结论或者罚款更正"),
    "reward.declared": _l("举报人申报了关系或者已得奖励"),
    "reward.computed": _l("系统按新的事实重新核算"),
    "reward.sent_back": _l("审批人退回"),
    "reward.proposed": _l("重新拟定了金额"),
    "reward.reserved": _l("重新拟定了金额"),
    "reward.reviewed": _l("复核后重新核定"),
    "review.decided": _l("复核后返工"),
    "case.redone": _l("返工，重新核查"),
}
