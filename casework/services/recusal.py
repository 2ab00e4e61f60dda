"""Who has no part in a case any more: for a declared interest, or as people note it (S11)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from casework.domain.case import Case
from casework.domain.errors import BadActError, CaseworkError
from casework.domain.recusal import NOTED
from casework.domain.roles import Role
from casework.services.acts import by_officer, record
from casework.services.jobs_acts import jobs_act
from casework.services.notices import notify
from casework.services.trust import Trust
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import SignedEvent
from crypto.keyset import Member
from crypto.notes import LogKey

_READS: Final = frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR})


def colleagues(case: Case, trust: Trust, *, account: str) -> tuple[Member, ...]:
    """Return whose recusal *account* may note: their own; a head's colleagues; all, from above.

    A head does not take out who supervises the head.
    """
    actor = trust.members.get(account)
    if actor is None:
        return ()
    found = [one for one in _readers(case, trust) if one.account not in case.recused]
    if Role.SUPERVISOR in actor.roles and actor.office == case.supervisor:
        return tuple(found)
    if Role.LEADER in actor.roles or Role.SUPERVISOR in actor.roles:
        return tuple(one for one in found if one.office == actor.office)
    return tuple(one for one in found if one.account == account)


@use_case
def note_recusal(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note a recusal, by a person.

    Raises:
        AlreadyDoneError: it was noted before.
        BadActError: it is about nobody whose recusal the actor may note.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, NOTED)
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now)
    account, signer = str(act.event.facts["account"]), trust.signer(act.event.signer)
    known = colleagues(before, trust, account=signer.account)
    if account not in {one.account for one in known}:
        raise BadActError("account", "somebody of the case's offices, within the actor's reach")
    _ask_above(uow, case, account, trust, now)
    return case


def recuse_declared(
    store: Store, *, trust: Trust, log_key: LogKey, now: datetime
) -> tuple[int, tuple[str, ...]]:
    """Recuse everybody whose declared interest an accepted report meets.

    Only who could open the case: of others nothing is noted in it. Each in a transaction of its
    own; returns how many there were, and the ids of reports in which it failed.
    """
    done, failed = 0, list[str]()
    for report_id, account in to_recuse(store, trust=trust):
        try:
            recuse(store, report=report_id, account=account, trust=trust, log_key=log_key, now=now)
            done += 1
        except CaseworkError:
            failed.append(report_id)
    return done, tuple(failed)


@query
def to_recuse(uow: UnitOfWork, *, trust: Trust) -> tuple[tuple[str, str], ...]:
    """Return who is to be recused, as pairs of report and account."""
    staff = {one.account: one for one in trust.members.values() if _READS & set(one.roles)}
    cases: dict[str, Case] = {}
    found = []
    for report_id, account in uow.interests.meeting():
        if account not in staff:
            continue
        case = cases[report_id] = cases.get(report_id) or uow.reports.get(report_id)
        is_new = account not in case.recused and not case.destroyed
        if is_new and staff[account].office in case.offices:
            found.append((report_id, account))
    return tuple(found)


@use_case
def recuse(
    uow: UnitOfWork, *, report: str, account: str, trust: Trust, log_key: LogKey, now: datetime
) -> Case:
    """Note that a report meets an interest that somebody declared; nobody is told but who may have
    to take the case.

    Raises:
        AlreadyDoneError: it was noted before.
    """
    case = uow.reports.lock(report)
    facts = {"account": account, "why": "declared"}
    act = jobs_act(uow.site, case, NOTED, facts, log_key, now)
    case = record(uow, act=act, trust=trust, now=now)
    _ask_above(uow, case, account, trust, now)
    return case


def _ask_above(uow: UnitOfWork, case: Case, account: str, trust: Trust, now: datetime) -> None:
    """Ask the office above to take a case that its lead office cannot go on with.

    That is: who accepted it is recused, or the last of the office's heads.
    """
    heads = {
        one.account
        for one in _readers(case, trust)
        if one.office == case.lead and Role.LEADER in one.roles
    }
    is_last = account in heads and heads <= case.recused
    if case.supervisor and (account == case.accepted_by or is_last):
        notify(uow, NOTED, case=case, office=case.supervisor, now=now)


def _readers(case: Case, trust: Trust) -> Iterator[Member]:
    """Whoever could open the case, by the key set in force."""
    for one in sorted(trust.members.values(), key=lambda member: member.account):
        if one.office in case.offices and _READS & set(one.roles):
            yield one
