"""An officer is drawn for a case from all officers of its lead office."""

from datetime import datetime

from casework.domain.case import Case
from casework.domain.drawing import left_out
from casework.domain.errors import BadActError
from casework.domain.roles import Role
from casework.services.acts import by_officer, record
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, use_case
from crypto.events import SignedEvent


def candidates_of(case: Case, trust: Trust) -> tuple[str, ...]:
    """Return the accounts that are drawn from: the lead office's officers, in order."""
    members = trust.members.values()
    officers = {
        one.account for one in members if one.office == case.lead and Role.OFFICER in one.roles
    }
    return tuple(sorted(officers - left_out(case)))


@use_case
def draw_officer(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note who was drawn; the office is told.

    Raises:
        BadActError: not from all officers whom the key set has at the lead office.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "assignment.drawn")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    given = act.event.facts["candidates"]
    if not isinstance(given, list | tuple) or tuple(given) != candidates_of(before, trust):
        raise BadActError("candidates", "all officers of the lead office")
    notify(uow, "assignment.drawn", case=case, office=case.lead, now=now)
    return case
