"""Copies of a case: the discipline body signs and answers, a township gets the order's facts."""

from datetime import datetime
from typing import Final

from casework.domain.act_facts import texts_of
from casework.domain.case import Case
from casework.domain.errors import BadActError, UnknownDepartmentError
from casework.services.acts import act_of, by_officer, record
from casework.services.intake import COPIED_NOTICE
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SealedObject, SignedEvent

DISCIPLINE_ANSWER: Final = "discipline_answer"


@use_case
def send_copies(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Give bodies near the place the facts of the order; they are told. No key goes with it.

    Raises:
        UnknownDepartmentError: an office that the key set does not have.
        CopyRefusedError: of such a matter none goes out.
        AlreadyDoneError: all of them have it.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "copy.sent")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    for code in texts_of(act_of(act.event, case, trust), "copies"):
        if not trust.keyset.has_office(code):
            raise UnknownDepartmentError(department=code)
        if code not in before.copies:
            notify(uow, COPIED_NOTICE, case=case, office=code, now=now)
    return case


@use_case
def acknowledge_copy(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Sign for a copy, once an office.

    Raises:
        AlreadyDoneError: that office has signed for it.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "copy.acknowledged")
    return record(uow, act=act, trust=trust, now=now)


@use_case
def answer_for_discipline(
    uow: UnitOfWork, *, act: SignedEvent, answer: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store what the discipline body writes back, sealed to the offices; these are told.

    Raises:
        BadActError: without a paper's number, or something else was sealed.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "discipline.answered")
    case = record(uow, act=act, trust=trust, now=now, records=[answer])
    if answer.kind != DISCIPLINE_ANSWER:
        raise BadActError("added", "an answer of the discipline body")
    uow.sealed.add_objects(case.report_id, [answer])
    for office in dict.fromkeys((case.lead, case.supervisor)):
        if office:
            notify(uow, "discipline.answered", case=case, office=office, now=now)
    return case
