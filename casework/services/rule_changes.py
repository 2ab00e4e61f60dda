"""A policy is put in force: proposed by one person, tried on all cases, confirmed by another.

Whoever confirms signs the hash of the dry run's result that was read; a case that pins another
policy is never changed by it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from casework.domain.act_facts import day_of
from casework.domain.case import Act
from casework.domain.clock_kinds import MANDATORY
from casework.domain.errors import NotPermittedError, RuleChangeError
from casework.domain.ids import new_id
from casework.domain.policy import Policies, Policy, regions_up
from casework.domain.roles import Role
from casework.domain.rule_events import (
    POLICY_ACTIVATED,
    POLICY_PROPOSED,
    POLICY_WITHDRAWN,
    RuleChange,
    advance,
    propose,
)
from casework.services.acts import act_of, check_act, instant
from casework.services.clock_rows import project
from casework.services.notices import notify_of_keys
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.policies import PolicyActivation
from casework.storage.rule_changes import PolicyProposal
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import SignedEvent, check_signature


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with what its signed events say of it.

    Attributes:
        row: the proposal.
        change: rebuilt from its events, without the last step.
    """

    row: PolicyProposal
    change: RuleChange


@use_case
def propose_policy(
    uow: UnitOfWork, *, act: SignedEvent, region: str, trust: Trust, now: datetime
) -> None:
    """Keep a proposal to put a policy in force; the jobs process tries it on all cases.

    Args:
        uow: the transaction.
        act: policy.proposed, signed with the proposer's deed key.
        region: of the instance.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        RuleChangeError: the policy cannot be put in force; which rule is broken, it says.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != POLICY_PROPOSED:
        raise NotPermittedError(kind=signed.kind)
    propose(signed)
    facts, active_from = signed.facts, day_of(signed, "active_from")
    policy = policy_to_activate(
        uow, str(facts["policy"]), str(facts["sha256"]), active_from, region
    )
    event = act.event.digest().hex()
    uow.rule_changes.add_policy(
        PolicyProposal(
            id=str(facts["proposal"]),
            policy=policy.id,
            sha256=policy.pin,
            active_from=active_from,
            event=event,
            state="proposed",
            created_at=instant(act.event.at),
        )
    )
    uow.events.append(act)


@use_case
def activate_policy(
    uow: UnitOfWork, *, act: SignedEvent, region: str, trust: Trust, now: datetime
) -> None:
    """Put a proposed policy in force from its day on; arguments as for `propose_policy`.

    Raises:
        RuleChangeError: no dry run yet, the same person or office, another proposal than was
            shown, a changed file, a day in the past, or not open any more.
        CaseworkError: as for every act, see `acts.record`.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != POLICY_ACTIVATED:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(policy_change(uow, row, trust), signed)
    policy = policy_to_activate(uow, row.policy, row.sha256, row.active_from, region)
    if hashlib.sha256(row.result.encode()).hexdigest() != signed.facts["dry_run"]:
        raise RuleChangeError("dry_run_changed")
    event = act.event.digest().hex()
    uow.events.append(act)
    uow.rule_changes.set_policy_state(row.id, "in_force")
    uow.policies.activate(PolicyActivation(new_id(), policy.id, policy.pin, row.active_from, event))
    # Reports of that day which nobody has accepted are under the new policy from now on.
    for report in uow.rule_changes.received_since(row.active_from):
        project(uow, uow.reports.lock(report), now)
    tell(uow, POLICY_ACTIVATED, now)


@use_case
def withdraw_policy(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Take a proposal back: its proposer may, and whoever could have made it.

    Raises:
        RuleChangeError: it is not open any more, or not this person's to take back.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != POLICY_WITHDRAWN:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(policy_change(uow, row, trust), signed)
    uow.events.append(act)
    uow.rule_changes.set_policy_state(row.id, "withdrawn")


@query
def policy_proposal(uow: UnitOfWork, *, proposal: str, trust: Trust) -> Proposed | None:
    """Return a proposal; None when there is none of this id."""
    row = uow.rule_changes.policy(proposal)
    return None if row is None else Proposed(row, policy_change(uow, row, trust))


@query
def policy_proposals(uow: UnitOfWork, *, trust: Trust) -> tuple[Proposed, ...]:
    """Return the latest proposals, the last one first."""
    return tuple(
        Proposed(row, policy_change(uow, row, trust)) for row in uow.rule_changes.newest_policies()
    )


@query
def activations(uow: UnitOfWork) -> tuple[PolicyActivation, ...]:
    """Return what was put in force, also for days to come, the newest first."""
    return uow.policies.in_force(date.max)


def policy_to_activate(
    uow: UnitOfWork, policy_id: str, pin: str, active_from: date, region: str
) -> Policy:
    """Return the policy at hand of this id and pin, if it may be put in force on that day.

    Raises:
        RuleChangeError: it may not; the reason is a code.
    """
    policy = _at_hand(rulebook_of(uow).policies, policy_id, pin)
    if policy.comparator:
        raise RuleChangeError("comparator")
    if not policy.clocks.keys() >= set(MANDATORY):
        raise RuleChangeError("mandatory_clocks")
    if policy.region not in regions_up(region) and policy.region[:6] != region[:6]:
        raise RuleChangeError("elsewhere")
    if not policy.in_force(active_from):
        raise RuleChangeError("not_effective")
    same = [one for one in activations(uow) if one.policy == policy_id]
    if any(one.sha256 == pin for one in same):
        raise RuleChangeError("in_force_already")
    if any(one.active_from > active_from for one in same):
        raise RuleChangeError("older")
    return policy


def policy_change(uow: UnitOfWork, row: PolicyProposal, trust: Trust) -> RuleChange:
    """Return what the signed events say of a proposal, up to its dry run.

    Raises:
        RuleChangeError: "dry_run_changed": an event is gone or another, or tells otherwise.
        CaseworkError: an event's signature does not hold.
    """
    change = propose(stored_act(uow, row.event, trust))
    told = (row.id, row.policy, row.sha256, row.active_from.isoformat())
    names = ("proposal", "policy", "sha256", "active_from")
    if told != tuple(change.proposed.facts[name] for name in names):
        raise RuleChangeError("dry_run_changed")
    return advance(change, stored_act(uow, row.tried, trust)) if row.tried else change


def stored_act(uow: UnitOfWork, event: str, trust: Trust) -> Act:
    """Return the act of a stored event outside reports, its signature checked.

    Raises:
        RuleChangeError: "dry_run_changed": there is no such event, or it is not signed rightly.
    """
    found = uow.events.get(event)
    if found is None or found.event.site != uow.site:
        raise RuleChangeError("dry_run_changed")
    try:
        check_signature(found)
    except EventError as problem:
        raise RuleChangeError("dry_run_changed") from problem
    return act_of(found.event, None, trust, past=True)


def signed_outside(uow: UnitOfWork, act: SignedEvent, trust: Trust, now: datetime) -> Act:
    """Return the act of no report that somebody signed just now.

    Raises:
        NotPermittedError: it names a report.
        CaseworkError: as for every act, see `acts.record`.
    """
    check_act(act, site=uow.site, now=now)
    if act.event.report:
        raise NotPermittedError(kind=act.event.kind)
    return act_of(act.event, None, trust)


def tell(uow: UnitOfWork, kind: str, now: datetime) -> None:
    """Queue notices to the offices whose people may confirm; they belong to no case."""
    for role in (Role.SUPERVISOR, Role.LEADER):
        notify_of_keys(uow, kind, office=f"role:{role}", now=now)


def _at_hand(policies: Policies, policy_id: str, pin: str) -> Policy:
    policy = policies.by_id.get(policy_id)
    if policy is None:
        raise RuleChangeError("unknown_policy")
    if policy.pin != pin:
        raise RuleChangeError("file_changed")
    return policy


def _locked(uow: UnitOfWork, signed: Act) -> PolicyProposal:
    row = uow.rule_changes.policy(str(signed.facts.get("proposal")), lock=True)
    if row is None or row.state != "proposed":
        raise RuleChangeError("not_open")
    return row
