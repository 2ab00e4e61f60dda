"""People who put a routing table in force: the shipped one with a few words changed."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

from casework.domain.ids import new_id
from casework.domain.routing import Routing, load_routing, route
from casework.services import routing_changes
from casework.services.routing_tables import RoutingKeeper, newest_version
from casework.services.rules import ROUTING_FOLDER
from casework.storage.unit_of_work import Store
from instance import World

REGION = "410329"
SHIPPED = (ROUTING_FOLDER / f"{REGION}.toml").read_bytes()
FIRST = load_routing(SHIPPED)


def changed(*more: tuple[str, str], body: bytes = SHIPPED) -> bytes:
    """A table like another, with words replaced; each has to stand there."""
    text = body.decode()
    for old, new in more:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def given_to(office: str, sector: str, body: bytes = SHIPPED) -> bytes:
    """A table in which the county's violations in a sector go to another office, by a new rule."""
    rule = f"""
[[rule]]
id = "r-new-{sector}"
region = "{REGION}"
sector = "{sector}"
matter = "violation"
lead = "{office}"
co = []
reason = "样本：改由该单位承办"
clause = ""
"""
    return body.rstrip(b"\n") + b"\n" + rule.encode()


def facts(
    world: World, body: bytes, active_from: str = "2026-03-02", **other: Any
) -> dict[str, Any]:
    """What a proposal of a table says."""
    before = newest_version(world.store, FIRST, world.trust).routing.sha256
    return {
        "proposal": new_id(),
        "sha256": sha256(body).hexdigest(),
        "before": before,
        "active_from": active_from,
    } | other


def propose(
    world: World,
    body: bytes,
    who: str = "awb-supervisor",
    store: Store | None = None,
    **told: Any,
) -> str:
    """Propose a table; return the id of the proposal."""
    named = facts(world, body, **told)
    routing_changes.propose_routing(
        store or world.store,
        act=world.sign(who, "routing.proposed", "", named),
        body=body,
        first=FIRST,
        trust=world.trust,
        now=world.now,
    )
    return str(named["proposal"])


def activate(
    world: World, proposal: str, who: str = "yjj-leader", store: Store | None = None, **other: Any
) -> None:
    """Confirm a table."""
    found = routing_changes.routing_proposal(world.store, proposal=proposal, trust=world.trust)
    assert found is not None
    number = routing_changes.next_number(world.store)
    told = {**found.change.proposed.facts, "number": number} | other
    routing_changes.activate_routing(
        store or world.store,
        act=world.sign(who, "routing.activated", "", told),
        first=FIRST,
        trust=world.trust,
        now=world.now,
    )


def withdraw(world: World, proposal: str, who: str = "awb-supervisor") -> None:
    """Take a proposal back."""
    routing_changes.withdraw_routing(
        world.store,
        act=world.sign(who, "routing.withdrawn", "", {"proposal": proposal}),
        trust=world.trust,
        now=world.now,
    )


def put_in_force(world: World, body: bytes, **told: Any) -> str:
    """Have two persons put a table in force."""
    proposal = propose(world, body, **told)
    activate(world, proposal)
    return proposal


def keeper(
    world: World,
    store: Store | None = None,
    first: Routing = FIRST,
    seconds: Callable[[], float] = lambda: 0.0,
) -> RoutingKeeper:
    """What a running process knows of the tables; it looks again as its clock says."""
    return RoutingKeeper(store or world.store, first, lambda: world.trust, seconds=seconds)


def lead(routing: Routing, sector: str, on: date) -> str:
    """Who takes a violation in a sector of the county."""
    return route(routing, REGION, sector, "violation", on=on).lead
