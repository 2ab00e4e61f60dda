"""Claims open by themselves, wait for money, lapse and close: what the jobs process does.

A finding opens one as soon as the policy's moment has come; its sum, of a range the upper end, is
set aside in the same transaction. Where the fund is short the claim stands open with nothing set
aside, and is looked at again until there is money: the oldest first, and where the policy lets
awards queue nobody overtakes.
"""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.award import facts_sha256, quote_facts
from casework.domain.award_opening import SHORT, wants_computing
from casework.domain.award_values import Award, AwardState
from casework.domain.case import Case, Finding
from casework.domain.errors import (
    BudgetExceededError,
    CaseworkError,
    MatterNotRewardedError,
    NotSubstantiatedError,
)
from casework.domain.ids import new_id
from casework.domain.paying import payer_of
from casework.domain.policy_rules import Policy
from casework.domain.reward import Quote, quote
from casework.domain.running import day_of_moment
from casework.domain.visit import found_true, verified
from casework.domain.waiting import COMPUTE
from casework.services.acts import record
from casework.services.award_reviews import last_day
from casework.services.claim_time import claim_until
from casework.services.fund_pots import pot_for, pots_of
from casework.services.fund_queue import ahead, tell_ready
from casework.services.jobs_acts import jobs_act
from casework.services.notices import notify
from casework.services.rewards import is_named
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from casework.storage.waiting import FIRST, Place
from crypto.events import JSON
from crypto.notes import LogKey

JOBS: Final = "jobs"
COMPUTED, LAPSED, CLOSED = "reward.computed", "reward.lapsed", "reward.closed"
PAGE: Final = 50

log = logging.getLogger("tonggui.jobs")


@dataclass(frozen=True, slots=True)
class Claims:
    """What one round did, and the cases that could not be moved."""

    computed: int = 0
    lapsed: int = 0
    closed: int = 0
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Signing:
    trust: Trust
    log_key: LogKey
    now: datetime


def open_claims(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> Claims:
    """Open the claims that are due and bring up to date what rests on other facts now."""
    signing, done, after = _Signing(trust, log_key, now), Claims(), FIRST
    while page := to_compute(store, after=after):
        for report_id, place in page:
            after = place
            try:
                moved = compute_one(store, report=report_id, signing=signing)
            except (CaseworkError, ValueError, TypeError, LookupError):
                done = replace(done, failed=(*done.failed, report_id))
                continue
            done = replace(done, computed=done.computed + moved)
    return done


def end_claims(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> Claims:
    """Let what nobody claimed in time lapse, and close what is done with."""
    signing, done = _Signing(trust, log_key, now), Claims()
    for state, end in ((AwardState.NOTIFIED, lapse_one), (AwardState.RECONCILED, close_one)):
        after = ""
        while page := standing_at(store, state=state, after=after):
            for report_id, award in page:
                after = award
                try:
                    moved = end(store, report=report_id, award=award, signing=signing)
                except (CaseworkError, ValueError, TypeError, LookupError):
                    done = replace(done, failed=(*done.failed, report_id))
                    continue
                is_lapse = state is AwardState.NOTIFIED
                done = replace(
                    done,
                    lapsed=done.lapsed + (moved and is_lapse),
                    closed=done.closed + (moved and not is_lapse),
                )
    return done


@query
def to_compute(uow: UnitOfWork, *, after: Place) -> tuple[tuple[str, Place], ...]:
    """Return the cases whose award wants computing, the oldest finding first."""
    lines = uow.waiting.waits_for(COMPUTE, office="", role=JOBS, after=after, limit=PAGE)
    return tuple((one.report.id, one.place) for one in lines)


@query
def standing_at(uow: UnitOfWork, *, state: AwardState, after: str) -> tuple[tuple[str, str], ...]:
    """Return awards at a state, as pairs of report and award."""
    return tuple((one.report_id, one.id) for one in uow.awards.open(state, after=after, limit=PAGE))


# ---- computing ------------------------------------------------------------------------------


@use_case
def compute_one(uow: UnitOfWork, *, report: str, signing: _Signing) -> bool:
    """Open or adjust one claim; tell whether anything changed."""
    case, rules, now = uow.reports.lock(report), rulebook_of(uow), signing.now
    if not wants_computing(case) or not case.policy_id:
        return False
    policy = rules.policy_of(case)
    award = case.award
    if award is None and not is_due(case, policy.claim.opens_on):
        return False
    if award is not None and _keeps(case, award, policy):
        return False
    worked = _quoted(uow, case, policy)
    facts = _facts(uow, case, policy, worked, now)
    if _says_nothing_new(case, award, facts):
        return False
    act = jobs_act(uow.site, case, COMPUTED, facts, signing.log_key, now)
    after = record(uow, act=act, trust=signing.trust, now=now)
    if after.award is not None and facts.get("less_fen"):
        tell_ready(uow, after.award.year, now)
    if award is None:
        notify(uow, COMPUTED, case=after, office=after.lead, now=now)
    return True


def is_due(case: Case, opens_on: str) -> bool:
    """Tell whether the moment has come that the policy names."""
    if opens_on == "penalty":
        return case.rewarded and bool(case.penalty_no)
    if opens_on == "first_check":
        return case.rewarded or found_true(case)
    return case.rewarded


def _keeps(case: Case, award: Award, policy: Policy) -> bool:
    """Whether what the reporter was told stays, though the fine has changed since."""
    rule = policy.award
    return award.state is AwardState.NOTIFIED and rule is not None and rule.fine_changed == "keep"


def _quoted(uow: UnitOfWork, case: Case, policy: Policy) -> Quote:
    """Return what the rules give now; nothing where no finding earns anything any more."""
    seen = case
    made = verified(case)
    if made is not None and found_true(case):
        seen = _as_first_seen(case, made.visited_on)
    try:
        return quote(policy, quote_facts(seen, named=is_named(uow, case)))
    except NotSubstantiatedError:
        return Quote(policy.id, policy.pin, "none", 0, reason="not_substantiated")
    except MatterNotRewardedError:
        return Quote(policy.id, policy.pin, "none", 0, reason="class_not_rewarded")


def _facts(
    uow: UnitOfWork, case: Case, policy: Policy, worked: Quote, now: datetime
) -> dict[str, JSON]:
    award, due = case.award, worked.reserve_fen
    reserved = award.reserved_fen if award else 0
    year = award.year if reserved and award else now.astimezone(SHANGHAI).year
    facts: dict[str, JSON] = {
        "award": award.id if award else new_id(),
        "year": year,
        "policy": case.policy_id,
        "policy_sha256": case.policy_sha256,
        "trace_sha256": worked.sha256,
        "outcome": worked.outcome,
        "amount_fen": due,
    }
    if award is None:
        facts["payer"] = payer_of(case, None, policy)
    if worked.range_fen and worked.range_fen[0]:
        facts["low_fen"] = worked.range_fen[0]
    if reserved > due:
        facts["less_fen"] = reserved - due
    pot = _pot(uow, case, policy, year, due - reserved) if due > reserved else ""
    if pot:
        facts |= {"more_fen": due - reserved, "pot": pot}
    if not due:
        facts["reason"] = worked.reason or worked.outcome
    elif due > reserved and not pot:
        facts["reason"] = SHORT
    return facts


def _pot(uow: UnitOfWork, case: Case, policy: Policy, year: int, more: int) -> str:
    """Return the pot that has as much more; "" where the claim has to wait."""
    award = case.award
    held = award is not None and award.reserved_fen
    uow.ledger.lock_balance(year)
    parts = uow.ledger.parts(year)
    if held and award is not None:
        enough = parts[award.pot].available_fen >= more
        return award.pot if enough else ""
    payer = payer_of(case, award, policy)
    if ahead(uow, case, year) or _overtakes(uow, case, policy, payer, year):
        return ""
    try:
        return pot_for(parts, payer, more)
    except BudgetExceededError:
        return ""


def _overtakes(uow: UnitOfWork, case: Case, policy: Policy, payer: str, year: int) -> bool:
    """Whether an older claim waits for money of the same pots, where the policy has a queue."""
    if policy.budget is None or policy.budget.on_exhausted != "queue":
        return False
    mine = set(pots_of(uow.ledger.parts(year), payer))
    after = FIRST
    while lines := uow.waiting.waits_for(COMPUTE, office="", role=JOBS, after=after, limit=PAGE):
        for line in lines:
            after = line.place
            if line.report.id == case.report_id:
                return False
            older = uow.reports.get(line.report.id)
            if older.award is None or older.award.reason != SHORT:
                continue
            if mine & set(pots_of(uow.ledger.parts(year), payer_of(older, older.award, policy))):
                return True
    return False


def _as_first_seen(case: Case, visited_on: str) -> Case:
    """Return the case as if it had been found true on the day on which it first looked so."""
    return replace(case, finding=Finding.SUBSTANTIATED, concluded_on=date.fromisoformat(visited_on))


def _says_nothing_new(case: Case, award: Award | None, facts: dict[str, JSON]) -> bool:
    """Whether it would change nothing: a claim that still waits for money, for one."""
    if award is None or award.facts_sha256 != facts_sha256(case):
        return False
    moves = "more_fen" in facts or "less_fen" in facts
    told = (facts["trace_sha256"], facts.get("reason", ""))
    return not moves and told == (award.trace_sha256, award.reason)


# ---- ends -----------------------------------------------------------------------------------


@use_case
def lapse_one(uow: UnitOfWork, *, report: str, award: str, signing: _Signing) -> bool:
    """Let an award lapse whose last day to claim it is over; tell whether it did."""
    case, now = uow.reports.lock(report), signing.now
    standing = case.award_called(award)
    until = claim_until(rulebook_of(uow), case, now)
    if standing is None or standing.state is not AwardState.NOTIFIED:
        return False
    if until is None or day_of_moment(now) <= until or standing.objected:
        return False
    act = jobs_act(uow.site, case, LAPSED, {"award": award}, signing.log_key, now)
    after = record(uow, act=act, trust=signing.trust, now=now)
    tell_ready(uow, standing.year, now)
    notify(uow, LAPSED, case=after, office=after.lead, now=now)
    return True


@use_case
def close_one(uow: UnitOfWork, *, report: str, award: str, signing: _Signing) -> bool:
    """Close an award that is reconciled once nobody may object to it any more."""
    case, now = uow.reports.lock(report), signing.now
    standing = case.award_called(award)
    until = last_day(rulebook_of(uow), case, now)
    if standing is None or standing.state is not AwardState.RECONCILED or standing.objected:
        return False
    if until is not None and day_of_moment(now) <= until:
        return False
    act = jobs_act(uow.site, case, CLOSED, {"award": award}, signing.log_key, now)
    record(uow, act=act, trust=signing.trust, now=now)
    return True
