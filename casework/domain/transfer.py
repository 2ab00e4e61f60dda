"""Handing a case to another department of the system, before or after acceptance."""

from dataclasses import dataclass, replace

from casework.domain.act_facts import TRANSFER_REASONS, text_of
from casework.domain.case import Act, Case
from casework.domain.errors import AccusedOfficeError, BadActError

TRANSFERRED = "transfer"  # stands in the place of a routing rule: a person chose the lead


@dataclass(frozen=True, slots=True)
class TransferReason:
    """A coded reason for a transfer."""

    code: str
    zh: str
    en: str


REASONS: tuple[TransferReason, ...] = (
    TransferReason("not_competent", "不属于本部门职责", "Not within this department's duties"),
    TransferReason("territory", "不属于本辖区", "Another territory"),
    TransferReason("lead_by_duty", "按职责应由该部门牵头", "That department leads by its duties"),
    TransferReason("assigned_from_above", "上级交办", "Assigned from above"),
    TransferReason("accused", "举报涉及本单位，应当回避", "The report concerns this body"),
)
assert tuple(reason.code for reason in REASONS) == TRANSFER_REASONS


def offices_of(lead: str, supervisor: str) -> tuple[str, ...]:
    """Return who may open the case: the lead office and its supervisor, each once."""
    return (lead,) if supervisor in ("", lead) else (lead, supervisor)


def transfer(case: Case, act: Act) -> Case:
    """Give the case a new lead office; its clocks run on, its policy stays.

    Raises:
        AccusedOfficeError: the report is about the new lead or its supervisor.
        BadActError: the new lead is the old one.
    """
    lead, supervisor = text_of(act, "lead"), text_of(act, "supervisor")
    if lead == case.lead:
        raise BadActError("lead", f"another office than {lead}")
    if case.about in (lead, supervisor):
        raise AccusedOfficeError(office=case.about)
    by_supervisor = act.office == case.supervisor and act.office != case.lead
    return replace(
        case,
        lead=lead,
        supervisor=supervisor,
        offices=offices_of(lead, supervisor),
        rule=TRANSFERRED,
        supervised_by=case.supervised_by | ({act.actor} if by_supervisor else frozenset()),
    )
