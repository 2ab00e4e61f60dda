"""Copies of a case: the discipline body signs and answers, a township gets the order's facts."""

from collections.abc import Sequence
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
from crypto.events import KeyWrap, SealedObject, SignedEvent

DISCIPLINE_ANSWER: Final = "discipline_answer"
OBSERVATION: Final = "observation"


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
def give_observation(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    objects: Sequence[SealedObject],
    wraps: Sequence[KeyWrap],
    trust: Trust,
    now: datetime,
) -> Case:
    """Store what a body near the place saw, under a key of its own for the offices of the case.

    Its manifest stands before its text. Whoever writes it holds no key of the case.

    Raises:
        BadActError: something else was sealed, or not to the offices that have the case.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "observation.given")
    case = record(uow, act=act, trust=trust, now=now, records=[*objects, *wraps])
    offices = [trust.keyset.office(one) for one in case.offices if trust.keyset.has_office(one)]
    keys = {(f"office:{one.code}", one.key.box.hex()) for one in offices}
    found = {(one.recipient, one.recipient_key) for one in wraps}
    kinds = [one.kind for one in objects] + [*{one.key_kind for one in wraps}]
    if kinds != ["manifest", OBSERVATION, "content"] or found != keys or len(wraps) != len(keys):
        raise BadActError("added", f"an observation, wrapped to {', '.join(case.offices)}")
    uow.sealed.add_objects(case.report_id, objects)
    uow.sealed.add_wraps(case.report_id, wraps)
    notify(uow, "observation.given", case=case, office=case.lead, now=now)
    return case


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
