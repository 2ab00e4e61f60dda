"""The time limits of a case that concern its reporter, in plain words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from casework.clock import SHANGHAI
from casework.domain.case import AskState, Case
from casework.domain.errors import PolicyPinError, UnknownPolicyError
from casework.domain.extension import granted
from casework.domain.running import ClockState, Running, day_of_moment, moment_of
from casework.domain.standstill import live
from portal.extensions import PublicSite
from portal.views import wording

JOBS = "jobs"  # who accepted a report on which nobody decided


def _(sentence: str, **values: object) -> str:
    return str(gettext(sentence, **values))


@dataclass(frozen=True, slots=True)
class Limit:
    """One time limit, as the reporter reads it.

    Attributes:
        due: its last day, with the time of day where it has one.
        words: how it stands.
        more: what else is to be said: lengthened, paused, provisional; one sentence each.
        is_late: whether somebody owes the reporter something by now.
    """

    name: Any
    due: str
    words: str
    more: tuple[str, ...]
    running: bool
    is_late: bool


def limits_of(
    here: PublicSite, case: Case, *, only: frozenset[str] = frozenset(wording.CLOCKS)
) -> list[Limit]:
    """Return the limits that concern the reporter, in the order in which they come.

    Empty where nobody can say any more by which rules the case goes. *only* narrows which.
    """
    now = here.clock.now()
    try:
        clocks = here.rules.current().clocks(case, now)
    except (UnknownPolicyError, PolicyPinError):
        return []
    order = list(wording.CLOCKS)
    shown = [one for one in clocks if one.key in only and one.state is not ClockState.VOID]
    shown.sort(key=lambda one: (order.index(one.key), one.since))
    return [_limit(case, one, now) for one in shown]


def _limit(case: Case, clock: Running, now: datetime) -> Limit:
    return Limit(
        name=wording.CLOCKS[clock.key],
        due=_due(clock),
        words=_words(case, clock, now),
        more=tuple(_more(case, clock)),
        running=clock.running,
        is_late=clock.state is ClockState.OVERDUE
        or (clock.key == "verify" and clock.state is ClockState.LATE),
    )


def _due(clock: Running) -> str:
    if clock.due.due_at is None:
        return clock.due.due_on.isoformat()
    return clock.due.due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _words(case: Case, clock: Running, now: datetime) -> str:
    days = (clock.due.due_on - day_of_moment(now)).days
    if clock.state is ClockState.LAPSED:
        return _("期限已过")
    if clock.ended is not None:
        return _ended(case, clock, day_of_moment(moment_of(clock.ended.at)))
    if clock.state is ClockState.OVERDUE:
        return _("已超期 %(n)d 日", n=-days) if days < 0 else _("已超期")
    if clock.state is ClockState.PAUSED:
        return _("暂停计时，恢复以后顺延")
    return _("今天到期") if days == 0 else _("还有 %(n)d 日", n=days)


def _ended(case: Case, clock: Running, on: date) -> str:
    if clock.key == "accept" and case.accepted_by == JOBS:
        return _("到期没有决定，依照规定视为受理")
    if clock.key == "verify":
        late = clock.state is ClockState.LATE
        return _("超过期限才核查完") if late else _("在期限内核查完")
    if clock.state is ClockState.LATE:
        return _("%(on)s 才完成，超过了期限", on=on)
    return _("%(on)s 完成", on=on)


def _more(case: Case, clock: Running) -> list[str]:
    found = []
    for one in granted(case, clock.key, clock.since):
        reason = wording.EXTENSION_WORDS.get(one.reason_code, "")
        found.append(_("经批准延长到 %(due)s，理由：%(reason)s。", due=one.due_on, reason=reason))
    still = live(case, clock.key, clock.since)
    if still is not None and still.state is AskState.GRANTED and clock.running:
        reason = wording.PAUSE_WORDS.get(still.reason_code, "")
        found.append(
            _("自 %(on)s 起暂停，最长到 %(until)s，原因：%(reason)s。",
              on=still.first, until=still.until, reason=reason)
        )  # fmt: skip
    if clock.paused_days:
        found.append(_("已停 %(n)d 天，不计入期限。", n=clock.paused_days))
    if clock.due.provisional and clock.running:
        found.append(_("暂定：放假安排尚未公布，日期可能变动。"))
    return found
