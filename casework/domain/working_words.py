"""The working of an award in English.

A working is signed as it was made, with short Chinese words between its figures
(casework.domain.reward and what it is made of). Whoever reads it in English gets the same
figures in the same order with these words put for them; nothing is computed again.
"""

# Longer ones first: "，未达到 " before "，".
_WORDS = (
    (
        "规则没有给出数额，由审批人说明理由后确定",
        "the policy gives no amount; the approver decides, with a reason",
    ),
    ("，由承办人选定", ", chosen by the officer"),
    ("不符合奖励条件", "does not meet the conditions for an award"),
    ("（最低上浮）", " (lowest uplift)"),
    ("（最高上浮）", " (highest uplift)"),
    ("，未达到 ", ", below "),
    ("可以超过 ", "may exceed "),
    ("期内最多 ", "within the period at most "),
    ("取最高：", "the highest of "),
    ("取整到 ", "rounded to "),
    ("不低于 ", "at least "),
    ("不超过 ", "at most "),
    ("特别重大事故", "extraordinary accident"),
    ("重大事故", "major accident"),
    ("较大事故", "larger accident"),
    ("一般事故", "ordinary accident"),
    ("以上）", " and above)"),
    ("罚款 ", "fine "),
    ("货值 ", "goods worth "),
    ("缺少 ", "missing: "),
    (" 至 ", " to "),
    (" 元", " yuan"),
    (" 千克", " kg"),
    (" 个", " pieces"),
    ("（", " ("),
    ("）", ")"),
    ("，", ", "),
    ("、", ", "),
)


def in_english(note: str) -> str:
    """Return the words of a step of a working in English, its figures as they are.

    Args:
        note: as `casework.domain.reward.Step` has it. What is not of its words stays.
    """
    for chinese, english in _WORDS:
        note = note.replace(chinese, english)
    return note
