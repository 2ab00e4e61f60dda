"""What the office above demands: supervision orders, their answers, steps acknowledged.

Source: SCENARIOS.md S31; POLICIES.md (c), "Escalation is one ladder for every clock".
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.domain.case import Case, Order
from casework.domain.clock_kinds import KINDS, Binds
from casework.domain.errors import BadActError, UnknownAskError
from casework.domain.ids import is_order_number
from casework.domain.legal_clock import clock_due
from casework.domain.order import order_of
from casework.domain.running import ClockState, Running
from casework.services.acts import by_officer, record
from casework.services.clock_asks import day_in_china
from casework.services.notices import notify
from casework.services.reading import CaseFile, texts_of
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import SealedObject, SignedEvent

ORDER, ANSWER = "order", "order_answer"  # kinds of the sealed texts, under the content key
REPLY, MANIFEST = "order_reply", "manifest"


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its clock and its sealed texts.

    Attributes:
        order: who demanded, and whether it is answered.
        reply: the clock of the answer; None where the policy has none.
        file: the office's keys of the case, with the sealed order and answer.
        text_id, answer_id: which of these objects are the order and its answer; "" for none.
    """

    order: Order
    reply: Running | None
    file: CaseFile
    text_id: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What an order issued now could be about.

    Attributes:
        clocks: those that bind the lead office and run, what ran out first in front.
        reply_by: last day for the answer; None where the policy sets none.
    """

    clocks: tuple[Running, ...]
    reply_by: date | None


@use_case
def issue_order(
    uow: UnitOfWork, *, act: SignedEvent, text: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Issue an order to the lead office, which is told; its own clock runs from now.

    Raises:
        BadActError: the number has not the form of this year's, or the text is no order's.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "order.issued")
    case = record(uow, act=act, trust=trust, now=now, records=[text])
    number, year = str(act.event.facts["number"]), day_in_china(now).year
    if not is_order_number(number) or f"〔{year}〕" not in number:
        raise BadActError("number", f"the number of an order of {year}")
    _store(uow, case, text, ORDER)
    notify(uow, "order.issued", case=case, office=case.lead, now=now)
    return case


@use_case
def answer_order(
    uow: UnitOfWork, *, act: SignedEvent, text: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Answer an order as the head of the lead office; the office above is told.

    Raises:
        BadActError: the case has no such order, or the text is no answer's.
        WrongStateError: it is answered.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "order.answered")
    case = record(uow, act=act, trust=trust, now=now, records=[text])
    _store(uow, case, text, ANSWER)
    notify(uow, "order.answered", case=case, office=case.supervisor, now=now)
    return case


@use_case
def acknowledge_step(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note that the addressee of a rung has seen it; the clock and the ladder run on.

    Raises:
        WrongStateError: the clock was never brought there.
        AlreadyDoneError: it is acknowledged.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "step.acknowledged")
    return record(uow, act=act, trust=trust, now=now)


@query
def order_view(
    uow: UnitOfWork, *, report_id: str, order_id: str, office: str, now: datetime
) -> OrderView:
    """Return an order with its clock and what *office* can open of it.

    Raises:
        UnknownAskError: the case has no such order.
        TamperedError: a row is not the one that an event names.
    """
    file = texts_of(uow, report_id=report_id, office=office, kinds=frozenset({ORDER, ANSWER}))
    order = order_of(file.case, order_id)
    if order is None:
        raise UnknownAskError(report=report_id, order=order_id)
    clocks = rulebook_of(uow).clocks(file.case, now)
    reply = (one for one in clocks if (one.key, one.since) == (REPLY, order.ordinal))
    named = {
        one.event.kind: {named.id for named in one.event.added}
        for one in uow.events.of_report(report_id)
        if one.event.facts.get("order") == order_id
    }
    text, answer = (
        next((one.id for one in file.objects if one.id in named.get(kind, ())), "")
        for kind in ("order.issued", "order.answered")
    )
    # A text of another order that does not open must not keep this one from being read.
    mine = tuple(one for one in file.objects if one.id in {text, answer} or one.kind == MANIFEST)
    return OrderView(order, next(reply, None), replace(file, objects=mine), text, answer)


@query
def order_draft(uow: UnitOfWork, *, report: str, now: datetime) -> OrderDraft:
    """Return what an order issued now could be about, and by when it would be answered.

    Raises:
        UnknownReportError: there is no such case.
    """
    case, book = uow.reports.get(report), rulebook_of(uow)
    policy = book.policy_of(case)
    running = [
        one
        for one in book.clocks(case, now)
        if one.running and one.key != REPLY and KINDS[one.key].binds is Binds.LEAD
    ]
    reply = None
    if REPLY in policy.clocks:
        reply = clock_due(policy, REPLY, now, calendar=book.calendar).due_on
    return OrderDraft(tuple(sorted(running, key=_most_pressing)), reply)


def _most_pressing(clock: Running) -> tuple[bool, date, str]:
    return clock.state is not ClockState.OVERDUE, clock.due.due_on, clock.key


def _store(uow: UnitOfWork, case: Case, text: SealedObject, kind: str) -> None:
    if text.kind != kind:
        raise BadActError("added", f"a sealed text of the kind {kind}")
    uow.sealed.add_objects(case.report_id, [text])
