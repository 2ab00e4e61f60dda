"""What a reporter is told when a report is not accepted: one template for each coded reason.

What stands in 【】 is to be written by the officer; nothing of it may be left over. Marks as in
the rule files: S seen in public copies, M from memory (the text was not at hand), D our own
reading. The numbers of clauses marked M are to be checked before they are relied on.

Source: POLICIES.md (a3) "Not accepted". Read in public copies, with number and paragraph:
信访工作条例 (2022) 第十九条, 第二十三条; 安全生产法 (2021) 第七十三条, 第七十四条;
国务院令第493号 第三十一条, 第三十二条, 第三十四条; 政府信息公开条例 (2019) 第二十七条.
That the petition rules hold for a report by analogy (参照) is our reading: 第十九条第三款
itself speaks of a body above the one that accepted the matter.
"""

import re
from dataclasses import dataclass, replace

from casework.domain.urgency import scope_of

_TO_FILL_IN = re.compile(r"【[^【】]*】|[【】]")
ELSEWHERE = "【应当向哪个部门反映，电话】"
OUT_OF_SCOPE = "not_work_safety"


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """The words for one reason.

    Attributes:
        reason: code, one of verification.REFUSAL_CODES.
        cite: the clause, at most 200 characters; signed with the proposal.
        mark: S, M or D: how well *cite* is known.
        text: what the reporter reads, with 【】 where the officer fills in.
    """

    reason: str
    cite: str
    mark: str
    text: str


_ENDING = (
    "如有新的情况或者证据，可以再次举报；不同意本决定的，可以在信箱里留言，或者向监督单位反映。"
)
TEMPLATES: tuple[ReplyTemplate, ...] = (
    ReplyTemplate(
        "already_accepted",
        "参照《信访工作条例》（2022）第十九条第三款（已经受理或者正在办理的同一事项，不再受理）",
        "S",
        "您反映的事项此前已经受理，正在由【哪个单位】办理，本次不再另行受理。依据：{cite}。"
        "您本次补充的内容将一并转交办理。" + _ENDING,
    ),
    ReplyTemplate(
        "no_clear_facts",
        "应急管理部安全生产举报平台受理范围说明；《信访工作条例》（2022）第十九条第一款、第二款"
        "（载明请求、事实、理由，客观真实）",
        "S",
        "您的举报缺少【举报对象、具体地点、事实中的哪一项】，无法据以核查，不予受理。依据：{cite}。"
        "请补充这些内容后再次举报。" + _ENDING,
    ),
    ReplyTemplate(
        "advice_or_inquiry",
        "应急管理部安全生产举报平台受理范围说明；《政府信息公开条例》第二十七条",
        "S",
        "您反映的是【意见建议、咨询或者信息公开申请】，不属于举报，不按举报受理。依据：{cite}。"
        "建议、咨询可以拨打 12345；申请信息公开，请向【哪个单位】提出。" + _ENDING,
    ),
    ReplyTemplate(
        "other_legal_route",
        "应急管理部安全生产举报平台受理范围说明；《行政复议法》《行政诉讼法》《仲裁法》",
        "S",
        "您反映的事项应当或者已经通过【行政复议、诉讼或者仲裁】解决，不予受理。依据：{cite}。"
        "请向【哪个机关】提出，并注意法定期限。" + _ENDING,
    ),
    ReplyTemplate(
        "procedure_running",
        "宁夏自然资源领域举报规定（2025）关于法定程序正在进行的规定（参照）",
        "S",
        "您反映的情况，【哪个机关】已经启动【什么程序】，正在办理，本单位不再另行受理。依据：{cite}。"
        "您可以向该机关了解进展。" + _ENDING,
    ),
    ReplyTemplate(
        "accident_closed",
        "《生产安全事故报告和调查处理条例》（国务院令第493号）第三十一条、第三十二条、第三十四条",
        "S",
        "您反映的事故已经由【哪级人民政府】调查处理并批复结案（【批复文号、日期】），不予受理。"
        "依据：{cite}。事故调查报告见【公布的网址或者查阅地点】。" + _ENDING,
    ),
    ReplyTemplate(
        OUT_OF_SCOPE,
        "《安全生产法》第七十三条、第七十四条（举报范围为事故隐患和安全生产违法行为）",
        "S",
        f"您反映的事项不属于安全生产举报的范围，不予受理。依据：{{cite}}。请向{ELSEWHERE}反映。"
        + _ENDING,
    ),
    ReplyTemplate(
        "not_this_department",
        "《安全生产法》第七十三条第一款（不属于本部门职责的，转交其他有关部门处理）；参照《信访工作条例》"
        "（2022）第二十三条第一款（不属于本系统职权范围的，告知向有权处理的机关提出）",
        "S",
        "您反映的事项不属于本部门职责，也不属于本系统内其他部门职责，不予受理。依据：{cite}。"
        f"请向{ELSEWHERE}反映。" + _ENDING,
    ),
    ReplyTemplate(
        "repeated",
        "深圳市安全生产举报规定关于办理期间重复举报的规定（参照）",
        "S",
        "您就同一事项的举报正在办理（举报编号【编号】），办理期间不再重复受理。依据：{cite}。"
        "请凭那一次的查询码查看进展。" + _ENDING,
    ),
)


def template_of(reason: str, *, scope: str = "") -> ReplyTemplate | None:
    """Return the template of a reason with its clause written in; None for an unknown reason.

    Args:
        reason: code, one of verification.REFUSAL_CODES.
        scope: as what the reporter sorted the matter (`Case.scope`): the proper channel and
            its clause are then written in too.
    """
    found = next((one for one in TEMPLATES if one.reason == reason), None)
    if found is None:
        return None
    elsewhere = scope_of(scope) if reason == OUT_OF_SCOPE else None
    cite = f"{found.cite}；{elsewhere.cite}" if elsewhere else found.cite
    text = found.text.replace("{cite}", cite)
    if elsewhere:
        text = text.replace(ELSEWHERE, f"{elsewhere.body}（电话 {elsewhere.phone}）")
    return replace(found, cite=cite, text=text)


def left_over(text: str) -> tuple[str, ...]:
    """Return what of a template was not filled in, in order; empty when all was."""
    return tuple(_TO_FILL_IN.findall(text))
