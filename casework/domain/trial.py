"""Trials of the whole custody before the site opens and yearly after, and the use of recovery.

A trial report is a report of the channel "trial": it is sealed, read, its identity
released, taken back and erased like any other, and stands in no list or figure.
The events of this module belong to no report.
"""

from collections.abc import Mapping

from casework.domain.act_facts import check_facts
from casework.domain.case import Case
from casework.domain.disclosure import TRIAL as TRIAL
from casework.domain.fact_forms import SHA256, TOKEN, TOKENS, Form

OPENED = "instance.opened"
DRILL = "drill.held"
ANNOUNCED = "recovery.announced"
USED = "recovery.used"
RECOVERY_REASONS: Mapping[str, str] = {
    "forgotten_passwords": "单位人员都忘记了密码 / all of the office forgot their passwords",
    "members_gone": "单位人员都已离任 / all of the office have left",
    "lost_data": "数据损坏或丢失 / data were damaged or lost",
}

_REASON = Form(f"one of {', '.join(RECOVERY_REASONS)}", lambda value: value in RECOVERY_REASONS)
_TRIAL_FACTS: Mapping[str, Form] = {"report": TOKEN, "case_number": TOKEN}
_RECOVERY_FACTS: Mapping[str, Form] = {"offices": TOKENS, "reason_code": _REASON}
FORMS: Mapping[str, Mapping[str, Form]] = {
    OPENED: _TRIAL_FACTS,
    DRILL: _TRIAL_FACTS,
    ANNOUNCED: _RECOVERY_FACTS,
    USED: {**_RECOVERY_FACTS, "announced": SHA256},
}


def is_trial(case: Case) -> bool:
    """Whether *case* is a trial, which stands in no list, figure, notice or register."""
    return case.channel == TRIAL


def check_outside(kind: str, facts: Mapping[str, object]) -> None:
    """Check that *facts* are exactly those of an event of this *kind* outside reports.

    Raises:
        UnknownActError: it is none of this module.
        BadActError: a fact is missing, unknown or of the wrong form; it is named.
    """
    check_facts(kind, facts, FORMS)
