"""Where a reporter may turn who does not agree with a result, beside the objection (S29).

These ways are given by law to everybody and do not run in this system: no clock here is theirs.
Whether one is open to this reporter, the body there decides; the words say so.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppealRoute:
    """One way, with the words that the reporter is told.

    Attributes:
        cite: law and article.
        mark: "S": the text, with its number, was read in a public copy; as in the policy files.
    """

    code: str
    zh: str
    en: str
    cite: str
    mark: str = "S"


ROUTES: tuple[AppealRoute, ...] = (
    AppealRoute(
        "petition_review",
        "答复属于信访处理意见的，收到书面答复之日起30日内，可以请上一级机关复查",
        "Where the answer is one to a petition: review by the body above within 30 days",
        "《信访工作条例》（2022）第三十五条",
    ),
    AppealRoute(
        "reconsideration",
        "认为行政行为侵犯自己合法权益的，知道之日起60日内，可以申请行政复议",
        "Administrative reconsideration within 60 days, where one's own rights are concerned",
        "《行政复议法》（2023修订）第二十条",
    ),
    AppealRoute(
        "court",
        "依法属于受案范围的，知道之日起6个月内，可以向人民法院提起行政诉讼",
        "An action before the people's court within 6 months, where the law admits it",
        "《行政诉讼法》第四十六条",
    ),
)
