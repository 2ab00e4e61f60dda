"""Claims that the jobs process opens, leaves waiting and lets lapse, as its own database role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.domain.case import Case
from casework.services import claims
from casework.storage.unit_of_work import Store
from casework.verify import Problem, verify
from instance import World, make_world
from separated import role_urls


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """An instance whose processes each have their role, where there are roles."""
    made = make_world(tmp_path, database_url, environ=role_urls(database_url))
    made.appropriate()
    yield made
    made.store.close()


@pytest.fixture
def jobs(world: World) -> Iterator[Store]:
    """The database as the jobs process has it."""
    store = Store.open(world.settings.database_url_of("jobs"), site=world.store.site)
    yield store
    store.close()


def work(world: World, jobs: Store) -> claims.Claims:
    """One round of the jobs process."""
    common = {"trust": world.trust, "log_key": world.log_key, "now": world.now}
    opened = claims.open_claims(jobs, **common)  # type: ignore[arg-type]
    ended = claims.end_claims(jobs, **common)  # type: ignore[arg-type]
    assert opened.failed == ended.failed == ()
    return claims.Claims(opened.computed, ended.lapsed, ended.closed)


def found(world: World, **given: object) -> Case:
    """A report that proved true."""
    filed = world.file_report(identity={"who": "{}"})
    world.accept(filed.report)
    return world.conclude(filed.report, **given)  # type: ignore[arg-type]


def is_whole(world: World) -> bool:
    """Whether verification finds nothing."""
    told = verify(world.store, world.blobs, world.trust)
    return not [one for one in told if isinstance(one, Problem)]


def test_a_claim_opens_with_its_money_and_lapses_when_nobody_asks_for_it(world, jobs):
    filed = world.file_report(identity={"who": "{}"})
    world.accept(filed.report)
    world.conclude(filed.report)
    assert work(world, jobs).computed == 1
    assert work(world, jobs).computed == 0
    award = world.case(filed.report).award
    assert award is not None
    assert (award.state, award.reserved_fen) == ("computed", 6_000_000)

    world.reserve(filed.report)
    world.approve(filed.report)
    # Told on 2 March: the sixtieth day is Friday 1 May, and a holiday until the 5th.
    world.move(days=65)
    assert work(world, jobs).lapsed == 0
    world.move(days=1)
    assert work(world, jobs).lapsed == 1
    award = world.case(filed.report).award
    assert award is not None
    assert (award.state, award.reserved_fen) == ("lapsed", 0)
    assert is_whole(world)


def test_a_claim_without_a_figure_stands_open_and_says_why(world, jobs):
    """What was known already earns nothing, whatever the fine."""
    case = found(world, facts={"already_known": "known"})
    work(world, jobs)
    award = world.case(case.report_id).award
    assert award is not None
    assert award.state == "eligibility"
    assert award.amount_fen == award.reserved_fen == 0
    assert award.reason
    assert is_whole(world)
