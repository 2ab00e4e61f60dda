"""Orders to put right what was found, with what must be mended sealed to the offices (S27)."""

from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import BadActError
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SealedObject, SignedEvent

RECTIFICATION: Final = "rectification"  # kind of the sealed text, under the content key


@use_case
def order_rectification(
    uow: UnitOfWork, *, act: SignedEvent, text: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Order that what was found be put right; the clock `rectify` runs from now.

    Raises:
        NothingToMendError: nothing was found that could be put right.
        AlreadyDoneError: one that was ordered is not re-checked yet.
        BadActError: without a document's number, by a day that is over, or the text is none
            of its kind.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "rectification.ordered")
    case = record(uow, act=act, trust=trust, now=now, records=[text])
    if text.kind != RECTIFICATION:
        raise BadActError("added", f"a sealed text of the kind {RECTIFICATION}")
    uow.sealed.add_objects(case.report_id, [text])
    return case
