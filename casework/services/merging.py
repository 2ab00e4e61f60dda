"""Reports of the same matter: joined and parted in one transaction, each join proved by the log.

What is signed in the two cases must say the same, by the same person with the same key. Which
report came in first, nobody says: its place in the log of all events does.

Source: SCENARIOS.md S14.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.domain.case import Case, State
from casework.domain.errors import (
    BadActError,
    ClosingRefusedError,
    MergeRefusedError,
    UnknownReportError,
)
from casework.domain.merging import (
    FIRST,
    cannot_lead,
    check_pair,
    in_the_way,
    is_untold,
    rank_at,
    rank_of,
    standing,
)
from casework.domain.objection import is_pending
from casework.services.acts import by_officer, record
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent

NOT_TOLD: Final = "merged_not_told"
REVIEW_OPEN: Final = "review_open"


@dataclass(frozen=True, slots=True)
class Joining:
    """What a join would say: the place of the report in the log, and the rank that it gives."""

    place: int
    rank: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the reports of a matter, with what proves when it came in.

    Attributes:
        rank: as of now; `signed` as it was when it joined, 0 for the case that leads.
        kind: "same" or "supplementary"; "" for the case that leads.
        event: digest of report.received, in hexadecimal.
        place: of that event in the log of all events, from 0.
        receipt: what the jobs process signed when it took the report in; "" for a trial.
        is_told: whether its reporter has been told what was found last.
    """

    report_id: str
    case_number: str
    received_on: date
    rank: int
    signed: int
    kind: str
    event: str
    place: int
    receipt: str
    is_told: bool


@use_case
def merge_cases(
    uow: UnitOfWork, *, merged: SignedEvent, joined: SignedEvent, trust: Trust, now: datetime
) -> Case:
    """Let one case join another; return the one that leads.

    Args:
        uow: the transaction.
        merged: case.merged of the case that joins.
        joined: merge.joined of the one that leads.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        MergeRefusedError: the two cannot be merged, or not now; the reason is its code.
        BadActError: the two acts do not say the same, or the place is not the log's.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(merged, trust, "case.merged")
    by_officer(joined, trust, "merge.joined")
    lead, joining = joined.event.report, merged.event.report
    check_twins(merged, joined, {"into": lead}, {"report": joining}, "rank", "kind")
    lock_both(uow, lead, joining)
    lead_place, place = _places(uow, lead, joining)
    if joined.event.facts.get("place") != place:
        raise BadActError("place", str(place))
    after = record(uow, act=joined, trust=trust, now=now)
    check_pair(after, uow.reports.get(joining), lead_place=lead_place, place=place)
    record(uow, act=merged, trust=trust, now=now)
    return after


@use_case
def undo_merge(
    uow: UnitOfWork, *, undone: SignedEvent, left: SignedEvent, trust: Trust, now: datetime
) -> Case:
    """Let a case that has joined another one leave it; return the one that goes its own way.

    Raises:
        WrongStateError: it has not joined that one.
        BadActError: the two acts do not say the same.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(undone, trust, "merge.undone")
    by_officer(left, trust, "merge.left")
    lead, joining = left.event.report, undone.event.report
    check_twins(undone, left, {"from": lead}, {"report": joining})
    lock_both(uow, lead, joining)
    record(uow, act=left, trust=trust, now=now)
    return record(uow, act=undone, trust=trust, now=now)


@query
def joining_of(uow: UnitOfWork, *, report: str, into: str) -> Joining:
    """Return what a join of two cases would say.

    Raises:
        MergeRefusedError: they cannot be merged, or not now.
        UnknownReportError: one of them is not there.
    """
    lead, joining = uow.reports.get(into), uow.reports.get(report)
    if lead.report_id == joining.report_id:
        raise UnknownReportError(report=into)
    for reason in filter(None, (cannot_lead(lead), *in_the_way(joining))):
        raise MergeRefusedError(reason)
    lead_place, place = _places(uow, into, report)
    check_pair(lead, joining, lead_place=lead_place, place=place)
    return Joining(place, rank_at(lead, place))


@query
def ranking(uow: UnitOfWork, *, report: str) -> tuple[Ranked, ...]:
    """Return the reports of a matter by rank, the case that leads first, each with its proof."""
    lead = uow.reports.get(report)
    joined = {one.report: one for one in standing(lead)}
    found = []
    for one in (lead, *(uow.reports.get(each) for each in joined)):
        event, (place,) = _received(uow, one.report_id), _places(uow, one.report_id)
        mine = joined.get(one.report_id)
        receipts = [row.receipt for row in uow.public_log.of_report(one.report_id) if row.receipt]
        found.append(
            Ranked(
                report_id=one.report_id,
                case_number=one.case_number,
                received_on=one.received_on,
                rank=rank_of(lead, one.report_id) if mine else FIRST,
                signed=mine.rank if mine else 0,
                kind=mine.kind if mine else "",
                event=event,
                place=place,
                receipt=receipts[0] if receipts else "",
                is_told=not (mine and lead.finding and is_untold(one, lead)),
            )
        )
    return tuple(found)


def check_told(uow: UnitOfWork, lead: Case) -> None:
    """Refuse to close a case while a reporter who joined has not been told, or has objected.

    Raises:
        ClosingRefusedError: somebody has not been told what was found last, or waits for the
            review of it.
    """
    joined = [uow.reports.get(one.report) for one in standing(lead)]
    if any(is_untold(one, lead) for one in joined):
        raise ClosingRefusedError(NOT_TOLD)
    if any(is_pending(one) for one in joined):
        raise ClosingRefusedError(REVIEW_OPEN)


def check_found(uow: UnitOfWork, case: Case, act: SignedEvent) -> None:
    """Refuse to tell a reporter who joined of another finding than the one that stands.

    Raises:
        BadActError: the leading case has none, or another one.
    """
    found = act.event.facts.get("found")
    if case.merged is None or found is None:
        return
    lead = uow.reports.get(case.merged.into)
    if lead.finding is None or lead.found_at != found:
        raise BadActError("found", str(lead.found_at))


def leading(uow: UnitOfWork, case: Case) -> Case | None:
    """Return the case that one has joined; None for none."""
    if case.merged is None or case.state is not State.MERGED:
        return None
    return uow.reports.get(case.merged.into)


def check_twins(
    one: SignedEvent,
    other: SignedEvent,
    of_one: dict[str, str],
    of_other: dict[str, str],
    *same: str,
) -> None:
    """Refuse two acts that are not one: by two people, or about different cases."""
    if (one.event.actor, one.event.signer) != (other.event.actor, other.event.signer):
        raise BadActError("actor", "one person for both acts")
    for event, named in ((one.event, of_one), (other.event, of_other)):
        for name, report in named.items():
            if event.facts.get(name) != report:
                raise BadActError(name, report)
    for name in same:
        if one.event.facts.get(name) != other.event.facts.get(name):
            raise BadActError(name, "the same in both acts")


def lock_both(uow: UnitOfWork, *reports: str) -> None:
    """Lock cases in one order everywhere, so that two people never wait for each other."""
    for report in sorted(set(reports)):
        uow.reports.lock(report)


def _places(uow: UnitOfWork, *reports: str) -> tuple[int, ...]:
    """Return where the log has the beginning of each report.

    Raises:
        MergeRefusedError: the log has not taken one in yet; it does within seconds.
    """
    events = [_received(uow, one) for one in reports]
    places = uow.audit_log.places(events)
    if not all(one in places for one in events):
        raise MergeRefusedError("not_logged")
    return tuple(places[one] for one in events)


def _received(uow: UnitOfWork, report: str) -> str:
    """Return the digest, in hexadecimal, of a report's first event."""
    events = uow.events.of_report(report)
    if not events:
        raise UnknownReportError(report=report)
    return events[0].event.digest().hex()
