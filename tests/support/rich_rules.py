"""Rules in a rich instance: each kind put in force once, and once proposed alone."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

import routing_changing
from casework.domain.calendar import CalendarRow, DayKind
from casework.instance import Instance
from casework.services.calendar import work_calendar
from casework.storage.rule_version import POLICIES
from casework.storage.work_tables import policy_activation
from instance import World
from rule_changing import (
    activate,
    propose,
    propose_calendar,
    put_in_calendar,
    recompute,
    try_out,
)

LATER = "henan-2025"


def change_rules(world: World) -> None:
    """Let two persons put the rules of 2025 and the notice of 2027 in force."""
    _found_without(world, LATER)
    proposal = propose(world, policy=LATER)
    propose(world, policy=LATER, active_from="2026-08-01")
    try_out(world)
    activate(world, proposal)
    put_in_calendar(world)
    rows = work_calendar(world.store).rows(2026)
    late = CalendarRow(date(2026, 11, 5), DayKind.HOLIDAY, name="样本纪念日")
    propose_calendar(world, [*rows, late], 2026)
    recompute(world)
    routing_changing.put_in_force(world, routing_changing.given_to("410329-zjj", "coal_mines"))
    routing_changing.propose(world, routing_changing.SHIPPED, active_from="2026-08-01")


def _found_without(world: World, policy: str) -> None:
    """Leave a policy out of what was in force from the beginning."""
    home = world.settings.home
    instance = Instance.read(home)
    policies = {name: pin for name, pin in instance.policies.items() if name != policy}
    replace(instance, policies=policies).write(home)
    gone = sa.delete(policy_activation).where(policy_activation.c.policy == policy)
    world.store.write(lambda uow: uow.connection.execute(gone))
    world.store.write(lambda uow: uow.rule_version.changed(POLICIES))
