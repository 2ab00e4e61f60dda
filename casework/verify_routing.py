"""The routing tables' part of `tonggui register verify`: each was signed whole by two persons."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date

from casework.domain.act_facts import number_of
from casework.domain.errors import RoutingFileError
from casework.domain.routing import load_routing
from casework.domain.rule_events import ROUTING_ACTIVATED, ROUTING_PROPOSED
from casework.storage.routing_tables import RoutingProposal
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_rows import Problem
from casework.verify_told import NOBODY, Told


def check_routing(store: Store, told: Mapping[str, Told]) -> Iterator[Problem]:
    """Yield each problem found with routing tables, proposed and in force.

    Args:
        store: the database.
        told: every proposal about rules as its events tell it, by id.
    """
    proposed = {name: one for name, one in told.items() if ROUTING_PROPOSED in one.events}
    seen = set()
    for row in _rows(store):
        seen.add(row.id)
        problem = _problem(row, proposed.get(row.id)) or _body_problem(store, row)
        if problem:
            yield Problem("routing", row.id, problem)
    yield from (Problem("routing", name, "missing") for name in sorted(proposed.keys() - seen))
    yield from _check_order(proposed)


@query
def _rows(uow: UnitOfWork) -> tuple[RoutingProposal, ...]:
    return uow.routing_tables.all()


@query
def _body(uow: UnitOfWork, *, proposal: str) -> bytes | None:
    return uow.routing_tables.body(proposal)


def _problem(row: RoutingProposal, told: Told | None) -> str:
    if told is None:
        return NOBODY
    facts, activated = told.change.proposed.facts, told.acts.get(ROUTING_ACTIVATED)
    expected = (
        facts["sha256"], facts["before"], facts["active_from"], told.events[ROUTING_PROPOSED],
        told.change.state, told.at(ROUTING_PROPOSED), told.events.get(ROUTING_ACTIVATED, ""),
        None if activated is None else number_of(activated, "number"),
    )  # fmt: skip
    found = (
        row.sha256, row.before, row.active_from.isoformat(), row.event, row.state,
        row.created_at, row.activated, row.number,
    )  # fmt: skip
    return "" if found == expected else "does not agree with its events"


def _body_problem(store: Store, row: RoutingProposal) -> str:
    body = _body(store, proposal=row.id)
    if body is None or hashlib.sha256(body).hexdigest() != row.sha256:
        return "is not the table that was signed"
    try:
        load_routing(body)
    except RoutingFileError:
        return "cannot be used"
    return ""


def _check_order(proposed: Mapping[str, Told]) -> Iterator[Problem]:
    """Check that the tables in force follow each other: number, table before, first day."""
    in_force = sorted(
        (number_of(one.acts[ROUTING_ACTIVATED], "number"), name)
        for name, one in proposed.items()
        if ROUTING_ACTIVATED in one.acts
    )
    sha256, first_day = "", date.min.isoformat()
    for expected, (number, name) in enumerate(in_force, start=1):
        facts = proposed[name].change.proposed.facts
        after_it = not sha256 or facts["before"] == sha256
        if number != expected or not after_it or str(facts["active_from"]) < first_day:
            yield Problem("routing", name, "does not follow the table before it")
        sha256, first_day = str(facts["sha256"]), str(facts["active_from"])
