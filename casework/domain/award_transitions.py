"""The rows of the table of transitions that are about an award: when, by whom, unless."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casework.domain import (
    award_approval,
    award_claim,
    award_opening,
    award_payment,
    award_review,
    award_sharing,
)
from casework.domain.award_values import AGREED, PAID_OUT, UNDECIDED, AwardState
from casework.domain.case import Act, Case, State
from casework.domain.roles import Role
from casework.domain.transition import Bar, Place, Transition, Who

_ACCEPTED = frozenset({State.ACCEPTED, State.CONCLUDED, State.CLOSED})
_FOUND = frozenset({State.CONCLUDED, State.CLOSED})
# A reporter whose case joined another has an award of their own.
_PROMISED = _FOUND | {State.MERGED}
_REPORTER = (Who("reporter"),)
_JOBS = (Who("jobs"),)
_CASHIER = (Who(Role.CASHIER),)
_LADDER = (
    Who(Role.APPROVER),
    Who(Role.LEADER, Place.LEAD),
    Who(Role.LEADER, Place.SUPERVISOR),
    Who(Role.SUPERVISOR, Place.LEAD),
    Who(Role.SUPERVISOR, Place.SUPERVISOR),
    Who(Role.FINANCE),
)
_DECIDERS = tuple(one for one in _LADDER if one.role != Role.FINANCE)
_COUNTER = (Who(Role.CASHIER), Who(Role.OPERATOR), Who(Role.FINANCE))


def _is(*states: AwardState) -> Callable[[Case], bool]:
    return lambda case: any(one.state in states for one in case.awards)


def _did(by: Callable[[Case], frozenset[str]]) -> Callable[[Case, Act], bool]:
    return lambda case, act: act.actor in by(case)


NOT_APPROVER = Bar(
    "approved",
    _did(lambda case: frozenset(who for one in case.awards for who in one.approvers)),
)


def _agreed_already(case: Case, act: Act) -> bool:
    """Whether the actor agreed to this award; what a review adds to another is another one."""
    named = case.award_called(act.facts.get("award"))
    climbing = [one for one in case.awards if one.state is AwardState.PROPOSED]
    return any(act.actor in one.approvers for one in ([named] if named else climbing))


# Nobody stands on the ladder of one award twice.
NOT_TWICE = Bar("approved", _agreed_already)
NOT_CASHIER = Bar("paid", _did(lambda case: frozenset(one.cashier for one in case.awards)))
NOT_WITNESS = Bar("witnessed", _did(lambda case: frozenset(one.witness for one in case.awards)))


@dataclass(frozen=True, slots=True)
class Excluding:
    """What somebody did in the case beside its award that excludes them from a part in it."""

    supervised: Bar
    investigated: Bar
    accepted: Bar
    proposed: Bar
    handled: Bar


def award_rows(officer: Who, bars: Excluding) -> Mapping[str, Transition]:
    """Return the rows; who works on the case, and what excludes them, transitions.py knows."""
    return {
        **_proposing(officer, bars),
        **_deciding(officer, bars),
        **_claiming(bars),
        **_paying(bars),
    }


def _proposing(officer: Who, bars: Excluding) -> Mapping[str, Transition]:
    by = (bars.supervised,)
    return {
        "reward.computed": Transition(
            _ACCEPTED, _JOBS, award_opening.compute, ready=award_opening.wants_computing
        ),
        "reward.declared": Transition(
            _ACCEPTED | {State.RECEIVED},
            _REPORTER,
            award_opening.declare,
            ready=award_opening.may_declare,
        ),
        "reward.reserved": Transition(
            _FOUND,
            (officer,),
            award_opening.reserve,
            by,
            lambda case: case.rewarded and case.live_award is None,
        ),
        "reward.proposed": Transition(
            _PROMISED, (officer,), award_opening.propose, by, award_opening.may_propose
        ),
    }


def _deciding(officer: Who, bars: Excluding) -> Mapping[str, Transition]:
    refusing = (bars.investigated, bars.accepted, bars.proposed)
    agreeing = (*refusing, NOT_TWICE)
    above = (Who(Role.LEADER, Place.ABOVE), Who(Role.SUPERVISOR, Place.ABOVE))
    waits = _is(AwardState.PROPOSED)
    return {
        award_approval.APPROVED: Transition(
            _PROMISED, _DECIDERS, award_approval.approve, agreeing, waits
        ),
        award_approval.FUNDED: Transition(
            _PROMISED, (Who(Role.FINANCE),), award_approval.approve, agreeing, waits
        ),
        # It goes with the last yes to the award that is shared: never a button.
        award_sharing.SHARED: Transition(
            _PROMISED, _LADDER, award_sharing.share, refusing, lambda _case: False
        ),
        "reward.sent_back": Transition(
            _PROMISED, _LADDER, award_approval.send_back, refusing, waits
        ),
        "reward.rejected": Transition(
            _PROMISED, _LADDER, award_approval.reject, refusing, _is(*UNDECIDED, *AGREED)
        ),
        "reward.notified": Transition(
            _PROMISED, (officer, Who(Role.OPERATOR)), award_approval.notify, ready=_is(*AGREED)
        ),
        "reward.reopened": Transition(
            _PROMISED, _DECIDERS, award_claim.reopen, refusing, _is(AwardState.LAPSED)
        ),
        "reward.reviewed": Transition(
            _PROMISED,
            above,
            award_review.decide,
            (bars.handled, NOT_APPROVER, NOT_CASHIER),
            lambda case: award_review.pending(case) is not None,
        ),
        "reward.recalled": Transition(
            _PROMISED,
            _DECIDERS,
            award_claim.recall,
            (bars.investigated, NOT_CASHIER),
            _is(*PAID_OUT),
        ),
    }


def _claiming(bars: Excluding) -> Mapping[str, Transition]:
    told = _is(AwardState.NOTIFIED, AwardState.CLAIMED)
    by = (NOT_APPROVER, bars.proposed, bars.investigated)
    return {
        "reward.claimed": Transition(_PROMISED, _REPORTER, award_claim.claim, ready=told),
        "reward.identified": Transition(_PROMISED, _CASHIER, award_claim.identify, by, told),
        "reward.witnessed": Transition(
            _PROMISED, _COUNTER, award_claim.witness, by, _is(AwardState.CLAIMED)
        ),
        "reward.lapsed": Transition(
            _PROMISED, _JOBS, award_claim.lapse, ready=_is(AwardState.NOTIFIED)
        ),
        "reward.objected": Transition(
            _PROMISED,
            _REPORTER,
            award_review.file,
            ready=_is(AwardState.NOTIFIED, AwardState.CLAIMED, AwardState.REJECTED, *PAID_OUT),
        ),
    }


def _paying(bars: Excluding) -> Mapping[str, Transition]:
    by = (NOT_APPROVER, bars.proposed, bars.investigated)
    ordered = _is(AwardState.ORDERED)
    paid = _is(AwardState.PAID, AwardState.RECONCILED)
    return {
        "reward.ordered": Transition(
            _PROMISED, _CASHIER, award_payment.order, by, _is(AwardState.CLAIMED)
        ),
        "reward.stopped": Transition(
            _PROMISED, _CASHIER, award_payment.stop, by, _is(AwardState.CLAIMED)
        ),
        "reward.undone": Transition(_PROMISED, _CASHIER, award_payment.undo, by, ordered),
        "reward.paid": Transition(
            _PROMISED,
            _CASHIER,
            award_payment.pay,
            by,
            _is(AwardState.CLAIMED, AwardState.ORDERED),
        ),
        "reward.returned": Transition(_PROMISED, _CASHIER, award_payment.send_back, by, paid),
        "reward.reconciled": Transition(
            _PROMISED,
            (Who(Role.FINANCE),),
            award_payment.reconcile,
            (NOT_CASHIER, NOT_WITNESS),
            _is(AwardState.PAID),
        ),
        "reward.closed": Transition(
            _PROMISED, _JOBS, award_payment.close, ready=_is(AwardState.RECONCILED)
        ),
    }
