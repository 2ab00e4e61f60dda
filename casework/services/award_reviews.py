"""The reporter objects to an award, and other people one level up review it."""

from datetime import date, datetime
from typing import Final

from casework.domain.award_review import REDO
from casework.domain.case import Case
from casework.domain.errors import AwardObjectionTooLateError, BadActError
from casework.domain.running import day_of_moment
from casework.services.acts import by_officer, record
from casework.services.interests import check_disinterested
from casework.services.mailbox import record_by_reporter
from casework.services.notices import notify
from casework.services.rulebook import Rulebook, rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SealedObject, SignedEvent

FILED: Final = "reward.objected"
REVIEWED: Final = "reward.reviewed"
REASON: Final = "reason"
RIGHT: Final = "reward_object"


@use_case
def file_award_objection(
    uow: UnitOfWork, *, act: SignedEvent, message: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store the reporter's objection to an award; who reviews it is told.

    Raises:
        AwardObjectionTooLateError: the right has ended; it names the last day.
        WrongStateError, AlreadyDoneError: as for `award_review.file`.
        BadActError: the reason is no message.
        CaseworkError: as for every act, see `acts.record`.
    """
    before = uow.reports.lock(act.event.report)
    until = last_day(rulebook_of(uow), before, now)
    if until is not None and day_of_moment(now) > until:
        raise AwardObjectionTooLateError(until)
    case = record_by_reporter(uow, act, FILED, trust, now, [message])
    if message.kind != "message":
        raise BadActError("added", "a message that says why")
    uow.sealed.add_objects(case.report_id, [message])
    notify(uow, FILED, case=case, office=case.supervisor or case.lead, now=now)
    return case


def last_day(rules: Rulebook, case: Case, now: datetime) -> date | None:
    """Return the last day of the right to object to the award; None where no policy ends it."""
    mine = [one for one in rules.clocks(case, now) if one.key == RIGHT]
    return mine[-1].due.due_on if mine else None


@use_case
def decide_award_review(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    trust: Trust,
    now: datetime,
    reason: SealedObject | None = None,
) -> Case:
    """Keep an award as it is, or have it proposed and agreed to anew.

    Args:
        uow: the transaction.
        act: reward.reviewed.
        trust: whose signatures count.
        now: UTC instant.
        reason: for the reporter, in words.

    Raises:
        BadActError: what was added is no reason.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, REVIEWED)
    check_disinterested(uow, act, trust)
    added = [reason] if reason else []
    if any(one.kind != REASON for one in added):
        raise BadActError("added", "a reason for the reporter")
    case = record(uow, act=act, trust=trust, now=now, records=added)
    uow.sealed.add_objects(case.report_id, added)
    if act.event.facts["outcome"] == REDO:
        notify(uow, "reward.sent_back", case=case, office=case.lead, now=now)
    return case
