"""A claim opens by itself, is worked out anew when its facts change, and is proposed.

What the jobs process computes it signs (`reward.computed`); the first such act opens the
claim and sets its money aside, of a range the upper end. An officer proposes, within what
the rules give; where no claim is open an officer may open and propose one by hand.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from casework.domain import split
from casework.domain.act_facts import number_of, text_of, texts_of
from casework.domain.award import award_in, booked, facts_sha256, opened, stale, with_award
from casework.domain.award_values import AGREED, UNDECIDED, Award, AwardState, Declaration
from casework.domain.case import Act, Case
from casework.domain.errors import (
    AwardExistsError,
    BadActError,
    FactsError,
    NotSubstantiatedError,
    PolicyPinError,
    WrongStateError,
)
from casework.domain.ledger import LineKind
from casework.domain.reward_facts import REWARD_MATTERS, parse_facts
from casework.domain.roles import Role
from casework.domain.visit import found_true

SHORT: Final = "short"  # why nothing is set aside: the fund has not enough
NOT_DECIDED: Final = UNDECIDED | AGREED | {AwardState.NOTIFIED}


def wants_computing(case: Case) -> bool:
    """Tell whether the jobs process has to look at the award of a case.

    True for a finding without a claim, whatever the policy waits for beside it; for one whose
    facts have changed since; and for one that waits for money.
    """
    award = case.award
    if case.destroyed or case.merged is not None or case.matter not in REWARD_MATTERS:
        return False
    if award is None:
        return case.rewarded or found_true(case)
    if award.state not in NOT_DECIDED or award.whole_fen:
        return False
    is_short = award.reason == SHORT and award.state in UNDECIDED
    return is_short or award.facts_sha256 != facts_sha256(case)


def compute(case: Case, act: Act) -> Case:
    """Open the claim, or put down what the rules give now, and move what is set aside.

    Raises:
        AwardExistsError: another award is under way or paid.
        AlreadyDoneError: the id was used before.
        NotSubstantiatedError: nothing was found that earns one.
        WrongStateError: it is claimed, or further, or others were given parts of it.
        PolicyPinError: another policy than the one pinned at acceptance.
        BadActError: more is set aside than is due, or less than nothing.
    """
    found = case.award_called(text_of(act, "award"))
    if found is None:
        case, found = _open(case, act)
    elif found.state not in NOT_DECIDED or found.whole_fen:
        raise WrongStateError(kind=act.kind, award=found.id, state=found.state)
    is_new = found.facts_sha256 != facts_sha256(case)
    computed = replace(
        _set_aside(found, act),
        amount_fen=number_of(act, "amount_fen"),
        low_fen=number_of(act, "low_fen"),
        outcome=text_of(act, "outcome"),
        reason=text_of(act, "reason"),
        trace_sha256=text_of(act, "trace_sha256"),
        facts_sha256=facts_sha256(case),
        floor_fen=0 if is_new else found.floor_fen,
    )
    if computed.reserved_fen > computed.amount_fen:
        raise BadActError("more_fen", "no more than what is due")
    is_set = computed.reserved_fen == computed.amount_fen > 0
    if is_set == bool(computed.reason):
        raise BadActError("reason", "the code of why nothing is set aside, if nothing is")
    state = AwardState.COMPUTED if is_set else AwardState.ELIGIBILITY
    return with_award(case, replace(stale(computed), state=state))


def _open(case: Case, act: Act) -> tuple[Case, Award]:
    if case.live_award is not None:
        raise AwardExistsError(award=case.live_award.id)
    if not (case.rewarded or found_true(case)):
        raise NotSubstantiatedError(report=case.report_id, finding=case.finding)
    award = _new(case, act)
    return opened(case, award), award


def _new(case: Case, act: Act) -> Award:
    pinned = (case.policy_id, case.policy_sha256)
    if (text_of(act, "policy"), text_of(act, "policy_sha256")) != pinned:
        raise PolicyPinError(pinned=case.policy_id, given=text_of(act, "policy"))
    return Award(
        id=text_of(act, "award"),
        state=AwardState.ELIGIBILITY,
        amount_fen=number_of(act, "amount_fen"),
        year=number_of(act, "year"),
        policy_id=case.policy_id,
        policy_sha256=case.policy_sha256,
        trace_sha256=text_of(act, "trace_sha256"),
        proposer="",
        pot=text_of(act, "pot"),
        opened=act.ordinal,
        payer=text_of(act, "payer"),
    )


def _set_aside(award: Award, act: Act) -> Award:
    """Return the award with more or less set aside, from the pot that the act names first."""
    more, less = number_of(act, "more_fen"), number_of(act, "less_fen")
    if more and less:
        raise BadActError("less_fen", "nothing where more is set aside")
    if less > award.reserved_fen:
        raise BadActError("less_fen", f"at most {award.reserved_fen}")
    if more:
        award = booked(award, LineKind.RESERVATION)
        if not award.reserved_fen:
            award = replace(award, year=number_of(act, "year"))
        pot = award.pot if award.reserved_fen else text_of(act, "pot") or award.pot
        if text_of(act, "pot") not in ("", pot):
            raise BadActError("pot", pot)
        award = replace(award, pot=pot)
    if less:
        award = booked(award, LineKind.RELEASE)
    return replace(award, reserved_fen=award.reserved_fen + more - less)


def declare(case: Case, act: Act) -> Case:
    """Note the relation and the earlier awards that the reporter declares.

    What was proposed or agreed to before rested on other facts: nobody agrees to it any more, and
    the jobs process works it out anew.

    Raises:
        WrongStateError: the award has been agreed to.
        BadActError: an earlier award that cannot be.
    """
    award = case.live_award
    if award is not None and award.state not in UNDECIDED:
        raise WrongStateError(kind=act.kind, award=award.id, state=award.state)
    prior = act.facts["prior"]
    assert isinstance(prior, Sequence)
    try:
        parse_facts({"matter": "violation", "prior_awards": list(prior)})
    except FactsError as problem:
        raise BadActError(
            problem.key.replace("prior_awards", "prior"), problem.expected
        ) from problem
    said = Declaration(
        ordinal=act.ordinal,
        relation=text_of(act, "relation"),
        prior=json.dumps(list(prior), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        signers=number_of(act, "signers"),
    )
    return replace(case, declared=said)


def may_declare(case: Case) -> bool:
    """Whether a declaration could still change the award."""
    live = case.live_award
    return live is None or live.state in UNDECIDED


def reserve(case: Case, act: Act) -> Case:
    """Open a claim by hand and propose it; its money is set aside in the same transaction.

    Raises:
        NotSubstantiatedError: no finding, or not a true one.
        AwardExistsError: an award is under way or paid.
        AlreadyDoneError: the id was used before.
        PolicyPinError: another policy than the one pinned at acceptance.
    """
    if not case.rewarded:
        raise NotSubstantiatedError(report=case.report_id, finding=case.finding)
    if case.live_award is not None:
        raise AwardExistsError(award=case.live_award.id)
    award = replace(
        booked(_new(case, act), LineKind.RESERVATION), reserved_fen=number_of(act, "amount_fen")
    )
    return with_award(opened(case, award), _proposed(case, award, act))


def propose(case: Case, act: Act) -> Case:
    """Propose a sum for the claim that is open; what is missing is set aside with it.

    Raises:
        NoAwardError, WrongStateError: no such award, or it has been agreed to.
        NotSubstantiatedError: no finding that earns one stands any more.
        BadActError: less than a review leaves, or not exactly what is missing is set aside.
    """
    award = award_in(case, act, *UNDECIDED)
    # What a review adds to a part is proposed in the case of who has it, which joined another.
    if not case.rewarded and case.merged is None:
        raise NotSubstantiatedError(report=case.report_id, finding=case.finding)
    amount = number_of(act, "amount_fen")
    if amount < award.floor_fen:
        raise BadActError("amount_fen", f"at least {award.floor_fen}, as before the review")
    missing = max(amount - award.reserved_fen, 0)
    if number_of(act, "more_fen") != missing:
        raise BadActError("more_fen", str(missing))
    award = _set_aside(award, act)
    if number_of(act, "year") != award.year:
        raise BadActError("year", str(award.year))
    return with_award(case, _proposed(case, award, act))


def _proposed(case: Case, award: Award, act: Act) -> Award:
    rungs = texts_of(act, "rungs") if "rungs" in act.facts else (str(Role.APPROVER),)
    return replace(
        stale(award),
        state=AwardState.PROPOSED,
        amount_fen=number_of(act, "amount_fen"),
        trace_sha256=text_of(act, "trace_sha256"),
        proposer=act.actor,
        proposed=act.ordinal,
        outcome=text_of(act, "outcome") or award.outcome,
        reason="",
        because=text_of(act, "because"),
        facts_sha256=facts_sha256(case),
        rungs=rungs,
        split=split.as_text(split.read_parts(act.facts.get("split"))),
    )


def may_propose(case: Case) -> bool:
    """Whether a claim is open that nobody has proposed a sum for, or whose sum may change."""
    return case.rewarded and any(one.state in UNDECIDED for one in case.awards)
