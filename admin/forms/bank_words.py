"""Words of the transfers through the bank: what codes mean to people."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import Words

FORMATS: Final[Words] = {
    "xlsx": _l("XLSX（Excel）"),
    "csv": _l("CSV（UTF-8）"),
    "gb18030": _l("CSV（GB18030，较旧的网银程序）"),
}
ORDER_STATES: Final[Words] = {
    "sent": _l("银行办理中"),
    "paid": _l("已付款"),
    "undone": _l("未付成"),
    "returned": _l("已退回"),
}

# Why one row of a bank's file booked nothing.
WHYS: Final[Words] = {
    "no_reference": _l("没有参考号"),
    "amount_unread": _l("金额读不出来"),
    "result_unread": _l("结果读不出来"),
    "pending": _l("银行还没有办完，等最后结果"),
    "twice": _l("同一参考号在文件里出现不止一次，都没有登记"),
    "unknown": _l("没有这个参考号"),
    "other_batch": _l("属于另一批，请到那一批导入"),
    "amount_differs": _l("金额与付款单不一致"),
    "answered_before": _l("以前已经登记过"),
    "contradicts": _l("与以前登记的结果矛盾，请马上向银行查清"),
    "refused": _l("没有登记"),
}

# What of a payee cannot stand in a bank's file.
PAYEE_PROBLEMS: Final[Words] = {
    "name": _l("收款人姓名不能写进银行文件（为空、太长，或有看不见的字符、公式符号）"),
    "declared": _l("举报人没有留下姓名，无法核对户名，不能转账"),
    "account": _l("银行账号不是 8 到 32 位数字"),
    "bank": _l("开户银行不能写进银行文件（为空、太长，或有看不见的字符、公式符号）"),
}
UNDONE: Final[Words] = {
    "account_unknown": _l("账号或者开户行有误"),
    "name_differs": _l("户名不符"),
    "account_closed": _l("账户已销户或者不能入账"),
    "not_sent": _l("文件没有送到银行"),
    "other": _l("银行因其他原因没有办理"),
}
