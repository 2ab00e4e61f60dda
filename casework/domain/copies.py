"""Who has a copy of a case beside the offices that work on it, and what these may do with it.

The discipline body has the second sealed copy of a report that accuses staff: it reads, signs for
it and writes back, and decides nothing of the case. The body of a township or grid has the facts
of the order alone (number, matter, sector, region, days): no key, no words of the reporter. These
go out when somebody who has read the report sends them, not by themselves when it comes in: else a
missing copy would tell whoever sees the rows which reporters are of the enterprise.

Source: 003 clauses 23, 31, 37 (clues about staff go to discipline bodies); POLICIES.md (a3).
"""

from dataclasses import replace

from casework.domain.act_facts import civil_day, text_of, texts_of
from casework.domain.case import Act, Case, Matter
from casework.domain.case_turns import CopyReceipt
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    CopyRefusedError,
    NotPermittedError,
)

# Of these nobody near the reporter or the accused learns: no copy of the order goes out.
NO_COPIES = frozenset({Matter.STAFF_MISCONDUCT, Matter.RETALIATION})


def discipline_in(act: Act, about: str | None) -> str:
    """Return the discipline body that a report was also sealed to, "" for none.

    Where that body leads or supervises it has the report once, and keeps it when another leads.

    Args:
        act: report.received.
        about: office that the report accuses, None for none.

    Raises:
        BadActError: nobody of the staff is accused.
    """
    code = text_of(act, "discipline")
    if code and not about and text_of(act, "matter") != Matter.STAFF_MISCONDUCT:
        raise BadActError("discipline", "nobody: it accuses no staff")
    return code


def may_be_sent(case: Case) -> bool:
    """Whether copies of the order may go out: never where staff is accused, or of retaliation.

    Retaliation that the reporter told of later counts as much as where the report began with it.
    """
    told_of = any(mark.name == "retaliation_reported" for mark in case.marks)
    return not case.about and case.matter not in NO_COPIES and not told_of


def send(case: Case, act: Act) -> Case:
    """Give further offices a copy of the order. What they know cannot be taken back.

    Raises:
        CopyRefusedError: of such a matter none goes out.
        AccusedOfficeError: one of them must learn nothing of it.
        BadActError: an office that has the report itself.
        AlreadyDoneError: all of them have it.
    """
    if not may_be_sent(case):
        raise CopyRefusedError(report=case.report_id)
    copies = texts_of(act, "copies")
    for office in copies:
        if office in case.kept_out:
            raise AccusedOfficeError(office=office)
        if office in case.offices:
            raise BadActError("copies", "other offices than those that have the report")
    if set(copies) <= set(case.copies):
        raise AlreadyDoneError(step=act.kind)
    return replace(case, copies=tuple(dict.fromkeys((*case.copies, *copies))))


def is_discipline(case: Case, office: str) -> bool:
    """Whether an office has the case as discipline body alone, and neither leads nor supervises."""
    return bool(office) and office == case.discipline and office not in (case.lead, case.supervisor)


def is_copied(case: Case, office: str) -> bool:
    """Whether an office has a copy of the order and not the report itself."""
    return office in case.copies and office not in case.offices


def receipt_of(case: Case, office: str) -> CopyReceipt | None:
    """Return what an office signed for its copy, None before."""
    return next((one for one in case.receipts if one.office == office), None)


def waits_for_receipt(case: Case) -> bool:
    """Whether anybody has a copy and has not signed for it."""
    return any(
        receipt_of(case, one) is None
        for one in (case.discipline, *case.copies)
        if is_discipline(case, one) or is_copied(case, one)
    )


def acknowledge(case: Case, act: Act) -> Case:
    """Sign for a copy.

    Raises:
        AlreadyDoneError: that office has signed for it.
    """
    if receipt_of(case, act.office) is not None:
        raise AlreadyDoneError(step=act.kind)
    new = CopyReceipt(act.ordinal, act.office, act.actor, civil_day(act.at).isoformat())
    return replace(case, receipts=(*case.receipts, new))


def has_copies(case: Case) -> bool:
    """Whether the facts of the order were sent to anybody."""
    return bool(case.copies)


def observe(case: Case, act: Act) -> Case:
    """Tell the offices what one saw on the spot; what it says is sealed for them.

    Raises:
        NotPermittedError: the discipline body, which answers on a paper.
    """
    if not is_copied(case, act.office):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    return case


def answer(case: Case, act: Act) -> Case:
    """Write back on a paper of one's own; what it says is sealed for the offices.

    Raises:
        BadActError: without the paper's number.
    """
    if not text_of(act, "document").strip():
        raise BadActError("document", "the number of the paper")
    return case
