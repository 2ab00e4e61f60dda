"""Supervision orders: the office above demands, the head of the office below answers.

Source: SCENARIOS.md S31; POLICIES.md (c), ladder.
"""

from dataclasses import replace
from typing import Final

from casework.domain.act_facts import civil_day, text_of
from casework.domain.case import Act, Case, Order
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)

ORDER_KINDS: Final = ("urge", "order", "listing")  # 督办提醒、督办单、挂牌督办


def issue(case: Case, act: Act) -> Case:
    """Issue an order to the lead office.

    Raises:
        AlreadyDoneError: its id or number stands in the case already.
        NotPermittedError: the supervising office leads the case itself: nobody is below it.
    """
    if case.lead == case.supervisor:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    new = Order(
        id=text_of(act, "order"),
        number=text_of(act, "number"),
        kind=text_of(act, "kind"),
        issuer=act.actor,
        ordinal=act.ordinal,
        issued_on=civil_day(act.at).isoformat(),
    )
    if any(new.id == one.id or new.number == one.number for one in case.orders):
        raise AlreadyDoneError(step=act.kind)
    return replace(case, orders=(*case.orders, new))


def answer(case: Case, act: Act) -> Case:
    """Answer an order.

    Raises:
        BadActError: no such order.
        WrongStateError: it is answered.
    """
    order = order_of(case, text_of(act, "order"))
    if order is None:
        raise BadActError("order", "an order of this case")
    if order.answered_by:
        raise WrongStateError(kind=act.kind, state="answered")
    done = replace(order, answered_by=act.actor, answered_on=civil_day(act.at).isoformat())
    return replace(case, orders=tuple(done if one.id == order.id else one for one in case.orders))


def order_of(case: Case, order_id: str) -> Order | None:
    """Return an order of the case; None when there is none of this id."""
    return next((one for one in case.orders if one.id == order_id), None)


def is_open(case: Case) -> bool:
    """Whether an order waits for its answer."""
    return any(not one.answered_by for one in case.orders)
