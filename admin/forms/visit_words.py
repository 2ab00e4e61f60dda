"""What the codes of on-site verification are called."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import Words

PURPOSES: Final[Words] = {
    "verify": _l("核查举报"),
    "recheck": _l("整改复查"),
    "follow_up": _l("挂牌跟踪督办"),
}
RESULTS: Final[Words] = {
    "complete": _l("该看的都已看完"),
    "partial": _l("只看了一部分，还要再去"),
}
BASES: Final[Words] = {
    "visit": _l("现场核查记录（两名执法人员签字）"),
    "documents": _l("书面材料核查（未到现场）"),
    "phone": _l("电话核实（未到现场）"),
    "other_body": _l("其他机关已作出的调查或者检查结论"),
}
DROPS: Final[Words] = {
    "officer_away": _l("执法人员请假、出差或者调离"),
    "recused": _l("执法人员应当回避"),
    "not_needed": _l("不再需要到现场"),
    "opened_by_mistake": _l("误开"),
    "transferred": _l("已转办，由新的承办单位另行安排"),
}
ANSWERS: Final[Words] = {
    "yes": _l("是"),
    "no": _l("否"),
    "not_applicable": _l("不适用"),
    "not_seen": _l("没看到"),
}
# How well a clause is known, as in the files of rules.
MARKS: Final[Words] = {
    "s": _l("已见公开文本"),
    "m": _l("凭记忆，条号待核"),
    "d": _l("系统自定"),
}
