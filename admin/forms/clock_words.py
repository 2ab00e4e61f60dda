"""What is said about time limits: clocks, how they stand, their ladder, requests and orders."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import Words, named, reasons
from casework.domain import clock_reasons, milestone

CLOCKS: Final[Words] = {
    "first_contact": _l("首次联系举报人"),
    "accept": _l("受理期限"),
    "hand_over": _l("移交期限"),
    "assign": _l("指定承办期限"),
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
    "protect": _l("决定保护措施期限"),
    "propose": _l("拟定奖励期限"),
    "approve": _l("奖励审批期限"),
    "notify": _l("通知领奖期限"),
    "claim": _l("领奖期限"),
    "pay": _l("发放期限"),
    "reward_review": _l("奖励复核期限"),
    "reward_object": _l("举报人对奖励提出异议的期限"),
    "close": _l("办结期限"),
    "order_reply": _l("督办单答复期限"),
    "urgent": _l("紧急处置期限"),
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
    "late": _l("超期完成"),
    "lapsed": _l("期满未行使"),
    "void": _l("不再需要"),
}

# What waits for somebody, in lists.
WAITING: Final[Words] = {
    "extension": _l("申请延期"),
    "pause": _l("申请暂停"),
    "refusal": _l("拟不予受理"),
    "refusal_above": _l("拟不予受理"),
    "closing": _l("提议办结"),
    "malice": _l("恶意举报认定"),
    "assignment": _l("建议承办单位"),
    "return": _l("申请退回"),
    "award": _l("奖励待审批"),
    "award_review": _l("对奖励有异议"),
    "award_review_head": _l("对奖励有异议"),
    "help": _l("协办"),
    "discipline": _l("已签收"),
    "copy": _l("已签收"),
    "interference": _l("加密记录"),
    "unsigned": _l("待签收"),
    "assigned": _l("承办"),
    "sign": _l("待签字"),
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

EXTENSION_REASONS: Final = reasons(clock_reasons.EXTENSION_REASONS)

PAUSE_REASONS: Final = reasons(clock_reasons.PAUSE_REASONS)

MILESTONES: Final[Words] = {one.name: named(one) for one in milestone.MILESTONES.values()}

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
