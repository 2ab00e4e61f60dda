"""Deeds about claims: worked out, agreed to rung by rung, asked for, paid, reviewed, recalled."""

from collections.abc import Callable
from typing import Any

from casework.domain.award import MEANS_OF, binding
from casework.domain.award_approval import beyond_fen, is_last
from casework.domain.award_claim import COMPARE
from casework.domain.award_values import PAID_OUT, UNDECIDED, Award, AwardState
from casework.domain.case import ReleaseState
from casework.domain.ids import new_id
from casework.domain.merging import standing
from casework.domain.split import Part, as_facts
from casework.services import award_reviews, payments, rewards, splitting
from casework.services.mailbox import declare_for_award
from deed import Deed, NothingToTryError
from sharing import parts_of

HASHES = ("claim_hash", "confirm_hash")
PAPER = "伊应急奖〔2026〕样1号"


def award_of(deed: Deed, *states: AwardState) -> Award:
    """The newest award of the case, in one of these states where any are named."""
    found = deed.case.award
    if found is None:
        raise NothingToTryError
    fitting = [one for one in deed.case.awards if not states or one.state in states]
    return fitting[0] if fitting else found


def about(*names: str, **given: Any) -> Callable[[Deed], dict[str, Any]]:
    """Return how to say little of the award: its id, what else it has by name, what is given."""
    return lambda deed: {
        "award": award_of(deed).id,
        **{name: getattr(award_of(deed), name) for name in names},
        **{name: deed.pick(one) if isinstance(one, tuple) else one for name, one in given.items()},
    }


def reserve(deed: Deed) -> None:
    """Open a claim by hand, and propose its sum."""
    if deed.case.live_award is not None and deed.case.live_award.state in UNDECIDED:
        raise NothingToTryError
    _propose(deed, "reward.reserved", rewards.reserve_reward)


def declare(deed: Deed) -> None:
    """Say of what relation the reporter is, and how many signed."""
    _code, relation, signers = deed.pick(
        (("alone", "none", 1), ("two", "none", 2), ("staff", "staff", 1))
    )
    facts = {"relation": relation, "prior": [], "signers": signers}
    deed.do(declare_for_award, "reward.declared", facts)


def propose(deed: Deed) -> None:
    """Propose a sum for the claim that is open."""
    award_of(deed)
    _propose(deed, "reward.proposed", rewards.propose_reward)


def _propose(deed: Deed, kind: str, service: Callable[..., Any]) -> None:
    world = deed.world
    due = rewards.proposal(world.store, report=deed.report, policies=world.policies, now=world.now)
    policy = world.policies.get(deed.case.policy_id)
    given = {"because": "综合考虑"} if due.quote.outcome == "manual" else {}
    amount = due.quote.amount_fen or due.quote.reserve_fen or 100_000
    facts = due.facts(amount, policy, **given)
    if kind == "reward.proposed":
        facts = {"award": award_of(deed).id, **facts}
        facts |= _shared_by_all(deed)
    elif "policy" not in facts:
        raise NothingToTryError
    act = world.sign("", kind, deed.report, facts)
    service(world.store, act=act, trust=world.trust, policies=world.policies, now=world.now)


def _shared_by_all(deed: Deed) -> dict[str, Any]:
    """The fact that all whose reports joined it, and all who signed, have as much of it."""
    world, joined = deed.world, standing(deed.case)
    found = splitting.matter_of(world.store, report=deed.report, policies=world.policies)
    if found.is_one or (joined and found.rule.helpers == "none"):
        return {}
    parts = [Part(one, 1, (1,) * found.signers[one]) for one in found.reports]
    return {"split": as_facts(parts)}


def agree(kind: str) -> Callable[[Deed], None]:
    """Return the deed of a rung of the ladder."""

    def approve(deed: Deed) -> None:
        award = award_of(deed, AwardState.PROPOSED)
        facts = {
            "award": award.id,
            "amount_fen": award.amount_fen,
            "binding": binding(deed.case, award),
        }
        beyond = beyond_fen(deed.case, award)
        facts |= {"less_fen": beyond} if beyond else {}
        world = deed.world
        rewards.approve_reward(
            world.store,
            act=world.sign("", kind, deed.report, facts),
            shared=parts_of(world, deed.report, deed.login("finance")) if is_last(award) else (),
            trust=world.trust,
            now=world.now,
        )

    return approve


def claim(deed: Deed) -> None:
    """Ask for it, in any of the ways."""
    award_of(deed)
    deed.world.claim(deed.filed, how=deed.pick(("account", "counter", "voucher", "agent")))


def identify(deed: Deed) -> None:
    """Compare who came with the name that was released for that."""
    found = [
        one.id for one in deed.case.releases.values()
        if one.purpose == COMPARE and one.state is ReleaseState.OPENED
    ]  # fmt: skip
    facts = {"award": award_of(deed).id, "release": deed.one_of(found[-1:])}
    deed.do(payments.identify_claimant, "reward.identified", facts)


def witness(deed: Deed) -> None:
    """Confirm at the counter who came."""
    award = award_of(deed, AwardState.CLAIMED)
    opened = {one.requester for one in deed.case.releases.values() if one.item == award.item}
    if award.item and deed.world.people[deed.login("finance")].account in opened:
        raise NothingToTryError  # who opened the item is the one who pays
    facts = {"award": award.id}
    facts |= {name: getattr(award, name) for name in HASHES if getattr(award, name)}
    deed.do(payments.witness_claim, "reward.witnessed", facts)


def order(deed: Deed) -> None:
    """Send the bank a payment order."""
    facts = about("amount_fen", batch=new_id(), reference=new_id())(deed)
    deed.do(payments.order_payment, "reward.ordered", facts)


def pay(deed: Deed) -> None:
    """Book the payment."""
    award = award_of(deed)
    facts = about("amount_fen", "year")(deed) | {"means": MEANS_OF.get(award.how, "cash")}
    facts |= {name: getattr(award, name) for name in ("claim_hash",) if getattr(award, name)}
    facts |= {"reference": award.reference} if award.reference else {}
    deed.do(payments.pay_reward, "reward.paid", facts)


def reopen(deed: Deed) -> None:
    """Let a lapsed one be claimed after all."""
    award, world = award_of(deed, AwardState.LAPSED), deed.world
    facts = {
        "award": award.id, "reason_code": "illness", "year": int(deed.day[:4]),
        "pot": "county", "more_fen": award.amount_fen,
    }  # fmt: skip
    act = world.sign("", "reward.reopened", deed.report, facts)
    rewards.reopen_reward(
        world.store, act=act, trust=world.trust, policies=world.policies, now=world.now
    )


def review(deed: Deed) -> None:
    """Decide on the reporter's objection."""
    found = next((one for one in deed.case.awards if one.objected), None) or award_of(deed)
    outcome = deed.pick(("kept", "redo"))
    facts = {"award": found.id, "asked": found.objected or 1, "outcome": outcome}
    is_paid = found.state in PAID_OUT or found.state is AwardState.ORDERED
    if outcome == "redo" and (is_paid or found.whole_fen or found.of):
        facts["beside"] = new_id()
    deed.do(award_reviews.decide_award_review, "reward.reviewed", facts)


def _plain(kind: str, service: Callable[..., Any], *names: str, **given: Any) -> Any:
    return kind, lambda deed: deed.do(service, kind, about(*names, **given)(deed))


AWARDS: dict[str, Callable[[Deed], None]] = dict(
    (
        ("reward.reserved", reserve),
        ("reward.proposed", propose),
        ("reward.declared", declare),
        ("reward.approved", agree("reward.approved")),
        ("reward.funded", agree("reward.funded")),
        ("reward.shared", agree("reward.shared")),
        _plain("reward.sent_back", rewards.send_back_reward),
        _plain("reward.rejected", rewards.reject_reward, reason_code=("relation", "no_rule")),
        _plain("reward.notified", rewards.note_notice, how=("letter", "announced"), document=PAPER),
        ("reward.claimed", claim),
        ("reward.identified", identify),
        ("reward.witnessed", witness),
        ("reward.ordered", order),
        _plain(
            "reward.stopped", payments.stop_payment,
            reason_code=("name_differs", "relation_differs"),
        ),
        _plain("reward.undone", payments.undo_order, "batch", reason_code="other"),
        ("reward.paid", pay),
        _plain(
            "reward.returned", payments.note_return, "amount_fen", "year",
            reason_code="account_closed",
        ),
        _plain("reward.reconciled", payments.reconcile_payment, statement="s20260401"),
        ("reward.reopened", reopen),
        (
            "reward.objected",
            lambda deed: deed.do(
                award_reviews.file_award_objection, "reward.objected", about()(deed),
                message="message",
            ),
        ),
        ("reward.reviewed", review),
        _plain(
            "reward.recalled", rewards.recall_reward, "amount_fen",
            reason_code=("fraud", "mistake"), document=PAPER,
        ),
    )
)  # fmt: skip
