"""The dry run of a proposed policy over all worked cases, done by the jobs process.

For every case that was accepted: what would be otherwise if it were handled under the proposed
policy instead of the one it pins. Nothing of a case changes by it. The walk goes on from where
it stopped, and its result is signed with the log key, so that whoever confirms reads what was
found and nothing else.
"""

import hashlib
import json
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from casework.domain.award import quote_facts
from casework.domain.calendar import WorkCalendar
from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policies, Policy, regions_up
from casework.domain.reward import Quote, quote
from casework.domain.rule_events import POLICY_TRIED, advance
from casework.domain.trial import is_trial
from casework.services.acts import act_of
from casework.services.jobs_acts import jobs_act_outside
from casework.services.rule_changes import policy_change, tell
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.ahead import Span
from casework.storage.rows import to_json
from casework.storage.rule_changes import PolicyProposal
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.notes import LogKey

SPAN: Final = 200  # reports read at a time
SHOWN: Final = 200  # differing cases that the result names
VERIFY: Final = "verify"
Found = dict[str, Any]


def run_dry_runs(store: Store, *, trust: Trust, log_key: LogKey, now: datetime) -> int:
    """Bring the dry run of every open proposal to its end; return how many ended.

    A proposal whose file this process does not have waits until it has.
    """
    done = 0
    for proposal in untried(store):
        row: PolicyProposal | None = proposal
        while row is not None and row.state == "proposed" and not row.tried:
            spanned = look_at(store, row=row)
            if spanned is None:
                break
            keep(store, row=row, spanned=spanned, trust=trust, log_key=log_key, now=now)
            row = again(store, proposal=row.id)
        done += row is not None and bool(row.tried)
    return done


@dataclass(frozen=True, slots=True)
class Spanned:
    """What was found up to a report: where the next span begins, "" at the end, and the sums."""

    next: str
    found: Found


@query
def untried(uow: UnitOfWork) -> tuple[PolicyProposal, ...]:
    """Return open proposals whose dry run is not done, the oldest first."""
    return uow.rule_changes.untried()


@query
def again(uow: UnitOfWork, *, proposal: str) -> PolicyProposal | None:
    """Return a proposal as it stands now."""
    return uow.rule_changes.policy(proposal)


@query
def look_at(uow: UnitOfWork, *, row: PolicyProposal) -> Spanned | None:
    """Look at the next span of reports; None when the policy's file is not at hand here."""
    rules = rulebook_of(uow)
    policy = rules.policies.by_id.get(row.policy)
    if policy is None or policy.pin != row.sha256:
        return None
    ids = uow.reports.ids(after=row.after, limit=SPAN)
    end = ids[-1] if len(ids) == SPAN else None
    found = json.loads(row.progress) if row.progress else _nothing(policy)
    comparison = _Comparison(rules.policies, policy, row.active_from, rules.calendar, found)
    for report in uow.reports.read_ahead(Span(row.after, end)):
        case = uow.reports.get(report)
        if case.accepted_on is not None and not is_trial(case):
            comparison.add(case, named=_is_named(uow, report))
    return Spanned(end or "", found)


@use_case
def keep(
    uow: UnitOfWork,
    *,
    row: PolicyProposal,
    spanned: Spanned,
    trust: Trust,
    log_key: LogKey,
    now: datetime,
) -> None:
    """Store how far the dry run is; at its end the result, signed with the log key."""
    text = to_json(spanned.found)
    if spanned.next:
        uow.rule_changes.keep_progress(row, after=spanned.next, progress=text)
        return
    facts = {"proposal": row.id, "dry_run": hashlib.sha256(text.encode()).hexdigest()}
    act = jobs_act_outside(uow.site, POLICY_TRIED, facts, log_key, now)
    advance(policy_change(uow, row, trust), act_of(act.event, None, trust))
    if uow.rule_changes.keep_result(row, result=text, event=act.event.digest().hex()):
        uow.events.append(act)
        tell(uow, POLICY_TRIED, now)


def _is_named(uow: UnitOfWork, report: str) -> bool:
    return any(item.kind == "who" for item in SealedVault(uow).items(report))


def _nothing(policy: Policy) -> Found:
    """What a dry run has found before its first case."""
    return {
        "policy": policy.id,
        "sha256": policy.pin,
        "cases": 0,
        "concerned": 0,
        "chosen": 0,
        "unknown_pin": 0,
        "due": {"same": 0, "earlier": 0, "later": 0, "refused": 0},
        "awards": {"compared": 0, "same": 0, "more": 0, "less": 0, "otherwise": 0},
        "fen": {"before": 0, "after": 0},
        "refused": {},
        "differing": [],
    }


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares cases under what they pin and under the proposed policy, and sums up in *found*."""

    policies: Policies
    policy: Policy
    active_from: date
    calendar: WorkCalendar
    found: Found

    def add(self, case: Case, *, named: bool) -> None:
        """Look at one case that was accepted."""
        self.found["cases"] += 1
        if not self._concerns(case):
            return
        self.found["concerned"] += 1
        self.found["chosen"] += self._is_chosen(case)
        before = self._pinned(case)
        self.found["unknown_pin"] += before is None
        due = self._due(case, before)
        award = self._award(case, before, named) if case.rewarded and before else None
        if due or award:
            line = [case.case_number, due, award]
            insort(self.found["differing"], line, key=lambda one: str(one[0]))
            del self.found["differing"][SHOWN:]

    def _concerns(self, case: Case) -> bool:
        sectors = self.policy.sectors
        in_sector = not sectors or case.sector in sectors
        return in_sector and self.policy.region in regions_up(case.region)

    def _is_chosen(self, case: Case) -> bool:
        """Whether a case like this would be accepted under the policy on its first day."""
        since = {**(self.policies.since or {}), (self.policy.id, self.policy.pin): date.min}
        try:
            chosen = self.policies.activated(since).in_force(
                case.region, case.sector, self.active_from, submitted_on=self.active_from
            )
        except CaseworkError:
            return False
        return chosen.id == self.policy.id

    def _pinned(self, case: Case) -> Policy | None:
        known = self.policies.by_id.get(case.policy_id)
        return known if known is not None and known.pin == case.policy_sha256 else None

    def _due(self, case: Case, before: Policy | None) -> list[str] | None:
        """Compare the last day of verification, without extensions and pauses."""
        assert case.accepted_on is not None
        counts = self.found["due"]
        try:
            old = self._last_day(before, case.accepted_on) if before else case.verify_due_on
            new = self._last_day(self.policy, case.accepted_on)
        except CaseworkError:
            counts["refused"] += 1
            return None
        if old is None or old == new:
            counts["same"] += 1
            return None
        counts["earlier" if new < old else "later"] += 1
        return [old.isoformat(), new.isoformat()]

    def _last_day(self, policy: Policy, accepted_on: date) -> date:
        return clock_due(policy, VERIFY, accepted_on, calendar=self.calendar).due_on

    def _award(self, case: Case, before: Policy, named: bool) -> list[Found] | None:
        """Compare the award; None where it is the same, or where neither gives any figure."""
        old, new = (_quoted(policy, case, named) for policy in (before, self.policy))
        if old is None and new is None:
            return None
        counts, fen = self.found["awards"], self.found["fen"]
        counts["compared"] += 1
        was, now = _reserved(old), _reserved(new)
        fen["before"] += was
        fen["after"] += now
        if new is None or new.outcome == "none":
            reason = "facts" if new is None else str(new.reason)
            self.found["refused"][reason] = self.found["refused"].get(reason, 0) + 1
        told = [_told(old), _told(new)]
        if told[0] == told[1]:
            counts["same"] += 1
            return None
        counts["more" if now > was else "less" if now < was else "otherwise"] += 1
        return told


def _quoted(policy: Policy, case: Case, named: bool) -> Quote | None:
    """Return what a case is worth under a policy; None where it refuses the facts."""
    try:
        return quote(policy, quote_facts(case, named=named))
    except CaseworkError:
        return None


def _reserved(found: Quote | None) -> int:
    return found.reserve_fen if found else 0


def _told(found: Quote | None) -> Found:
    """Return what the result says of a quote: no fact of the case, only what it comes to."""
    if found is None:
        return {"outcome": "refused", "fen": 0}
    told: Mapping[str, object] = {"outcome": found.outcome, "fen": found.reserve_fen}
    return dict(told) | ({"reason": found.reason} if found.reason else {})
