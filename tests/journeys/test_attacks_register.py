"""Attacks on what the register keeps to itself after a quarter was opened (SEALING.md, P10)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from casework.queries.register import register_of_case
from casework.register import RegisterFolder
from casework.services.audit_log import Keeping, take_in
from crypto.register import OTHERS, OpenedFile
from instance import World, make_world
from log_keeper import folder_of, pass_days, publish, take

YJJ, ZJJ = "410329-yjj", "410329-zjj"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    yield made
    made.store.close()


def opened(folder: RegisterFolder, quarter: str) -> OpenedFile:
    body = folder.read(f"opened/{quarter}.json")
    assert body is not None
    return OpenedFile.parse(body)


def offices_of(file: OpenedFile) -> dict[str, set[str]]:
    """Tag to what is told of its office."""
    told: dict[str, set[str]] = {}
    for one in file.records:
        if one.office:
            told.setdefault(one.record.case, set()).add(one.office)
    return told


def two_quarters(world: World) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    world.now = world.now.replace(month=8, day=3)
    publish(world)
    folder = folder_of(world)
    return offices_of(opened(folder, "2026Q1")), offices_of(opened(folder, "2026Q2"))


def tag_of(world: World, report: str) -> str:
    return register_of_case(world.store, report_id=report).entries[0].record.case


def next_quarter(world: World) -> None:
    take(world)
    pass_days(world, 7)
    world.now = world.now.replace(month=4, day=6)


def test_an_office_that_was_hidden_is_not_named_for_the_same_case_a_quarter_later(world: World):
    """One report came to it in March; in April there were enough to name the office."""
    few = world.file_report(sector="construction")
    for _ in range(6):
        world.file_report()
    next_quarter(world)
    for _ in range(5):
        world.file_report(sector="construction")
    world.accept(few.report, who="zjj-officer")
    take(world)
    pass_days(world, 14)
    first, second = two_quarters(world)
    tag = tag_of(world, few.report)
    assert first[tag] == {OTHERS}
    assert second[tag] == {OTHERS}
    assert {ZJJ} in second.values()
    for one, other in combinations((first, second), 2):
        for shared in one.keys() & other.keys():
            assert one[shared] == other[shared]


def test_old_cases_do_not_make_an_office_large_that_got_one_report(world: World):
    known = [world.file_report(sector="construction").report for _ in range(5)]
    next_quarter(world)
    lone = world.file_report(sector="construction")
    for _ in range(6):
        world.file_report()
    for report in known:
        world.accept(report, who="zjj-officer")
    take(world)
    pass_days(world, 14)
    first, second = two_quarters(world)
    assert second[tag_of(world, lone.report)] == {OTHERS}
    # What was told stays told, so that the figures of these cases are those of their office.
    assert all(first[tag] == second[tag] == {ZJJ} for tag in (tag_of(world, r) for r in known))


@pytest.mark.parametrize("batch_days", [7, 1])
def test_the_days_that_a_case_tells_do_not_pin_its_day_to_the_edge_of_a_batch(
    world: World, batch_days: int
):
    """Received in one batch and accepted in the next, a day later: that would be a Sunday."""
    world.now += timedelta(days=3)  # a Thursday
    reports = [world.file_report().report for _ in range(30)]
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days)
    while take_in(world.store, keeping=keeping):
        pass
    due = [register_of_case(world.store, report_id=one).entries[0].due_on for one in reports]
    assert min(due) > world.now.date()
    assert max(due) <= world.now.date() + timedelta(days=6 + batch_days)
    # By chance alone all 30 are in one batch once in 10^7 runs.
    assert len(set(due)) > 1


def test_a_damaged_file_is_made_again_the_same_to_the_byte(world: World):
    """Somebody would have the labels chosen anew by spoiling the file that fixed them."""
    world.file_report(sector="construction")
    for _ in range(6):
        world.file_report()
    next_quarter(world)
    for _ in range(5):
        world.file_report(sector="construction")
    take(world)
    pass_days(world, 14)
    two_quarters(world)
    folder = folder_of(world)
    names = ("opened/2026Q1.json", "opened/2026Q2.json")
    before = [folder.read(name) for name in names]
    (folder.path / names[0]).write_bytes(b"{}")
    publish(world)
    assert [folder.read(name) for name in names] == before
