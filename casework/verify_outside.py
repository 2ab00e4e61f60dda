"""Events outside reports, read again for `tonggui register verify`: those that hold, as acts."""

from collections.abc import Collection

from casework.domain.case import Act
from casework.domain.errors import CaseworkError
from casework.services.acts import act_of
from casework.services.trust import Trust
from casework.storage.events import StoredEvent, stored_event
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_cases import check_event
from crypto.errors import EventError
from crypto.events import SignedEvent

PAGE = 500


def acts_outside(store: Store, trust: Trust, kinds: Collection[str]) -> list[tuple[str, Act]]:
    """Return digest and act of each event of *kinds* that holds, by time and digest.

    What does not hold is left out: the check of all events names it.
    """
    found: list[tuple[str, Act]] = []
    after = ("", "")
    while page := _outside(store, after=after):
        for stored in page:
            act = _act(stored, store.site, trust) if stored.kind in kinds else None
            if act is not None and act.kind in kinds:
                found.append((stored.id, act))
        after = (page[-1].at, page[-1].id)
    return found


@query
def _outside(uow: UnitOfWork, *, after: tuple[str, str]) -> tuple[StoredEvent, ...]:
    return uow.events.outside(after=after, limit=PAGE)


def _act(stored: StoredEvent, site: str, trust: Trust) -> Act | None:
    event, problem = stored_event(stored)
    if event is None or problem:
        return None
    try:
        check_event(SignedEvent(event, stored.signature), "", site)
        return act_of(event, None, trust, past=True)
    except (EventError, CaseworkError):
        return None
