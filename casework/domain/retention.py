"""How long the sealed rows of a case are kept, and how they are destroyed.

The facts of a case and the figures made from them stay; what only keys can open
goes when its time is over (SEALING.md 9). Never of a case that nobody has read,
that is open, under a hold, or whose award is unpaid.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from casework.domain import hold
from casework.domain.act_facts import DESTRUCTION_REASONS, civil_day, text_of
from casework.domain.award_values import GIVEN_UP, PAID_OUT
from casework.domain.case import Act, Case, Destruction, State
from casework.domain.errors import NotPermittedError, RetentionError, SeparationError
from casework.domain.marks import unanswered
from casework.domain.policy_rules import Retention

TRIAL: Final = "trial"  # channel of a trial report, which is destroyed when the trial ends
RETENTION: Final = "retention"
EARLY: Final = "early"
CLASSES: Final = ("refused", "unsubstantiated", "substantiated", "rewarded")


@dataclass(frozen=True, slots=True)
class DestructionReason:
    """A coded reason for destroying a case before its time."""

    code: str
    zh: str
    en: str


REASONS: tuple[DestructionReason, ...] = (
    DestructionReason("court_order", "司法机关要求销毁", "Ordered by a court"),
    DestructionReason("not_lawful", "不应收集的个人信息", "Should not have been collected"),
    DestructionReason(
        "reporter_in_danger", "继续保存会危及举报人", "Keeping endangers the reporter"
    ),
    DestructionReason("duplicate", "重复登记", "Registered twice"),
)
assert tuple(reason.code for reason in REASONS) == DESTRUCTION_REASONS


def class_of(case: Case) -> str:
    """Return the class by which a finished case is kept: one of `CLASSES`.

    What was found in the case that it joined, its own events do not tell: the longer time counts.
    """
    if case.state is State.REFUSED:
        return "refused"
    if any(one.paid_at for one in case.awards):
        return "rewarded"
    if case.state is State.MERGED:
        return "substantiated"
    return "substantiated" if case.rewarded else "unsubstantiated"


def finished_on(case: Case) -> date | None:
    """Return the day from which keeping is counted: closing, refusal, or a later payment."""
    ended = case.refused_on if case.state is State.REFUSED else case.closed_on
    if case.state is State.MERGED:
        ended = _told_on(case)
    elif case.state not in (State.REFUSED, State.CLOSED):
        return None
    if ended is None:
        return None
    for paid in (one for one in case.awards if one.paid_at):
        ended = max(ended, civil_day(paid.paid_at))
    return ended


def _told_on(case: Case) -> date | None:
    """Return the day on which the reporter of a joined case was told what came of it."""
    told = case.merged.told_on if case.merged is not None else ""
    return date.fromisoformat(told) if told else None


def destroy_on(case: Case, rule: Retention) -> date | None:
    """Return the first day on which the sealed rows go; None while the case is not finished."""
    ended = finished_on(case)
    return None if ended is None else months_after(ended, rule.months[class_of(case)])


def erase_identity_on(case: Case, rule: Retention) -> date | None:
    """Return the first day on which identity items go; None while the case is not finished."""
    ended = finished_on(case)
    return None if ended is None else months_after(ended, rule.identity_months)


def months_after(day: date, months: int) -> date:
    """Return the day *months* later; the last of the month where that one is shorter.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def why_kept(case: Case) -> str:
    """Return the code of what keeps a case from being destroyed, holds aside; "" for nothing."""
    if case.destroyed:
        return "destroyed"
    is_done = case.state in (State.REFUSED, State.CLOSED) or _told_on(case) is not None
    if not is_done:
        return "open"
    if unanswered(case, "objection_received", "reviewed"):
        return "review"
    if not case.read:
        return "unread"
    if any(one.state not in PAID_OUT | GIVEN_UP for one in case.awards):
        return "award_unpaid"
    return ""


def may_be_asked(case: Case) -> bool:
    """Tell whether an early destruction could be asked for."""
    asked = case.destruction
    return not why_kept(case) and (asked is None or not asked.confirmer)


def waits(case: Case) -> bool:
    """Tell whether an early destruction waits for the second person."""
    asked = case.destruction
    return not case.destroyed and asked is not None and not asked.confirmer


def request(case: Case, act: Act) -> Case:
    """Ask for an early destruction; somebody of the supervising office has to confirm it.

    Raises:
        RetentionError: the case may not be destroyed; `reason` tells why.
        HeldError: a hold stands.
    """
    _check_destroyable(case, act)
    return replace(case, destruction=Destruction(text_of(act, "reason_code"), act.actor))


def confirm(case: Case, act: Act) -> Case:
    """Confirm an early destruction as a second person; the jobs process carries it out.

    Raises:
        RetentionError: nobody asked, for another reason, or the case may not be destroyed.
        SeparationError: the person who asked.
        NotPermittedError: of the handling department, though another office supervises it.
        HeldError: a hold stands.
    """
    _check_destroyable(case, act)
    if act.office == case.lead and case.supervisor not in ("", case.lead):
        raise NotPermittedError(kind=act.kind, office=act.office)
    asked = case.destruction
    if asked is None or asked.reason_code != text_of(act, "reason_code"):
        raise RetentionError("not_requested")
    if asked.requester == act.actor:
        raise SeparationError("requester_confirms", actor=act.actor, kind=act.kind)
    return replace(case, destruction=replace(asked, confirmer=act.actor))


def destroy(case: Case, act: Act) -> Case:
    """Note that the jobs process has deleted every sealed row and file of the case.

    Raises:
        RetentionError: the case may not be destroyed, or not for this reason or class.
        HeldError: a hold stands.
    """
    reason = text_of(act, "reason")
    if reason == TRIAL:
        if case.channel != TRIAL or case.destroyed:
            raise RetentionError("not_a_trial")
    else:
        _check_destroyable(case, act)
    if reason == EARLY and (case.destruction is None or not case.destruction.confirmer):
        raise RetentionError("not_confirmed")
    if text_of(act, "class") != class_of(case):
        raise RetentionError("class")
    return replace(
        case,
        destroyed=reason,
        destroyed_at=act.at,
        withdrawn=(),
        unforgotten=case.unforgotten + 1,
    )


def _check_destroyable(case: Case, act: Act) -> None:
    kept = why_kept(case)
    if kept:
        raise RetentionError(kept)
    hold.check_free(case, act)
