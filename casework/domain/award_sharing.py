"""Sharing an award: each who gets a part has an award of their own, in their own stream.

A proposal says how the sum is shared (split.py); the last yes gives the shares out, all in one
transaction: the award keeps the part of its own reporter, and each other part is opened by
`reward.shared`, in the case of that reporter, or beside it for who else signed the report. No sum
is made or lost: what the award sets free is what the shares set aside.

Source: POLICIES.md a3, several reporters and joint signatures; SCENARIOS.md S35.
"""

from dataclasses import replace
from typing import Final

from casework.domain import split
from casework.domain.act_facts import number_of, text_of, texts_of
from casework.domain.award import booked, facts_sha256
from casework.domain.award_values import AGREED, PAID_OUT, Award, AwardApproval, AwardState
from casework.domain.case import Act, Case
from casework.domain.closing import WITHOUT_A_WAY_BACK
from casework.domain.errors import AlreadyDoneError, BadActError, NoAwardError, WrongStateError
from casework.domain.ledger import LineKind
from casework.domain.split import Share

SHARED: Final = "reward.shared"
# Of an award whose shares were given out: where its own part may stand by then.
_GIVEN: Final = AGREED | PAID_OUT | {AwardState.NOTIFIED, AwardState.REJECTED}
NOT_THE_ONE: Final = "duplicate"  # another report was the first that could be verified


def shares_of(award: Award) -> tuple[Share, ...]:
    """Return who gets what of an award; none where it is not shared."""
    whole = award.whole_fen or award.amount_fen
    return split.shares(whole, split.from_text(award.split)) if award.split else ()


def own_of(case: Case, award: Award) -> Share | None:
    """Return the part that stays with the award: the first of its own report, None for none.

    An award that is not shared is its own part.
    """
    if not award.split:
        return Share(case.report_id, split.FIRST_SIGNER, award.amount_fen, award.amount_fen)
    return next((one for one in shares_of(award) if one.report == case.report_id), None)


def others_of(case: Case, award: Award) -> tuple[Share, ...]:
    """Return the parts that others get."""
    own = own_of(case, award)
    return tuple(one for one in shares_of(award) if one != own)


def tells_of_others(case: Case, award: Award) -> bool:
    """Whether the sum from which a part was taken would tell its reporter of other reports."""
    whole = award if award.split else case.award_called(award.of)
    if whole is None:
        return bool(award.of)
    return any(part.report != case.report_id for part in split.from_text(whole.split))


def kept(case: Case, award: Award) -> Award:
    """Return an award that was agreed to, with its own part alone.

    Where another report was the first that could be verified, nothing is left of it.
    """
    if not award.split:
        return award
    own = own_of(case, award)
    whole = award.amount_fen
    if own is None:
        return replace(
            award,
            state=AwardState.REJECTED,
            whole_fen=whole,
            reserved_fen=0,
            refused=NOT_THE_ONE,
        )
    return replace(
        award,
        whole_fen=whole,
        amount_fen=own.amount_fen,
        reserved_fen=own.amount_fen,
        signer=own.signer,
    )


def share(case: Case, act: Act) -> Case:
    """Open the award of somebody who gets a part of one; its money is set aside with it.

    Raises:
        NoAwardError: the case has no such award that is shared.
        WrongStateError: it was not agreed to, or the case has not joined the one that has it.
        AlreadyDoneError: this part was given out, or the id was used before.
        BadActError: the award gives this signer another sum, or none.
    """
    of, signer = text_of(act, "of"), number_of(act, "signer") or split.FIRST_SIGNER
    if text_of(act, "report") == case.report_id:
        _check_beside(case, act, of, signer)
    elif case.merged is None or case.merged.into != text_of(act, "report"):
        raise WrongStateError(kind=act.kind, state="not joined to it")
    if any((one.of, one.signer) == (of, signer) for one in case.awards):
        raise AlreadyDoneError(step=act.kind)
    award = _opened(case, act, of, signer)
    if award.id in case.spent:
        raise AlreadyDoneError(award=award.id)
    # Who joined before being accepted has no rules yet: those of the matter pay.
    pinned = (case.policy_id, case.policy_sha256) if case.policy_id else (
        text_of(act, "policy"), text_of(act, "policy_sha256"),
    )  # fmt: skip
    known = replace(
        case,
        policy_id=pinned[0],
        policy_sha256=pinned[1],
        spent=case.spent | {award.id},
        investigators=case.investigators | frozenset(_accounts(act, "investigators")),
    )
    if case.live_award is None:
        return replace(known, award=award)
    return replace(known, shares=(*case.shares, award))


def _check_beside(case: Case, act: Act, of: str, signer: int) -> None:
    """Check the part of a further signer against the award of the same case."""
    award = case.award_called(of)
    if award is None or not award.split:
        raise NoAwardError(award=of)
    if award.state not in _GIVEN or not award.whole_fen:
        raise WrongStateError(kind=act.kind, award=of, state=award.state)
    due = {
        one.signer: one.amount_fen for one in others_of(case, award) if one.report == case.report_id
    }
    if number_of(act, "amount_fen") != due.get(signer, 0):
        raise BadActError("amount_fen", str(due.get(signer, 0)))


def _opened(case: Case, act: Act, of: str, signer: int) -> Award:
    award = Award(
        id=text_of(act, "award"),
        state=AwardState.APPROVED,
        amount_fen=number_of(act, "amount_fen"),
        year=number_of(act, "year"),
        policy_id=text_of(act, "policy"),
        policy_sha256=text_of(act, "policy_sha256"),
        trace_sha256=text_of(act, "trace_sha256"),
        proposer=text_of(act, "proposer"),
        approver=act.actor,
        pot=text_of(act, "pot"),
        reserved_fen=number_of(act, "amount_fen"),
        opened=act.ordinal,
        facts_sha256=facts_sha256(case),
        approvals=tuple(AwardApproval(one, "", act.ordinal) for one in _accounts(act, "approvers")),
        payer=text_of(act, "payer"),
        of=of,
        signer=signer,
    )
    award = booked(award, LineKind.RESERVATION)
    if case.channel in WITHOUT_A_WAY_BACK:
        return award
    return replace(award, state=AwardState.NOTIFIED, notified_how="mailbox")


def _accounts(act: Act, name: str) -> tuple[str, ...]:
    return texts_of(act, name) if name in act.facts else ()
