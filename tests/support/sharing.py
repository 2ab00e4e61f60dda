"""An award that is shared, below the pages: proposed with its split, agreed to, given out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casework.domain.award import binding
from casework.domain.award_approval import beyond_fen, kind_for
from casework.domain.award_sharing import SHARED, others_of
from casework.domain.case import Case
from casework.domain.ids import new_id
from casework.domain.policy import Policies
from casework.domain.split import Part, as_facts
from casework.services import merging, rewards
from casework.services.acts import record
from casework.services.splitting import share_facts
from crypto.events import SignedEvent
from log_keeper import take
from people import Filed
from world import World


def sharing(policies: Policies, **changed: Any) -> Policies:
    """Return the policies, the county's with other settings of how awards are shared."""
    found = policies.get("yichuan-2022")
    assert found.award is not None
    rule = replace(found.award, **(changed or {"joint": "weighted", "helpers": "discretionary"}))
    return replace(policies, by_id={**policies.by_id, found.id: replace(found, own_award=rule)})


def declare(world: World, filed: Filed, signers: int = 1, relation: str = "none") -> None:
    """The reporter says how many signed, and of what relation they are."""
    facts = {"relation": relation, "prior": [], "signers": signers}
    act = world.sign_as_reporter(filed, "reward.declared", facts)
    world.store.write(lambda uow: record(uow, act=act, trust=world.trust, now=world.now))


def merge(world: World, report: str, into: str) -> None:
    """One report joins another."""
    said = merging.joining_of(world.store, report=report, into=into)
    same = {"rank": said.rank, "kind": "same"}
    merging.merge_cases(
        world.store,
        merged=world.sign("yjj-officer", "case.merged", report, {"into": into, **same}),
        joined=world.sign(
            "yjj-officer", "merge.joined", into, {"report": report, "place": said.place, **same}
        ),
        trust=world.trust,
        now=world.now,
    )


def matter(
    world: World,
    signers: Mapping[int, int] | None = None,
    many: int = 3,
    *,
    anonymous: Collection[int] = (),
    unaccepted: Collection[int] = (),
    relations: Mapping[int, str] | None = None,
) -> list[Filed]:
    """Reports of one pit, five minutes apart, joined and found true: 60,000 CNY in all."""
    found = []
    for place in range(many):
        filed = world.file_report(identity={} if place in anonymous else None)
        take(world)
        world.move(minutes=5)
        if place not in unaccepted:
            world.accept(filed.report)
        said = (signers or {}).get(place, 1), (relations or {}).get(place, "none")
        if said != (1, "none"):
            declare(world, filed, *said)
        found.append(filed)
    for one in found[1:]:
        merge(world, one.report, found[0].report)
    world.conclude(found[0].report)
    return found


def propose(world: World, report: str, parts: Sequence[Part] = (), **changed: Any) -> Case:
    """The officer proposes the sum that the rules give, and who gets which part."""
    due = rewards.proposal(world.store, report=report, policies=world.policies, now=world.now)
    facts = due.facts(due.quote.amount_fen or 0, world.policies.get(due.case.policy_id))
    if parts:
        facts["split"] = as_facts(parts)
    kind = "reward.proposed" if due.award else "reward.reserved"
    service = rewards.propose_reward if due.award else rewards.reserve_reward
    return service(
        world.store,
        act=world.sign("yjj-officer", kind, report, {**facts, **changed}),
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )


def yes(world: World, report: str, who: str) -> SignedEvent:
    """The next yes to the award of a case."""
    case = world.case(report)
    award = case.award
    assert award is not None
    facts: dict[str, Any] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "binding": binding(case, award),
    }
    beyond = beyond_fen(case, award)
    facts |= {"less_fen": beyond} if beyond else {}
    return world.sign(who, kind_for(award.next_rung), report, facts)


def parts_of(world: World, report: str, who: str, **changed: Any) -> list[SignedEvent]:
    """What goes with the last yes: an act for each part that others get."""
    case = world.case(report)
    award = case.award
    assert award is not None
    events = {report: case.events + 1}  # the yes itself
    acts = []
    for share in others_of(case, award):
        events.setdefault(share.report, world.case(share.report).events)
        events[share.report] += 1
        facts = share_facts(case, award, share, world.people[who].account)
        acts.append(
            world.sign(
                who,
                SHARED,
                share.report,
                {"award": new_id(), **facts, **changed},
                ordinal=events[share.report],
            )
        )
    return acts


def agree(world: World, report: str, who: str, *, last: bool = False) -> Case:
    """Somebody on the ladder agrees; the last one gives the parts out."""
    return rewards.approve_reward(
        world.store,
        act=yes(world, report, who),
        shared=parts_of(world, report, who) if last else (),
        trust=world.trust,
        now=world.now,
    )


def shared_out(world: World, parts: Sequence[tuple[int, tuple[int, ...]]]) -> list[Filed]:
    """A matter whose award was shared by these weights, agreed to and given out."""
    signers = {place: len(weights) for place, (_weight, weights) in enumerate(parts)}
    filed = matter(world, signers, len(parts))
    first = filed[0].report
    split = [
        Part(one.report, weight, weights)
        for one, (weight, weights) in zip(filed, parts, strict=True)
        if weight
    ]
    propose(world, first, split)
    agree(world, first, "awb-approver")
    agree(world, first, "finance", last=True)
    return filed
