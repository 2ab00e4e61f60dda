"""Leave: who covers for an officer, and how an assigned case changes hands for that time.

That somebody covers gives them no right: everybody of an office could open its cases before. It
puts the cases of who is away before their eyes. A case changes hands by a signed act of the head
of the office alone, to the deputy of a leave that is noted, and back to whom the draw had chosen;
nobody picks who looks away. Whoever takes over keeps every bar of their own and gets rid of none:
what excludes a person goes by what they did, not by whose case it is.

Source: issue 5, assignment inside a department.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from casework.domain.act_facts import text_of
from casework.domain.case import Act, Case, State
from casework.domain.case_turns import HandOver
from casework.domain.drawing import drawn
from casework.domain.errors import CoverRefusedError

HANDED: Final = "assignment.handed"
ON_LEAVE, BACK = "on_leave", "back"
DAYS_MAX: Final = 366
_OPEN: Final = frozenset({State.RECEIVED, State.ACCEPTED, State.CONCLUDED})


@dataclass(frozen=True, slots=True)
class Cover:
    """A leave: who is away, who covers, from the first to the last day.

    Attributes:
        office: of both.
        account, deputy: accounts.
    """

    office: str
    account: str
    deputy: str
    first: date
    last: date

    def is_on(self, day: date) -> bool:
        """Whether the leave has begun and is not over on a day."""
        return self.first <= day <= self.last


def check(new: Cover, known: Iterable[Cover], today: date) -> None:
    """Check a leave that is to be noted.

    Args:
        new: the leave.
        known: those of the office that are noted.
        today: in China.

    Raises:
        CoverRefusedError: it is over or too long, somebody covers for themselves, it overlaps
            with another one, its deputy is away then, or who is away covers for others then.
    """
    if new.deputy == new.account:
        raise CoverRefusedError("oneself")
    if not max(new.first, today) <= new.last or (new.last - new.first).days >= DAYS_MAX:
        raise CoverRefusedError("days")
    for one in known:
        if one.first > new.last or one.last < new.first:
            continue
        if one.account == new.account:
            raise CoverRefusedError("overlaps")
        if one.account == new.deputy:
            raise CoverRefusedError("deputy_away")
        if one.deputy == new.account:
            raise CoverRefusedError("covers_others")


def assigned(case: Case) -> str:
    """Return the account that the case is assigned to at its lead office; "" where to none."""
    first = drawn(case)
    if first is None:
        return ""
    later = [one for one in case.handed if one.ordinal > first.ordinal and one.office == case.lead]
    return later[-1].to if later else first.officer


def is_assigned(case: Case) -> bool:
    """Whether an officer handles the case by name, and it is open."""
    return case.state in _OPEN and bool(assigned(case))


def hand(case: Case, act: Act) -> Case:
    """Note that another officer of the lead office handles the case from now on.

    Raises:
        CoverRefusedError: it is not assigned to whom it is taken from, it goes to who is recused
            or supervises, or it goes back to somebody whom the draw did not choose.
    """
    first, giver, taker = drawn(case), text_of(act, "from"), text_of(act, "to")
    if first is None or assigned(case) != giver or giver == taker:
        raise CoverRefusedError("not_assigned")
    if taker in case.recused | case.supervised_by:
        raise CoverRefusedError("out")
    if text_of(act, "reason_code") == BACK and taker != first.officer:
        raise CoverRefusedError("not_drawn")
    made = HandOver(act.ordinal, case.lead, giver, taker, text_of(act, "reason_code"))
    return replace(case, handed=(*case.handed, made))
