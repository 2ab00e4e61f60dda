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


_OF_THE_WORK: tuple[ClockReason, ...] = (
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
# Why a reporter may claim an award later, where the rules want a good reason and name none.
_OF_A_CLAIM: tuple[ClockReason, ...] = (
    ClockReason("cannot_come", "举报人有正当理由，暂时不能领取", "A good reason not to claim yet"),
    ClockReason("papers", "正在补办证件或者办理委托", "Papers or a mandate are being made out"),
    ClockReason("told_late", "领奖通知较晚才知道", "The notice was learned of late"),
)
EXTENSION_REASONS = (*_OF_THE_WORK, *_OF_A_CLAIM)
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
_CLAIM_CODES = tuple(reason.code for reason in _OF_A_CLAIM)
_WORK_CODES = tuple(reason.code for reason in _OF_THE_WORK)
PAUSE_CODES = tuple(reason.code for reason in PAUSE_REASONS)


def usual_codes(clock: str) -> tuple[str, ...]:
    """Return why a clock may be lengthened where its policy names no reasons."""
    return _CLAIM_CODES if clock == "claim" else _WORK_CODES
