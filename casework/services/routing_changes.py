"""A routing table is put in force: proposed whole by one person, confirmed by another.

Both sign the hash of the table and of the one whose place it takes, so that what changes is
what they were shown. Cases that are under way stay where they are.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.domain.act_facts import day_of, number_of
from casework.domain.case import Act
from casework.domain.errors import NotPermittedError, RuleChangeError
from casework.domain.routing import Routing, load_routing
from casework.domain.routing_difference import check_successor
from casework.domain.rule_events import (
    ROUTING_ACTIVATED,
    ROUTING_PROPOSED,
    ROUTING_WITHDRAWN,
    RuleChange,
    advance,
    propose,
)
from casework.services.acts import instant
from casework.services.routing_tables import Version, newest_version, routing_change, signed_body
from casework.services.rule_changes import signed_outside, tell
from casework.services.trust import Trust
from casework.storage.routing_tables import RoutingProposal
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.events import SignedEvent

BYTES_MAX: Final = 2_000_000
PROPOSED_FILE: Final = "routing.toml"


@dataclass(frozen=True, slots=True)
class RoutingProposed:
    """A proposal with what its signed event says of it.

    Attributes:
        row: the proposal.
        change: rebuilt from its event, without the last step.
    """

    row: RoutingProposal
    change: RuleChange


def propose_routing(
    store: Store,
    *,
    act: SignedEvent,
    body: bytes,
    first: Routing,
    trust: Trust,
    now: datetime,
) -> None:
    """Keep a proposal to put a routing table in force.

    Args:
        store: the database.
        act: routing.proposed, signed with the proposer's deed key.
        body: the table, TOML.
        first: the table that comes with the program.
        trust: whose signatures count.
        now: UTC instant.

    Raises:
        RoutingFileError: the table cannot be used, or not after the one in force.
        RuleChangeError: it is the one in force, another than was signed, or too large; or
            another table came in force since; or its first day is before that of another.
        CaseworkError: as for every act, see `acts.record`.
    """
    newest = _checked(store, body, first, trust)
    _propose(store, act=act, body=body, newest=newest, trust=trust, now=now)


@use_case
def _propose(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    body: bytes,
    newest: Version,
    trust: Trust,
    now: datetime,
) -> None:
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != ROUTING_PROPOSED:
        raise NotPermittedError(kind=signed.kind)
    propose(signed)
    facts = signed.facts
    row = RoutingProposal(
        id=str(facts["proposal"]),
        sha256=str(facts["sha256"]),
        before=str(facts["before"]),
        active_from=day_of(signed, "active_from"),
        event=act.event.digest().hex(),
        state="proposed",
        created_at=instant(act.event.at),
    )
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise RuleChangeError("other_preview")
    _check_place(uow, row, newest)
    uow.routing_tables.add(row, body)
    uow.events.append(act)
    tell(uow, ROUTING_PROPOSED, now)


def activate_routing(
    store: Store, *, act: SignedEvent, first: Routing, trust: Trust, now: datetime
) -> None:
    """Put a proposed table in force from its day on; arguments as for `propose_routing`.

    Raises:
        RuleChangeError: the same person, nobody of the two supervises, another proposal than
            was shown, another table came first, a day in the past, or not open any more.
        TamperedError: the stored table is not the one that was signed.
        CaseworkError: as for every act, see `acts.record`.
    """
    facts = act.event.facts
    proposal, sha256 = str(facts.get("proposal")), str(facts.get("sha256"))
    body = proposed_body(store, proposal=proposal, sha256=sha256)
    newest = _checked(store, body, first, trust)
    _activate(store, act=act, newest=newest, trust=trust, now=now)


@use_case
def _activate(
    uow: UnitOfWork, *, act: SignedEvent, newest: Version, trust: Trust, now: datetime
) -> None:
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != ROUTING_ACTIVATED:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(routing_change(uow, row.event, trust), signed)
    signed_body(uow, row.id, row.sha256)
    _check_place(uow, row, newest)
    number = uow.routing_tables.next_number()
    if number != number_of(signed, "number"):
        raise RuleChangeError("table_overtaken")
    uow.events.append(act)
    uow.routing_tables.put_in_force(row.id, number=number, event=act.event.digest().hex())
    tell(uow, ROUTING_ACTIVATED, now)


@use_case
def withdraw_routing(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Take a proposal back: its proposer may, and whoever could have made it.

    Raises:
        RuleChangeError: it is not open any more, or not this person's to take back.
    """
    signed = signed_outside(uow, act, trust, now)
    if signed.kind != ROUTING_WITHDRAWN:
        raise NotPermittedError(kind=signed.kind)
    row = _locked(uow, signed)
    advance(routing_change(uow, row.event, trust), signed)
    uow.events.append(act)
    uow.routing_tables.set_state(row.id, "withdrawn")


@query
def routing_proposal(uow: UnitOfWork, *, proposal: str, trust: Trust) -> RoutingProposed | None:
    """Return a proposal; None when there is none of this id.

    Raises:
        TamperedError: its event is gone, or not signed rightly.
    """
    row = uow.routing_tables.get(proposal)
    return None if row is None else RoutingProposed(row, routing_change(uow, row.event, trust))


@query
def routing_proposals(uow: UnitOfWork) -> tuple[RoutingProposal, ...]:
    """Return the latest proposals, the last one first."""
    return uow.routing_tables.newest()


@query
def proposed_body(uow: UnitOfWork, *, proposal: str, sha256: str) -> bytes:
    """Return the table of a proposal.

    Raises:
        TamperedError: it is not the one that was signed.
    """
    return signed_body(uow, proposal, sha256)


@query
def next_number(uow: UnitOfWork) -> int:
    """Return the number of the next table put in force."""
    return uow.routing_tables.next_number()


def _checked(store: Store, body: bytes, first: Routing, trust: Trust) -> Version:
    """Check a table before the transaction, which others wait for; return what it follows.

    Raises:
        RoutingFileError: it cannot be used, or leaves something out that has to stay.
        RuleChangeError: it is too large.
        CaseworkError: the table that was put in force last does not hold.
    """
    if len(body) > BYTES_MAX:
        raise RuleChangeError("too_large")
    newest = newest_version(store, first, trust)
    check_successor(load_routing(body, file=PROPOSED_FILE), newest.routing, file=PROPOSED_FILE)
    return newest


def _check_place(uow: UnitOfWork, row: RoutingProposal, newest: Version) -> None:
    """Check that a table may follow *newest*, and that this still is the newest.

    Raises:
        RuleChangeError: it was made for another, changes nothing, or begins too early.
    """
    found = [(one.number, one.id) for one in uow.routing_tables.in_force()] or [(0, "")]
    if found[-1] != (newest.number, newest.id) or row.before != newest.routing.sha256:
        raise RuleChangeError("table_overtaken")
    if row.sha256 == row.before:
        raise RuleChangeError("same_table")
    if row.active_from < newest.active_from:
        raise RuleChangeError("older_table")


def _locked(uow: UnitOfWork, signed: Act) -> RoutingProposal:
    row = uow.routing_tables.get(str(signed.facts.get("proposal")), lock=True)
    if row is None or row.state != "proposed":
        raise RuleChangeError("not_open")
    return row
