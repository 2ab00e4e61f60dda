"""What the parts and columns of a routing table are called, and what was expected of a cell."""

import re
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from admin.extensions import gettext as _
from admin.forms.words import Words

PART_NAMES: Final[Words] = {
    "rule": _l("规则"),
    "region": _l("区域"),
    "sector": _l("行业"),
    "department": _l("单位"),
    "head": _l("表头"),
}
# Keys of the file, in every part that has them.
KEYS: Final[Words] = {
    "id": _l("规则编号"),
    "code": _l("代码"),
    "name": _l("名称"),
    "name_en": _l("英文名称"),
    "short": _l("简称"),
    "region": _l("区划代码"),
    "sector": _l("行业代码"),
    "matter": _l("事项类别"),
    "tier": _l("企业层级"),
    "grade": _l("隐患等级"),
    "from": _l("起始日"),
    "until": _l("终止日"),
    "lead": _l("承办单位"),
    "co": _l("协办单位"),
    "copy": _l("抄送单位"),
    "reason": _l("理由"),
    "clause": _l("条款"),
    "clauses": _l("条款"),
    "kind": _l("类型"),
    "parent": _l("上级区划"),
    "valid_from": _l("启用日"),
    "valid_to": _l("停用日"),
    "successor": _l("接替代码"),
    "verified": _l("已核实"),
    "code_source": _l("代码来源"),
    "supervisor": _l("监督单位"),
    "duties": _l("职责"),
    "site": _l("区划代码"),
    "source": _l("来源文号"),
    "discipline": _l("纪检监察单位"),
}

# What the domain expects, and the sentence for it; the groups of the pattern fill it in.
_EXPECTED: Final[tuple[tuple[str, LazyString], ...]] = (
    (r"6 or 12 digits, each once, not (?P<a>.*)", _l("6 位或 12 位数字，不能重复，不是 %(a)s")),
    (
        r"a region code, hyphen, letters, each once, not (?P<a>.*)",
        _l("区划代码、短横、字母，不能重复，不是 %(a)s"),
    ),
    (
        r"lower-case letters, digits and _, each once, not (?P<a>.*)",
        _l("小写字母、数字和下划线，不能重复，不是 %(a)s"),
    ),
    (r'a text, "" for none', _l('文字；没有写 ""')),
    (r"a list, \[\] for none", _l("列表；没有写 []")),
    (r"a day not before (?P<a>.*)", _l("不早于 %(a)s 的日期")),
    (r"at least one", _l("至少一条")),
    (r"at least one rule", _l("至少一条规则")),
    (r"at least one sheet", _l("至少一张有内容的表")),
    (r"one row", _l("一行")),
    (r"one sheet for each part", _l("每一部分只有一张表")),
    (r"a first row with the names of columns", _l("第一行是列名")),
    (
        r"a supervisor (?P<a>\d+)-…( on every day, also on (?P<b>.*))? for what no rule matches",
        _l("%(a)s 每一天都有监督单位，接收没有规则的举报"),
    ),
    (r'the code of a department of kind discipline, or ""', _l('纪检监察单位的代码，或者 ""')),
    (r"each id once, not (?P<a>.*) again", _l("编号不能重复：%(a)s")),
    (r"each id once; row (?P<a>\d+) has it, too", _l("编号不能重复：第 %(a)s 行也是它")),
    (
        r"no tie: (?P<a>.*) \(row (?P<b>\d+)\) is for the same reports and days",
        _l("与 %(a)s（第 %(b)s 行）针对同样的举报和日期，只能留一条"),
    ),
    (
        r"no tie: (?P<a>.*) is for the same reports and days as (?P<b>.*)",
        _l("%(a)s 与 %(b)s 针对同样的举报和日期，只能留一条"),
    ),
    (r"the code of a region of this file", _l("本表里的区划代码")),
    (r'the code of a sector of this file, or "\*"', _l("本表里的行业代码，或者 *")),
    (r"a last day, for a successor is named", _l("停用日，因为写了接替代码")),
    (r"a region in use on (?P<a>.*)", _l("%(a)s 在用的区划")),
    (r"a tree, but (?P<a>.*) leads back to (?P<b>.*)", _l("层级不能成环：%(a)s 又回到 %(b)s")),
    (r"a supervisor's code", _l("监督单位的代码")),
    (r'a department of kind supervisor, or ""', _l("类型为 supervisor 的单位，最上级留空")),
    (r"a department that is there on all of its days", _l("在这个单位的全部日期里都在的单位")),
    (r"departments that handle reports, not (?P<a>.*)", _l("能办理举报的单位，不是 %(a)s")),
    (
        r"departments that are there on all days of the rule, not (?P<a>.*)",
        _l("在规则的全部日期里都在的单位，不是 %(a)s"),
    ),
    (r"others than the lead", _l("承办单位以外的单位")),
    (r"UTF-8 text", _l("UTF-8 文字")),
    (r"TOML \((?P<a>.*)\)", _l("TOML 格式（%(a)s）")),
    (r"TOML with numbers of a few digits", _l("位数不多的数字")),
    (r"TOML of a few levels", _l("层次不多的 TOML")),
    (r"a table", _l("一个表")),
    (r"a list of tables", _l("一组表")),
    (r"no such key", _l("没有这个键")),
    (r"a text", _l("文字，不能为空")),
    (r"a text without control characters", _l("不带控制字符的文字")),
    (r"a text, not a formula", _l("文字，不是公式")),
    (r"a text, not a failed formula", _l("文字，不是出错的公式")),
    (r"one of (?P<a>.*)", _l("其中之一：%(a)s")),
    (r"a list of different texts", _l("一组不重复的文字")),
    (r"different codes, with .between", _l("不重复的代码，用“；”隔开")),
    (r"a list of integers from (?P<a>.*) to (?P<b>.*)", _l("%(a)s 到 %(b)s 的整数")),
    (r"true or false", _l("是或否")),
    (r"a day, \d{4}-\d{2}-\d{2}(?P<a>, or nothing)?", _l("日期，例如 2026-07-01")),
    (r"rules as \[\[rule\]\] tables", _l("规则写成 [[rule]]")),
    (r"all rules after everything else", _l("全部规则在其他内容之后")),
    (r"the entry, with a last day", _l("这一项不能去掉：写上最后一天（停用日、终止日）")),
    (r"each once: (?P<a>.*)", _l("只有这些列，每列一次：%(a)s")),
    (r"a column .(?P<a>.*).", _l("有“%(a)s”这一列")),
    (r"nothing beyond the last column", _l("最后一列之后没有内容")),
    (r"at most (?P<a>.*)", _l("最多 %(a)s")),
    (r"CSV with commas \((?P<a>.*)\)", _l("逗号分隔的 CSV（%(a)s）")),
    (r"text in UTF-8 or GB18030", _l("UTF-8 或 GB18030 文字")),
    (r"a workbook \(XLSX\)", _l("XLSX 工作簿")),
    (r"(?P<a>\d{6}|\d{12})", _l("本县的区划代码 %(a)s")),
)
_PATTERNS: Final = tuple(
    (re.compile(f"(?:{form})\\Z", re.DOTALL), sentence) for form, sentence in _EXPECTED
)


def expected(told: str) -> str:
    """Return the sentence for what the domain expected; its own words where there is none."""
    for pattern, words in _PATTERNS:
        found = pattern.match(told)
        if found is not None:
            return str(words) % {name: value or "" for name, value in found.groupdict().items()}
    return told


def column(key: str) -> str:
    """Return what a column, or a key of the file such as "rule[6].lead", is called."""
    told = key.rpartition(".")[2]
    name = KEYS.get(told)
    if name is None:
        return key
    return str(name) if told == key else _("%(name)s（%(key)s）", name=str(name), key=key)
