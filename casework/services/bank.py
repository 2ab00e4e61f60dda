"""Transfers that go to the bank in batches, and what the bank answers.

An order is signed before the file that names it leaves, so that nothing leaves that is not
known; whom it pays stands in no row of ours. What the bank answers is booked row by row, each
in a transaction of its own: a process that dies leaves whole rows, and the same file, imported
again, finds them answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from casework.domain.bank import (
    SENT,
    Order,
    OrderState,
    check_sent,
    reference_of,
)
from casework.domain.case import Case, ReleaseState
from casework.domain.disbursement import disbursement_of
from casework.domain.disclosure import COMPARE_PAYEE
from casework.domain.errors import BadActError, BankFileError, NotPermittedError
from casework.domain.policy import Policies
from casework.services.acts import act_of, by_officer, check_act, record
from casework.services.interests import check_disinterested
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SignedEvent

ORDERED: Final = "reward.ordered"
_AFTER: Final[Mapping[str, OrderState]] = {
    "reward.paid": OrderState.PAID,
    "reward.undone": OrderState.UNDONE,
    "reward.returned": OrderState.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that left for the bank, as its signed event says.

    Attributes:
        awards: ids, in the order of the batch's lines.
        at: UTC instant, as text.
        cashier: account of who sent it.
    """

    name: str
    awards: tuple[str, ...]
    amount_fen: int
    at: str
    cashier: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One order of a batch: where its award is, and how far it got.

    Attributes:
        order: with what the bank is told to pay: of the award, what no rule cuts or taxes.
        gross_fen: what the fund pays.
    """

    order: Order
    report_id: str
    award: str
    gross_fen: int


@use_case
def send_batch(
    uow: UnitOfWork,
    *,
    acts: Sequence[SignedEvent],
    sent: SignedEvent,
    trust: Trust,
    policies: Policies,
    now: datetime,
) -> tuple[Case, ...]:
    """Record every order of a batch and the batch itself, all or nothing, before the file leaves.

    Args:
        uow: the transaction.
        acts: `reward.ordered` of each award, by report and in the order of the lines.
        sent: `bank.sent`, signed with the same deed key.
        trust: whose signatures count.
        policies: the rules, for whether the name of the account must be the reporter's.
        now: UTC instant.

    Raises:
        BankFileError: "name_unchecked" where the rules demand that and the cashier has not
            opened the name; "batch_taken" for a name that a batch has.
        BadActError: the acts are not exactly those that the batch names.
        CaseworkError: as for every act, see `acts.record`.
    """
    check_act(sent, site=uow.site, now=now)
    signed = act_of(sent.event, None, trust)
    if sent.event.kind != SENT or sent.event.report:
        raise NotPermittedError(kind=sent.event.kind)
    check_sent(signed)
    batch = _batch(sent)
    if any(one.name == batch.name for one in _batches(uow)):
        raise BankFileError("batch_taken")
    if [one.event.report for one in acts] != sorted(one.event.report for one in acts):
        raise BadActError("awards", "in the order of their reports")
    named = [(one.event.facts.get("award"), one.event.facts.get("reference")) for one in acts]
    due = [(award, reference_of(batch.name, n)) for n, award in enumerate(batch.awards, 1)]
    if named != due or sum(map(_amount, acts)) != batch.amount_fen:
        raise BadActError("awards", "the awards that are ordered, each with its line")
    cases = []
    for act in acts:
        by_officer(act, trust, ORDERED)
        check_disinterested(uow, act, trust)
        if (act.event.actor, act.event.facts.get("batch")) != (sent.event.actor, batch.name):
            raise BadActError("batch", batch.name)
        case = record(uow, act=act, trust=trust, now=now)
        check_name(case, signed.actor, policies)
        cases.append(case)
    uow.events.append(sent)
    return tuple(cases)


def check_name(case: Case, cashier: str, policies: Policies) -> None:
    """Check that *cashier* has seen both names, where the rules pay to the reporter's own account.

    Raises:
        BankFileError: "name_unchecked".
    """
    if not policies.get(case.policy_id).claim.name_check:
        return
    opened = [
        one
        for one in case.releases.values()
        if one.state is ReleaseState.OPENED
        and one.requester == cashier
        and one.purpose == COMPARE_PAYEE
    ]
    if not any(one.item not in (*case.withdrawn, *case.erased) for one in opened):
        raise BankFileError("name_unchecked")


@query
def batches(uow: UnitOfWork) -> tuple[Batch, ...]:
    """Return every batch, the newest first."""
    return tuple(sorted(_batches(uow), key=lambda one: (one.at, one.name), reverse=True))


@query
def batch_lines(
    uow: UnitOfWork, *, batch: str
) -> tuple[Batch, tuple[BatchLine, ...], frozenset[str]] | None:
    """Return a batch with its orders as they stand, and the names of the other batches.

    None for a name that no batch has.
    """
    known = {one.name: one for one in _batches(uow)}
    found = known.pop(batch, None)
    if found is None:
        return None
    policies = rulebook_of(uow).policies
    lines = tuple(
        line
        for number, award in enumerate(found.awards, 1)
        if (line := _line(uow, policies, award, reference_of(batch, number))) is not None
    )
    return found, lines, frozenset(known)


def _line(uow: UnitOfWork, policies: Policies, award: str, reference: str) -> BatchLine | None:
    """What became of one order, by the events of its case alone; None where it was never given."""
    report, found = uow.awards.report_of(award), None
    for signed in uow.events.of_report(report) if report else ():
        event = signed.event
        if event.facts.get("award") != award:
            continue
        if event.kind == ORDERED:
            if found is not None:
                break  # ordered anew: under another reference
            if event.facts["reference"] == reference:
                gross = _amount(signed)
                rule = policies.get(uow.reports.get(report).policy_id).claim
                told = disbursement_of(rule, gross).paid_fen
                order = Order(reference, told, OrderState.SENT)
                found = BatchLine(order, report, award, gross)
        elif found is not None and event.kind in _AFTER:
            order = Order(reference, found.order.amount_fen, _AFTER[event.kind])
            found = replace(found, order=order)
            if order.state in (OrderState.UNDONE, OrderState.RETURNED):
                break  # what is paid from now on is not paid by this order
    return found


def _batches(uow: UnitOfWork) -> Iterator[Batch]:
    return map(_batch, uow.events.outside_of_kind(SENT))


def _batch(sent: SignedEvent) -> Batch:
    facts = sent.event.facts
    awards = facts["awards"]
    assert isinstance(awards, list | tuple)
    cashier = sent.event.actor.partition(":")[2]
    return Batch(
        str(facts["batch"]), tuple(map(str, awards)), _amount(sent), sent.event.at, cashier
    )


def _amount(signed: SignedEvent) -> int:
    amount = signed.event.facts["amount_fen"]
    assert isinstance(amount, int)
    return amount
