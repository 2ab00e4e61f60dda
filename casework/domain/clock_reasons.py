"""Why a limit may be lengthened, and why a clock may stand still: the codes, with their words.

A policy names by these codes which reasons it knows. The words are what the
reporter is told, so they say nothing about the case itself.

Source: the grounds of an extension are 情况复杂 in 安监总财〔2012〕63号 第十一条（六） [S] and its
usual cases [D]; those of a pause are [D] after POLICIES.md (c), as the rules read name none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockReason:
    """A coded reason, with the words for people."""

    code: str
    zh: str
    en: str


EXTENSION_REASONS: tuple[ClockReason, ...] = (
    ClockReason("complex", "情况复杂", "The matter is complex"),
    ClockReason(
        "expert_test", "需要鉴定、检验或者检测", "An expert opinion, inspection or test is needed"
    ),
    ClockReason("many_parties", "涉及单位或者人员较多", "Many units or people are concerned"),
    ClockReason("cross_region", "需要跨地区调查", "Inquiries in other regions are needed"),
    ClockReason(
        "force_majeure",
        "自然灾害等不可抗力影响核查",
        "A disaster or the like hinders the verification",
    ),
)
PAUSE_REASONS: tuple[ClockReason, ...] = (
    ClockReason(
        "expert_test", "鉴定、检验、检测期间", "While an expert opinion, inspection or test is made"
    ),
    ClockReason(
        "waiting_for_reporter", "等待举报人补充材料", "Waiting for material from the reporter"
    ),
    ClockReason("court", "等待法院或者仲裁机构的结果", "Waiting for a court or arbitration"),
    ClockReason("disaster", "自然灾害等不可抗力", "A disaster or the like"),
)
EXTENSION_CODES = tuple(reason.code for reason in EXTENSION_REASONS)
PAUSE_CODES = tuple(reason.code for reason in PAUSE_REASONS)
