"""Words for the codes that forms offer: kinds of matter, relations."""

from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l


class Choice(NamedTuple):
    """One thing to choose, with a line that explains it."""

    code: str
    name: Any
    hint: Any = ""


MATTERS: Final = (
    Choice(
        "general_hazard", _l("一般事故隐患"),
        _l("危害较小，发现后能够立即整改排除的隐患，如消防通道堆物、个别设备缺少防护。"),
    ),
    Choice(
        "major_hazard", _l("重大事故隐患"),
        _l("危害大、整改难，可能造成群死群伤的隐患。查证属实的有奖励。"),
    ),
    Choice(
        "violation", _l("安全生产违法行为"),
        _l("无证生产、违章指挥、违法分包转包、关闭报警装置等。查证属实的有奖励。"),
    ),
    Choice(
        "concealed_accident", _l("瞒报、谎报事故"),
        _l("发生了事故不报、迟报、漏报或者报假情况。查证属实的有奖励。"),
    ),
    Choice(
        "staff_misconduct", _l("监管执法人员失职或违纪"),
        _l("安全监管人员不作为、收受好处、通风报信等。不会转给被举报的部门。"),
    ),
    Choice(
        "retaliation", _l("举报后遭到打击报复"),
        _l("因举报被辞退、调岗、降薪、威胁等。"),
    ),
)  # fmt: skip
MATTER_NAMES: Final = {choice.code: choice.name for choice in MATTERS}

RELATIONS: Final = (
    Choice("none", _l("与该单位没有关系")),
    Choice("staff", _l("我在该单位工作"), _l("含劳务派遣、临时用工")),
    Choice("family", _l("我是该单位员工的亲属")),
)
RELATION_CODES: Final = frozenset(choice.code for choice in RELATIONS)

ACCOUNT: Final = "account"
COUNTER: Final = "counter"
VOUCHER: Final = "voucher"
AGENT: Final = "agent"
CLAIM_WAYS: Final = (
    Choice(COUNTER, _l("到窗口领"), _l("给您一个一次性领奖号，凭号领取，不用留账号")),
    Choice(ACCOUNT, _l("转到银行账户"), _l("填写收款人和账号，加密封存")),
    Choice(VOUCHER, _l("凭领奖凭证领"), _l("打印一张不写姓名的凭证，拿着它和确认码到窗口领")),
    Choice(AGENT, _l("请代理人或者律师代领"), _l("上传委托书，加密封存；窗口不问您是谁")),
)
