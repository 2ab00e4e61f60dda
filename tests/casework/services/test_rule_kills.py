"""SIGKILL between any two statements of what puts rules in force and of the walks that follow.

After every kill what is stored verifies whole; taken up again, the work comes to its end, and
nothing was done twice.
"""

import json
from datetime import UTC, date, datetime

import pytest

import routing_changing
from casework.domain.calendar import CalendarRow, DayKind
from casework.queries.cases import timeline
from casework.services import rule_changes
from casework.services.calendar import work_calendar
from casework.verify import Problem, verify
from casework.verify_rules import check_rules
from instance import make_world
from killing import killed_everywhere
from log_keeper import outside_of
from rule_changing import (
    NEW,
    activate,
    activation_facts,
    change_facts,
    confirm_calendar,
    propose,
    propose_calendar,
    put_at_hand,
    put_in_calendar,
    recompute,
    row,
    try_out,
)

LATE_HOLIDAY = CalendarRow(date(2026, 11, 5), DayKind.HOLIDAY, name="样本纪念日")


@pytest.fixture
def world(tmp_path, database_url, monkeypatch):
    made = make_world(tmp_path / "home", database_url)
    put_at_hand(made, monkeypatch, tmp_path / "policies")
    monkeypatch.setattr("casework.services.dry_run.SPAN", 2)
    monkeypatch.setattr("casework.services.recomputing.PAGE", 2)
    yield made
    made.store.close()


def problems(world):
    return list(check_rules(world.store, world.trust, outside_of(world).founding))


def all_problems(world):
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


def test_the_dry_run_goes_on_from_where_it_was(world):
    filed = [world.file_report() for _ in range(5)]
    for one in filed:
        world.accept(one.report)
    proposal = propose(world)

    def look():
        assert problems(world) == []

    assert killed_everywhere([world.store], lambda: try_out(world), look) > 8
    found = json.loads(row(world, proposal).result)
    assert found["cases"] == found["due"]["later"] == 5
    assert [one[0] for one in found["differing"]] == sorted(one.case_number for one in filed)
    kinds = [one.kind for one in world.store.read(lambda uow: uow.events.outside())]
    assert kinds.count("policy.tried") == 1


def test_the_confirmation_of_a_policy_happens_whole_or_not_at_all(world):
    world.file_report()
    proposal = propose(world)
    try_out(world)
    facts = activation_facts(world, proposal)

    def work():
        if row(world, proposal).state == "proposed":
            activate(world, proposal, dry_run=facts["dry_run"])

    def look():
        assert problems(world) == []
        named = [one.policy for one in rule_changes.activations(world.store)]
        assert named.count(NEW) == (row(world, proposal).state == "in_force")

    assert killed_everywhere([world.store], work, look) > 6
    assert row(world, proposal).state == "in_force"


def test_the_confirmation_of_a_notice_happens_whole_or_not_at_all(world):
    proposal = propose_calendar(world)
    facts = {"number": change_facts(world, proposal)["number"]}

    def work():
        if not work_calendar(world.store).is_known(2027):
            confirm_calendar(world, proposal, **facts)

    def look():
        assert problems(world) == []

    assert killed_everywhere([world.store], work, look) > 5
    assert work_calendar(world.store).is_known(2027)


def test_the_confirmation_of_a_routing_table_happens_whole_or_not_at_all(world):
    body = routing_changing.given_to("410329-zjj", "hazardous_chemicals")
    proposal = routing_changing.propose(world, body)

    def work():
        if len(routing_changing.keeper(world).versions()) == 1:
            routing_changing.activate(world, proposal)

    def look():
        assert problems(world) == []

    assert killed_everywhere([world.store], work, look) > 5
    assert [one.number for one in routing_changing.keeper(world).versions()] == [0, 1]


def test_clocks_are_worked_out_anew_each_once(world):
    world.now = datetime(2026, 9, 20, 4, tzinfo=UTC)
    proposal = propose(world, active_from="2026-09-20")
    try_out(world)
    activate(world, proposal)
    reports = [world.file_report().report for _ in range(3)]
    for report in reports:
        world.accept(report)
    world.move(days=1)
    rows = [*work_calendar(world.store).rows(2026), LATE_HOLIDAY]
    put_in_calendar(world, rows, 2026)
    world.move(days=8)  # the jobs process was down

    def look():
        named = {one.kind for one in all_problems(world)}
        assert not named & {"clock", "calendar", "policy", "case", "event"}, named

    assert killed_everywhere([world.store], lambda: recompute(world), look) > 15
    for report in reports:
        lines = timeline(world.store, report=report)
        told = [one.facts for one in lines if one.kind == "clock.recomputed"]
        assert [(one["was"], one["due_on"]) for one in told if one["clock"] == "verify"] == [
            ("2026-11-06", "2026-11-09")
        ]
        assert str(world.case(report).verify_due_on) == "2026-11-09"
