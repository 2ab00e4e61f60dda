"""Closing a case: proposed by its office, agreed to or sent back by somebody else (S27, S28)."""

from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.case_turns import Closing
from casework.domain.closing import standing
from casework.domain.errors import BadActError
from casework.domain.roles import Role
from casework.services.acts import by_officer, record
from casework.services.clock_asks import day_in_china
from casework.services.merging import check_told
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SealedObject, SignedEvent

NOTE: Final = "closing_note"  # kind of the sealed text that goes with a proposal sent back


@use_case
def propose_closing(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Propose that a case be closed; who may agree is told.

    Raises:
        NoFindingError, ClosingRefusedError: something is still to be done.
        AlreadyDoneError: a proposal waits already.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "closing.proposed")
    case = record(uow, act=act, trust=trust, now=now)
    check_told(uow, case)
    asked = standing(case)
    assert asked is not None
    notify(uow, "closing.proposed", case=case, office=_decider_office(case, asked), now=now)
    return case


@use_case
def decline_closing(
    uow: UnitOfWork, *, act: SignedEvent, note: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Send a proposal back, with what is to be done sealed to the offices.

    Raises:
        ClosingRefusedError, WrongStateError: no such proposal waits.
        BadActError: the text is no such note.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "closing.declined")
    case = record(uow, act=act, trust=trust, now=now, records=[note])
    if note.kind != NOTE:
        raise BadActError("added", f"a sealed text of the kind {NOTE}")
    uow.sealed.add_objects(case.report_id, [note])
    notify(uow, "closing.declined", case=case, office=case.lead, now=now)
    return case


@use_case
def close_case(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Agree to the proposal that waits, and close the case.

    Raises:
        NoFindingError, ClosingRefusedError, WrongStateError: as for `domain.closing.close`.
        BadActError: closed on another day than today.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "case.closed")
    case = record(uow, act=act, trust=trust, now=now)
    check_told(uow, case)
    today = day_in_china(now)
    if case.closed_on != today:
        raise BadActError("closed_on", today.isoformat())
    return case


def _decider_office(case: Case, asked: Closing) -> str:
    return case.supervisor if asked.decider_role == Role.SUPERVISOR else case.lead
