"""The rules by which a site works: its policies in force and its calendar, read once a change.

Everything that computes a time limit goes by the same book: pages, the sweep, what an act must
say, and `register verify`.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Final

from casework.domain.calendar import WorkCalendar
from casework.domain.case import AskState, Case
from casework.domain.deadline import DueDate
from casework.domain.errors import PolicyPinError, StorageUnavailableError, WrongStateError
from casework.domain.policy import Policies, Policy
from casework.domain.running import Running, clock_of, clocks_of, day_of_moment
from casework.domain.standstill import last_day
from casework.services.calendar import work_calendar
from casework.services.rules import shipped_policies
from casework.storage.rule_version import UNKNOWN
from casework.storage.unit_of_work import Store, UnitOfWork, query

EVER: Final = date(9999, 12, 31)
LOOK_SECONDS: Final = 10.0
KEPT: Final = 8  # books of that many sites and versions stay in memory


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Policies and calendar of a site at one moment.

    Attributes:
        policies: every policy file at hand, to be found by id; chosen are those put in force.
        calendar: working days.
        revision: numbers of what this was made from (`storage/rule_version.py`).
    """

    policies: Policies
    calendar: WorkCalendar
    revision: tuple[int, int]

    def in_force(self, case: Case, on: date) -> Policy:
        """Return the policy by which *case* is accepted on that day.

        Raises:
            UnknownPolicyError: none is in force there.
        """
        return self.policies.in_force(case.region, case.sector, on, submitted_on=case.received_on)

    def policy_of(self, case: Case) -> Policy:
        """Return the policy that *case* pins; before acceptance the one of its day of receipt.

        Raises:
            UnknownPolicyError: there is none.
            PolicyPinError: its file is no longer what the case pins.
        """
        if not case.policy_id:
            return self.in_force(case, case.received_on)
        policy = self.policies.get(case.policy_id)
        if policy.pin != case.policy_sha256:
            raise PolicyPinError(policy=policy.id)
        return policy

    def clocks(self, case: Case, now: datetime) -> tuple[Running, ...]:
        """Return every clock of *case* as of *now* (UTC).

        Raises:
            UnknownPolicyError, PolicyPinError: see `policy_of`.
        """
        return clocks_of(case, self.policy_of(case), calendar=self.calendar, now=now)

    def with_calendar(self, calendar: WorkCalendar) -> "Rulebook":
        """Return the same policies with another calendar."""
        return replace(self, calendar=calendar)

    def as_of(self, at: datetime) -> "Rulebook":
        """Return the same policies with the calendar that was in force at an instant."""
        return self.with_calendar(self.calendar.as_of(at))

    def due_after_pause(self, case: Case, asked: int, now: datetime) -> DueDate:
        """Return the last day of a clock whose pause ends now; *asked* is the pause's ordinal.

        Raises:
            WrongStateError: no such pause lasts.
        """
        pause = next((one for one in case.standstills if one.ordinal == asked), None)
        if pause is None or pause.state is not AskState.GRANTED:
            raise WrongStateError(state="no pause")
        last = last_day(pause, day_of_moment(now))
        ended = replace(pause, state=AskState.ENDED, last=last.isoformat())
        rest = tuple(ended if one is pause else one for one in case.standstills)
        clocks = self.clocks(replace(case, standstills=rest), now)
        clock = clock_of(clocks, pause.clock, pause.since)
        if clock is None:
            raise WrongStateError(state="no clock")
        return clock.due


@query
def rulebook(uow: UnitOfWork) -> Rulebook:
    """Return the rules as they stand now."""
    return rulebook_of(uow)


def rulebook_of(uow: UnitOfWork) -> Rulebook:
    """Return the rules as this transaction sees them; from memory while nothing changed."""
    revision = uow.rule_version.get()
    key = (uow.site, revision)
    with _LOCK:
        found = _BOOKS.get(key)
        if found is not None:
            _BOOKS.move_to_end(key)
            return found
    made = _read(uow, revision)
    if revision != UNKNOWN:
        with _LOCK:
            _BOOKS[key] = made
            while len(_BOOKS) > KEPT:
                _BOOKS.popitem(last=False)
    return made


class RulebookKeeper:
    """The rules as they stand, looked at again every few seconds; for pages that many people ask.

    While the database is away, what was read stays.
    """

    def __init__(self, store: Store, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet; *seconds* is a clock that only goes forward."""
        self._store = store
        self._seconds = seconds
        self._lock = Lock()
        self._looked_at = 0.0
        self._read: Rulebook | None = None

    def current(self) -> Rulebook:
        """Return the rules, as old as LOOK_SECONDS lets them become.

        Raises:
            StorageUnavailableError: the database is away, and nothing was read before.
        """
        with self._lock:
            if self._read is None or self._seconds() - self._looked_at >= LOOK_SECONDS:
                try:
                    self._read = rulebook(self._store)
                except StorageUnavailableError:
                    if self._read is None:
                        raise
                self._looked_at = self._seconds()
            return self._read


_LOCK = Lock()
_BOOKS: OrderedDict[tuple[str, tuple[int, int]], Rulebook] = OrderedDict()


@lru_cache(maxsize=1)
def policies_at_hand() -> Policies:
    """Return every policy file, read once a process: a file that goes bad changes nothing."""
    return shipped_policies()


def _read(uow: UnitOfWork, revision: tuple[int, int]) -> Rulebook:
    since: dict[tuple[str, str], date] = {}
    for one in uow.policies.in_force(EVER):
        name = (one.policy, one.sha256)
        since[name] = min(one.active_from, since.get(name, EVER))
    return Rulebook(policies_at_hand().activated(since), work_calendar(uow), revision)
