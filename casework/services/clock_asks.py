"""What asking for more time and asking for a pause have in common: the clock that it is about."""

from collections.abc import Mapping
from datetime import date, datetime

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.errors import BadActError, ClockNotRunningError
from casework.domain.roles import Role
from casework.domain.running import Running, clock_of
from casework.services.rulebook import Rulebook

Facts = Mapping[str, object]


def named_clock(book: Rulebook, case: Case, key: str, since: int, now: datetime) -> Running:
    """Return a clock of *case*, whether it runs or has ended.

    Raises:
        ClockNotRunningError: the case has no such clock by its own policy.
    """
    found = clock_of(book.clocks(case, now), key, since)
    if found is None:
        raise ClockNotRunningError(clock=key, since=since)
    return found


def running_clock(book: Rulebook, case: Case, key: str, since: int, now: datetime) -> Running:
    """Return a clock of *case* that has not ended.

    Raises:
        ClockNotRunningError: there is none such.
    """
    found = named_clock(book, case, key, since, now)
    if not found.running:
        raise ClockNotRunningError(clock=key, since=since, state=found.state)
    return found


def clock_named_by(book: Rulebook, case: Case, facts: Facts, now: datetime) -> Running:
    """Return the running clock that an act's facts name.

    Raises:
        ClockNotRunningError: there is none such.
    """
    return running_clock(book, case, str(facts["clock"]), int(str(facts["since"])), now)


def decider_office(case: Case, role: str) -> str:
    """Return the office whose *role* decides on a clock of the lead office; "" where none is.

    Where the supervising office itself leads, nobody above it is left to say yes.
    """
    if role == Role.LEADER:
        return case.lead
    return case.supervisor if case.supervisor != case.lead else ""


def must_be(facts: Facts, name: str, right: str) -> None:
    """Refuse a fact that is not the one the rules give.

    Raises:
        BadActError: it is another.
    """
    if facts.get(name) != right:
        raise BadActError(name, right)


def day_in_china(now: datetime) -> date:
    """Return the civil day of an instant in Asia/Shanghai."""
    return now.astimezone(SHANGHAI).date()
