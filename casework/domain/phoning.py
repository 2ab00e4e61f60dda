"""A call-back by telephone: who has opened the contact item for it notes what the reporter said.

The question after 1, 3 and 6 months stands in the mailbox, where nobody has to be identified. Who
does not look there may be called, if they left a number: k custodians release it to an operator
or a supervisor, never to the office that handled the case, and it is seen once.

Source: issue 5 (a telephone call needs a release of the contact item); POLICIES.md (c), P1.
"""

from dataclasses import replace
from typing import Final

from casework.domain.act_facts import civil_day, number_of, text_of
from casework.domain.case import Act, Case, Release, ReleaseState
from casework.domain.case_turns import Callback
from casework.domain.errors import NotPermittedError, PhoningRefusedError, WrongStateError
from casework.domain.satisfaction import MONTHS, closing, question

PHONED: Final = "callback.phoned"
NOT_REACHED: Final = "not_reached"
PURPOSE: Final = "contact_reporter"


def asked(case: Case) -> Callback | None:
    """Return the question after some months that waits for the reporter; None where none does."""
    month, closed = question(case), closing(case)
    if month not in MONTHS or closed is None:
        return None
    mine = (one for one in case.callbacks if (one.closing, one.month) == (closed.ordinal, month))
    return next(mine, None)


def may_phone(case: Case) -> bool:
    """Whether such a question waits."""
    return asked(case) is not None


def opened_by(case: Case, account: str) -> Release | None:
    """Return the contact item that *account* has opened since the question was asked."""
    waits = asked(case)
    found = [
        one
        for one in case.releases.values()
        if one.state is ReleaseState.OPENED
        and (one.purpose, one.requester) == (PURPOSE, account)
        and waits is not None
        and civil_day(one.opened_at).isoformat() >= waits.asked_on
    ]
    return max(found, key=lambda one: one.opened_at, default=None)


def phone(case: Case, act: Act) -> Case:
    """Note what the reporter said on the telephone, or that nobody was reached.

    Not reached, the question stays; answered, it is answered as in the mailbox.

    Raises:
        WrongStateError: no such question waits, or it is another one.
        NotPermittedError: by the office that handled the case.
        PhoningRefusedError: the actor has not opened the contact item for this call.
    """
    waits = asked(case)
    if waits is None or waits.month != number_of(act, "month"):
        raise WrongStateError(kind=act.kind, state=case.state)
    if act.office == case.lead:
        raise NotPermittedError(kind=act.kind, office=act.office)
    opened = opened_by(case, act.actor)
    if opened is None or opened.id != text_of(act, "release"):
        raise PhoningRefusedError(report=case.report_id)
    if act.facts["answer"] == NOT_REACHED:
        return case
    given = replace(waits, answer=text_of(act, "answer"), answered_on=civil_day(act.at).isoformat())
    return replace(case, callbacks=(*(one for one in case.callbacks if one is not waits), given))
