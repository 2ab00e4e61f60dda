"""Retaliation against a reporter: who must learn nothing of it, and measures that protect.

A report of retaliation is a case of its own. The office that handled the first one has no part in
it and sees no sign of it: it may be where the reporter was betrayed.

Source: SCENARIOS.md S12; POLICIES.md (b) on retaliation: Work Safety Law art. 54 (M) forbids
cutting pay or dismissing for a report; the measures are those that provinces list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casework.domain.act_facts import PROTECTION_MEASURES, civil_day, number_of, text_of
from casework.domain.case import Act, Case, Matter
from casework.domain.case_turns import Protection
from casework.domain.errors import AlreadyDoneError, BadActError, WrongStateError
from casework.domain.marks import last_mark

CLOCK = "protect"
REPORTED, ORDERED, DECLINED = "retaliation_reported", "protection_ordered", "protection_declined"
# Of these no other case hints, nor they of any other.
APART = frozenset({Matter.STAFF_MISCONDUCT, Matter.RETALIATION})


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of protective measure."""

    code: str
    zh: str
    en: str


MEASURES: tuple[Measure, ...] = (
    Measure("explain", "责令单位说明情况", "The entity has to explain itself"),
    Measure("stop", "责令停止打击报复", "Retaliation ordered to stop"),
    Measure("restore", "要求恢复岗位和待遇", "Post and pay to be restored"),
    Measure("labour", "移交劳动保障监察，协助仲裁", "Labour inspection, help with arbitration"),
    Measure("compensate", "支持依法索赔", "Support for claiming damages"),
    Measure("police", "商请公安机关保护人身安全", "The police asked to protect the person"),
    Measure("contact", "指定专人保密联系", "One named person for confidential contact"),
)
assert tuple(one.code for one in MEASURES) == PROTECTION_MEASURES


def barred_by(case: Case, leads: Iterable[str]) -> tuple[str, ...]:
    """Return the offices that must have no part in a report of retaliation for *case*, in order.

    Those that lead it, helped, are accused or barred themselves, and those that led it before.
    An office that passed it on and supervises it now is none of them: it does not handle it.

    Args:
        case: for which the reporter was punished, as it stands.
        leads: every office that was its lead so far.
    """
    before = {one for one in leads if one != case.supervisor}
    return tuple(sorted({case.lead, *case.co_handlers, *case.kept_out, *before} - {""}))


def was_reported(case: Case) -> bool:
    """Whether the reporter told of retaliation."""
    return last_mark(case, REPORTED) is not None


def is_open(case: Case) -> bool:
    """Whether nobody has decided yet on protection since retaliation was reported last."""
    reported = last_mark(case, REPORTED)
    decided = [one for name in (ORDERED, DECLINED) if (one := last_mark(case, name))]
    return reported is not None and all(one.ordinal < reported.ordinal for one in decided)


def lasts(case: Case) -> bool:
    """Whether a measure stands that could be ended."""
    return bool(standing(case))


def standing(case: Case) -> tuple[Protection, ...]:
    """Return the measures that nobody has ended."""
    return tuple(one for one in case.protections if not one.ended_on)


def order(case: Case, act: Act) -> Case:
    """Order a protective measure.

    Raises:
        WrongStateError: no retaliation was reported.
        AlreadyDoneError: this measure stands already.
        BadActError: without a document's number, or until a day that is over.
    """
    if not was_reported(case):
        raise WrongStateError(kind=act.kind, state="no retaliation reported")
    measure, until = text_of(act, "measure"), text_of(act, "until")
    if any(one.measure == measure for one in standing(case)):
        raise AlreadyDoneError(step=act.kind)
    document, today = text_of(act, "document").strip(), civil_day(act.at).isoformat()
    if not document:
        raise BadActError("document", "the number of the paper that it rests on")
    if until and until < today:
        raise BadActError("until", "not a day that is over")
    new = Protection(act.ordinal, measure, document, ordered_on=today, until=until)
    return replace(case, protections=(*case.protections, new))


def decline(case: Case, act: Act) -> Case:
    """Decide that no measure is needed; why is sealed for the reporter.

    Raises:
        WrongStateError: nothing waits for a decision.
    """
    if not is_open(case):
        raise WrongStateError(kind=act.kind, state="no protection to decide on")
    return case


def end(case: Case, act: Act) -> Case:
    """End a measure that stands.

    Raises:
        WrongStateError: there is none, or it is ended already.
    """
    asked, on = number_of(act, "asked"), civil_day(act.at).isoformat()
    if all(one.ordinal != asked for one in standing(case)):
        raise WrongStateError(kind=act.kind, state="no such measure")
    changed = (
        replace(one, ended_on=on) if one.ordinal == asked else one for one in case.protections
    )
    return replace(case, protections=tuple(changed))
