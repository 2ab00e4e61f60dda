"""Awards that wait for money, where the policy lets them queue: first come, first served.

Who queues signs that an award of so much is due; nothing is booked. When money comes in, the
first in the queue are told, and only they may reserve: nobody overtakes them from a pot that
they may draw on. The award itself is still signed by its own officer, never by the system.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case
from casework.domain.errors import BadActError, FundMoveError, NotPermittedError, UnknownReportError
from casework.domain.fund_moves import QUEUED, check_queued
from casework.domain.report import allowed_kinds
from casework.services.acts import act_of, check_act
from casework.services.fund_pots import pots_of
from casework.services.notices import notify, notify_of_keys
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork
from crypto.events import SignedEvent

READY = "fund.ready"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One award that waits: its case, and how much it is."""

    case: Case
    amount_fen: int


def waiting(uow: UnitOfWork, year: int) -> tuple[Waiting, ...]:
    """Return the awards that wait for money of a year, the first one first.

    Who got an award since, or whose finding was taken back, waits no more.
    """
    return tuple(_waiting(uow, year))


def _waiting(uow: UnitOfWork, year: int) -> Iterator[Waiting]:
    seen = set()
    for signed in uow.events.outside_of_kind(QUEUED):
        facts = signed.event.facts
        report = str(facts["report"])
        if facts["year"] != year or report in seen:
            continue
        case = uow.reports.get(report)
        if case.rewarded and case.live_award is None and len(case.spent) == facts["spent"]:
            seen.add(report)
            yield Waiting(case, int(str(facts["amount_fen"])))


def check_turn(uow: UnitOfWork, case: Case, year: int) -> None:
    """Check that nobody waits before *case* for money that it would take.

    Raises:
        FundMoveError: "queue_ahead".
    """
    if ahead(uow, case, year):
        raise FundMoveError("queue_ahead")


def ahead(uow: UnitOfWork, case: Case, year: int) -> int:
    """Return how many wait before *case*, in the queue or not, for pots that it may use."""
    parts = uow.ledger.parts(year)
    mine, count = set(pots_of(parts, case.lead)), 0
    for one in waiting(uow, year):
        if one.case.report_id == case.report_id:
            break
        count += bool(mine & set(pots_of(parts, one.case.lead)))
    return count


def is_queued(uow: UnitOfWork, case: Case, year: int) -> bool:
    """Tell whether the award of *case* waits for money of a year."""
    return any(one.case.report_id == case.report_id for one in waiting(uow, year))


def enqueue(uow: UnitOfWork, *, act: SignedEvent, case: Case, trust: Trust, now: datetime) -> None:
    """Keep that an award waits.

    Args:
        uow: the transaction.
        act: fund.queued, signed with the deed key of whoever may propose the award.
        case: the case, locked.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        NotPermittedError: the signer may not propose this award.
        FundMoveError: "queued_already".
        CaseworkError: as for every act, see `acts.record`.
    """
    check_act(act, site=uow.site, now=now)
    event = act.event
    signed = act_of(event, None, trust)
    if event.kind != QUEUED or event.report:
        raise NotPermittedError(kind=event.kind)
    check_queued(signed)
    if signed.facts["report"] != case.report_id:
        raise UnknownReportError(report=signed.facts["report"])
    if signed.facts["spent"] != len(case.spent):
        raise BadActError("spent", str(len(case.spent)))
    kinds = allowed_kinds(case, actor=signed.actor, office=signed.office, roles=signed.roles)
    if "reward.reserved" not in kinds:
        raise NotPermittedError(kind=event.kind)
    if is_queued(uow, case, int(str(signed.facts["year"]))):
        raise FundMoveError("queued_already")
    uow.events.append(act)
    notify_of_keys(uow, QUEUED, office="role:finance", now=now)


def tell_ready(uow: UnitOfWork, year: int, now: datetime) -> None:
    """Tell the offices of those first in the queue for whom there is money by now."""
    parts = uow.ledger.parts(year)
    left = {pot: balance.available_fen for pot, balance in parts.items()}
    shut: set[str] = set()
    for one in waiting(uow, year):
        mine = pots_of(parts, one.case.lead)
        found = next((p for p in mine if p not in shut and left[p] >= one.amount_fen), None)
        if found is None:
            shut |= set(mine)  # nobody behind overtakes
            continue
        left[found] -= one.amount_fen
        notify(uow, READY, case=one.case, office=one.case.lead, now=now)
