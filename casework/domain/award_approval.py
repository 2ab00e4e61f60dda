"""An award is agreed to rung by rung, in the order of the ladder, each time by somebody else.

Who stands on the ladder for a sum, the policy says (approval.py); the proposal carries it, and
each yes is bound to all that the sum rests on (award.binding). Bars stand in transitions.py.
"""

from dataclasses import replace

from casework.domain.act_facts import number_of, text_of
from casework.domain.award import award_in, binding, booked, facts_sha256, stale, with_award
from casework.domain.award_sharing import kept, own_of
from casework.domain.award_values import AGREED, UNDECIDED, Award, AwardApproval, AwardState
from casework.domain.case import Act, Case
from casework.domain.closing import WITHOUT_A_WAY_BACK
from casework.domain.errors import ApprovalVoidError, BadActError, NotPermittedError
from casework.domain.ledger import LineKind
from casework.domain.roles import Role

APPROVED, FUNDED = "reward.approved", "reward.funded"


def approve(case: Case, act: Act) -> Case:
    """Agree to exactly the amount, facts, policy and working that were proposed.

    With the last yes what was set aside beyond the sum is free again, and the reporter is told
    in the mailbox at once, where there is one.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not waiting for approval.
        NotPermittedError: the next on the ladder is another role.
        ApprovalVoidError: the binding or the amount is another, or the facts have changed since
            it was proposed.
        BadActError: not exactly what is beyond the sum is set free.
    """
    award = award_in(case, act, AwardState.PROPOSED)
    rung = award.next_rung
    if rung not in act.roles or act.kind != kind_for(rung):
        raise NotPermittedError(kind=act.kind, rung=rung, roles=tuple(sorted(act.roles)))
    bound = binding(case, award)
    if award.facts_sha256 != facts_sha256(case):
        raise ApprovalVoidError(award=award.id)
    if number_of(act, "amount_fen") != award.amount_fen or text_of(act, "binding") != bound:
        raise ApprovalVoidError(award=award.id)
    given = (*award.approvals, AwardApproval(act.actor, rung, act.ordinal))
    agreed = replace(award, approvals=given, approver=act.actor, binding=bound)
    beyond = beyond_fen(case, award)
    if number_of(act, "less_fen") != beyond:
        raise BadActError("less_fen", str(beyond))
    if len(given) == len(award.rungs):
        agreed = _agreed(case, agreed, rung)
    return with_award(case, agreed)


def kind_for(rung: str) -> str:
    """Return the act by which a rung says yes: finance confirms that the money is there."""
    return FUNDED if rung == Role.FINANCE else APPROVED


def is_last(award: Award) -> bool:
    """Whether the next yes is the last one."""
    return len(award.approvals) + 1 == len(award.rungs)


def beyond_fen(case: Case, award: Award) -> int:
    """Return what the next yes sets free: with the last one, what is beyond its own sum."""
    if not is_last(award):
        return 0
    own = own_of(case, award)
    return award.reserved_fen - (own.amount_fen if own else 0)


def _agreed(case: Case, award: Award, rung: str) -> Award:
    before = award.reserved_fen
    state = AwardState.FUNDED if rung == Role.FINANCE else AwardState.APPROVED
    award = kept(case, replace(award, state=state, reserved_fen=award.amount_fen))
    if before > award.reserved_fen:
        award = booked(award, LineKind.RELEASE)
    if award.state is AwardState.REJECTED:
        return award
    if case.channel in WITHOUT_A_WAY_BACK:
        return award
    return replace(award, state=AwardState.NOTIFIED, notified_how="mailbox")


def notify(case: Case, act: Act) -> Case:
    """Note how somebody without a mailbox was told: by letter, or by a posted notice.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not agreed to, or told already.
    """
    award = award_in(case, act, *AGREED)
    told = replace(
        award,
        state=AwardState.NOTIFIED,
        notified_how=text_of(act, "how"),
        notice=text_of(act, "document"),
    )
    return with_award(case, told)


def send_back(case: Case, act: Act) -> Case:
    """Send a proposal back to who made it; the money stays where it is.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not waiting for approval.
    """
    award = award_in(case, act, AwardState.PROPOSED)
    return with_award(case, stale(award))


def reject(case: Case, act: Act) -> Case:
    """Refuse an award; its money is free again.

    Raises:
        NoAwardError, WrongStateError: no such award, or the reporter has been told of it.
    """
    award = award_in(case, act, *UNDECIDED, *AGREED)
    if award.reserved_fen:
        award = booked(award, LineKind.RELEASE)
    refused = replace(
        award,
        state=AwardState.REJECTED,
        approver=act.actor,
        reserved_fen=0,
        refused=text_of(act, "reason_code"),
    )
    return with_award(case, refused)
