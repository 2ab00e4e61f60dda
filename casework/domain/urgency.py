"""Urgent reports, and reports of what is no matter of work safety: what a report came in with.

Source: SCENARIOS.md S03, S04. The public site names 119, 110 and 120, or the proper channel,
first; who goes on all the same is heard.
"""

from dataclasses import dataclass

from casework.domain.act_facts import SCOPE_CODES, civil_day, number_of, text_of
from casework.domain.case import Act, Mark
from casework.domain.errors import BadActError


@dataclass(frozen=True, slots=True)
class Scope:
    """A kind of matter that another body handles.

    Attributes:
        zh, en: what it is about.
        body: who handles it.
        phone: under which number.
        cite: the clause that says so; read in public copies (S), with its number.
    """

    code: str
    zh: str
    en: str
    body: str
    phone: str
    cite: str


# What the first question of the public form sorts out. Tel. 12333: labour and social security;
# 12315: market supervision; 110: police; 12345: the government's hotline, petitions among it.
SCOPES: tuple[Scope, ...] = (
    Scope(
        "labour",
        "拖欠工资、社会保险、劳动争议",
        "Wages, social insurance, labour disputes",
        "人力资源和社会保障部门（劳动保障监察、劳动争议仲裁）",
        "12333",
        "《劳动保障监察条例》第九条、第十一条；《劳动争议调解仲裁法》第五条",
    ),
    Scope(
        "consumer",
        "消费投诉、产品质量、价格",
        "Consumer complaints, product quality, prices",
        "市场监督管理部门",
        "12315",
        "《消费者权益保护法》第三十九条第三项",
    ),
    Scope(
        "police",
        "治安、打架、盗窃、诈骗等案件",
        "Public order, theft, fraud and other crimes",
        "公安机关",
        "110",
        "《人民警察法》第二十一条；《刑事诉讼法》第一百一十条",
    ),
    Scope(
        "petition",
        "征地拆迁、待遇、邻里纠纷等其他诉求",
        "Land, benefits, neighbours and other petitions",
        "县信访局或者政务服务便民热线",
        "12345",
        "《信访工作条例》第十七条",
    ),
)
assert tuple(scope.code for scope in SCOPES) == SCOPE_CODES


def scope_of(code: str) -> Scope | None:
    """Return what a report was sorted as; None for a matter of work safety."""
    return next((one for one in SCOPES if one.code == code), None)


def urgent_marks(act: Act) -> tuple[Mark, ...]:
    """Return what a report that says it is urgent marks, as of the hour in which it came in.

    Only the hour is told, and only of an urgent report: of any other not even that. Where no
    hour is told, the limit runs from the beginning of the day.

    Raises:
        BadActError: an hour without urgency, on another day, or told to the minute.
    """
    hour = text_of(act, "urgent_from")
    if not number_of(act, "urgent"):
        if hour:
            raise BadActError("urgent_from", "none: the report is not urgent")
        return ()
    if hour and (hour[14:] != "00:00Z" or civil_day(hour).isoformat() != act.at):
        raise BadActError("urgent_from", f"a full hour of {act.at}")
    return (Mark("urgent", act.ordinal, hour or act.at),)
