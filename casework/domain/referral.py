"""Referral to a body outside the system: the police where a crime is suspected, or discipline.

The police have to answer by a clock of their own (`police_answer`); what either body writes
back is an act of its own. Nothing of a case goes out with it but the number of the paper.

Source: S0(七)(九)(二十), S3(12,31); 应急〔2019〕54号 (the police decide within 3 days).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from casework.domain.act_facts import civil_day, number_of, text_of
from casework.domain.case import Act, Case
from casework.domain.case_turns import Referral
from casework.domain.copies import is_discipline
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)

POLICE, DISCIPLINE = "police", "discipline"
# What is marked when the case is referred to each body, and when that has answered.
MARKS: Final[Mapping[str, tuple[str, str]]] = {POLICE: ("referred", "police_answered")}


def make(case: Case, act: Act) -> Case:
    """Refer the case to a body outside.

    Raises:
        AlreadyDoneError: that body has not answered yet.
        BadActError: without the paper's number.
    """
    to, document = text_of(act, "to"), _document(act)
    if any(one.to == to and not one.answer for one in case.referrals):
        raise AlreadyDoneError(step=act.kind)
    new = Referral(act.ordinal, to, document, act.actor, civil_day(act.at).isoformat())
    return replace(case, referrals=(*case.referrals, new))


def acknowledge(case: Case, act: Act) -> Case:
    """Record what the body wrote back.

    Raises:
        WrongStateError: no such referral waits.
        NotPermittedError: the discipline body answers for itself alone.
        BadActError: without the paper's number.
    """
    asked, document = of_ordinal(case, number_of(act, "asked")), _document(act)
    if asked is None or asked.answer:
        raise WrongStateError(kind=act.kind, state="nothing referred")
    if not may_answer(case, asked, act.office):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    done = replace(asked, answer=document, answered_on=civil_day(act.at).isoformat())
    return replace(
        case,
        referrals=tuple(done if one.ordinal == done.ordinal else one for one in case.referrals),
    )


def of_ordinal(case: Case, ordinal: int) -> Referral | None:
    """Return a referral by the ordinal of its act; None when there is none."""
    return next((one for one in case.referrals if one.ordinal == ordinal), None)


def may_answer(case: Case, asked: Referral, office: str) -> bool:
    """Whether an office may record what a body wrote back; the discipline body for itself alone."""
    return asked.to == DISCIPLINE or not is_discipline(case, office)


def waits(case: Case) -> bool:
    """Whether a body outside has not answered yet."""
    return any(not one.answer for one in case.referrals)


def _document(act: Act) -> str:
    document = text_of(act, "document").strip()
    if not document:
        raise BadActError("document", "the number of the paper")
    return document
