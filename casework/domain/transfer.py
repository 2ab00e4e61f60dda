"""Handing a case to another department of the system, before or after acceptance."""

from dataclasses import dataclass, replace

from casework.domain import assignment, returning
from casework.domain.act_facts import TRANSFER_REASONS, text_of
from casework.domain.case import Act, Case, State
from casework.domain.co_handling import acted_above, check, named_in
from casework.domain.co_handling import offices_of as offices_of
from casework.domain.errors import AccusedOfficeError, BadActError, NotPermittedError
from casework.domain.roles import Role

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


def is_spent(case: Case, act: Act) -> bool:
    """Whether the actor's office has no transfer left that it may make by itself.

    Once, before acceptance, the office that got a report may pass it on; after that it asks
    to return it (returning.py). Whoever dispatches reports does so as often as it takes.
    """
    if act.office != case.lead or Role.SUPERVISOR in act.roles:
        return False
    asked = returning.pending(case)
    if asked is not None and act.office == case.supervisor:
        return asked.decider_role not in act.roles
    return case.state is not State.RECEIVED or case.rule == TRANSFERRED or bool(case.returns)


def transfer(case: Case, act: Act) -> Case:
    """Give the case a new lead office; its clocks run on, its policy stays.

    Co-handlers that the act does not name anew go on helping. It may carry out a proposal
    (assignment.py) or uphold a return (returning.py), which it names.

    Raises:
        AccusedOfficeError: the report is about the new lead, its supervisor or a co-handler.
        BadActError: the new lead is the old one; not what was proposed; a return that waits
            is not named.
        NotPermittedError, SeparationError: the actor may not decide on the return or name who
            helps, or made the proposal.
        WrongStateError: no return waits that could be upheld.
    """
    lead, supervisor = text_of(act, "lead"), text_of(act, "supervisor")
    if lead == case.lead:
        raise BadActError("lead", f"another office than {lead}")
    for office in case.kept_out.intersection((lead, supervisor)):
        raise AccusedOfficeError(office=office)
    _check_head(case, act)
    assignment.check_carried_out(case, act)
    settled = returning.settle(case, act)
    if "co" in act.facts and act.roles.isdisjoint({Role.LEADER, Role.SUPERVISOR}):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    co = named_in(act) or tuple(one for one in case.co_handlers if one != lead)
    check(co, lead=lead, kept_out=case.kept_out)
    return replace(
        settled,
        lead=lead,
        supervisor=supervisor,
        offices=offices_of(lead, supervisor, co, discipline=case.discipline),
        co_handlers=co,
        routed_co=(),
        rule=TRANSFERRED,
        supervised_by=settled.supervised_by | acted_above(case, act),
    )


def _check_head(case: Case, act: Act) -> None:
    """The head of the supervising office transfers only to uphold a return."""
    above = act.office == case.supervisor != case.lead
    if above and Role.SUPERVISOR not in act.roles and "returned" not in act.facts:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
