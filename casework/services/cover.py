"""Leaves are noted and ended; the head of an office hands cases over to who covers, and back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.domain import cover
from casework.domain.case import Case
from casework.domain.cover import BACK, HANDED, Cover, assigned
from casework.domain.errors import CoverRefusedError, NotPermittedError
from casework.domain.roles import Role
from casework.domain.waiting import ASSIGNED
from casework.services.acts import by_officer, record
from casework.services.clock_asks import day_in_china
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from casework.storage.waiting import FIRST, Place, WaitingLine
from crypto.events import SignedEvent
from crypto.keyset import Member

PAGE = 50


@dataclass(frozen=True, slots=True)
class AssignedPage:
    """Some of the cases that are assigned to people, oldest first; `next` is None at the end."""

    lines: tuple[WaitingLine, ...]
    next: Place | None


def officers_of(office: str, trust: Trust) -> tuple[Member, ...]:
    """Return the officers of an office by the key set in force, in order."""
    found = [one for one in trust.members.values() if one.office == office]
    return tuple(
        sorted((one for one in found if Role.OFFICER in one.roles), key=lambda one: one.account)
    )


@use_case
def note_cover(uow: UnitOfWork, *, new: Cover, by: str, trust: Trust, today: date) -> None:
    """Note a leave and who covers: by who is away, or by the head of the office.

    Raises:
        NotPermittedError: by somebody else.
        CoverRefusedError: one of the two is no officer of the office, or `cover.check` says why.
    """
    _check_noter(by, new.account, new.office, trust)
    if not {new.account, new.deputy} <= {one.account for one in officers_of(new.office, trust)}:
        raise CoverRefusedError("office")
    cover.check(new, uow.covers.of_office(new.office, since=today), today)
    uow.covers.add(new, by=by, on=today)


@use_case
def end_cover(
    uow: UnitOfWork, *, account: str, first: date, by: str, trust: Trust, today: date
) -> None:
    """End a leave before its time, as of today; one that has not begun is as if never noted.

    Raises:
        NotPermittedError: by neither who is away nor the head of the office.
        CoverRefusedError: there is none.
    """
    office = trust.member(by).office
    _check_noter(by, account, office, trust)
    known = uow.covers.of_office(office, since=today)
    found = next((one for one in known if (one.account, one.first) == (account, first)), None)
    if found is None:
        raise CoverRefusedError("gone")
    uow.covers.end(found, today - timedelta(days=1))


@query
def covers(uow: UnitOfWork, *, office: str, today: date) -> tuple[Cover, ...]:
    """Return the leaves of an office that are not over."""
    return uow.covers.of_office(office, since=today)


@query
def assigned_to(
    uow: UnitOfWork,
    *,
    office: str,
    accounts: Collection[str],
    after: Place | None = None,
    limit: int = PAGE,
) -> AssignedPage:
    """Return open cases of an office that are assigned to some of its officers."""
    found = uow.waiting.waits_for(
        ASSIGNED,
        office=office,
        role=Role.OFFICER,
        of=accounts,
        after=after or FIRST,
        limit=limit + 1,
    )
    lines = found[:limit]
    return AssignedPage(lines, lines[-1].place if len(found) > limit else None)


@query
def cover_for(uow: UnitOfWork, *, case: Case, today: date) -> Cover | None:
    """Return the leave of whom a case is assigned to; None while they are there."""
    return _cover_of(uow, case.lead, assigned(case), today)


@use_case
def hand_over(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Hand a case to who covers for its officer, or back; the office is told.

    Raises:
        CoverRefusedError: to no officer of the office; for a leave to another one than who
            covers today, or back to somebody who is still away.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, HANDED)
    case = record(uow, act=act, trust=trust, now=now)
    facts, today = act.event.facts, day_in_china(now)
    giver, taker = str(facts["from"]), str(facts["to"])
    if taker not in {one.account for one in officers_of(case.lead, trust)}:
        raise CoverRefusedError("office")
    if facts["reason_code"] == BACK:
        if _cover_of(uow, case.lead, taker, today) is not None:
            raise CoverRefusedError("deputy_away")
    else:
        on = _cover_of(uow, case.lead, giver, today)
        if on is None or on.deputy != taker:
            raise CoverRefusedError("no_leave")
    notify(uow, HANDED, case=case, office=case.lead, now=now)
    return case


def is_covered(uow: UnitOfWork, case: Case, today: date) -> bool:
    """Whether who handles the case is away today, so that reminders are for who covers."""
    return _cover_of(uow, case.lead, assigned(case), today) is not None


def _cover_of(uow: UnitOfWork, office: str, account: str, today: date) -> Cover | None:
    if not account:
        return None
    known = uow.covers.of_office(office, since=today)
    return next((one for one in known if one.account == account and one.is_on(today)), None)


def _check_noter(by: str, account: str, office: str, trust: Trust) -> None:
    noter = trust.member(by)
    heads = not {Role.LEADER, Role.SUPERVISOR}.isdisjoint(map(Role, noter.roles))
    if noter.office != office or (by != account and not heads):
        raise NotPermittedError(kind="leave", office=noter.office, roles=noter.roles)
