"""Verification names what is in force without two persons, and days that nobody announced."""

from datetime import date

import pytest
import sqlalchemy as sa

from casework.domain.calendar import CalendarRow, DayKind
from casework.services.calendar import work_calendar
from casework.verify import Problem, verify
from casework.verify_rules import check_rules
from instance import make_world
from log_keeper import outside_of
from rule_changing import (
    activate,
    propose,
    propose_calendar,
    put_at_hand,
    put_in_calendar,
    recompute,
    row,
    try_out,
    withdraw,
)

LATE = CalendarRow(date(2026, 3, 30), DayKind.HOLIDAY, name="样本纪念日")


@pytest.fixture
def world(tmp_path, database_url, monkeypatch):
    made = make_world(tmp_path / "home", database_url)
    put_at_hand(made, monkeypatch, tmp_path / "policies")
    yield made
    made.store.close()


def problems(world):
    founding = outside_of(world).founding
    return [
        (one.kind, one.id, one.problem) for one in check_rules(world.store, world.trust, founding)
    ]


def run(world, sentence, **values):
    """Change the database as its owner could."""
    world.store.write(lambda uow: uow.connection.execute(sa.text(sentence), values))


def in_force(world):
    proposal = propose(world)
    try_out(world)
    activate(world, proposal)
    return proposal


def test_what_two_persons_did_is_no_problem(world):
    assert problems(world) == []
    in_force(world)
    put_in_calendar(world)
    put_in_calendar(world, [*work_calendar(world.store).rows(2026), LATE], 2026)
    assert problems(world) == []


def test_a_dry_run_of_a_host_whose_clock_is_behind_is_no_problem(world):
    proposal = propose(world)
    world.move(seconds=-30)  # the jobs process runs on another machine
    try_out(world)
    world.move(seconds=30)
    activate(world, proposal)
    assert problems(world) == []


def test_open_and_withdrawn_proposals_are_no_problem(world):
    withdraw(world, propose(world))
    open_one = propose(world)
    assert problems(world) == []
    try_out(world)
    propose_calendar(world)
    assert problems(world) == []
    run(world, "UPDATE policy_proposal SET state = 'withdrawn' WHERE id = :id", id=open_one)
    assert problems(world) == [("policy", open_one, "does not agree with its events")]


def test_a_policy_that_nobody_put_in_force_is_named(world):
    run(
        world,
        "INSERT INTO policy_activation (id, site, policy, sha256, active_from, event)"
        " VALUES ('x', :site, 'yichuan-2026', :pin, :day, '')",
        site=world.store.site, pin="ab" * 32, day=date(2026, 1, 1).isoformat(),
    )  # fmt: skip
    assert problems(world) == [
        ("policy", "x", "is named by no event and was not in force from the beginning")
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("sha256 = :value", "does not agree with its event"),
        ("event = :value", "is named by no event"),
    ],
)
def test_an_activation_that_was_changed_is_named(world, change, problem):
    in_force(world)
    statement = f"UPDATE policy_activation SET {change} WHERE policy = 'yichuan-2026'"
    run(world, statement, value="ab" * 32)
    assert problem in {one[2] for one in problems(world)}


def test_a_policy_that_was_taken_out_of_force_is_named(world):
    in_force(world)
    run(world, "DELETE FROM policy_activation WHERE policy IN ('yichuan-2026', 'cn-2018')")
    assert [one[2] for one in problems(world)] == ["is not in force", "of the beginning is missing"]


def test_a_policy_of_the_beginning_with_another_day_is_named(world):
    run(world, "UPDATE policy_activation SET active_from = '2030-01-01' WHERE policy = 'cn-2018'")
    [(_, _, problem)] = problems(world)
    assert problem == "is in force from another day"


def test_a_dry_run_that_was_changed_is_named(world):
    proposal = in_force(world)
    run(world, "UPDATE policy_proposal SET result = '{}' WHERE id = :id", id=proposal)
    assert problems(world) == [("policy", proposal, "its dry run is not what was signed")]


def test_a_proposal_row_that_is_gone_is_named(world):
    proposal = in_force(world)
    run(world, "DELETE FROM policy_proposal")
    assert problems(world) == [("policy", proposal, "missing")]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE calendar_day SET kind = 'workday' WHERE day = '2026-10-01'", "changed"),
        ("UPDATE calendar_day SET kind = 'nonsense' WHERE day = '2026-10-01'", "changed"),
        ("UPDATE calendar_day SET name = '样本' WHERE day = '2026-10-01'", "changed"),
        ("UPDATE calendar_day SET source = '样本' WHERE day = '2026-10-01'", "changed"),
        ("UPDATE calendar_day SET provisional = true WHERE day = '2026-10-01'", "changed"),
        ("DELETE FROM calendar_day WHERE day = '2026-10-01'", "missing"),
    ],
)
@pytest.mark.parametrize("is_changed", [False, True])
def test_a_day_that_nobody_announced_is_named_by_its_date(world, statement, problem, is_changed):
    if is_changed:
        put_in_calendar(world)
    run(world, statement)
    assert problems(world) == [("calendar", "2026-10-01", problem)]


def test_a_day_too_many_is_named(world):
    run(
        world,
        "INSERT INTO calendar_day (site, day, kind, name, source, provisional)"
        " VALUES (:site, '2026-07-01', 'holiday', '样本', '样本', false)",
        site=world.store.site,
    )
    assert problems(world) == [("calendar", "2026-07-01", "is named by no event")]


@pytest.mark.parametrize(
    "change",
    ["days = '[]'", "days = '{'", "removed = '{'", "digest = before", "number = 7",
     "changed_at = NULL", "state = 'proposed'", "source = '样本'"],
)  # fmt: skip
def test_a_change_of_the_calendar_that_was_changed_is_named(world, change):
    proposal = propose_calendar(world)
    put_in_calendar(world, [*work_calendar(world.store).rows(2026), LATE], 2026)
    assert problems(world) == []
    named = world.store.read(lambda uow: uow.rule_changes.calendar_changes())[0].id
    run(world, f"UPDATE calendar_proposal SET {change} WHERE id = :id", id=named)
    assert ("calendar", named) in {one[:2] for one in problems(world)}
    assert proposal not in {one[1] for one in problems(world)}


def test_while_clocks_are_yet_to_be_worked_out_no_case_is_named(world):
    """The change is in force, the jobs process has not come to the case: its row is of before."""
    proposal = in_force(world)
    assert row(world, proposal).state == "in_force"
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=1)
    put_in_calendar(world, [*work_calendar(world.store).rows(2026), LATE], 2026)

    def named():
        found = verify(world.store, world.blobs, world.trust, None)
        return {one.kind for one in found if isinstance(one, Problem)}

    assert "clock" not in named()
    world.move(days=1)
    # That the walk is done is believed, and then the row of before is one too many.
    run(world, "UPDATE calendar_proposal SET recomputed = true")
    assert "clock" in named()
    run(world, "UPDATE calendar_proposal SET recomputed = false")
    recompute(world)
    assert "clock" not in named()
