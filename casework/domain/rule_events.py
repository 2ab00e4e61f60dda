"""How rules are put in force: proposed by one person, confirmed by another, both signed.

A policy file counts only from the day that two persons named, after a dry run over all
worked cases; a year of the calendar changes only when a second person has compared it
with the notice; a routing table counts from the day that two persons named, who saw what
it changes. These events belong to no report.

Source: POLICIES.md, rules about the file itself (two persons, dry run).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from casework.domain.act_facts import check_facts, civil_day
from casework.domain.case import Act
from casework.domain.errors import RuleChangeError, UnknownActError
from casework.domain.fact_forms import COUNT, DAY, SHA256, TEXT, TOKEN, YEAR, Form
from casework.domain.roles import Role

POLICY_PROPOSED = "policy.proposed"
POLICY_TRIED = "policy.tried"
POLICY_ACTIVATED = "policy.activated"
POLICY_WITHDRAWN = "policy.withdrawn"
CALENDAR_PROPOSED = "calendar.proposed"
CALENDAR_CHANGED = "calendar.changed"
CALENDAR_WITHDRAWN = "calendar.withdrawn"
ROUTING_PROPOSED = "routing.proposed"
ROUTING_ACTIVATED = "routing.activated"
ROUTING_WITHDRAWN = "routing.withdrawn"

_POLICY: Mapping[str, Form] = {
    "proposal": TOKEN,
    "policy": TOKEN,
    "sha256": SHA256,
    "active_from": DAY,
}
_CALENDAR: Mapping[str, Form] = {
    "proposal": TOKEN,
    "year": YEAR,
    "rows": COUNT,
    "provisional": Form("true or false", lambda value: isinstance(value, bool)),
    "before": SHA256,
    "digest": SHA256,
    "source": TEXT,
}
# "before" is the table that the difference was shown to: what was seen is what is signed.
_ROUTING: Mapping[str, Form] = {
    "proposal": TOKEN,
    "sha256": SHA256,
    "before": SHA256,
    "active_from": DAY,
}
FORMS: Mapping[str, Mapping[str, Form]] = {
    POLICY_PROPOSED: _POLICY,
    POLICY_TRIED: {"proposal": TOKEN, "dry_run": SHA256},
    POLICY_ACTIVATED: {**_POLICY, "dry_run": SHA256},
    POLICY_WITHDRAWN: {"proposal": TOKEN},
    CALENDAR_PROPOSED: _CALENDAR,
    CALENDAR_CHANGED: {**_CALENDAR, "number": COUNT},
    CALENDAR_WITHDRAWN: {"proposal": TOKEN},
    ROUTING_PROPOSED: _ROUTING,
    ROUTING_ACTIVATED: {**_ROUTING, "number": COUNT},
    ROUTING_WITHDRAWN: {"proposal": TOKEN},
}
PROPOSERS: Mapping[str, frozenset[str]] = {
    POLICY_PROPOSED: frozenset({Role.LEADER, Role.SUPERVISOR}),
    CALENDAR_PROPOSED: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    ROUTING_PROPOSED: frozenset({Role.LEADER, Role.SUPERVISOR}),
}
SECOND: Mapping[str, frozenset[str]] = {
    POLICY_ACTIVATED: frozenset({Role.LEADER, Role.SUPERVISOR}),
    CALENDAR_CHANGED: frozenset({Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    ROUTING_ACTIVATED: frozenset({Role.LEADER, Role.SUPERVISOR}),
}
_FIRST_OF = {
    POLICY_TRIED: POLICY_PROPOSED,
    POLICY_ACTIVATED: POLICY_PROPOSED,
    POLICY_WITHDRAWN: POLICY_PROPOSED,
    CALENDAR_CHANGED: CALENDAR_PROPOSED,
    CALENDAR_WITHDRAWN: CALENDAR_PROPOSED,
    ROUTING_ACTIVATED: ROUTING_PROPOSED,
    ROUTING_WITHDRAWN: ROUTING_PROPOSED,
}
_WITH_A_DAY = frozenset({POLICY_PROPOSED, ROUTING_PROPOSED})


class ChangeState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A proposal, rebuilt from its signed events alone.

    Attributes:
        proposed: the act that proposed it, with who did.
        dry_run: SHA-256 of the result that the jobs process signed, "" before.
        state: where it stands.
    """

    proposed: Act
    dry_run: str = ""
    state: ChangeState = ChangeState.PROPOSED


def check_rule_facts(kind: str, facts: Mapping[str, object]) -> None:
    """Check that *facts* are exactly those of an event about rules of this *kind*.

    Raises:
        UnknownActError: no such event about rules.
        BadActError: a fact is missing, unknown or of the wrong form; it is named.
    """
    check_facts(kind, facts, FORMS)


def propose(act: Act) -> RuleChange:
    """Return the proposal that *act* makes.

    Raises:
        UnknownActError: it proposes nothing.
        BadActError: a fact is not as it has to be.
        RuleChangeError: "role": the actor may not propose this; "past": its first day is over.
    """
    if act.kind not in PROPOSERS:
        raise UnknownActError(kind=act.kind)
    check_rule_facts(act.kind, act.facts)
    if PROPOSERS[act.kind].isdisjoint(act.roles):
        raise RuleChangeError("role")
    if act.kind in _WITH_A_DAY:
        _check_not_past(act)
    return RuleChange(act)


def advance(change: RuleChange, act: Act) -> RuleChange:
    """Return *change* after *act*: tried, confirmed by a second person, or withdrawn.

    Raises:
        UnknownActError: the act belongs to no proposal of this kind.
        BadActError: a fact is not as it has to be.
        RuleChangeError: it is refused; the reason is a code.
    """
    if _FIRST_OF.get(act.kind) != change.proposed.kind:
        raise UnknownActError(kind=act.kind)
    check_rule_facts(act.kind, act.facts)
    if act.facts["proposal"] != change.proposed.facts["proposal"]:
        raise RuleChangeError("other_facts")
    if change.state is not ChangeState.PROPOSED:
        raise RuleChangeError("not_open")
    if act.kind == POLICY_TRIED:
        return _tried(change, act)
    if act.kind in SECOND:
        return _confirmed(change, act)
    check_withdrawer(change, act)
    return replace(change, state=ChangeState.WITHDRAWN)


def check_second(
    change: RuleChange, kind: str, *, actor: str, office: str, roles: frozenset[str]
) -> None:
    """Check that somebody may confirm *change* by an act of this *kind*.

    A policy is confirmed by a leader or supervisor of another office. A change of the
    calendar is confirmed in another role than any that its proposer holds, and not within
    one office alone unless it supervises: no department lengthens the limits that bind it.
    Of the two who put a routing table in force one supervises: no two departments agree
    between them what they take, and what they leave to others.

    Raises:
        RuleChangeError: "same_person", "same_office", "same_role", "no_supervisor" or "role".
    """
    first = change.proposed
    if actor == first.actor:
        raise RuleChangeError("same_person")
    if SECOND[kind].isdisjoint(roles):
        raise RuleChangeError("role")
    if kind == POLICY_ACTIVATED and office == first.office:
        raise RuleChangeError("same_office")
    if kind == ROUTING_ACTIVATED and Role.SUPERVISOR not in roles | first.roles:
        raise RuleChangeError("no_supervisor")
    if kind == CALENDAR_CHANGED and not (SECOND[kind] & roles) - first.roles:
        raise RuleChangeError("same_role")
    within = office == first.office and Role.SUPERVISOR not in roles | first.roles
    if kind == CALENDAR_CHANGED and within:
        raise RuleChangeError("same_office")


def check_withdrawer(change: RuleChange, act: Act) -> None:
    """Check that the actor may take *change* back: who proposed it, or who could propose such.

    Raises:
        RuleChangeError: "role".
    """
    if act.actor != change.proposed.actor and PROPOSERS[change.proposed.kind].isdisjoint(act.roles):
        raise RuleChangeError("role")


def _tried(change: RuleChange, act: Act) -> RuleChange:
    if act.actor != "jobs":
        raise RuleChangeError("role")
    if change.dry_run:
        raise RuleChangeError("tried_already")
    return replace(change, dry_run=str(act.facts["dry_run"]))


def _confirmed(change: RuleChange, act: Act) -> RuleChange:
    check_second(change, act.kind, actor=act.actor, office=act.office, roles=act.roles)
    first = change.proposed.facts
    if any(act.facts[name] != first[name] for name in first):
        raise RuleChangeError("other_facts")
    if act.kind == POLICY_ACTIVATED:
        if not change.dry_run:
            raise RuleChangeError("not_tried")
        if act.facts["dry_run"] != change.dry_run:
            raise RuleChangeError("other_facts")
        _check_not_past(act)
    if act.kind == ROUTING_ACTIVATED:
        _check_not_past(act)
    return replace(change, state=ChangeState.IN_FORCE)


def _check_not_past(act: Act) -> None:
    if str(act.facts["active_from"]) < civil_day(act.at).isoformat():
        raise RuleChangeError("past")
