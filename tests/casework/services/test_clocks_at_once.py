"""Sweeps at the same time, killed sweeps, officers in between: every step once, none lost."""

import os
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.domain.errors import StaleActError
from casework.services import clocks
from casework.services.clocks import Swept
from casework.verify import Problem, verify
from instance import World, make_world
from killing import killed_everywhere


def sweep(world: World) -> Swept:
    return clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def steps(world: World, report: str) -> list[tuple[object, ...]]:
    """Every step of the jobs process in a case, in order."""
    events = world.store.read(lambda uow: uow.events.of_report(report))
    names = ("clock", "since", "stage", "rung")
    return [
        (one.event.kind, *(one.event.facts.get(name) for name in names))
        for one in events
        if one.event.actor == "jobs"
    ]


def problems(world: World) -> list[Problem]:
    return [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def in_two_processes(world: World, work: Callable[[], object]) -> None:
    """Do the same work in two processes at once."""
    world.store.close()  # a fork must not share a connection, nor a thread that writes
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            try:
                work()
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children] == [0, 0]


def test_two_processes_that_sweep_at_once_take_every_step_once(world):
    filed = [world.file_report() for _ in range(6)]
    for one in filed:
        world.accept(one.report)
    world.move(days=45)

    def work() -> None:
        assert sweep(world).failed == ()

    in_two_processes(world, work)

    for one in filed:
        taken = steps(world, one.report)
        assert len(taken) == len(set(taken))
        assert ("case.escalated", "verify", 2, None, "committee") in taken
    assert sweep(world) == Swept()
    assert problems(world) == []


def test_officers_who_act_during_a_sweep_neither_lose_their_act_nor_a_step(world):
    filed = [world.file_report() for _ in range(6)]
    for one in filed:
        world.accept(one.report)
    world.move(days=31)

    def conclude(report: str) -> None:
        for _ in range(20):
            try:
                world.conclude(report, finding="unsubstantiated", fines_fen=())
            except StaleActError:  # the sweep came first: the officer signs anew
                continue
            return
        raise AssertionError("never concluded")

    with ThreadPoolExecutor(3) as pool:
        swept = pool.submit(sweep, world)
        list(pool.map(conclude, [one.report for one in filed]))

    assert swept.result().failed == ()
    assert {world.case(one.report).state for one in filed} == {"concluded"}
    for one in filed:
        taken = steps(world, one.report)
        assert len(taken) == len(set(taken))
    assert problems(world) == []


@pytest.fixture
def world_of_files(tmp_path, sqlite_url):
    """On SQLite alone: a kill before every statement takes long enough."""
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.store.close()


def test_a_sweep_killed_before_any_statement_is_taken_up_where_it_stopped(world_of_files):
    world = world_of_files
    filed = world.file_report()
    world.accept(filed.report)
    world.move(days=32)

    def whole() -> None:
        assert problems(world) == []
        taken = steps(world, filed.report)
        assert len(taken) == len(set(taken))

    assert killed_everywhere([world.store], lambda: sweep(world), whole) > 10
    assert ("case.escalated", "verify", 2, None, "supervisor") in steps(world, filed.report)
    assert sweep(world) == Swept()


def test_new_reports_are_found_after_a_kill(world_of_files):
    world = world_of_files
    filed = [world.file_report() for _ in range(2)]

    def work() -> None:
        clocks.project_new(world.store, now=world.now)

    killed = killed_everywhere([world.store], work, lambda: None)

    assert killed > 3
    assert problems(world) == []
    for one in filed:
        found = world.store.read(lambda uow, r=one.report: uow.clocks.of_report(r))
        assert "new" not in {row.key for row in found}
