"""Warnings that the fund runs out: each once, at the percentages of the policy."""

import pytest

from casework.domain.ledger import Balance
from casework.domain.money import yuan
from casework.services.fund_warnings import reaches, warn
from casework.verify import verify
from casework.verify_rows import Problem
from funding import book, budget
from instance import World, make_world


@pytest.fixture
def world(tmp_path, database_url):
    """An instance with a fund of 100,000 CNY; an award takes 60,000, or what a fine makes it."""
    made = make_world(tmp_path, database_url)
    made.appropriate(yuan(100_000))
    yield made
    made.store.close()


def reserved(world: World, award: int) -> None:
    """Reserve an award of so many CNY: 15 % of the fine."""
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report, fines_fen=[yuan(award) * 100 // 15])
    world.reserve(filed.report)


def warned(world: World) -> list[tuple[object, object]]:
    warn(world.store, budget=budget(world), log_key=world.log_key, now=world.now)
    found = world.store.read(lambda uow: uow.events.outside_of_kind("fund.warned"))
    return [(one.event.facts["percent"], one.event.facts.get("pot")) for one in found]


def notices(world: World) -> list[str]:
    rows = world.store.read(
        lambda uow: uow.connection.exec_driver_sql("SELECT payload FROM outbox").scalars().all()
    )
    return [row for row in rows if "fund.warned" in row]


def test_s36_each_percentage_is_told_once_to_finance_and_above(world: World):
    reserved(world, 60_000)
    assert warned(world) == []
    reserved(world, 19_995)
    assert warned(world) == []

    reserved(world, 3_000)  # 82,995 of 100,000
    assert warned(world) == [(80, None)]
    assert warned(world) == [(80, None)]
    assert len(notices(world)) == 2
    assert all(str(yuan(82_995)) not in one and "82995" not in one for one in notices(world))

    reserved(world, 12_300)
    assert sorted(warned(world), key=str) == [(80, None), (95, None)]
    assert len(notices(world)) == 4
    found = verify(world.store, world.blobs, world.trust, None)
    assert [one for one in found if isinstance(one, Problem) and one.kind == "event"] == []


def test_a_pot_of_its_own_is_warned_of_by_itself(world: World):
    book(world, "fund.supplemented", yuan(500_000), pot="city")
    reserved(world, 80_000)
    assert warned(world) == [(80, "county")]


@pytest.mark.parametrize(
    ("granted", "used", "percent", "reached"),
    [(1000, 799, 80, False), (1000, 800, 80, True), (1000, 950, 95, True), (0, 0, 80, False)],
)
def test_the_percentage_itself_counts(granted, used, percent, reached):
    assert reaches(Balance(granted, used, 0, granted - used), percent) is reached
