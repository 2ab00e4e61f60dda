"""The reporter objects to the sum, or to getting none; other people one level up review it.

Nothing is taken away by a review: whoever asked gets at least what was agreed to before, unless
the finding itself changed. What was paid stays paid, and what is added is an award beside it.

Source: FEATURES.md 5.2 (10); 成都市2019年办法, 30 working days [D in cn-2018].
"""

from dataclasses import replace
from typing import Final

from casework.domain.act_facts import number_of, text_of
from casework.domain.award import award_in, facts_sha256, stale, with_award
from casework.domain.award_values import PAID_OUT, Award, AwardState
from casework.domain.case import Act, Case
from casework.domain.errors import AlreadyDoneError, BadActError, WrongStateError

KEPT: Final = "kept"
REDO: Final = "redo"
OBJECTED = (
    AwardState.NOTIFIED,
    AwardState.CLAIMED,
    *sorted(PAID_OUT),
    AwardState.REJECTED,
)


def file(case: Case, act: Act) -> Case:
    """Note that the reporter objects; how long that may be done, the service checks.

    Raises:
        NoAwardError, WrongStateError: no such award, or nobody was told of it.
        AlreadyDoneError: an objection waits already.
    """
    award = award_in(case, act, *OBJECTED)
    if award.objected:
        raise AlreadyDoneError(step=act.kind)
    return with_award(case, replace(award, objected=act.ordinal))


def decide(case: Case, act: Act) -> Case:
    """Keep the award as it is, or have it proposed and agreed to anew.

    Raises:
        NoAwardError: no such award.
        WrongStateError: no objection of this ordinal waits, or another award is under way.
        BadActError: an award beside it where none was paid, or none where one was.
        AlreadyDoneError: the id of the one beside it was used before.
    """
    award = award_in(case, act, *OBJECTED, AwardState.ORDERED)
    if not award.objected or award.objected != number_of(act, "asked"):
        raise WrongStateError(kind=act.kind, award=award.id, state="nothing to review")
    answered = replace(award, objected=0)
    beside = text_of(act, "beside")
    is_redone = text_of(act, "outcome") == REDO
    # Others have the rest of what is shared: what one is given more comes beside it.
    is_paid = award.is_shared or award.state in (*PAID_OUT, AwardState.ORDERED)
    if bool(beside) != (is_redone and is_paid):
        raise BadActError("beside", "an id, where what is added comes beside a paid award")
    if not is_redone:
        return with_award(case, answered)
    if beside:
        return _beside(with_award(case, answered), award, beside, act.ordinal)
    if award.state is AwardState.REJECTED and case.award != award:
        raise WrongStateError(kind=act.kind, award=award.id, state="another award is under way")
    floor = 0 if award.state is AwardState.REJECTED else award.amount_fen
    return with_award(case, replace(stale(answered), floor_fen=floor))


def _beside(case: Case, award: Award, beside: str, ordinal: int) -> Case:
    """Open an award for what a review adds to one that was paid; no rule gives its sum."""
    if beside in case.spent:
        raise AlreadyDoneError(award=beside)
    more = Award(
        id=beside,
        state=AwardState.ELIGIBILITY,
        amount_fen=0,
        year=award.year,
        policy_id=award.policy_id,
        policy_sha256=award.policy_sha256,
        trace_sha256=award.trace_sha256,
        proposer="",
        opened=ordinal,
        outcome="manual",
        reason="review",
        facts_sha256=facts_sha256(case),
        payer=award.payer,
    )
    return replace(case, shares=(*case.shares, more), spent=case.spent | {beside})


def pending(case: Case) -> Award | None:
    """Return the award to which an objection waits for its review; None for none."""
    return next((one for one in case.awards if one.objected), None)
