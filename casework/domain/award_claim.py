"""The reporter asks for the money, or does not: ways of claiming, lapse, reopening, recall."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from casework.domain import disclosure
from casework.domain.act_facts import number_of, text_of
from casework.domain.award import AT_COUNTER, award_in, booked, with_award
from casework.domain.award_values import PAID_OUT, Award, AwardState
from casework.domain.case import Act, Case, ReleaseState
from casework.domain.errors import (
    BadActError,
    ClaimNumberError,
    ItemWithdrawnError,
    NotOpenedError,
    SeparationError,
    WrongStateError,
)
from casework.domain.ledger import LineKind

# What a claim of each way carries, beside the award.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("item", "version"),
    "counter": ("claim_hash",),
    "voucher": ("claim_hash",),
    "agent": ("item", "version", "claim_hash"),
}
COMPARE: Final = "compare_claimant"


def claim(case: Case, act: Act) -> Case:
    """The reporter asks for the money: to an account, at the counter, or through an agent.

    Until it is paid, or the bank has the order, the reporter may claim anew, say with a
    corrected account; what would have released the earlier item dies with it.

    Raises:
        NoAwardError, WrongStateError: no such award, or nobody was told of it, or paid already.
        BadActError: facts of another way, or an older item version.
        ItemWithdrawnError: the item was taken back before.
    """
    award = award_in(case, act, AwardState.NOTIFIED, AwardState.CLAIMED)
    how = text_of(act, "how")
    _check_way(act, how)
    item, version = text_of(act, "item"), number_of(act, "version")
    if item and item == award.item and version < award.version:
        raise BadActError("version", f"at least {award.version}")
    if item in (*case.withdrawn, *case.erased):
        raise ItemWithdrawnError(item=item)
    if award.item and (item, version) != (award.item, award.version):
        case = disclosure.void_of_items(case, [award.item], disclosure.NEW_VERSION)
    claimed = replace(
        unclaimed_award(award),
        state=AwardState.CLAIMED,
        how=how,
        item=item,
        version=version,
        claim_hash=text_of(act, "claim_hash"),
        confirm_hash=text_of(act, "confirm_hash"),
        claimed=act.ordinal,
    )
    return with_award(case, claimed)


def _check_way(act: Act, how: str) -> None:
    needed = NEEDED[how]
    for name in ("item", "version", "claim_hash"):
        if (name in act.facts) != (name in needed):
            raise BadActError(name, f"{'a value' if name in needed else 'nothing'} for {how}")
    if "confirm_hash" in act.facts and "claim_hash" not in needed:
        raise BadActError("confirm_hash", f"nothing for {how}")


def unclaimed_award(award: Award) -> Award:
    """Return an award without its claim, as it was when the reporter was told."""
    return replace(
        award,
        state=AwardState.NOTIFIED,
        how="",
        item="",
        version=0,
        claim_hash="",
        confirm_hash="",
        claimed=0,
        witnessed=0,
        witness="",
        batch="",
        reference="",
    )


def unclaimed(case: Case, items: frozenset[str]) -> Case:
    """Return the case without claims to these items; what the bank has, or is paid, stays."""
    for award in case.awards:
        if award.item in items and award.state is AwardState.CLAIMED:
            case = with_award(case, unclaimed_award(award))
    return case


def identify(case: Case, act: Act) -> Case:
    """A cashier has compared who claims by identity card with the item that was released.

    For a named reporter who lost the code; the second officer agrees to it at the counter.

    Raises:
        NoAwardError, WrongStateError: no such award, or nobody was told of it, or paid already.
        NotOpenedError: this cashier has not opened that release for this.
    """
    award = award_in(case, act, AwardState.NOTIFIED, AwardState.CLAIMED)
    release = case.releases.get(text_of(act, "release"))
    is_compared = (
        release is not None
        and release.state is ReleaseState.OPENED
        and release.purpose == COMPARE
        and release.requester == act.actor
    )
    if not is_compared:
        raise NotOpenedError(release=text_of(act, "release"))
    if award.item:
        case = disclosure.void_of_items(case, [award.item], disclosure.NEW_VERSION)
    compared = replace(
        unclaimed_award(award),
        state=AwardState.CLAIMED,
        how="card",
        claimed=act.ordinal,
        cashier=act.actor,
    )
    return with_award(case, compared)


def witness(case: Case, act: Act) -> Case:
    """The second officer at the counter confirms who came.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not claimed at the counter.
        ClaimNumberError: not the numbers that the reporter was given last.
        SeparationError: who compared the identity card is the other one.
    """
    award = award_in(case, act, AwardState.CLAIMED)
    if award.how not in AT_COUNTER:
        raise WrongStateError(kind=act.kind, award=award.id, state=award.how)
    given = (text_of(act, "claim_hash"), text_of(act, "confirm_hash"))
    if given != (award.claim_hash, award.confirm_hash):
        raise ClaimNumberError(award=award.id)
    if award.how == "card" and act.actor == award.cashier:
        raise SeparationError("one_person_twice", actor=act.actor, kind=act.kind)
    return with_award(case, replace(award, witness=act.actor, witnessed=act.ordinal))


def lapse(case: Case, act: Act) -> Case:
    """Nobody claimed it in time: the money goes back to the fund.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not waiting to be claimed.
    """
    award = booked(award_in(case, act, AwardState.NOTIFIED), LineKind.RELEASE)
    return with_award(case, replace(award, state=AwardState.LAPSED, reserved_fen=0))


def reopen(case: Case, act: Act) -> Case:
    """Let a lapsed award be claimed after all, for a cause.

    Raises:
        NoAwardError, WrongStateError: no such award, or it has not lapsed.
        BadActError: not exactly its sum is set aside.
    """
    award = award_in(case, act, AwardState.LAPSED)
    if number_of(act, "more_fen") != award.amount_fen:
        raise BadActError("more_fen", str(award.amount_fen))
    again = replace(
        booked(award, LineKind.RESERVATION),
        state=AwardState.NOTIFIED,
        reserved_fen=award.amount_fen,
        year=number_of(act, "year"),
        pot=text_of(act, "pot"),
    )
    return with_award(case, again)


def recall(case: Case, act: Act) -> Case:
    """Decide that a paid award must be paid back; the money comes by the fund's clawback.

    Raises:
        NoAwardError, WrongStateError: no such award, or it is not paid.
        BadActError: more than was paid.
    """
    award = award_in(case, act, *PAID_OUT)
    amount = number_of(act, "amount_fen")
    if amount > award.amount_fen:
        raise BadActError("amount_fen", f"at most {award.amount_fen}")
    recalled = replace(
        award,
        state=AwardState.RECALLED,
        recall_fen=amount,
        recall_reason=text_of(act, "reason_code"),
        notice=text_of(act, "document"),
    )
    return with_award(case, recalled)
