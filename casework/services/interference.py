"""Notes of interference: sealed past the office that the pressure came to, read on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from casework.domain.act_facts import texts_of
from casework.domain.case import Case
from casework.domain.errors import BadActError, UnknownDepartmentError
from casework.domain.interference import NOTED
from casework.services.acts import act_of, by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import KeyWrap, SealedObject, SignedEvent

# Kinds of the text, and of the key that stays with its readers.
INTERFERENCE: Final = "interference"
NOTE: Final = "note"


@use_case
def note_interference(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    objects: Sequence[SealedObject],
    wraps: Sequence[KeyWrap],
    trust: Trust,
    now: datetime,
) -> Case:
    """Store a note, sealed to the offices that its act names; these are told.

    Its manifest stands before its text.

    Raises:
        UnknownDepartmentError: a reader that the key set does not have.
        BadActError: a reader works on the case, or the rows are none of a note for the readers.
        AccusedOfficeError: a reader must learn nothing of the case.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, NOTED)
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=[*objects, *wraps])
    readers = texts_of(act_of(act.event, before, trust), "readers")
    for code in readers:
        if not trust.keyset.has_office(code):
            raise UnknownDepartmentError(department=code)
    keys = {(f"office:{one}", trust.keyset.office(one).key.box.hex()) for one in readers}
    found = {(one.recipient, one.recipient_key) for one in wraps}
    kinds = [one.kind for one in objects] + [*{one.key_kind for one in wraps}]
    if kinds != ["manifest", INTERFERENCE, NOTE] or found != keys or len(wraps) != len(keys):
        raise BadActError("added", f"a note, wrapped to {', '.join(readers)}")
    uow.sealed.add_objects(case.report_id, objects)
    uow.sealed.add_wraps(case.report_id, wraps)
    for code in readers:
        notify(uow, NOTED, case=case, office=code, now=now)
    return case
