"""The main job through the services alone, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.domain.case import AwardState, State
from casework.services import fund
from casework.verify import Problem, verify
from instance import World, make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """One instance."""
    made = make_world(tmp_path, database_url)
    yield made
    made.store.close()


def test_a_report_travels_to_an_approved_award_and_everything_agrees_with_its_events(world):
    world.appropriate()
    filed = world.file_report(files=[("photo.bin", b"x" * 100_000)])
    world.read(filed.report)
    world.accept(filed.report)
    world.say(filed)
    world.conclude(filed.report)
    world.reserve(filed.report)
    world.approve(filed.report)

    case = world.case(filed.report)
    assert case.state is State.CONCLUDED
    assert case.award is not None and case.award.state is AwardState.APPROVED
    assert case.award.amount_fen == 6_000_000
    assert fund.fund_balance(world.store, year=2026).reserved_fen == 6_000_000
    found = [one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)]
    assert found == []
