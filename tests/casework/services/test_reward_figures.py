"""Figures of rewards: counted from the events of whole quarters, signed once, on both databases."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import log_keeper
from casework.domain.reward_figures import encode, figures, parse
from casework.recount import recount
from casework.register import RegisterFolder
from casework.services import claims, reward_figures, rewards
from casework.services.audit_log import AuditFolder
from casework.services.jobs_acts import jobs_act_outside
from casework.verify import Problem, verify
from casework.verify_log import Outside
from crypto.notes import LogKey, verifier_key
from crypto.register import register_origin
from instance import SITE, World, make_world
from log_keeper import folder_of, pass_days, take


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """March 2026, with a batch of the register made in it."""
    made = make_world(tmp_path, database_url)
    made.appropriate(100_000_000)
    made.file_report()
    take(made)
    pass_days(made, 7)
    yield made
    made.store.close()


def at(world: World, month: int, day: int, hour: int = 2, *, year: int = 2026) -> None:
    world.now = datetime(year, month, day, hour, tzinfo=UTC)


def publish(world: World) -> None:
    """As the jobs process does: what was signed is registered, and then lies there."""
    log_keeper.publish(world)
    take(world)
    log_keeper.publish(world)


def told(world: World, quarter: str = "2026Q1"):
    body = folder_of(world).read(f"rewards/{quarter}.json")
    return None if body is None else json.loads(body)


def test_a_quarter_is_told_a_month_after_its_end_and_not_a_day_before(world):
    for _ in range(5):
        world.approved()
    at(world, 4, 30, 15)  # 23:00 on 30 April in China
    publish(world)
    assert told(world) is None
    at(world, 4, 30, 16)  # 1 May
    publish(world)
    found = told(world)
    assert (found["first"], found["quarter"], found["awards"]) == ("2026Q1", "2026Q1", 5)
    assert [band["awards"] for band in found["bands"]] == [5]
    assert found["refused"] == found["paid"] == 0
    assert folder_of(world).read("rewards/quarters") == b"2026Q1\n"


def test_the_day_of_an_award_is_that_in_china(world):
    for _ in range(4):
        world.approved()
    at(world, 3, 31, 15)
    world.approved()  # 23:00 on 31 March
    at(world, 3, 31, 16)
    for _ in range(5):
        world.approved()  # 0:00 on 1 April
    at(world, 8, 1)
    publish(world)
    assert (told(world)["awards"], told(world, "2026Q2")["awards"]) == (5, 5)


def test_four_awards_wait_for_the_next_quarter(world):
    for _ in range(4):
        world.approved()
    at(world, 5, 2)
    publish(world)
    assert told(world) is None
    world.approved()
    at(world, 8, 1)
    publish(world)
    assert told(world) is None
    assert (told(world, "2026Q2")["first"], told(world, "2026Q2")["awards"]) == ("2026Q1", 5)


def test_what_was_told_is_never_worked_out_again(world):
    for _ in range(5):
        world.approved()
    at(world, 5, 2)
    publish(world)
    before = folder_of(world).read("rewards/2026Q1.json")
    (folder_of(world).path / "rewards" / "2026Q1.json").write_bytes(b"{}")
    for _ in range(6):
        world.approved()
    at(world, 8, 2)
    publish(world)
    assert folder_of(world).read("rewards/2026Q1.json") == before
    assert told(world, "2026Q2")["first"] == "2026Q2"
    kinds = [one.kind for one in world.store.read(lambda uow: uow.events.outside())]
    assert kinds.count("rewards.frozen") == 2


def test_claims_and_payments_are_counted_by_their_own_quarter(world):
    filed = [world.approved() for _ in range(5)]
    at(world, 4, 2)
    for one in filed:
        world.claim(one)
        release = world.request(one.report)
        for seat in ("seat1-holder", "seat2-holder"):
            world.agree(one.report, release, seat)
        world.open(one.report, release)
        world.pay(one.report)
    for _ in range(5):
        world.approved()
    at(world, 8, 2)
    publish(world)
    assert (told(world)["claimed"], told(world)["paid"]) == (0, 0)
    assert (told(world, "2026Q2")["claimed"], told(world, "2026Q2")["paid"]) == (5, 5)


def test_the_use_of_the_budget_is_that_of_the_quarters_end(world):
    for _ in range(5):
        world.approved()
    before = world.store.read(lambda uow: uow.ledger.balance(2026))
    at(world, 4, 1)
    for _ in range(6):
        world.approved()
    at(world, 5, 2)
    publish(world)
    granted = before.appropriated_fen
    assert told(world)["used_percent"] == before.used_fen * 100 // granted // 10 * 10


def test_the_register_vouches_for_the_file(world):
    for _ in range(5):
        world.approved()
    take(world)
    at(world, 5, 2)
    publish(world)
    folder, key = folder_of(world), verifier_key(register_origin(SITE), world.log_key.public)
    counted = recount(folder.read, key)
    assert counted.findings == []
    assert [one.awards for one in counted.rewards] == [5]
    path = folder.path / "rewards" / "2026Q1.json"
    body = path.read_bytes()
    path.write_bytes(body.replace(b'"used_percent":', b'"used_percent":1'))
    assert any("2026Q1" in one for one in recount(folder.read, key).findings)
    assert recount(folder.read, key).rewards == ()
    path.unlink()
    assert any("2026Q1" in one for one in recount(folder.read, key).findings)


def problems(world: World) -> list[Problem]:
    outside = Outside(
        audit=AuditFolder(world.settings.home / "log"),
        register=RegisterFolder(world.settings.home / "register"),
        now=world.now,
        punctual=False,
    )
    found = verify(world.store, world.blobs, world.trust, outside)
    return [one for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize("damage", ["changed", "missing", "not named by an event"])
def test_verification_names_a_file_that_is_not_the_signed_one(world, damage):
    for _ in range(5):
        world.approved()
    take(world)
    at(world, 5, 2)
    publish(world)
    assert problems(world) == []
    folder, quarter = folder_of(world).path / "rewards", "2026Q1"
    if damage == "changed":
        (folder / "2026Q1.json").write_bytes(b"{}")
    elif damage == "missing":
        (folder / "2026Q1.json").unlink()
    else:
        quarter = "2026Q2"
        (folder / "2026Q2.json").write_bytes(b"{}")
    assert problems(world) == [Problem("register file", f"rewards/{quarter}.json", damage)]


def test_a_file_waits_until_the_register_vouches_for_it(world):
    for _ in range(5):
        world.approved()
    at(world, 5, 2)
    log_keeper.publish(world)
    assert told(world) is None
    assert problems(world) == []
    publish(world)
    assert told(world) is not None


def test_two_processes_at_once_sign_once(world):
    for _ in range(5):
        world.approved()
    at(world, 5, 2)
    publish(world)
    body = reward_figures.told_rewards(world.store, trust=world.trust)["2026Q1"]
    reward_figures.freeze(
        world.store,
        told=parse(body, site=SITE),
        trust=world.trust,
        log_key=world.log_key,
        now=world.now,
    )
    kinds = [one.kind for one in world.store.read(lambda uow: uow.events.outside())]
    assert kinds.count("rewards.frozen") == 1


@pytest.mark.parametrize("forger", ["officer", "stranger"])
def test_figures_that_the_jobs_process_did_not_sign_are_not_told(world, forger):
    made = figures([1] * 9, [], first="2026Q1", quarter="2026Q1", used=0)
    assert made is not None
    body = encode(made, site=SITE)
    facts = {"quarter": "2026Q1", "digest": reward_figures.digest_of(body), "told": body.decode()}
    if forger == "officer":
        forged = world.sign("yjj-officer", "rewards.frozen", "", facts)
    else:
        forged = jobs_act_outside(SITE, "rewards.frozen", facts, LogKey.generate(), world.now)
    world.store.write(lambda uow: uow.events.append(forged))
    take(world)
    at(world, 5, 2)
    publish(world)
    assert told(world) is None
    for _ in range(5):
        world.approved()
    at(world, 8, 2)
    publish(world)
    assert told(world, "2026Q2")["first"] == "2026Q1"


def test_what_nobody_claimed_and_what_was_refused_is_counted_in_its_own_quarter(world):
    for _ in range(5):
        world.approved()
    at(world, 6, 1)
    done = claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert (done.lapsed, done.failed) == (5, ())
    for number in range(7):
        filed = world.file_report()
        world.accept(filed.report)
        world.conclude(filed.report)
        world.reserve(filed.report)
        if number < 2:
            refuse(world, filed.report)
        else:
            world.approve(filed.report)
    at(world, 8, 2)
    publish(world)
    assert (told(world)["lapsed"], told(world)["refused"]) == (0, 0)
    later = told(world, "2026Q2")
    assert (later["awards"], later["lapsed"], later["refused"]) == (5, 5, None)


def refuse(world: World, report: str) -> None:
    award = world.case(report).award
    assert award is not None
    facts = {"award": award.id, "reason_code": "offender"}
    act = world.sign("awb-approver", "reward.rejected", report, facts)
    rewards.reject_reward(world.store, act=act, trust=world.trust, now=world.now)
